"""What the worker does for `/open.api` and between nodes; every task survives running twice."""

from celery import shared_task
from django.utils import timezone

from federation import retention, services, work
from federation.masters import pulling
from federation.models import AcceptedRequest
from federation.services import applying, carrying_files, exchanging, keeping_files, reconciling, statements
from federation.upstream import work as upstream
from federation.upstream.client import over_http


@shared_task
def carry_out(request_pk: int) -> int:
    """Carry out an accepted request, and those of the same appid before and after it."""
    requests = AcceptedRequest.objects.unscoped(
        because="the worker carries out everybody's accepted requests"
    )
    request = requests.filter(pk=request_pk).only("appid").first()
    return drain_lane(request.appid) if request else 0


@shared_task
def drain_lane(appid: str) -> int:
    """Carry out what is pending of one appid; a long lane goes to the end of the queue in between."""
    finished = work.drain(appid, timezone.now())
    if finished >= work.AT_A_TIME:
        services.send_lane(appid)
    return finished


@shared_task
def sweep_unfinished() -> int:
    """Take up what the queue lost or a crash left behind."""
    lanes = work.unfinished_lanes(timezone.now())
    for appid in lanes:
        services.send_lane(appid)
    return len(lanes)


@shared_task
def forget_old() -> int:
    """Forget request bodies and query nonces whose time is over, and sandboxes too."""
    services.settle_runs(
        timezone.now()
    )  # what a self-test has shown is read while its sandbox is still there
    now = timezone.now()
    return (
        retention.forget(now)
        + services.forget_sandboxes(now)
        + services.forget_handed_out(now)
        + keeping_files.forget_unnamed(now)
    )


@shared_task
def settle_conformance_runs() -> int:
    """Write down what vendors' self-tests have shown so far, and end those that are complete or too old."""
    return services.settle_runs(timezone.now())


@shared_task
def sweep_masters() -> int:
    """Pull the next object that is due from 四库一平台, for some seconds; the sweep after this goes on."""
    return pulling.sweep(timezone.now())


@shared_task
def report_upward() -> int:
    """Look for new punches and projects, and send each project that has something to tell on its way."""
    now = timezone.now()
    upstream.look(now)
    due = upstream.due(now)
    for access in due:
        report_project.apply_async([access], expires=30)
    return len(due)


@shared_task
def report_project(access_pk: int) -> int:
    """Take one project's reporting some steps further; another worker at it does no harm."""
    return upstream.run(access_pk, timezone.now, over_http)


@shared_task
def compare_everything() -> int:
    """Compare every reported project with what was told of it, whatever events said; forget old calls."""
    upstream.forget(timezone.now())
    return upstream.mark()


@shared_task
def exchange_with_parent() -> int:
    """Send the parent what it has not had, take what it dispatches, and ask what became of our records."""
    return exchanging.exchange()


@shared_task
def apply_received() -> int:
    """Apply what neighbours have sent, line by line."""
    return applying.apply_all(timezone.now())


@shared_task
def retry_waiting() -> int:
    """Try again records that wait for another one."""
    return applying.retry_waiting(timezone.now())


@shared_task
def exchange_files() -> int:
    """Hand over and take files that follow their records, apart from the records' lines."""
    return carrying_files.exchange_files()


@shared_task
def look_for_lost_files() -> int:
    """Look whether files that were missing here have come back."""
    return keeping_files.look_again(timezone.now())


@shared_task
def say_hello() -> bool:
    """Tell the parent our versions and keys."""
    return exchanging.greet()


@shared_task
def reconcile() -> int:
    """Carry on a comparison with the parent, step by step."""
    return reconciling.reconcile()


@shared_task
def reconcile_nightly() -> bool:
    """Begin the night's comparison with the parent."""
    return reconciling.start_nightly(timezone.now()) is not None


@shared_task
def state_last_month() -> bool:
    """Make the statement of the month before, until the parent has signed it."""
    return statements.state_last_month(timezone.now())


@shared_task
def follow_differences() -> int:
    """Look at differences that were sent again, and send what the parent wants."""
    return reconciling.follow_up()
