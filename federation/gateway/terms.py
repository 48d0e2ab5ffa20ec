"""What an agreement may say of an object: judged when it is written, so that a call has nothing to judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from federation.gateway.catalogue import FILTERS, OBJECTS
from federation.gateway.kinds import Shared
from federation.models import Partner
from kernel.errors import DomainError
from projects.uscc import BadUscc, read_uscc
from regions.selectors import regions
from standards.selectors import codes

_SHORTEST_BASIS: Final = 4
_MOST_NAMED: Final = 200
_CODE_LISTS: Final = {"statuses": "project_status", "banks": "bank", "paying_banks": "bank"}
_RECORD_KINDS: Final = frozenset({"good", "bad", "blacklist"})
_OF_ACCOUNTS: Final = ("banks", "paying_banks")


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed for one object: fields, for each full number why it may leave, and filters."""

    fields: Sequence[str]
    bases: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def as_data(self) -> dict[str, Any]:
        return {"fields": list(self.fields), "bases": dict(self.bases), "filters": dict(self.filters)}


def object_of(name: str) -> Shared:
    """The object of a name. Raises DomainError."""
    found = OBJECTS.get(name)
    if found is None:
        raise _refused(_("没有这个数据对象。"), "shared")
    return found


def judged(shared: Shared, terms: Terms, partner: Partner) -> Terms:
    """The terms as they are kept: in order, complete, each filter readable. Raises DomainError."""
    unknown = [name for name in terms.fields if name not in shared.fields]
    if unknown:
        told = _("“{label}”没有名为“{name}”的字段。").format(label=shared.label, name=unknown[0][:40])
        raise _refused(told, "fields")
    fields = shared.picked(terms.fields)
    if not fields:
        raise _refused(
            _("请至少勾选一个字段；不再提供“{label}”的，请用“移除”。").format(label=shared.label), "fields"
        )
    bases = {one.key: terms.bases.get(one.key, "").strip() for one in fields if one.needs_basis}
    for one in fields:
        if one.needs_basis and len(bases[one.key]) < _SHORTEST_BASIS:
            told = _(
                "“{label}”是完整号码，须写明提供它的法律依据，例如某法第几条；没有依据的请改选遮盖后的字段。"
            )
            raise _refused(told.format(label=one.label), f"basis_{one.key}")
    filters = _filters(shared, terms.filters)
    _own_accounts(shared, [one.key for one in fields if one.needs_basis], filters, partner)
    return Terms([one.key for one in fields], bases, filters)


def _filters(shared: Shared, given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name != "regions" and name not in shared.filters:
            told = _("“{label}”不能按“{filter}”限定。").format(
                label=shared.label, filter=FILTERS.get(name, name[:40])
            )
            raise _refused(told, name)
        if kept := _one(name, value):
            found[name] = kept
    if found.get("from", "") > found.get("to", "9999"):
        raise _refused(_("日期范围的结束早于开始，请改正。"), "to")
    return found


def _one(name: str, value: Any) -> Any:
    if name == "on_site":
        return bool(value)
    if name in ("from", "to"):
        return value.isoformat() if isinstance(value, date) else str(value or "")
    named = list(dict.fromkeys(str(one).strip() for one in value if str(one).strip()))
    if len(named) > _MOST_NAMED:
        told = _("“{filter}”最多写 {most} 个，请分成几份协议或放宽到行政区划。")
        raise _refused(told.format(filter=FILTERS[name], most=_MOST_NAMED), name)
    return [_known(name, one) for one in named]


def _known(name: str, one: str) -> str:
    """A value of a list filter as it is compared. Raises DomainError for one that can match nothing."""
    if name == "enterprises":
        try:
            return read_uscc(one)
        except BadUscc as bad:
            raise _refused(f"“{one[:40]}”：{bad.fault.value}", name) from bad
    if name == "regions":
        is_known = regions().filter(code=one).exists()
    elif name == "record_kinds":
        is_known = one in _RECORD_KINDS
    else:
        is_known = name not in _CODE_LISTS or one in codes(_CODE_LISTS[name])
    if not is_known:
        told = _("“{filter}”里没有“{value}”，请核对代码。").format(filter=FILTERS[name], value=one[:40])
        raise _refused(told, name)
    return one


def _own_accounts(
    shared: Shared, sealed: Sequence[str], filters: Mapping[str, Any], partner: Partner
) -> None:
    """A bank receives the full numbers of its own accounts' holders, and nobody else's."""
    of_accounts = [name for name in _OF_ACCOUNTS if name in shared.filters]
    if partner.sort != Partner.Kind.BANK or not sealed or not of_accounts:
        return
    if not any(filters.get(name) == [partner.bank_code] for name in of_accounts):
        told = _(
            "{bank}是银行：含完整号码时只能提供在本行开户或由本行代发的记录。请把“{filter}”限定为本行（{code}）。"
        )
        names = "”或“".join(FILTERS[name] for name in of_accounts)
        said = told.format(bank=partner.name, filter=names, code=partner.bank_code or _("请先登记银行代码"))
        raise _refused(said, of_accounts[0])


def _refused(sentence: str, field: str) -> DomainError:
    return DomainError(sentence, code="bad_terms", field=field)
