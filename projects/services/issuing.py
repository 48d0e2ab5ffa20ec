"""The account that comes with the permit: a one-time code, and claiming the account by it.

Source: 鄂建文〔2019〕27号 二(五): the account is drawn together with the construction permit.
"""

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import UserActor
from accounts.models import User
from audit.services import record
from kernel.cipher import keyring
from kernel.errors import DomainError
from kernel.permits import require
from kernel.scoping import NOTHING, Actor, Reach
from kernel.text import compact
from outbox.services import announce
from projects.codes import digest, fresh_code
from projects.errors import AccountExists, ClaimLocked, CodeGone, ProjectFinished, WrongClaim
from projects.models import AccountCode, ClaimTry, Permit, Project
from projects.selectors import MANAGER, has_project_account
from standards.selectors import parameter
from web.messages import Audience, tell
from web.postings import Scope, grant_post, open_account
from web.sign_ins import Stranger

_BECAUSE = "whoever claims an account shows a code instead of a post"


class CodeHolder:
    """Whoever holds a valid one-time code: may open one account for its project, and nothing else."""

    kind = "code"

    def __init__(self, code: AccountCode) -> None:
        self.key = str(code.public_id)
        self.label = f"施工许可证 {code.permit.number} 的领取人"
        self._reach = Reach(region_paths=frozenset({code.project.region.path}))

    def may(self, permission: str) -> bool:
        return permission == "accounts.manage"

    def reach(self, permission: str) -> Reach:
        return self._reach if self.may(permission) else NOTHING


@transaction.atomic
def issue_project_account(*, actor: Actor, permit: Permit, now: datetime) -> tuple[AccountCode, str]:
    """A fresh one-time code for the general contractor of the permit's project; older ones become void.

    The code is answered once and kept as a keyed digest. Raises NotPermitted, NotFound, ProjectFinished,
    AccountExists.
    Source: 鄂建文〔2019〕27号 二(五).
    """
    require(actor, "projects.issue_account", on=permit)
    project = (
        Project.objects.visible_to(actor, "projects.issue_account")
        .select_for_update(of=("self",))
        .select_related("region")
        .get(pk=permit.project_id)
    )
    if not project.is_open:
        raise ProjectFinished
    if has_project_account(project, now):
        raise AccountExists(project.name)
    _open_codes(project).update(voided_at=now)
    text = fresh_code()
    code = AccountCode.objects.create(
        project=project,
        permit=permit,
        digest=digest(permit.number, text),
        issued_at=now,
        issued_by=actor.user if isinstance(actor, UserActor) else None,
        expires_at=now + timedelta(days=parameter("claim.code_days", project.region)),
    )
    record(actor, "projects.account_issued", permit, until=code.expires_at.isoformat())
    return code, text


def _open_codes(project: Project) -> QuerySet[AccountCode]:
    rows = AccountCode.objects.unscoped(
        because="the project was judged; its older codes end with the new one"
    )
    return rows.filter(project=project, voided_at=None, claimed_at=None)


def open_claim(*, permit_number: str, code: str, address: str, now: datetime) -> AccountCode:
    """The one-time code that somebody at the door shows together with the number of its permit.

    Which of the two was wrong is not said. Every failure is counted, by number and address, and stays on
    record when the claim is refused. Raises WrongClaim, ClaimLocked.
    """
    with transaction.atomic():
        found, refusal = _tried(permit_number, code, address, now)
    if refusal or found is None:
        raise refusal or WrongClaim(parameter("claim.lock_after"), parameter("claim.lock_minutes"))
    return found


def _tried(
    number: str, code: str, address: str, now: datetime
) -> tuple[AccountCode | None, DomainError | None]:
    minutes = parameter("claim.lock_minutes")
    since = now - timedelta(minutes=minutes)
    permit = Permit.objects.unscoped(because=_BECAUSE).filter(number=compact(number)).first()
    recent = ClaimTry.objects.filter(address=address, last_at__gt=since)
    if (recent.aggregate(all=Sum("failures"))["all"] or 0) >= parameter("claim.address_tries"):
        return None, _locked(permit, address, minutes)
    tries = _tries(number, address, since, now)
    if tries.failures >= parameter("claim.lock_after"):
        return None, _locked(permit, address, minutes)
    found = _code_of(permit, number, code, now)
    if found is None:
        tries.failures, tries.last_at = tries.failures + 1, now
        tries.save(update_fields=["failures", "last_at"])
        record(Stranger(), "projects.claim_failed", permit, address=address)
        return None, None
    tries.delete()
    record(Stranger(), "projects.claim_opened", permit, address=address)
    return found, None


