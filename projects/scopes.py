"""What a post is tied to: found by the code that somebody types, or by part of a name, within reach."""

from collections.abc import Callable, Iterator
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.roles import ROLES
from accounts.selectors import MANAGE, is_everywhere
from kernel.errors import NotFound
from kernel.scoping import Actor
from kernel.text import compact
from projects.models import Enterprise, Participation, Project
from regions.models import Region
from web.post_rules import Scope, fits

MOST_FOUND = 20


def scope_of(actor: Actor, code: str) -> Scope:
    """The scope of a region's code, a project's, an enterprise's, or PROJECT_CODE/USCC. Raises NotFound."""
    code, _slash, uscc = compact(code).partition("/")
    project = _projects(actor).filter(code=code).first()
    if uscc:
        if project is None:
            raise NotFound(f"没有编码为“{code}”的项目。请先用 receive_permits 登记施工许可证，或核对编码。")
        part = _parts(actor).filter(project=project, enterprise__uscc=uscc.upper()).first()
        if part is None:
            raise NotFound(f"企业 {uscc} 没有参建项目 {code}。请核对统一社会信用代码，或先登记参建单位。")
        return _of_part(part)
    if project is not None:
        return _of_project(project)
    if region := _regions(actor).filter(code=code).first():
        return _of_region(region)
    if enterprise := _enterprises(actor).filter(uscc=code.upper()).first():
        return _of_enterprise(enterprise)
    raise NotFound(
        f"没有编码为“{code}”的行政区划、项目或企业。请填六位行政区划代码、项目编码、"
        "统一社会信用代码，或“项目编码/统一社会信用代码”；项目和企业须先用 receive_permits 登记。"
    )


def search_scopes(actor: Actor, role: str, words: str) -> list[Scope]:
    """The places within the administrator's reach to which a role may be tied, by part of name or code.

    At most MOST_FOUND of each kind, and one more where there are more.
    """
    kinds = ROLES[role].scopes if role in ROLES else frozenset()
    return [scope for kind in _KINDS if kind in kinds for scope in _KINDS[kind](actor, role, words.strip())]


def scope_chosen(actor: Actor, role: str, value: str) -> Scope:
    """The scope of a choice as `value_of` writes it. Raises NotFound beyond the administrator's reach."""
    kind, _colon, key = value.partition(":")
    found = None
    if role in ROLES and kind in ROLES[role].scopes:
        if kind == "region":
            region = _regions(actor).filter(code=key[:12].replace("\0", "")).first()
            found = _of_region(region) if region else None
        elif uuid := _uuid(key):
            found = _by_id(actor, kind, uuid)
    if found is None:
        raise NotFound(_("没有这个范围，或者它不在您的管理范围内。请重新查找后选择。"))
    return found


def value_of(scope: Scope) -> str:
    """A scope as a form carries it: region:420106, project:UUID."""
    return f"{scope.kind}:{scope.key or (scope.region.code if scope.region else '')}"


def _projects(actor: Actor) -> QuerySet[Project]:
    return Project.objects.visible_to(actor, MANAGE).select_related("region").order_by("code")


def _parts(actor: Actor) -> QuerySet[Participation]:
    rows = Participation.objects.visible_to(actor, MANAGE).select_related("project__region", "enterprise")
    return rows.order_by("project__code", "kind", "pk")


def _enterprises(actor: Actor) -> QuerySet[Enterprise]:
    """An enterprise works anywhere: only whoever reaches the whole province grants a post on it."""
    rows = Enterprise.objects.visible_to(actor, MANAGE).order_by("name")
    return rows if is_everywhere(actor) else rows.none()


def _regions(actor: Actor) -> QuerySet[Region]:
    below = Q(pk__in=[])
    for path in sorted(actor.reach(MANAGE).region_paths):
        below |= Q(path__startswith=path)
    return Region.objects.filter(below).order_by("path")


def _search_regions(actor: Actor, role: str, words: str) -> Iterator[Scope]:
    rows = _regions(actor).filter(Q(name__icontains=words) | Q(code__startswith=words))
    fitting = [region for region in rows if fits(role, region)]
    yield from (_of_region(region) for region in fitting)


def _search_projects(actor: Actor, _role: str, words: str) -> Iterator[Scope]:
    rows = _projects(actor).filter(Q(name__icontains=words) | Q(code__startswith=words))
    yield from (_of_project(project) for project in rows[: MOST_FOUND + 1])


def _search_parts(actor: Actor, _role: str, words: str) -> Iterator[Scope]:
    named = Q(enterprise__name__icontains=words) | Q(enterprise__uscc__iexact=words)
    rows = _parts(actor).filter(
        named | Q(project__name__icontains=words) | Q(project__code__startswith=words)
    )
    yield from (_of_part(part) for part in rows[: MOST_FOUND + 1])


def _search_enterprises(actor: Actor, _role: str, words: str) -> Iterator[Scope]:
    rows = _enterprises(actor).filter(Q(name__icontains=words) | Q(uscc__iexact=words))
    yield from (_of_enterprise(enterprise) for enterprise in rows[: MOST_FOUND + 1])


_KINDS: dict[str, Callable[[Actor, str, str], Iterator[Scope]]] = {
    "region": _search_regions,
    "project": _search_projects,
    "participation": _search_parts,
    "enterprise": _search_enterprises,
}


def _by_id(actor: Actor, kind: str, public_id: UUID) -> Scope | None:
    if kind == "project":
        project = _projects(actor).filter(public_id=public_id).first()
        return _of_project(project) if project else None
    if kind == "participation":
        part = _parts(actor).filter(public_id=public_id).first()
        return _of_part(part) if part else None
    enterprise = _enterprises(actor).filter(public_id=public_id).first()
    return _of_enterprise(enterprise) if enterprise else None


def _of_region(region: Region) -> Scope:
    return Scope("region", region.name, region)


def _of_project(project: Project) -> Scope:
    return Scope("project", project.name, project.region, project.public_id)


def _of_part(part: Participation) -> Scope:
    name = f"{part.project.name} {part.enterprise.name}"
    return Scope("participation", name, part.project.region, part.public_id)


def _of_enterprise(enterprise: Enterprise) -> Scope:
    return Scope("enterprise", enterprise.name, key=enterprise.public_id)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
