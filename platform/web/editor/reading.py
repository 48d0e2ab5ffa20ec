"""Who reads and who changes a version: anybody a published one, drafts those who draft or review them."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from kernel.errors import NotFound, NotPermitted
from kernel.scoping import Actor
from regions.models import Region
from regions.selectors import province
from standards import life
from standards.item_checks import namespace
from standards.models import StandardVersion
from standards.spec import CITY, EXTENSIBLE, PROVINCIAL
from standards.versions import PUBLISHED, grant_of, grant_spec, version_of, versions
from web.editor.models import ImpactLine, ImpactProject
from web.navigation import Crumb
from web.standard_acts import EDIT, may_edit, may_review

LAYERS = {"national": "国家标准", PROVINCIAL: "省标准", CITY: "市州标准"}


def readable_versions(actor: Actor) -> QuerySet[StandardVersion]:
    """What the actor may read: all that was published, and drafts that are theirs to write or review."""
    if may_review(actor):
        return versions()
    own = Q(state=PUBLISHED)
    for path in actor.reach(EDIT).region_paths:
        own |= Q(region__path__startswith=path)
    return versions().filter(own)


def readable(actor: Actor, public_id: UUID) -> StandardVersion:
    """One of them. Raises NotFound."""
    found = version_of(public_id)
    if found.is_published or may_review(actor) or may_edit(actor, found.region):
        return found
    raise NotFound


def editable(actor: Actor, public_id: UUID) -> StandardVersion:
    """A version of a layer that the actor writes. Raises NotFound, NotPermitted."""
    found = readable(actor, public_id)
    if found.layer not in life.MOVES or not may_edit(actor, found.region):
        raise NotPermitted(_("这个版本不归您制定：省标准由省级数据标准管理员制定，市州标准由该市州制定。"))
    return found


def in_the_making(actor: Actor, public_id: UUID) -> StandardVersion:
    """A version for whoever writes or reviews it. Raises NotFound, NotPermitted."""
    found = readable(actor, public_id)
    if not (may_review(actor) or may_edit(actor, found.region)):
        raise NotPermitted(_("影响检查的结果只给制定和评审这个版本的人看。"))
    return found


def reviewable(actor: Actor, public_id: UUID) -> StandardVersion:
    """A version that the actor may pass or return. Raises NotFound, NotPermitted."""
    found = readable(actor, public_id)
    if found.layer not in life.MOVES or not may_review(actor):
        raise NotPermitted(_("数据标准由省级数据标准管理员评审。"))
    return found


def require_province(actor: Actor) -> None:
    """Grants and mappings are the province's. Raises NotPermitted."""
    if not may_review(actor):
        raise NotPermitted(_("授权和国家对照由省级数据标准管理员办理。"))


def drafting_places(actor: Actor) -> list[tuple[str, Region | None, str]]:
    """Whose standard the actor may draft: the province's, or a city's."""
    found: list[tuple[str, Region | None, str]] = []
    if may_edit(actor, None):
        found.append(("province", None, "省标准"))
    cities = Region.objects.filter(is_second_level=True).order_by("path")
    return found + [(one.code, one, f"{one.name}标准") for one in cities if may_edit(actor, one)]


def projects_of(actor: Actor, line: ImpactLine) -> QuerySet[ImpactProject]:
    """The projects that a line counts, as far as the actor's posts reach, most records first."""
    within = Q(pk__in=[])
    for path in actor.reach(EDIT).region_paths:
        within |= Q(place__startswith=path)
    return line.of_projects.filter(within).order_by("-records", "pk")


def open_lists(version: StandardVersion, names: Mapping[str, str], on: date) -> list[tuple[str, str]]:
    """The lists, key and name, that a version may add to: a city's are its own and those of its grant."""
    if version.region is None:
        return list(names.items())
    own, granted = namespace(version.region.code), grant_spec(grant_of(version.region, on)).lists
    return [one for one in names.items() if one[0].startswith(own) or one[0] in granted]


def open_objects(version: StandardVersion, on: date) -> list[str]:
    """The objects that a version may extend: a city's are those of its grant."""
    if version.region is None:
        return list(EXTENSIBLE)
    granted = grant_spec(grant_of(version.region, on)).objects
    return [one for one in EXTENSIBLE if one in granted]


def crumbs(version: StandardVersion | None, *tail: str) -> list[Crumb]:
    """数据标准 › 版本 › 1.4 › …"""
    found = [Crumb("数据标准", reverse("standard")), Crumb("版本", reverse("standard_versions"))]
    if version is not None:
        found.append(Crumb(version.number, url_of(version) if tail else ""))
    return [*found, *(Crumb(one) for one in tail)]


def url_of(version: StandardVersion, tab: str = "") -> str:
    """The page of a version, or one of its tabs."""
    if tab:
        return reverse("standard_version_tab", args=[version.public_id, tab])
    return reverse("standard_version", args=[version.public_id])


def whose(version: StandardVersion) -> str:
    """省标准, 武汉市标准."""
    return f"{version.region.name}标准" if version.region else LAYERS.get(version.layer, version.layer)


def accounts_of(keys: Iterable[str]) -> list[User]:
    """The accounts behind keys of actors; a key that is no account's is left out."""
    return list(User.objects.filter(public_id__in=[key for key in keys if _is_id(key)]))


def names_of(keys: Iterable[str]) -> dict[str, str]:
    """Key → name of the account behind it."""
    return {str(one.public_id): str(one) for one in accounts_of(keys)}


def province_path() -> str:
    """Where what is the province's lies."""
    return province().path


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
