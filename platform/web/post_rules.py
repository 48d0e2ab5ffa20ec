"""What a post may be: its role, the place it is tied to, its days."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import ROLES
from kernel.errors import DomainError
from regions.models import Region

SCOPES = {"region": "行政区划", "project": "项目", "participation": "参建单位", "enterprise": "企业"}
_TIERS = {
    "province_regulator": ("省", lambda region: region.is_province),
    "city_regulator": ("市、州或省直管市", lambda region: region.is_second_level),
    "county_regulator": ("县（市、区）", lambda region: region.is_county),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What a post is tied to: its kind, its row's public id, its name, and where it lies on the map.

    A region is its own place and needs no key; an enterprise lies nowhere in particular.
    """

    kind: str
    name: str
    region: Region | None = None
    key: UUID | None = None


def fits(role: str, region: Region) -> bool:
    """Whether a role of one tier may be tied to this region; other roles go anywhere."""
    _wanted, fitting = _TIERS.get(role, ("", None))
    return fitting is None or fitting(region)


def check_scope(role: str, scope: Scope) -> None:
    if role not in ROLES:
        raise DomainError(
            _("没有名为“{role}”的岗位。可选：{roles}。").format(role=role, roles=role_list()),
            code="unknown_role",
            field="role",
        )
    title, kinds = ROLES[role].title, ROLES[role].scopes
    if scope.kind not in kinds:
        raise DomainError(
            _("{title}的范围应为{wanted}，“{name}”是{kind}。请改用{wanted}的编码。").format(
                title=title,
                wanted="或".join(SCOPES[kind] for kind in SCOPES if kind in kinds),
                name=scope.name,
                kind=SCOPES[scope.kind],
            ),
            code="wrong_scope",
            field="scope",
        )
    wanted, _fitting = _TIERS.get(role, ("", None))
    if scope.region and not fits(role, scope.region):
        raise DomainError(
            _("{title}应设在{wanted}，“{name}”不是。请改用{wanted}的编码。").format(
                title=title, wanted=wanted, name=scope.name
            ),
            code="wrong_tier",
            field="scope",
        )


def check_days(valid_from: date, valid_to: date | None) -> None:
    if valid_to and valid_to < max(valid_from, timezone.localdate()):
        raise DomainError(
            _("岗位的截止日期 {day} 已过或早于起始日期。请填今天或以后的日期。").format(
                day=valid_to.isoformat()
            ),
            code="past_date",
            field="valid_to",
        )


def role_list() -> str:
    """Every role with its title and the scopes it may be tied to."""
    return "；".join(
        f"{name}（{role.title}：{'、'.join(SCOPES[kind] for kind in SCOPES if kind in role.scopes)}）"
        for name, role in ROLES.items()
    )
