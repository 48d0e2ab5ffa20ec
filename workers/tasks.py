"""Beat's errands for people; each survives running twice."""

from celery import shared_task
from django.utils import timezone

from workers import services


@shared_task
def fill_phone_indexes() -> int:
    """Index the phones of rows that older releases wrote, batch by batch, until none is left."""
    total = 0
    while step := services.fill_phone_indexes():
        total += step
    return total


@shared_task
def carry_on_import(roster_pk: int) -> bool:
    """Read or write one roster."""
    return services.carry_on(roster_pk, timezone.now)


@shared_task
def sweep_imports() -> int:
    """Take up what the queue lost or a crash left behind."""
    waiting = services.unfinished_imports(timezone.now())
    for roster_pk in waiting:
        services.send_import(roster_pk)
    return len(waiting)


@shared_task
def forget_imports() -> int:
    """Throw away rosters whose time is over."""
    return services.forget_imports(timezone.now())


@shared_task
def forget_codes() -> int:
    """Delete the sign-in codes that no limit counts any more."""
    return services.forget_codes(timezone.now())


@shared_task
def tell_of_ends() -> int:
    """Tell of contracts and trainings whose last days begin today."""
    return services.tell_of_ends(timezone.localdate())


def forget_career_tries() -> int:
    """Delete the wrong career codes that no limit counts any more."""
    return services.forget_tries(timezone.now())
