"""Certificates of people: recorded and renewed by who has the original in hand, listed by their end."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from standards.selectors import choices, code_name, parameter
from web.acts import FormPage
from web.addresses import row_address
from web.filters import ScopedFilterSet
from web.forms import CodeField, DayField, FileField, ScopedForm
from web.lists import CLIP, NAME, SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.templatetags.parts import state
from workers.entry import IN_FORCE, special_trades
from workers.models import Certificate
from workers.selectors import all_certificates, certificate_to, engagements, work_to
from workers.services import CertificateFacts, change_certificate, record_certificate
from workers.web.places import of_work, record_of, today

STATES = [
    ("ending", "特种作业证快到期或已过期"),
    ("over", "已过期"),
    ("held", "有效"),
    ("stopped", "注销或暂扣"),
]


class CertificateForm(ScopedForm):
    """A certificate as it reads."""

    kind = CodeField(code_list="certificate_kind", label="证书类型")
    level = CodeField(code_list="certificate_level", label="等级", required=False)
    number = forms.CharField(
        label="证书编号", max_length=50, help_text="以证书上印的为准；保存后加密，只显示后四位"
    )
    issuer = forms.CharField(label="发证机关", max_length=100)
    issued_on = DayField(label="发证日期")
    valid_to = DayField(label="有效期至", required=False, help_text="长期有效的不填")
    status = CodeField(code_list="certificate_status", label="状态", initial="1")
    scan = FileField(label="扫描件", required=False)

    def __init__(self, *args: Any, opening: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What the person's trade asks for is what is at hand; other kinds follow in the list's own order.
        kind = self.fields["kind"]
        if isinstance(kind, CodeField):
            kind.lead_with(opening)


class NewCertificate(FormPage):
    """Record a certificate."""

    permission = "workers.file"
    section = "people"
    form_class = CertificateForm
    submit = "登记证书"
    keeps_draft = True

    def prepare(self, **kwargs: Any) -> None:
        self.work = work_to(self.actor, self.permission, kwargs["public_id"])
        self.opening = special_trades(today()).get(self.work.trade, ())

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, opening=self.opening, **more)

    def first(self) -> dict[str, Any]:
        return {"kind": self.opening[0]} if len(self.opening) == 1 else {}

    def act(self, form: Any) -> str:
        said = dict(form.cleaned_data)
        scan = said.pop("scan")
        facts = CertificateFacts(**said, scan=scan.address if scan else "")
        record_certificate(actor=self.actor, engagement=self.work, facts=facts, today=today())
        self.say("证书已登记。")
        return record_of(self.work, "work")

    def context(self) -> dict[str, Any]:
        return {
            "title": f"登记 {self.work.person.name} 的证书",
            "subtitle": f"{self.work.project.name}，{self.work.team.name}",
            "lead": _needed(self.work.trade, self.opening),
            "crumbs": of_work(self.work, "登记证书"),
            "cancel_url": record_of(self.work, "work"),
        }


def _needed(trade: str, kinds: Sequence[str]) -> str:
    """Which certificates open the trade, where it is one of special operations."""
    if not kinds:
        return ""
    named = "、".join(code_name("certificate_kind", kind) for kind in kinds)
    return f"{code_name('trade', trade)}属于特种作业，须有下列之一：{named}。"


class ChangeForm(ScopedForm):
    """How long a certificate holds now, and why that is another day."""

    valid_to = DayField(label="有效期至", required=False, help_text="长期有效的不填")
    status = CodeField(code_list="certificate_status", label="状态")
    scan = FileField(label="新的扫描件", required=False)
    reason = forms.CharField(
        label="理由", max_length=200, help_text="至少 4 个字，例如“复核合格，延期两年”；不要写号码"
    )


class ChangeCertificate(FormPage):
    """A certificate that was renewed, suspended or cancelled."""

    permission = "workers.file"
    section = "people"
    form_class = ChangeForm
    submit = "更新证书"
    owned = ("row",)

    def prepare(self, **kwargs: Any) -> None:
        self.row = certificate_to(self.actor, self.permission, kwargs["public_id"])
        # Seen, as the certificate is, through work within reach.
        self.work = engagements(self.actor).filter(person=self.row.person_id).order_by("-pk")[0]

    def first(self) -> dict[str, Any]:
        return {"valid_to": self.row.valid_to, "status": self.row.status}

    def version(self) -> int | None:
        return self.row.version

    def act(self, form: Any) -> str:
        given = dict(form.cleaned_data)
        scan = given.pop("scan")
        change_certificate(
            actor=self.actor,
            certificate=self.row,
            **given,
            scan=scan.address if scan else "",
            expected_version=form.expected_version,
        )
        self.say(f"{self.row.person.name} 的证书已更新。")
        return record_of(self.work, "work")

    def context(self) -> dict[str, Any]:
        return {
            "title": f"更新 {self.row.person.name} 的证书",
            "subtitle": f"{code_name('certificate_kind', self.row.kind)}，{self.row.masked_number}",
            "lead": "特种作业证失效的，本人在各工地的闸机名单上一分钟内移出；恢复有效的自动加回。",
            "crumbs": of_work(self.work, "更新证书"),
            "cancel_url": record_of(self.work, "work"),
        }


class CertificateFilters(ScopedFilterSet):
    """By state, kind and name; by project from links."""

    fixed = ("project",)
    names_people = ("q",)

    state = django_filters.ChoiceFilter(label="状态", method="in_state", choices=STATES)
    kind = django_filters.ChoiceFilter(label="证书", choices=lambda: choices("certificate_kind"))
    q = django_filters.CharFilter(label="姓名", field_name="person__name", lookup_expr="icontains")
    project = django_filters.UUIDFilter(label="项目", method="on_project")

    class Meta:
        model = Certificate
        fields: list[str] = []

    def in_state(self, rows: QuerySet[Certificate], _name: str, value: str) -> QuerySet[Certificate]:
        day = today()
        until = day + timedelta(days=int(parameter("certificate.remind_days")["首次"]))
        over = Q(valid_to__lt=day) | Q(status="4")
        special = sorted({kind for kinds in special_trades(day).values() for kind in kinds})
        conditions = {
            "ending": Q(kind__in=special, valid_to__lte=until),
            "over": over,
            "held": Q(status=IN_FORCE) & (Q(valid_to=None) | Q(valid_to__gte=day)),
            "stopped": Q(status__in=("2", "3")),
        }
        return rows.filter(conditions[value])

    def on_project(self, rows: QuerySet[Certificate], _name: str, value: Any) -> QuerySet[Certificate]:
        work = engagements(self.request.actor).filter(project__public_id=value)
        return rows.filter(person__in=work.order_by().values("person"))

    def described(self, name: str, value: Any) -> str:
        if name != "project":
            return super().described(name, value)
        found = engagements(self.request.actor).filter(project__public_id=value)
        return found.values_list("project__name", flat=True).first() or "不在范围内"


class CertificateTable(ListTable):
    """Certificates, the next to run out first."""

    name = tables.Column("姓名", accessor="person__name", attrs=NAME)
    kind = tables.Column("证书", attrs=CLIP)
    number = tables.Column("编号", accessor="masked_number", orderable=False, attrs=SUB)
    trade = tables.Column("工种", orderable=False, attrs=SOFT, empty_values=())
    project_name = tables.Column("项目", orderable=False, attrs=CLIP)
    issuer = tables.Column("发证机关", attrs=SUB)
    issued_on = tables.Column("发证", attrs=SUB)
    valid_to = tables.Column("有效至", attrs=SUB, empty_values=())
    state = tables.Column("状态", orderable=False, empty_values=(), attrs=SOFT)

    def render_name(self, record: Any) -> str:
        return format_html('<a href="{}">{}</a>', row_address("person", record.work), record.person.name)

    def render_kind(self, value: str) -> str:
        return code_name("certificate_kind", value)

    def render_trade(self, record: Any) -> str:
        return code_name("trade", record.trade)

    def render_valid_to(self, value: date | None) -> str:
        return value.isoformat() if value else "长期"

    def render_issued_on(self, value: date) -> str:
        return value.isoformat()

    def render_state(self, record: Any) -> str:
        return state(*certificate_state(record, today()))

    def file_name(self, record: Any) -> str:
        return str(record.person.name)

    def file_state(self, record: Any) -> str:
        return certificate_state(record, today())[1]

    def file_kind(self, record: Any) -> str:
        return self.render_kind(record.kind)

    def file_trade(self, record: Any) -> str:
        return self.render_trade(record)

    def file_valid_to(self, record: Any) -> str:
        return self.render_valid_to(record.valid_to)


def certificate_state(row: Certificate, day: date) -> tuple[str, str]:
    """The mark and words of a certificate on a day."""
    if row.status != IN_FORCE:
        return "red", code_name("certificate_status", row.status)
    if row.valid_to is None:
        return "green", "有效"
    left = (row.valid_to - day).days
    limits = parameter("certificate.remind_days", on=day)
    if left < 0:
        return "red", f"已过期 {-left} 天"
    if left <= int(limits["再次"]):
        return "red", f"还有 {left} 天到期"
    return ("amber", f"还有 {left} 天到期") if left <= int(limits["首次"]) else ("green", "有效")


class CertificateList(ListPage):
    """证书."""

    permission = "workers.view"
    section = "people"
    title = "证书"
    noun = "本证书"
    table_class = CertificateTable
    filterset_class = CertificateFilters

    def rows(self) -> QuerySet[Certificate]:
        return all_certificates(self.actor)

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        return {
            "crumbs": [Crumb("人员", reverse("people")), Crumb("证书")],
            "as_of": timezone.now(),
            "empty": {
                "title": "没有符合条件的证书",
                "reason": "换一个条件，或清空全部条件再看。证书在人员档案的「登记证书」里登记。",
            },
        }
