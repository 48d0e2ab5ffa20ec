"""账号: who may sign in here, in which posts and until when."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from accounts.actors import actor_of
from accounts.models import User
from accounts.selectors import MANAGE, accounts_on, holding
from projects.account_words import account_state, last_sign_in, post_in_words, roles
from regions.models import Region
from regions.selectors import below
from standards.selectors import parameter
from web import words
from web.filters import ScopedFilterSet
from web.lists import NAME, SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.templatetags.parts import state

SHOWN_POSTS = 2
STATES = [
    ("in_force", "在任"),
    ("ending", "即将到期"),
    ("none", "没有在任岗位"),
    ("locked", "已锁定"),
    ("closed", "已停用"),
]


def warn_days() -> int:
    """So many days before its end a post is shown as ending."""
    return int(parameter("accounts.ending_days"))


def _places(request: Any) -> list[tuple[str, str]]:
    """The reader's own regions and what lies one step below them."""
    return [(region.code, region.name) for region in below(actor_of(request).reach(MANAGE).region_paths)]


class AccountFilters(ScopedFilterSet):
    """By state, role, place and name."""

    state = django_filters.ChoiceFilter(label="状态", method="in_state", choices=STATES)
    role = django_filters.ChoiceFilter(label="岗位", method="in_role", choices=roles)
    place = django_filters.ChoiceFilter(label="地区", method="at_place", choices=[])
    q = django_filters.CharFilter(label="姓名或账号", method="named")

    class Meta:
        model = User
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["place"].extra["choices"] = _places(self.request)

    def in_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        conditions = {
            "in_force": Q(is_active=True, in_force=True),
            "ending": Q(is_active=True, is_ending=True),
            "none": Q(is_active=True, in_force=False),
            "locked": Q(is_locked=True),
            "closed": Q(is_active=False),
        }
        return rows.filter(conditions[value])

    def in_role(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return holding(actor_of(self.request), rows, role=value)

    def at_place(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        path = Region.objects.filter(code=value).values_list("path", flat=True).first()
        return holding(actor_of(self.request), rows, path=path) if path else rows.none()

    def named(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(display_name__icontains=value) | Q(username__icontains=value))


class AccountTable(ListTable):
    """Accounts with their posts and the most pressing thing to say of each."""

    display_name = tables.Column("姓名", attrs=NAME)
    username = tables.Column("账号", attrs=SUB)
    posts = tables.Column("岗位", orderable=False, empty_values=(), attrs=SOFT)
    state = tables.Column("状态", orderable=False, empty_values=(), attrs=SOFT)
    last_login = tables.Column("最近登录", attrs=SUB, empty_values=())

    def render_display_name(self, record: Any) -> str:
        return format_html('<a href="{}">{}</a>', reverse("account", args=[record.public_id]), record)

    def render_posts(self, record: Any) -> str:
        shown = [post_in_words(post) for post in record.seen_posts[:SHOWN_POSTS]]
        if more := len(record.seen_posts) - SHOWN_POSTS:
            shown += [f"另有 {more} 个岗位"] if more > 0 else []
        return format_html_join("；", "{}", ((one,) for one in shown)) or "没有岗位"

    def render_state(self, record: Any) -> str:
        level, said = account_state(record, timezone.localdate(), warn_days())
        return state(level, said)

    def render_last_login(self, value: Any) -> str:
        return last_sign_in(value)

    def file_posts(self, record: Any) -> str:
        return "；".join(post_in_words(post) for post in record.seen_posts)

    def file_state(self, record: Any) -> str:
        return account_state(record, timezone.localdate(), warn_days())[1]

    def file_last_login(self, record: Any) -> str:
        return words.moment(record.last_login)


class AccountList(ListPage):
    """The accounts within the administrator's reach."""

    permission = MANAGE
    section = "accounts"
    title = "账号"
    noun = "个账号"
    table_class = AccountTable
    filterset_class = AccountFilters
    list_acts = "projects/_account_list_acts.html"

    def rows(self) -> QuerySet[User]:
        return accounts_on(self.actor, timezone.now(), warn_days())

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        empty = {
            "title": "没有符合条件的账号",
            "reason": "账号由平台管理员开通并授予岗位。可清空条件重查，或开通一个新账号。",
            "acts": [{"url": reverse("account_new"), "label": "开通账号"}],
        }
        return {"crumbs": [Crumb("账号")], "empty": empty, "list_acts": self.list_acts}
