"""审计: who did or read what, when and why; found by person, by actor, by act, by period."""

import json
from collections.abc import Sequence
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from audit.models import AuditEvent
from audit.selectors import VIEW, between, trail, trail_event
from web import words
from web.api.filters import DayFilter
from web.filters import ScopedFilterSet
from web.lists import NAME, SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb, Entry, register
from web.pages import Page
from web.trail_words import ACTIONS, FACTS, OBJECTS, Thing, act_in_words, find, things

READS = (
    "workers.record_read",
    "workers.number_read",
    "workers.photo_read",
    "workers.contract_scan_read",
    "workers.training_evidence_read",
    "workers.voucher_read",
    "workers.picture_read",
    "attendance.photo_read",
    "workers.training_file_read",
    "payroll.wages_read",
    "payroll.file_read",
    "workers.career_code_read",
    "workers.career_read",
    "ledgers.read",
    "ledgers.taken",
)
KINDS = {
    "reads": ("查看个人信息", Q(action__in=READS)),
    "sign_ins": (
        "登录与退出",
        Q(action__startswith="accounts.sign") | Q(action__startswith="accounts.token"),
    ),
    "accounts": ("账号与岗位", Q(action__startswith="accounts.")),
    "people": ("人员与用工", Q(action__startswith="workers.") & ~Q(action__in=READS)),
    "projects": ("项目与参建", Q(action__startswith="projects.")),
    "payroll": ("工资", Q(action__startswith="payroll.") & ~Q(action__in=READS)),
    "ledgers": ("台账", Q(action__startswith="ledgers.") & ~Q(action__in=READS)),
    "attendance": ("考勤与设备", Q(action__startswith="attendance.") & ~Q(action__in=READS)),
    "notices": ("监理通知", Q(action__startswith="integrity.")),
    "interface": ("厂商接口", Q(action__startswith="federation.")),
    "standards": ("参数", Q(action__startswith="standards.")),
    "exports": ("导出", Q(action__startswith="lists.")),
}
_ACTORS = {
    "user": "账号",
    "worker": "工人本人",
    "credential": "厂商接口",
    "partner": "共享单位",
    "system": "平台自身",
    "stranger": "未登录的人",
}