def _locked(permit: Permit | None, address: str, minutes: int) -> ClaimLocked:
    record(Stranger(), "projects.claim_locked", permit, address=address)
    return ClaimLocked(minutes)


def _tries(number: str, address: str, since: datetime, now: datetime) -> ClaimTry:
    """The count of failures of this number from this address, locked; a count from long ago begins anew."""
    key = keyring().blind_index("project_claim_try", compact(number))
    ClaimTry.objects.get_or_create(digest=key, address=address, defaults={"last_at": now})
    tries = ClaimTry.objects.select_for_update().get(digest=key, address=address)
    if tries.last_at <= since:
        tries.failures = 0
    return tries


def _code_of(permit: Permit | None, number: str, code: str, now: datetime) -> AccountCode | None:
    """The open code of a permit, if it is the one shown. Both digests are made in every case."""
    rows = AccountCode.objects.unscoped(because=_BECAUSE).select_related("project__region", "permit")
    found = rows.filter(permit=permit, voided_at=None, claimed_at=None, expires_at__gt=now).first()
    shown = digest(number, code)
    held = bytes(found.digest) if found else digest(number, "-")
    return found if found and hmac.compare_digest(held, shown) and found.project.is_open else None


def shown_code(*, public_id: UUID | str, now: datetime) -> AccountCode:
    """A code that was shown at the door and still opens an account. Raises CodeGone."""
    rows = AccountCode.objects.unscoped(because=_BECAUSE).select_related("project__region", "permit")
    found = rows.filter(public_id=public_id, voided_at=None, claimed_at=None, expires_at__gt=now).first()
    if found is None:
        raise CodeGone
    return found


@transaction.atomic
def claim_account(
    *, code: AccountCode, username: str, display_name: str, password: str, now: datetime
) -> User:
    """Open the general contractor's account of the code's project; the code is used up.

    The caller has seen the code itself (open_claim). Raises CodeGone, ProjectFinished, and DomainError for a
    name that is taken or a password too weak.
    """
    rows = AccountCode.objects.unscoped(because=_BECAUSE).select_related("project__region", "permit")
    held = rows.select_for_update(of=("self",)).get(pk=code.pk)
    if held.voided_at or held.claimed_at or held.expires_at <= now:
        raise CodeGone
    if not held.project.is_open:
        raise ProjectFinished
    holder, project = CodeHolder(held), held.project
    user, _password = open_account(
        actor=holder, username=username, display_name=display_name, password=password
    )
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    post = grant_post(
        actor=holder,
        user=user,
        role=MANAGER,
        scope=Scope("project", project.name, project.region, project.public_id),
        valid_from=timezone.localdate(now),
        document=f"施工许可证 {held.permit.number}",
    )
    post.granted_by = held.issued_by
    post.save(update_fields=["granted_by"])
    held.claimed_at, held.claimed_by = now, user
    held.save(update_fields=["claimed_at", "claimed_by"])
    record(holder, "projects.account_claimed", held.permit, user=str(user.public_id))
    announce("projects.account_claimed.v1", key=project.public_id)
    tell(
        Audience(permission="projects.issue_account", region_path=project.region.path),
        kind="projects.account_claimed",
        text=_("“{project}”的项目账号已由总承包单位领取。").format(project=project.name),
        url=reverse("project", args=[project.public_id]),
        about=str(project.public_id),
    )
    return user


def forget_tries(now: datetime) -> int:
    """Delete counts of failed claims that lock nothing any more; how many."""
    since = now - timedelta(minutes=parameter("claim.lock_minutes"))
    return ClaimTry.objects.filter(last_at__lte=since).delete()[0]
