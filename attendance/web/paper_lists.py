"""A project's contracts, those on their way, trainings, sessions, and the enterprises' own rules."""

from typing import Any
from uuid import UUID

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from attendance.selectors.projects import project_on
from attendance.web.clock import today
from attendance.web.project_record import ProjectTab, head, printed_head
from standards.selectors import choices, code_name
from web import words
from web.filters import ScopedFilterSet
from web.lists import CLIP, NAME, NUMBER, SOFT, SUB, Bulk, ListTable, PickColumn
from web.pages import Page
from web.templatetags.parts import state
from workers.models import Contract, ContractPaper, Training, TrainingSession
from workers.selectors import contracting, lessons, policies
from workers.web.contract_signing import LEVELS, pay_words

_KINDS = dict(Contract.Kind.choices)


def _person(record: Any) -> str:
    url = reverse("person", args=[record.engagement.public_id])
    return format_html('<a href="{}">{}</a>', url, record.engagement.person.name)


def _term(record: Any) -> str:
    until = f"至 {words.day(record.ends_on)}" if record.ends_on else "起，至任务完成"
    return f"{words.day(record.starts_on)} {until}"


class _OfPeople(ScopedFilterSet):
    """Papers of people: by name, and by team from links."""

    names_people = ("q",)
    fixed = ("team",)

    q = django_filters.CharFilter(
        label="姓名", field_name="engagement__person__name", lookup_expr="icontains"
    )
    team = django_filters.UUIDFilter(label="班组", field_name="engagement__team__public_id")

    def described(self, name: str, value: Any) -> str:
        if name == "team":
            names = self.queryset.filter(engagement__team__public_id=value)
            return names.values_list("engagement__team__name", flat=True).first() or "不在范围内"
        return super().described(name, value)