class TrailFilters(ScopedFilterSet):
    """By person or object, actor, kind of act, act, reason and period."""

    fixed = ("object",)
    names_people = ("person", "actor", "reason")

    kind = django_filters.ChoiceFilter(
        label="类别", method="of_kind", choices=[(key, label) for key, (label, _q) in KINDS.items()]
    )
    action = django_filters.ChoiceFilter(
        label="操作", choices=sorted(ACTIONS.items(), key=lambda one: one[1])
    )
    person = django_filters.CharFilter(label="被查看的人", method="of_person")
    actor = django_filters.CharFilter(label="操作人", field_name="actor_label", lookup_expr="icontains")
    reason = django_filters.CharFilter(label="理由", field_name="reason", lookup_expr="icontains")
    since = DayFilter(label="从（年-月-日）", method="from_day")
    until = DayFilter(label="到（年-月-日）", method="to_day")
    object = django_filters.CharFilter(label="对象", method="of_object")

    class Meta:
        model = AuditEvent
        fields: list[str] = []

    def of_kind(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(KINDS[value][1])

    def of_person(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        found = find(actor_of(self.request), value)
        return rows.filter(object_key__in=[key for one in found for key in one.keys])

    def of_object(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(object_key=value[:64])

    def from_day(self, rows: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        return between(rows, value, None)

    def to_day(self, rows: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        return between(rows, None, value)

    def described(self, name: str, value: Any) -> str:
        if name != "object":
            return super().described(name, value)
        event = trail(actor_of(self.request)).filter(object_key=str(value)[:64]).first()
        if event is None:
            return "不在范围内"
        named = things(actor_of(self.request), [event])
        thing = named.get((event.object_type, event.object_key))
        return thing.name if thing else OBJECTS.get(event.object_type, "对象")


class TrailTable(ListTable):
    """Lines of the trail in words."""

    at = tables.Column("时间", attrs=SUB)
    actor_label = tables.Column("操作人", attrs=NAME)
    action = tables.Column("操作", attrs=SOFT)
    thing = tables.Column("对象", empty_values=(), orderable=False, attrs=SOFT)
    reason = tables.Column("理由", attrs=SOFT, empty_values=())
    more = tables.Column("", empty_values=(), orderable=False, attrs=SUB)

    @cached_property
    def named(self) -> dict[tuple[str, str], Thing]:
        """The names of what the page's lines are about, with a question for each type."""
        return things(actor_of(self.request), [row.record for row in self.paginated_rows])

    def render_at(self, value: Any) -> str:
        return words.moment(value)

    def render_action(self, value: str) -> str:
        return act_in_words(value)

    def render_thing(self, record: AuditEvent) -> str:
        kind = OBJECTS.get(record.object_type, "")
        thing = self.named.get((record.object_type, record.object_key))
        if thing is None:
            return kind or "无"
        link = format_html('<a href="{}">{}</a>', thing.url, thing.name) if thing.url else thing.name
        return format_html("{} {}", kind, link)

    def render_reason(self, value: str | None, record: AuditEvent) -> str:
        # Somebody who is not signed in has no duties by which to explain it.
        return value or ("" if record.actor_kind == "stranger" else "在职责内")

    def render_more(self, record: AuditEvent) -> str:
        return format_html(
            '<a href="{}" aria-label="详情：{}">详情</a>',
            reverse("trail_event", args=[record.pk]),
            act_in_words(record.action),
        )

    def file_at(self, record: AuditEvent) -> str:
        return words.moment(record.at)

    def file_action(self, record: AuditEvent) -> str:
        return act_in_words(record.action)

    def file_thing(self, record: AuditEvent) -> str:
        return f"{OBJECTS.get(record.object_type, '')} {record.object_key}".strip()

    def file_more(self, record: AuditEvent) -> str:
        return json.dumps(record.facts, ensure_ascii=False) if record.facts else ""


class TrailList(ListPage):
    """The lines within the reader's place, newest first."""

    permission = VIEW
    section = "trail"
    title = "审计"
    noun = "条记录"
    table_class = TrailTable
    filterset_class = TrailFilters

    number_words = _("审计不按证件号、手机号查找，刚才输入的号码没有保留。请改用姓名查找。")

    def without_numbers(self, names: Sequence[str]) -> str:
        """The same list without what was typed: the search is not whose work this is."""
        query = self.request.GET.copy()
        for name in names:
            del query[name]
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path

    def rows(self) -> QuerySet[AuditEvent]:
        return trail(self.actor)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        empty = {
            "title": "没有符合条件的记录",
            "reason": "登录、办理和查看个人信息都会留下记录，只增不改。可清空条件重查，或换一段时间。",
        }
        return {"crumbs": [Crumb("审计")], "empty": empty}


class TrailEvent(Page):
    """One line with its facts."""

    permission = VIEW
    section = "trail"
    template_name = "web/trail_event.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        event = trail_event(self.actor, pk)
        title = act_in_words(event.action)
        thing = things(self.actor, [event]).get((event.object_type, event.object_key))
        return self.show(
            {
                "title": title,
                "crumbs": [Crumb("审计", reverse("trail")), Crumb(title)],
                "event": event,
                "actor_kind": _ACTORS.get(event.actor_kind, "其他"),
                "object_kind": OBJECTS.get(event.object_type, ""),
                "thing": thing,
                "facts": _facts(event),
                "of_actor": f"{reverse('trail')}?actor={event.actor_label}",
                "of_object": f"{reverse('trail')}?object={event.object_key}" if event.object_key else "",
            }
        )


def _facts(event: AuditEvent) -> list[tuple[str, str]]:
    """What the line holds besides, under labels; keys of rows stay away."""
    return [(FACTS[name], _shown(value)) for name, value in event.facts.items() if name in FACTS and value]


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def add_entries() -> None:
    """Tell the frame where the trail is."""
    register(Entry("trail", _("审计"), "trail", VIEW, 28))
