"""What is agreed, what would leave, what did: versions, the partner's document, the log, who received."""

from typing import Any
from uuid import UUID

import django_filters
import django_tables2 as tables
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from attendance.web.own import OwnPage
from federation.gateway.catalogue import COVERS, OBJECTS
from federation.gateway.description import description_of
from federation.gateway.policy import is_the_province
from federation.gateway.samples import sample_answer, sample_row
from federation.models import AgreementVersion, GatewayLog, GatewayRefusal, Partner
from federation.selectors import partners as reads
from federation.selectors.partners import APPROVE, MANAGE
from federation.web.sharing import OfTheProvince, crumbs, of_agreement, version_state
from federation.web.sharing_words import labels_of, object_label, shown, told_receipt, told_terms
from web import words
from web.filters import ScopedFilterSet
from web.lists import CLIP, NAME, NUMBER, SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.pages import Page
from workers.selectors import work_to

_SHOWN = 50


class _OfVersion(OfTheProvince):
    """A page about one version."""

    def of(self, public_id: UUID, *tail: Crumb) -> tuple[AgreementVersion, list[Crumb]]:
        """The version, and where it stands."""
        row = reads.agreement_version(self.actor, public_id)
        url = reverse("agreement_version", args=[row.public_id]) if tail else ""
        return row, of_agreement(row.agreement, Crumb(f"第 {row.ordinal} 版", url), *tail)


class VersionRecord(_OfVersion):
    """One version: what may leave, object by object, and what would leave of somebody who does not exist."""

    template_name = "federation/sharing/version.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row, where = self.of(public_id)
        today = timezone.localdate()
        holds = reads.in_force(row.agreement.versions.all(), today) == row
        writes = row.is_draft and self.actor.may(MANAGE)
        others = [one for key, one in OBJECTS.items() if key not in row.terms] if writes else []
        return self.show(
            {
                "title": f"{row.agreement.title}　第 {row.ordinal} 版",
                "crumbs": where,
                "row": row,
                "state": version_state(row, holds, today),
                "objects": [(one, _sample(row, one.key)) for one in told_terms(row)],
                "others": others,
                "writes": writes,
                "approves": row.is_draft and self.actor.may(APPROVE) and self.actor.key not in row.drafters,
                "own": row.is_draft and self.actor.key in row.drafters,
            }
        )


def _sample(row: AgreementVersion, name: str) -> list[tuple[str, str]]:
    return [(key, shown(value)) for key, value in sample_row(name, row.terms[name]).items()]


class PartnerDocument(_OfVersion):
    """The document for the partner: exactly the objects and fields of the version; prints on paper."""

    template_name = "federation/sharing/document.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row, where = self.of(public_id, Crumb("接口说明"))
        return self.show(
            {
                "title": f"接口说明：{row.agreement.title}",
                "crumbs": where,
                "row": row,
                "covers": COVERS,
                "address": _server(request),
                "objects": [(one, _example(row, one.key)) for one in told_terms(row)],
            }
        )


def _example(row: AgreementVersion, name: str) -> str:
    answer = JsonResponse(sample_answer(row, name), json_dumps_params={"ensure_ascii": False, "indent": 2})
    return answer.content.decode()