class ContractFilters(_OfPeople):
    """How they stand, of which kind, whose."""

    stands = django_filters.ChoiceFilter(
        label="状态", choices=[(key, label) for key, (_level, label) in contracting.STANDS.items()]
    )
    kind = django_filters.ChoiceFilter(label="类型", choices=Contract.Kind.choices)
    scan = django_filters.ChoiceFilter(
        label="扫描件", method="scanned", choices=[("no", "没有扫描件"), ("yes", "有扫描件")]
    )

    class Meta:
        model = Contract
        fields: list[str] = []

    def scanned(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(scan="") if value == "no" else rows.exclude(scan="")


class ContractTable(ListTable):
    """Contracts that count or counted."""

    name = tables.Column("姓名", accessor="engagement__person__name", attrs=NAME)
    team = tables.Column("班组", accessor="engagement__team__name", attrs=CLIP)
    firm = tables.Column("用人单位", accessor="engagement__participation__enterprise__name", attrs=CLIP)
    kind = tables.Column("类型", attrs=SOFT)
    number = tables.Column("编号", attrs=SUB, empty_values=())
    starts_on = tables.Column("期限")
    unit_price = tables.Column("报酬", attrs=NUMBER, empty_values=())
    stands = tables.Column("状态")
    scan = tables.Column("扫描件", empty_values=(), orderable=False)

    def render_name(self, record: Any) -> str:
        return _person(record)

    def render_kind(self, value: str) -> str:
        return _KINDS.get(value, value)

    def render_number(self, value: Any) -> str:
        return value or "—"

    def render_starts_on(self, record: Any) -> str:
        return _term(record)

    def render_unit_price(self, record: Any) -> str:
        return f"{record.wage_words} {words.money(record.unit_price)}" if record.unit_price else "未填"

    def render_stands(self, value: str) -> str:
        return state(*contracting.STANDS[value])

    def render_scan(self, record: Any) -> str:
        if not record.scan:
            return format_html('<span class="soft">{}</span>', "未上传")
        return format_html('<a href="{}">查看</a>', reverse("contract_scan", args=[record.public_id]))

    def file_name(self, record: Any) -> str:
        return record.engagement.person.name

    def file_kind(self, record: Any) -> str:
        return _KINDS.get(record.kind, record.kind)

    def file_stands(self, record: Any) -> str:
        return contracting.STANDS[record.stands][1]

    def file_starts_on(self, record: Any) -> str:
        return _term(record)

    def file_unit_price(self, record: Any) -> Any:
        return record.unit_price

    def file_scan(self, record: Any) -> str:
        return "有" if record.scan else "没有"


class ProjectContracts(ProjectTab):
    """合同 of a project."""

    permission = "workers.view"
    tab = "contracts"
    title = "项目合同"
    noun = "份合同"
    table_class = ContractTable
    filterset_class = ContractFilters

    def rows(self) -> QuerySet[Contract]:
        return contracting.contract_list(self.actor, today()).filter(engagement__project=self.project)

    def printed(self) -> dict[str, Any]:
        return printed_head(self.project, "劳动合同和用工书面协议")

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        on_their_way = contracting.papers(self.actor).filter(
            engagement__project=self.project, state__in=("draft", "signing")
        )
        return {
            **super().more(filterset, rows),
            "list_acts": "attendance/_project_contracts_acts.html",
            "may_file": self.actor.may("workers.file"),
            "on_their_way": on_their_way.count(),
            "empty": {
                "title": "没有符合条件的合同",
                "reason": "合同登记、核验或由厂商系统上报后，出现在这里。也可以换一个条件再看。",
            },
        }


class PaperFilters(_OfPeople):
    """Where they are on their way."""

    stands = django_filters.ChoiceFilter(
        label="状态",
        method="at",
        choices=[
            ("draft", "草稿"),
            ("signing", "签订中，未上传"),
            ("scanned", "待核验"),
            ("active", "已生效"),
            ("void", "已作废"),
        ],
    )

    class Meta:
        model = ContractPaper
        fields: list[str] = []

    def at(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value in ("signing", "scanned"):
            return rows.filter(~Q(scan="") if value == "scanned" else Q(scan=""), state="signing")
        return rows.filter(state=value)


class PaperTable(ListTable):
    """Contracts that the platform wrote, each with where it is."""

    number = tables.Column("编号", attrs=NAME)
    name = tables.Column("姓名", accessor="engagement__person__name")
    team = tables.Column("班组", accessor="engagement__team__name", attrs=CLIP)
    kind = tables.Column("类型", accessor="wording__kind", attrs=SOFT)
    starts_on = tables.Column("期限")
    unit_price = tables.Column("报酬", attrs=NUMBER)
    state = tables.Column("状态", empty_values=())
    created_at = tables.Column("制作", attrs=SUB)

    def render_number(self, record: Any) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("contract_paper", args=[record.public_id]), record.number
        )

    def render_name(self, record: Any) -> str:
        return _person(record)

    def render_kind(self, record: Any) -> str:
        return record.kind_words

    def render_starts_on(self, record: Any) -> str:
        return _term(record)

    def render_unit_price(self, record: Any) -> str:
        return pay_words(record)

    def render_state(self, record: Any) -> str:
        return state(LEVELS[record.state_words], record.state_words)

    def render_created_at(self, record: Any) -> str:
        return words.moment(record.created_at)

    def file_number(self, record: Any) -> str:
        return record.number

    def file_name(self, record: Any) -> str:
        return record.engagement.person.name

    def file_state(self, record: Any) -> str:
        return record.state_words

    def file_unit_price(self, record: Any) -> Any:
        return record.unit_price


class _PickedPapers(PaperTable):
    pick = PickColumn(lambda row: row.engagement.person.name)

    class Meta(PaperTable.Meta):
        sequence = ("pick", "...")


class ProjectPapers(ProjectTab):
    """签订中的合同 of a project; whoever files ticks them to print or to send them to be signed."""

    permission = "workers.view"
    tab = "contracts"
    title = "合同制作和签订"
    noun = "份"
    table_class = PaperTable
    filterset_class = PaperFilters

    def rows(self) -> QuerySet[ContractPaper]:
        if self.actor.may("workers.file"):
            self.table_class = _PickedPapers
        return contracting.papers(self.actor).filter(engagement__project=self.project)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        may_file = self.actor.may("workers.file")
        chosen = reverse("papers_chosen", args=[self.project.public_id])
        acts = {"print": "打印（一个 PDF）", "sign": "送签"}
        return {
            **super().more(filterset, rows),
            "list_acts": "attendance/_project_papers_acts.html",
            "may_file": may_file,
            "bulk": Bulk(chosen, acts, "份合同") if may_file else None,
            "empty": {
                "title": "没有符合条件的合同",
                "reason": "在“制作合同”里为班组生成草稿，送签、打印、签字、上传、核验都在这里办。",
            },
        }


class TrainingFilters(_OfPeople):
    """How they stand, of which kind, whose."""

    stands = django_filters.ChoiceFilter(
        label="状态", choices=[(key, label) for key, (_level, label) in lessons.STANDS.items()]
    )
    kind = django_filters.ChoiceFilter(label="类型", choices=lambda: choices("training_type"))

    class Meta:
        model = Training
        fields: list[str] = []


class TrainingTable(ListTable):
    """Trainings of people, each with how long it is valid."""

    name = tables.Column("姓名", accessor="engagement__person__name", attrs=NAME)
    team = tables.Column("班组", accessor="engagement__team__name", attrs=CLIP)
    kind = tables.Column("类型", attrs=SOFT)
    held_on = tables.Column("日期")
    valid_to = tables.Column("有效至")
    hours = tables.Column("学时", attrs=NUMBER)
    score = tables.Column("成绩", attrs=NUMBER, empty_values=())
    trainer = tables.Column("授课人", attrs=SOFT)
    stands = tables.Column("状态")

    def render_name(self, record: Any) -> str:
        return _person(record)

    def render_kind(self, value: str) -> str:
        return code_name("training_type", value)

    def render_held_on(self, value: Any) -> str:
        return words.day(value)

    def render_valid_to(self, value: Any) -> str:
        return words.day(value)

    def render_score(self, value: Any) -> str:
        return "—" if value is None else f"{value.normalize():f}"

    def render_stands(self, value: str) -> str:
        return state(*lessons.STANDS[value])

    def file_name(self, record: Any) -> str:
        return record.engagement.person.name

    def file_score(self, record: Any) -> Any:
        return record.score

    def file_stands(self, record: Any) -> str:
        return lessons.STANDS[record.stands][1]


class ProjectTrainings(ProjectTab):
    """培训 of a project, person by person."""

    permission = "workers.view"
    tab = "trainings"
    title = "项目培训"
    noun = "人次"
    table_class = TrainingTable
    filterset_class = TrainingFilters

    def rows(self) -> QuerySet[Training]:
        return lessons.training_list(self.actor, today()).filter(engagement__project=self.project)

    def printed(self) -> dict[str, Any]:
        return printed_head(self.project, "培训记录")

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        return {
            **super().more(filterset, rows),
            "list_acts": "attendance/_project_trainings_acts.html",
            "may_file": self.actor.may("workers.file"),
            "empty": {
                "title": "没有符合条件的培训",
                "reason": "安排一次培训并登记结果，或直接登记培训后，出现在这里。",
            },
        }


class SessionFilters(ScopedFilterSet):
    """By state and kind."""

    state = django_filters.ChoiceFilter(label="状态", choices=TrainingSession.State.choices)
    kind = django_filters.ChoiceFilter(label="类型", choices=lambda: choices("training_type"))

    class Meta:
        model = TrainingSession
        fields: list[str] = []


_SESSION_LEVELS = {"open": "blue", "closed": "green", "cancelled": "grey"}


class SessionTable(ListTable):
    """Sessions, each with how many came and passed."""

    name = tables.Column("主题", attrs=NAME)
    kind = tables.Column("类型", attrs=SOFT)
    held_on = tables.Column("日期")
    hours = tables.Column("学时", attrs=NUMBER)
    trainer = tables.Column("授课人", attrs=SOFT)
    came = tables.Column("到场", attrs=NUMBER)
    passed = tables.Column("合格", attrs=NUMBER)
    state = tables.Column("状态")

    def render_name(self, record: Any) -> str:
        url = reverse("training_session", args=[record.public_id])
        return format_html('<a href="{}">{}</a>', url, record.name)

    def render_kind(self, value: str) -> str:
        return code_name("training_type", value)

    def render_held_on(self, value: Any) -> str:
        return words.day(value)

    def render_state(self, record: Any) -> str:
        return state(_SESSION_LEVELS.get(record.state, "grey"), record.words_on(today()))

    def file_name(self, record: Any) -> str:
        return record.name

    def file_state(self, record: Any) -> str:
        return str(record.words_on(today()))


class ProjectSessions(ProjectTab):
    """培训场次 of a project."""

    permission = "workers.view"
    tab = "trainings"
    title = "培训场次"
    noun = "次培训"
    holds_personal_data = False
    table_class = SessionTable
    filterset_class = SessionFilters

    def rows(self) -> QuerySet[TrainingSession]:
        return lessons.sessions(self.actor).filter(project=self.project)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        return {
            **super().more(filterset, rows),
            "list_acts": "attendance/_project_sessions_acts.html",
            "may_file": self.actor.may("workers.file"),
            "empty": {
                "title": "没有符合条件的培训场次",
                "reason": "安排一次培训，当天签到，登记成绩后结束。厂商系统上报的培训也在这里。",
            },
        }


class ProjectPolicies(Page):
    """管理制度 of a project's enterprises, for everybody who oversees it."""

    permission = "projects.view"
    section = "projects"
    template_name = "attendance/project_policies.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        project = project_on(self.actor, public_id, today())
        may_file = self.actor.may("workers.file")
        own = lessons.participations_to_file_for(self.actor, project) if may_file else ()
        return self.show(
            {
                **head(self.actor, project, "policies"),
                "policies": policies.policies(self.actor, project),
                "may_file": may_file,
                "own_parts": {one.pk for one in own},
                "day": today(),
            }
        )
