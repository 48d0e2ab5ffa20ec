"""Acts on the platforms above that are not ours: whom to report to, and what to do with refusals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from federation.models import MANAGE_UPSTREAMS, Upstream, UpstreamProject, UpstreamRecord
from federation.open_api.fieldcipher import KEY_LENGTH
from federation.selectors.upstreams import project_to_report
from federation.upstream.comparing import tell, there_of
from federation.upstream.kinds import KINDS
from kernel.errors import DomainError, NotFound
from kernel.permits import require
from kernel.scoping import Actor
from kernel.versions import require_version
from regions.models import Region
from standards.models import CodeList

MOST_CODES = 500
State = UpstreamRecord.State


@dataclass(frozen=True, slots=True)
class UpstreamFacts:
    """What an administrator says of a platform above. An empty secret leaves the present one."""

    name: str
    url: str
    takes: str
    since: date
    appid: str = ""
    secret: str = ""
    codes: Sequence[Sequence[str]] = ()

    def __repr__(self) -> str:
        return f"<UpstreamFacts {self.name}>"


@transaction.atomic
def add_upstream(*, actor: Actor, region: Region, facts: UpstreamFacts) -> Upstream:
    """Report to one more platform, for one's own area. The first comparison tells everything, in order.

    Raises NotPermitted, NotFound for an area that is not the actor's, DomainError for what cannot be.
    """
    require(actor, MANAGE_UPSTREAMS)
    if not any(region.path.startswith(path) for path in actor.reach(MANAGE_UPSTREAMS).region_paths):
        raise NotFound
    _check(facts, has_secret=False)
    _require_free(facts.name)
    row = Upstream.objects.create(
        region=region,
        name=facts.name.strip(),
        url=facts.url.strip(),
        takes=facts.takes,
        since=facts.since,
        appid=facts.appid.strip(),
        secret=facts.secret or None,
        codes=[list(line) for line in facts.codes],
    )
    record(actor, "federation.upstream_added", row, takes=row.takes)
    return row


@transaction.atomic
def edit_upstream(
    *, actor: Actor, upstream: Upstream, facts: UpstreamFacts, expected_version: int | None = None
) -> Upstream:
    """Change how a platform is reported to; a changed code or date is told from the next comparison on.

    Raises NotPermitted, NotFound, Stale, DomainError.
    """
    row = _locked(actor, upstream)
    require_version(row, expected_version, in_words(row))
    _check(facts, has_secret=row.secret is not None)
    if facts.name.strip() != row.name:
        _require_free(facts.name)
    row.name, row.url, row.takes = facts.name.strip(), facts.url.strip(), facts.takes
    row.since, row.appid = facts.since, facts.appid.strip()
    row.codes = [list(line) for line in facts.codes]
    if facts.secret:
        row.secret = facts.secret
    row.version += 1
    row.save()
    # A new key or address is tried at once; new codes change what is told.
    row.projects.update(is_marked=True, compared_at=None, retry_at=None)
    record(actor, "federation.upstream_edited", row, secret_changed=bool(facts.secret))
    return row


def in_words(row: Upstream) -> dict[str, str]:
    """A platform as its form shows it, by label; never its secret."""
    return {
        "名称": row.name,
        "接口地址": row.url,
        "appid": row.appid,
        "上报起始日期": row.since.isoformat(),
        "代码对照": "\n".join(" ".join(line) for line in row.codes),
    }


@transaction.atomic
def pause_upstream(*, actor: Actor, upstream: Upstream, reason: str) -> Upstream:
    """Stop reporting for a while; what changes meanwhile is told afterwards.

    Raises NotPermitted, NotFound, DomainError without a reason or for one that rests already.
    """
    row = _locked(actor, upstream)
    if row.state == Upstream.State.PAUSED:
        raise DomainError(_("这个上级平台已经暂停上报。"), code="paused")
    row.state, row.pause_reason = Upstream.State.PAUSED, _reason(reason, _("暂停原因"))
    return _kept(actor, row, "federation.upstream_paused", row.pause_reason)


@transaction.atomic
def resume_upstream(*, actor: Actor, upstream: Upstream) -> Upstream:
    """Report again; everything that has changed meanwhile is found by comparison.

    Raises NotPermitted, NotFound, DomainError for one that is reported to.
    """
    row = _locked(actor, upstream)
    if row.state == Upstream.State.ACTIVE:
        raise DomainError(_("这个上级平台正在上报，不需要恢复。"), code="active")
    row.state, row.pause_reason = Upstream.State.ACTIVE, ""
    row.projects.update(is_marked=True, retry_at=None)
    return _kept(actor, row, "federation.upstream_resumed")


@transaction.atomic
def choose_project(
    *, actor: Actor, upstream: Upstream, code: str, remote_code: str = "", appid: str = "", secret: str = ""
) -> UpstreamProject:
    """Report one more project, under the code and, where it has one, the key that the other side gave it.

    Raises NotPermitted, NotFound, DomainError for a key that cannot be or a project that is reported.
    """
    row = _locked(actor, upstream)
    project = project_to_report(actor, row, code)
    _check_key(appid, secret, has_secret=False)
    if not (remote_code or appid or row.appid):
        raise DomainError(_("请填对方给这个项目的项目编码和密钥。"), code="no_code", field="remote_code")
    known = row.projects.filter(project=project).first()
    if known is not None and known.ended_at is None:
        raise DomainError(
            _("这个项目已经在上报，请到它那一行修改。"), code="reported_already", field="project_code"
        )
    of = known or UpstreamProject(upstream=row, project=project)
    of.remote_code, of.appid = remote_code or (appid if appid else ""), appid
    of.secret, of.ended_at, of.is_marked, of.retry_at = secret or of.secret, None, True, None
    of.save()
    record(actor, "federation.upstream_project_chosen", of, upstream=str(row.public_id))
    return of


@transaction.atomic
def change_upstream_project(
    *,
    actor: Actor,
    access: UpstreamProject,
    remote_code: str,
    appid: str = "",
    secret: str = "",
    expected_version: int | None = None,
) -> UpstreamProject:
    """Change by which code and key a project is known over there; it is tried at once.

    Raises NotPermitted, NotFound, Stale, DomainError.
    """
    row = _locked_project(actor, access)
    shown = {"对方的项目编码": row.remote_code, "appid": row.appid}
    require_version(row, expected_version, shown)
    _check_key(appid, secret, has_secret=row.secret is not None)
    row.remote_code, row.appid = remote_code, appid
    row.secret = (secret or row.secret) if appid else None
    row.version += 1
    row.is_marked, row.compared_at, row.retry_at, row.trouble = True, None, None, ""
    row.save()
    record(actor, "federation.upstream_project_changed", row, secret_changed=bool(secret))
    return row


@transaction.atomic
def end_upstream_project(*, actor: Actor, access: UpstreamProject, now: datetime) -> UpstreamProject:
    """Report a project no longer; what was told stays known, and choosing it again goes on from there.

    Raises NotPermitted, NotFound, DomainError for one that is not reported.
    """
    row = _locked_project(actor, access)
    if row.ended_at is not None:
        raise DomainError(_("这个项目已经停止上报。"), code="ended")
    row.ended_at = now
    row.version += 1
    row.save(update_fields=["ended_at", "version", "updated_at"])
    record(actor, "federation.upstream_project_ended", row)
    return row


@transaction.atomic
def requeue_upstream_record(*, actor: Actor, record_of: UpstreamRecord, now: datetime) -> UpstreamRecord:
    """Tell a refused or waived record again, alone.

    Raises NotPermitted, NotFound, DomainError for one that is not stopped.
    """
    row = _locked_record(actor, record_of)
    if row.state not in (State.REFUSED, State.WAIVED):
        raise DomainError(_("这条记录没有被退回，不用重新上报。"), code="not_stopped")
    _tell_again(row, now)
    record(actor, "federation.upstream_record_requeued", row)
    return row


@transaction.atomic
def requeue_refused(*, actor: Actor, upstream: Upstream, now: datetime) -> int:
    """Tell all refused records of a platform again; returns how many.

    Raises NotPermitted, NotFound.
    """
    held = _locked(actor, upstream)
    rows = UpstreamRecord.objects.visible_to(actor).filter(access__upstream=held, state=State.REFUSED)
    stopped = list(rows.select_related("access").select_for_update(of=("self",)))
    for row in stopped:
        _tell_again(row, now)
    record(actor, "federation.upstream_refused_requeued", held, number=len(stopped))
    return len(stopped)


def _tell_again(row: UpstreamRecord, now: datetime) -> None:
    if row.kind in KINDS and not KINDS[row.kind].update:
        row.is_there, row.known = False, None  # the only way to tell it is to tell it as new
    row.waived_by = row.waive_reason = ""
    if row.known is not None and bytes(row.known) == bytes(row.wanted):
        row.known = None
    tell(row, there_of(row.access, row.needs), now)
    row.is_alone = True
    row.save()


@transaction.atomic
def waive_upstream_record(*, actor: Actor, record_of: UpstreamRecord, reason: str) -> UpstreamRecord:
    """Give up telling a record, for a reason; lists of people go without it, and it can be told again.

    Raises NotPermitted, NotFound, DomainError without a reason or for one that is not stopped.
    """
    row = _locked_record(actor, record_of)
    if row.state not in (State.REFUSED, State.HELD):
        raise DomainError(_("只有被退回的、等待前置记录的可以不再上报；这一条不是。"), code="not_stopped")
    row.state, row.waived_by = State.WAIVED, actor.label[:120]
    row.waive_reason, row.since = _reason(reason, _("不再上报的原因")), None
    row.save()
    row.access.upstream.projects.filter(pk=row.access_id).update(is_marked=True, compared_at=None)
    record(actor, "federation.upstream_record_waived", row, reason=row.waive_reason)
    return row


def _locked(actor: Actor, upstream: Upstream) -> Upstream:
    require(actor, MANAGE_UPSTREAMS, on=upstream)
    rows = Upstream.objects.visible_to(actor).select_related("region").select_for_update(of=("self",))
    return rows.get(pk=upstream.pk)


def _locked_project(actor: Actor, access: UpstreamProject) -> UpstreamProject:
    require(actor, MANAGE_UPSTREAMS, on=access)
    rows = UpstreamProject.objects.visible_to(actor).select_related("upstream__region", "project__region")
    return rows.select_for_update(of=("self",)).get(pk=access.pk)


def _locked_record(actor: Actor, row: UpstreamRecord) -> UpstreamRecord:
    require(actor, MANAGE_UPSTREAMS, on=row)
    # From above, as the errands lock: first the project, then its record.
    UpstreamProject.objects.visible_to(actor).select_for_update(of=("self",), no_key=True).get(
        pk=row.access_id
    )
    rows = UpstreamRecord.objects.visible_to(actor).select_related("access__upstream__region")
    return rows.select_for_update(of=("self",)).get(pk=row.pk)


def _kept(actor: Actor, row: Upstream, action: str, reason: str = "") -> Upstream:
    row.version += 1
    row.save()
    record(actor, action, row, reason=reason)
    return row


def _reason(given: str, label: str) -> str:
    reason = given.strip()
    if not reason:
        raise DomainError(
            _("请写明{label}，会记入审计。").format(label=label), code="no_reason", field="reason"
        )
    return reason[:200]


def _require_free(name: str) -> None:
    taken = Upstream.objects.unscoped(because="a name is unique, whoever's upstream has it")
    if taken.filter(name=name.strip()).exists():
        raise DomainError(_("已有同名的上级平台，请换一个能区分的名称。"), code="name_taken", field="name")


def _check(facts: UpstreamFacts, *, has_secret: bool) -> None:
    """What an administrator says can be. Raises DomainError at the field."""
    parts = urlsplit(facts.url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        told = _("接口地址应以 https:// 或 http:// 开头，例如 https://platform.example.cn/open.api。")
        raise DomainError(told, code="bad_url", field="url")
    if facts.takes not in Upstream.Takes.values:
        raise DomainError(_("请选择上报哪些项目。"), code="bad_takes", field="takes")
    if facts.takes == Upstream.Takes.ALL and not facts.appid.strip():
        told = _("上报区域内全部项目要用一个账号：请填对方发给本平台的 appid 和密钥。")
        raise DomainError(told, code="no_account", field="appid")
    _check_key(facts.appid, facts.secret, has_secret=has_secret)
    _check_codes(facts.codes)


def _check_key(appid: str, secret: str, *, has_secret: bool) -> None:
    if appid and not secret and not has_secret:
        raise DomainError(_("请填这个 appid 的密钥。"), code="no_secret", field="secret")
    if secret and len(secret.encode()) < KEY_LENGTH:
        told = _("密钥（appsecret）应为 {least} 个字符，请按对方给的原样填写。").format(least=KEY_LENGTH)
        raise DomainError(told, code="short_secret", field="secret")


def _check_codes(codes: Sequence[Sequence[str]]) -> None:
    if len(codes) > MOST_CODES:
        told = _("代码对照最多 {most} 行。").format(most=MOST_CODES)
        raise DomainError(told, code="too_many", field="codes")
    known = set(CodeList.objects.values_list("key", flat=True))
    for line in codes:
        if len(line) != 3 or line[0] not in known:
            told = _("代码对照“{line}”读不懂：一行写代码表、本平台代码、对方代码，例如 trade 501 390。")
            raise DomainError(told.format(line=" ".join(line)[:60]), code="bad_codes", field="codes")
