"""A vendor's self-test: begun with the sandbox's own secret, settled from the calls its client makes."""

import hmac
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from federation.conformance import NEEDED, findings, shown_of
from federation.models import ConformanceRun, Sandbox
from federation.selectors import calls_of_run, valid_credentials
from federation.services.sandbox import checked_name
from kernel.errors import DomainError
from standards.selectors import parameter

LONGEST_VERSION = 40


@transaction.atomic
def begin_run(*, appid: str, secret: str, client: str, client_version: str, now: datetime) -> ConformanceRun:
    """Begin to watch a sandbox's calls. Whoever begins shows the secret: nobody judges another's client.

    Raises DomainError for an unknown or ended sandbox, a wrong secret, names that nobody should read, and
    too many runs in a day.
    """
    sandbox = _sandbox(appid, secret, now)
    client = checked_name(client, _("客户端名称"), "client")
    client_version = (
        checked_name(client_version, _("版本"), "client_version") if client_version.strip() else ""
    )
    if len(client_version) > LONGEST_VERSION:
        told = _("版本最多 {most} 个字，请缩短后再填。").format(most=LONGEST_VERSION)
        raise DomainError(told, code="name_too_long", field="client_version")
    most = int(parameter("sandbox.runs_a_day"))
    recent = ConformanceRun.objects.filter(appid=sandbox.appid, begun_at__gt=now - timedelta(days=1))
    if recent.count() >= most:
        told = _("一个沙箱一天最多开始 {most} 次自测，请继续已开始的那一次，或明天再来。").format(most=most)
        raise DomainError(told, code="too_many_runs")
    return ConformanceRun.objects.create(
        appid=sandbox.appid,
        vendor=sandbox.vendor,
        client=client,
        client_version=client_version.strip(),
        begun_at=now,
        ends_at=min(now + timedelta(hours=parameter("sandbox.run_hours")), sandbox.expires_at),
        findings=findings([]),
        needed=NEEDED,
    )


def _sandbox(appid: str, secret: str, now: datetime) -> Sandbox:
    appid = appid.strip()[:64].replace("\0", "")
    found = Sandbox.objects.select_for_update().filter(appid=appid, expires_at__gt=now).first()
    held = valid_credentials(appid, now) if found else []
    given = secret.strip().encode()
    if found is None or not any(hmac.compare_digest(one.key.encode(), given) for one in held):
        raise DomainError(
            _("没有这个沙箱，或密钥不对、已到期。请核对沙箱页面给出的 appid 和 appsecret，或重新申请沙箱。"),
            code="unknown_sandbox",
            field="appid",
        )
    return found


def settle_runs(now: datetime) -> int:
    """Write down what each run under way has shown, and end those that are complete or too old; how many."""
    under_way = ConformanceRun.objects.filter(finished_at=None).values_list("pk", flat=True)
    for pk in under_way:
        with transaction.atomic():
            run = ConformanceRun.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
            if run is not None and run.finished_at is None:
                settle(run, now)
    return len(under_way)


def settle(run: ConformanceRun, now: datetime) -> None:
    """What one run has shown by now; the caller holds its lock."""
    run.findings = findings(calls_of_run(run))
    run.shown = shown_of(run.findings)
    if run.shown == run.needed or run.ends_at <= now:
        run.finished_at = now
    run.save(update_fields=["findings", "shown", "finished_at"])
