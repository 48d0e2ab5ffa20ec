"""What a participant's system states of its project manager and of the accounts that wages are paid from."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from audit.services import record
from kernel.cipher import keyring
from kernel.permits import require
from kernel.scoping import Actor
from kernel.text import compact
from outbox.services import announce
from projects.models import Participation, WageAccount
from projects.statements import AccountFacts, ManagerFacts, take_over


@transaction.atomic
def state_party(
    *,
    actor: Actor,
    participation: Participation,
    manager: ManagerFacts | None = None,
    accounts: Sequence[AccountFacts] | None = None,
) -> Participation:
    """Take over what is stated of a participant's manager and wage accounts; None leaves them as they are.

    `accounts` is the whole list: an account that it no longer names has ended. Raises NotPermitted, NotFound.
    Source: 保障农民工工资支付条例 第三十一条 (wages go through banks to the workers' own cards).
    """
    require(actor, "projects.manage_participation", on=participation)
    rows = Participation.all_rows.select_for_update(of=("self",)).select_related("enterprise", "project")
    row = rows.get(pk=participation.pk)
    changed = take_over(row, manager or ManagerFacts())
    if accounts is not None:
        changed += _take_accounts(row, accounts)
    if changed:
        row.version += 1
        row.save()
        record(actor, "projects.party_stated", row, fields=len(changed))
        announce("projects.party_stated.v1", key=row.public_id, version=row.version)
    return row


def _take_accounts(of: Participation, accounts: Sequence[AccountFacts]) -> list[str]:
    """End what is no longer named, change what is named otherwise, add what is new; what was done."""
    wanted = {_index(one.number): one for one in accounts}
    rows = of.wage_accounts.select_for_update(of=("self",)).filter(ended_at=None)
    held = {bytes(row.number_index): row for row in rows}
    done = []
    for index in held.keys() - wanted.keys():
        held[index].ended_at = timezone.now()
        held[index].save(update_fields=["ended_at", "updated_at"])
        done.append("ended")
    for index, one in wanted.items():
        row = held.get(index) or WageAccount(participation=of, number=compact(one.number), number_index=index)
        terms = {"bank_code": one.bank_code, "branch": one.branch, "link_number": one.link_number}
        if row.pk is None or any(getattr(row, name) != value for name, value in terms.items()):
            vars(row).update(terms)
            row.version += 0 if row.pk is None else 1
            row.save()
            done.append("stated")
    return done


def _index(number: str) -> bytes:
    return keyring().blind_index("card", compact(number))
