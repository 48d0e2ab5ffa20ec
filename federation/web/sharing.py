"""对外共享: partners of the gateway, each with its agreements and keys. At the province's node alone."""

from datetime import date
from typing import Any
from uuid import UUID

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from federation.gateway.policy import require_the_province
from federation.models import AgreementVersion, Partner, PartnerKey, SharingAgreement
from federation.selectors import partners as reads
from federation.selectors.partners import APPROVE, MANAGE, VIEW
from federation.web.sharing_words import object_label
from kernel.errors import NotPermitted
from web import slips, words
from web.filters import ScopedFilterSet
from web.lists import NAME, SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.pages import Page

SECTION = "sharing"
Said = tuple[str, str]


class OfTheProvince(Page):
    """A page of the gateway: it says why at any other node, and opens for posts over the whole province."""

    permission = VIEW
    section = SECTION

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and self.actor.may(self.permission):
            require_the_province()
            if not self.actor.reach(self.permission).is_province_wide:
                raise NotPermitted
        return super().dispatch(request, *args, **kwargs)


def crumbs(*tail: Crumb) -> list[Crumb]:
    """对外共享 › …"""
    return [Crumb("对外共享", reverse("partners") if tail else ""), *tail]


def of_partner(row: Partner, *tail: Crumb) -> list[Crumb]:
    """对外共享 › 单位 › …"""
    return crumbs(Crumb(row.name, reverse("partner", args=[row.public_id]) if tail else ""), *tail)


def of_agreement(row: SharingAgreement, *tail: Crumb) -> list[Crumb]:
    """对外共享 › 单位 › 协议 › …"""
    url = reverse("agreement", args=[row.public_id]) if tail else ""
    return of_partner(row.partner, Crumb(row.number, url), *tail)


def agreement_state(row: SharingAgreement, today: date) -> Said:
    """An agreement's level and state on a day."""
    versions = list(row.versions.all())
    if row.suspended_at:
        return "red", f"{words.moment(row.suspended_at)} 暂停"
    if held := reads.in_force(versions, today):
        return "green", f"生效中，至 {held.valid_to}"
    approved = [one for one in versions if not one.is_draft]
    if coming := [one for one in approved if one.valid_from > today]:
        return "blue", f"{min(one.valid_from for one in coming)} 起生效"
    if approved:
        return "grey", f"{max(one.valid_to for one in approved)} 到期"
    return "amber", "草稿，待批准"


def version_state(row: AgreementVersion, holds: bool, today: date) -> Said:
    """A version's level and state on a day; `holds`: whether it is the one in force."""
    if row.is_draft:
        return "amber", "草稿"
    if holds:
        return "green", "生效中"
    return ("blue", f"{row.valid_from} 起生效") if row.valid_from > today else ("grey", "已被取代或到期")


def key_state(row: PartnerKey) -> Said:
    """A key's level and state."""
    now = timezone.now()
    if row.revoked_at:
        return "grey", f"{words.moment(row.revoked_at)} 撤销"
    if row.valid_until is None:
        return "green", "有效"
    return ("amber" if row.valid_until > now else "grey"), f"{words.moment(row.valid_until)} 停用"