class PartnerDescription(_OfVersion):
    """The same for programs: OpenAPI."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row, _where = self.of(public_id)
        told = description_of(row, _server(request))
        answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
        answer["Content-Disposition"] = f'attachment; filename="gateway-{row.public_id}.json"'
        return answer


def _server(request: HttpRequest) -> str:
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")


class OfAPartner(ScopedFilterSet):
    """By partner, whose name is said instead of its key."""

    fixed = ("partner",)

    partner = django_filters.UUIDFilter(label="单位", field_name="partner__public_id")

    def described(self, name: str, value: Any) -> str:
        if name != "partner":
            return super().described(name, value)
        row = Partner.objects.visible_to(self.request.actor).filter(public_id=value).first()
        return row.name if row else "不在范围内"


class LogFilters(OfAPartner):
    """By partner, object and day."""

    shared = django_filters.ChoiceFilter(
        label="数据对象", choices=[(key, one.label) for key, one in OBJECTS.items()]
    )
    day = django_filters.DateFilter(label="日期", field_name="at__date")
    agreement = django_filters.CharFilter(
        label="协议编号", field_name="version__agreement__number", lookup_expr="icontains"
    )

    class Meta:
        model = GatewayLog
        fields: list[str] = []


class LogTable(ListTable):
    """Answered calls, newest first."""

    at = tables.Column("时间", attrs=SUB)
    partner = tables.Column("单位", accessor="partner__name", attrs=NAME)
    agreement = tables.Column("协议", accessor="version__agreement__number", attrs=SOFT)
    shared = tables.Column("数据对象", attrs=SOFT)
    fields_ = tables.Column("字段", accessor="fields", orderable=False, attrs=CLIP)
    rows_ = tables.Column("条数", accessor="rows", attrs=NUMBER)
    address = tables.Column("来自", attrs=SUB)

    def render_at(self, value: Any) -> str:
        return words.moment(value)

    def render_agreement(self, record: Any) -> str:
        url = reverse("agreement_version", args=[record.version.public_id])
        number = record.version.agreement.number
        return format_html('<a href="{}">{} 第 {} 版</a>', url, number, record.version.ordinal)

    def render_shared(self, value: str) -> str:
        return object_label(value)

    def render_fields_(self, record: Any) -> str:
        return labels_of(record.shared, record.fields)


class HandedOut(OfTheProvince, ListPage):
    """What left, to whom, when."""

    title = "对外提供记录"
    noun = "次调用"
    table_class = LogTable
    filterset_class = LogFilters
    holds_personal_data = False

    def rows(self) -> QuerySet[GatewayLog]:
        return reads.handed_out(self.actor)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        empty = {
            "title": "没有符合条件的提供记录",
            "reason": "共享单位每成功读取一次，这里就有一行。",
            "acts": [],
        }
        return {"crumbs": crumbs(Crumb("提供记录")), "empty": empty}


class RefusalFilters(OfAPartner):
    """By partner, and by a word of the reason."""

    reason = django_filters.CharFilter(label="原因", field_name="sentence", lookup_expr="icontains")

    class Meta:
        model = GatewayRefusal
        fields: list[str] = []


class RefusalTable(ListTable):
    """Refused calls, newest first; those of a minute together."""

    last_at = tables.Column("时间", attrs=SUB)
    partner = tables.Column("单位", accessor="partner__name", attrs=NAME, default="密钥不明")
    shared = tables.Column("数据对象", attrs=SOFT, empty_values=())
    sentence = tables.Column("原因", attrs=SOFT)
    number = tables.Column("次数", attrs=NUMBER)
    address = tables.Column("来自", attrs=SUB)

    def render_last_at(self, value: Any) -> str:
        return words.moment(value)

    def render_shared(self, value: str) -> str:
        return object_label(value)


class TurnedAway(OfTheProvince, ListPage):
    """What was asked for and did not leave."""

    title = "对外共享的拒绝记录"
    noun = "条"
    table_class = RefusalTable
    filterset_class = RefusalFilters
    holds_personal_data = False

    def rows(self) -> QuerySet[GatewayRefusal]:
        return reads.turned_away(self.actor)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        empty = {
            "title": "没有符合条件的拒绝记录",
            "reason": "密钥不对、超出协议或配额的调用会出现在这里。",
            "acts": [],
        }
        return {"crumbs": crumbs(Crumb("拒绝记录")), "empty": empty}


class OwnRecipients(OwnPage):
    """谁收到过我的数据: which partner, which fields, when, what for."""

    here = "readers"
    back = "/me/readers/"
    template_name = "own/recipients.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = list(reads.own_received(self.actor)[: _SHOWN + 1])
        told = [told_receipt(one) for one in rows[:_SHOWN]]
        return self.show({"rows": told, "more": len(rows) > _SHOWN, "is_elsewhere": not is_the_province()})


class PersonRecipients(Page):
    """The same of one engagement, for whoever sees it and must answer the person who asks."""

    permission = "workers.view"
    section = "people"
    template_name = "federation/sharing/recipients.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        work = work_to(self.actor, "workers.view", public_id)
        rows = list(reads.received(self.actor, work)[: _SHOWN + 1])
        url = reverse("person_tab", args=[work.public_id, "readers"])
        return self.show(
            {
                "title": f"谁收到过{work.person.name}的数据",
                "crumbs": [Crumb(work.person.name, url), Crumb("谁收到过数据")],
                "rows": [told_receipt(one) for one in rows[:_SHOWN]],
                "more": len(rows) > _SHOWN,
                "is_elsewhere": not is_the_province(),
            }
        )
