"""Which record a difference or a refusal is about, by the names and pages of the rest of the product."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from federation.compare_words import kind_said
from federation.selectors.corrections import platform_name
from federation.selectors.subjects import Named, Subject, copy_of, projects_named, subjects
from federation.travel.trees import PUNCHES
from kernel.models import this_node
from kernel.scoping import Actor
from projects.models import Project
from web import words
from web.trail_objects import uuids
from web.trail_words import Thing, things_named

_NOT_HERE = "本平台没有这条记录"
_OUT_OF_REACH = "不在您的管理范围内"
_NO_PROJECT = "本平台没有这个项目，或不在您的管理范围内"


@dataclass(frozen=True, slots=True)
class Said:
    """A record by its name and page, and its project; `lack` says why it has no name here."""

    kind: str
    thing: Thing | None = None
    lack: str = ""
    project: Thing | None = None
    has_unknown_project: bool = False
    row: Subject | None = None

    @property
    def name(self) -> SafeString:
        """Its name, with the page that shows it; else why it has none."""
        return _linked(self.thing) if self.thing else format_html('<span class="soft">{}</span>', self.lack)

    @property
    def place(self) -> SafeString:
        """Its project by name and code, with its page; "" where it lies in none."""
        if self.project is None and self.has_unknown_project:
            return format_html('<span class="soft">{}</span>', _NO_PROJECT)
        return _linked(self.project) if self.project else SafeString()

    @property
    def cell(self) -> SafeString:
        """Both in one cell of a list; a project is said once."""
        lines = [self.name]
        if self.project and (self.thing is None or self.thing.name != self.project.name):
            lines.append(format_html('<span class="sub">{}</span>', self.place))
        return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines if line))


def _linked(thing: Thing) -> SafeString:
    return format_html('<a href="{}">{}</a>' if thing.url else "{1}", thing.url, thing.name)


def said_of(actor: Actor, wanted: Iterable[tuple[str, UUID, str]]) -> dict[Named, Said]:
    """The names of records by kind, key and (a neighbour's name of) their project, "" where it is not told.

    A fixed number of questions, and a few for each kind that occurs.
    """
    asked = list(wanted)
    found = subjects(actor, [(kind, key) for kind, key, _project in asked if kind != PUNCHES])
    holders = {row.holder for row in found.rows.values() if row.holder}
    things = things_named(actor, holders)
    told = {*uuids([project for *_named, project in asked if project])}
    own = {row.project for row in found.rows.values() if row.project}
    projects = _projects(actor, told | own)
    return {
        (kind, key): _said(
            kind, found.rows.get((kind, key)), (kind, key) in found.here, project, things, projects
        )
        for kind, key, project in asked
    }


def _said(
    kind: str,
    row: Subject | None,
    is_here: bool,
    told: str,
    things: Mapping[tuple[str, str], Thing],
    projects: Mapping[UUID, Thing],
) -> Said:
    name = (row.project if row else None) or next(iter(uuids([told] if told else [])), None)
    project = projects.get(name) if name else None
    thing, lack = None, _OUT_OF_REACH if is_here else _NOT_HERE
    if kind == PUNCHES:
        lack = "一次打卡，只有摘要，不能对应到人"
    elif row is not None:
        thing = _thing(kind, row, things, project)
        lack = f"一条{kind_said(kind)}"
    return Said(kind_said(kind), thing, lack, project, bool(name and project is None), row)


def _thing(
    kind: str, row: Subject, things: Mapping[tuple[str, str], Thing], project: Thing | None
) -> Thing | None:
    if kind == "project":
        return project
    if row.label:
        return Thing(row.label)
    return things.get(row.holder) if row.holder else None


def _projects(actor: Actor, names: Iterable[UUID]) -> dict[UUID, Thing]:
    wanted = set(names)
    if not wanted:
        return {}
    rows, opens = projects_named(actor, wanted)
    return {
        name: Thing(_project(row), _page(row) if row.public_id in opens else "") for name, row in rows.items()
    }


def _project(row: Project) -> str:
    return f"{row.name}（{row.code}）" if row.code else row.name


def _page(row: Project) -> str:
    return reverse("project", args=[row.public_id])


def state_here(actor: Actor, kind: str, key: UUID, row: Subject | None) -> str:
    """Of a row within the reader's place: its version here, and when it was changed or came; "" elsewhere."""
    if row is None:
        return ""
    version = f"第 {row.version} 版" if row.version else ""
    if row.owner in ("", this_node()):
        changed = f"{words.moment(row.changed_at)} 在本平台修改" if row.changed_at else ""
        return "，".join(filter(None, (version, changed)))
    copy = copy_of(actor, kind, key)
    came = f"{words.moment(copy.received_at)} 由“{platform_name(copy.node)}”报来" if copy else ""
    changed = f"所有者 {words.moment(copy.at)} 修改" if copy else ""
    return "，".join(filter(None, (version, changed, came)))