class PartnerFilters(ScopedFilterSet):
    """By sort and name."""

    sort = django_filters.ChoiceFilter(label="类别", choices=Partner.Kind.choices)
    q = django_filters.CharFilter(label="名称或协议编号", method="named")

    class Meta:
        model = Partner
        fields: list[str] = []

    def named(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        numbered = SharingAgreement.objects.visible_to(self.request.actor).filter(number__icontains=value)
        return rows.filter(Q(name__icontains=value) | Q(pk__in=numbered.values("partner")))


class PartnerTable(ListTable):
    """Partners by name."""

    name = tables.Column("单位", attrs=NAME)
    sort = tables.Column("类别", attrs=SOFT)
    contact_name = tables.Column("联系人", attrs=SOFT)
    created_at = tables.Column("登记", attrs=SUB)
    last_call_at = tables.Column("最近读取", attrs=SUB, empty_values=())

    def render_name(self, record: Any) -> str:
        return format_html('<a href="{}">{}</a>', reverse("partner", args=[record.public_id]), record.name)

    def render_sort(self, value: str) -> str:
        return str(dict(Partner.Kind.choices).get(value, value))

    def render_created_at(self, value: Any) -> str:
        return words.moment(value)

    def render_last_call_at(self, value: Any) -> str:
        return words.moment(value) or "没有读取过"

    def file_name(self, record: Any) -> str:
        return record.name


class PartnerList(OfTheProvince, ListPage):
    """Who outside is served."""

    title = "对外共享"
    noun = "个单位"
    table_class = PartnerTable
    filterset_class = PartnerFilters
    holds_personal_data = False

    def rows(self) -> QuerySet[Partner]:
        return reads.partners(self.actor)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        manages = self.actor.may(MANAGE)
        acts = [{"url": reverse("partner_new"), "label": "登记共享单位"}] if manages else []
        empty = {
            "title": "没有符合条件的共享单位",
            "reason": "人社、银行等单位按协议取得数据。先登记单位，再起草协议，由另一人批准后生效。",
            "acts": acts,
        }
        return {
            "crumbs": crumbs(),
            "empty": empty,
            "list_acts": "federation/sharing/_list_acts.html",
            "manages": manages,
            "to_approve": reads.drafts_to_approve(self.actor).count(),
        }


class PartnerRecord(OfTheProvince):
    """One partner: agreements, keys, last calls."""

    template_name = "federation/sharing/partner.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row, today = reads.partner(self.actor, public_id), timezone.localdate()
        held = reads.agreements(self.actor).filter(partner=row)
        return self.show(
            {
                "title": row.name,
                "crumbs": of_partner(row),
                "partner": row,
                "sort": dict(Partner.Kind.choices).get(row.sort, row.sort),
                "agreements": [(one, agreement_state(one, today)) for one in held],
                "keys": [(one, key_state(one)) for one in reads.partner_keys(self.actor, row)],
                "calls": [
                    (one, object_label(one.shared))
                    for one in reads.handed_out(self.actor).filter(partner=row)[:20]
                ],
                "refusals": reads.turned_away(self.actor).filter(partner=row)[:10],
                "manages": self.actor.may(MANAGE),
            }
        )


class AgreementRecord(OfTheProvince):
    """One agreement: its versions, today's quota, and whether it is suspended."""

    template_name = "federation/sharing/agreement.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row, today = reads.agreement(self.actor, public_id), timezone.localdate()
        versions = sorted(row.versions.all(), key=lambda one: -one.ordinal)
        holding = reads.in_force(versions, today)
        return self.show(
            {
                "title": row.title,
                "crumbs": of_agreement(row),
                "agreement": row,
                "state": agreement_state(row, today),
                "versions": [(one, version_state(one, one == holding, today)) for one in versions],
                "holding": holding,
                "use": reads.used(self.actor, row, today),
                "has_draft": any(one.is_draft for one in versions),
                "manages": self.actor.may(MANAGE),
                "approves": self.actor.may(APPROVE),
            }
        )


class PartnerSecret(OfTheProvince):
    """A key's secret for whoever has just made it."""

    permission = MANAGE
    template_name = "federation/sharing/secret.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row = reads.partner_key(self.actor, public_id)
        slip = slips.shown(request, str(public_id))
        if slip is None:
            return redirect("partner", public_id=row.partner.public_id)
        return self.show(
            {
                "title": "共享密钥",
                "crumbs": of_partner(row.partner, Crumb("共享密钥")),
                "key": row,
                "slip": slip,
                "address": request.build_absolute_uri("/gateway/v1/"),
            }
        )

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """It has been handed over."""
        row = reads.partner_key(self.actor, public_id)
        slips.put_away(request, str(public_id))
        return redirect("partner", public_id=row.partner.public_id)
