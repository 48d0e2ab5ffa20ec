"""接口: vendors' access to the projects within reach, and their last calls."""

from typing import Any
from uuid import UUID

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from federation.models import Credential
from federation.selectors import (
    MANAGED,
    SEEN,
    calls_of,
    credential,
    credentials,
    may_issue_to_enterprises,
    may_manage,
)
from federation.words import VERDICTS, credential_state, method_in_words
from kernel.errors import NotFound
from web import slips, words
from web.filters import ScopedFilterSet
from web.lists import NAME, SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.pages import Page
from web.templatetags.parts import state

STATES = [("valid", "有效"), ("ending", "轮换中"), ("ended", "已停用"), ("revoked", "已撤销")]


class CredentialFilters(ScopedFilterSet):
    """By state, project and holder."""

    fixed = ("project",)

    state = django_filters.ChoiceFilter(label="状态", method="in_state", choices=STATES)
    q = django_filters.CharFilter(label="项目、企业、编码或持有单位", method="named")
    project = django_filters.UUIDFilter(label="项目", field_name="project__public_id")

    class Meta:
        model = Credential
        fields: list[str] = []

    def in_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        now = timezone.now()
        conditions = {
            "valid": Q(revoked_at=None) & (Q(valid_until=None) | Q(valid_until__gt=now)),
            "ending": Q(revoked_at=None, valid_until__gt=now),
            "ended": Q(revoked_at=None, valid_until__lte=now),
            "revoked": Q(revoked_at__isnull=False),
        }
        return rows.filter(conditions[value])

    def named(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        of = Q(project__name__icontains=value) | Q(enterprise__name__icontains=value)
        return rows.filter(of | Q(appid__istartswith=value) | Q(holder__icontains=value))

    def described(self, name: str, value: Any) -> str:
        if name != "project":
            return super().described(name, value)
        found = self.queryset.filter(project__public_id=value).values_list("project__name", flat=True)
        return found.first() or "不在范围内"


class CredentialTable(ListTable):
    """Secrets by project; the secret itself is shown nowhere."""

    project = tables.Column("项目或企业", accessor="holder_name", order_by="of_name", attrs=NAME)
    appid = tables.Column("appid", attrs=SUB)
    holder = tables.Column("持有单位", attrs=SOFT, empty_values=())
    created_at = tables.Column("签发", attrs=SUB)
    last_call_at = tables.Column("最近调用", attrs=SUB, empty_values=())
    state = tables.Column("状态", orderable=False, empty_values=(), attrs=SOFT)

    def render_project(self, record: Any) -> str:
        url = reverse("credential", args=[record.public_id])
        return format_html('<a href="{}">{}</a>', url, record.holder_name)

    def file_project(self, record: Any) -> str:
        return record.holder_name

    def render_holder(self, value: str | None) -> str:
        return value or "未填"

    def render_created_at(self, value: Any) -> str:
        return words.moment(value)

    def render_last_call_at(self, value: Any) -> str:
        return words.moment(value) or "没有调用过"

    def render_state(self, record: Any) -> str:
        return state(*credential_state(record, timezone.now()))

    def file_created_at(self, record: Any) -> str:
        return words.moment(record.created_at)

    def file_last_call_at(self, record: Any) -> str:
        return words.moment(record.last_call_at)

    def file_state(self, record: Any) -> str:
        return credential_state(record, timezone.now())[1]


class CredentialList(ListPage):
    """Vendors' access within the reader's reach."""

    permission = SEEN
    section = "credentials"
    title = "厂商接口"
    noun = "组密钥"
    table_class = CredentialTable
    filterset_class = CredentialFilters
    holds_personal_data = False

    def rows(self) -> QuerySet[Credential]:
        return credentials(self.actor)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        manages = self.actor.may(MANAGED)
        empty = {
            "title": "没有符合条件的接口密钥",
            "reason": "项目的考勤设备厂商凭密钥上报人员和打卡。"
            + ("可为项目签发一组。" if manages else "需要接入的，请联系平台管理员签发。"),
            "acts": [{"url": reverse("credential_new"), "label": "签发密钥"}] if manages else [],
        }
        acts = "federation/_credential_list_acts.html" if manages else ""
        return {
            "crumbs": [Crumb("厂商接口")],
            "empty": empty,
            "list_acts": acts,
            "to_enterprises": may_issue_to_enterprises(self.actor),
        }


def credential_crumbs(row: Credential | None, *tail: Crumb) -> list[Crumb]:
    """厂商接口 › 项目 › …"""
    begin = [Crumb("厂商接口", reverse("credentials"))]
    if row is not None:
        begin.append(Crumb(row.holder_name, reverse("credential", args=[row.public_id]) if tail else ""))
    return [*begin, *tail]


class CredentialRecord(Page):
    """One access with its last calls."""

    permission = SEEN
    section = "credentials"
    template_name = "federation/credential.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row, now = credential(self.actor, public_id), timezone.now()
        calls = [
            (line, method_in_words(line.method), VERDICTS[line.verdict]) for line in calls_of(self.actor, row)
        ]
        return self.show(
            {
                "title": row.holder_name,
                "crumbs": credential_crumbs(row),
                "credential": row,
                "state": credential_state(row, now),
                "is_valid": row.is_valid(now),
                "manages": may_manage(self.actor, row),
                "calls": calls,
                "others": [
                    (other, credential_state(other, now))
                    for other in credentials(self.actor).filter(appid=row.appid).exclude(pk=row.pk)
                ],
            }
        )


class Secret(Page):
    """A secret for whoever has just issued it."""

    permission = MANAGED
    section = "credentials"
    template_name = "federation/secret.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row = self._row(public_id)
        slip = slips.shown(request, str(public_id))
        if slip is None:
            return redirect("credential", public_id=public_id)
        return self.show(
            {
                "title": "接口密钥",
                "crumbs": credential_crumbs(row, Crumb("接口密钥")),
                "credential": row,
                "slip": slip,
                "address": request.build_absolute_uri(reverse("open_api")),
            }
        )

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """It has been handed over."""
        self._row(public_id)
        slips.put_away(request, str(public_id))
        return redirect("credential", public_id=public_id)

    def _row(self, public_id: UUID) -> Credential:
        row = credential(self.actor, public_id)
        if not may_manage(self.actor, row):
            raise NotFound
        return row
