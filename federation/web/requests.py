"""Accepted writes: one with what it said, masked; those that failed by our fault; carrying one out again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from federation.masked import masked_body
from federation.models import AcceptedRequest
from federation.open_api.elements import judged_as, reminder
from federation.selectors import (
    MANAGED,
    OUR_FAULTS,
    SEEN,
    VERDICT_OF,
    backlog,
    failed_requests,
    request_of,
    sees_workers_of,
)
from federation.services import retry_request
from federation.why import EXPLAIN
from federation.words import VERDICTS, method_in_words
from kernel.masking import redact
from kernel.scoping import Actor
from standards.selectors import parameter
from web import words
from web.acts import PostPage
from web.filters import ScopedFilterSet
from web.jobs import Job
from web.lists import NAME, SOFT, SUB, ListPage, ListTable
from web.navigation import Crumb
from web.pages import Page


def since(now: datetime) -> datetime:
    """From when on failures of ours still wait for somebody."""
    return now - timedelta(days=int(parameter("open_api.fault_days")))


def _crumbs(*tail: Crumb) -> list[Crumb]:
    return [Crumb("厂商接口", reverse("credentials")), *tail]


def reminder_lines(row: AcceptedRequest) -> list[str]:
    """What the data standard warned of in a call that was taken."""
    object_key, rows = judged_as(row.method)
    return reminder(row.findings or (), object_key, rows).split(";")


class RequestRecord(Page):
    """One accepted write, its verdict and what it said; personal fields are masked."""

    permission = SEEN
    section = "credentials"
    template_name = "federation/request.html"

    def get(self, request: HttpRequest, serial: str) -> HttpResponse:
        row = request_of(self.actor, serial)
        ours = row.state == AcceptedRequest.State.FAILED and row.result.startswith(OUR_FAULTS)
        return self.show(
            {
                "title": method_in_words(row.method),
                "crumbs": _crumbs(
                    Crumb(
                        row.project.name if row.project else row.appid,
                        reverse("credential", args=[row.credential.public_id]),
                    ),
                    Crumb("调用"),
                ),
                "call": row,
                "verdict": VERDICTS[VERDICT_OF[AcceptedRequest.State(row.state)]],
                "sentence": redact(row.result) if row.state == AcceptedRequest.State.FAILED else "",
                "said": masked_body(
                    row.body, row.credential.key, sees_workers=sees_workers_of(self.actor, row)
                ),
                "told": [line for line in reminder_lines(row) if line],
                "may_ask_why": self.actor.may(EXPLAIN),
                "can_retry": ours and row.body is not None and self.actor.may(MANAGED),
            }
        )


class RetryRequest(PostPage):
    """Carry out again what failed by our fault."""

    permission = MANAGED
    section = "credentials"
    question = "重新处理这个请求？"
    consequence = "按原来的内容再处理一次；厂商查询结果时会看到新的结果。重复处理不会产生重复数据。"
    button = "重新处理"

    def prepare(self, **kwargs: Any) -> None:
        self.row = request_of(self.actor, kwargs["serial"])
        self.cancel_url = reverse("accepted_request", args=[self.row.serial])

    def act(self) -> str:
        retry_request(actor=self.actor, request=self.row)
        self.say("已重新排队，稍后刷新查看结果。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {"title": str(self.question), "crumbs": _crumbs(Crumb("重新处理"))}


class FaultFilters(ScopedFilterSet):
    """By project."""

    q = django_filters.CharFilter(label="项目", field_name="project__name", lookup_expr="icontains")

    class Meta:
        model = AcceptedRequest
        fields: list[str] = []


class FaultTable(ListTable):
    """Writes that failed by our fault."""

    serial = tables.Column("请求编号", attrs=NAME)
    project = tables.Column("项目", accessor="project__name", attrs=SOFT)
    method = tables.Column("方法", attrs=SOFT)
    finished_at = tables.Column("失败时间", attrs=SUB)

    def render_serial(self, value: str) -> str:
        return format_html('<a href="{}">{}</a>', reverse("accepted_request", args=[value]), value)

    def render_method(self, value: str) -> str:
        return method_in_words(value)

    def render_finished_at(self, value: datetime) -> str:
        return words.moment(value)

    def file_method(self, record: Any) -> str:
        return method_in_words(record.method)

    def file_finished_at(self, record: Any) -> str:
        return words.moment(record.finished_at)


class FaultList(ListPage):
    """Writes within reach that failed because of the platform."""

    permission = MANAGED
    section = "jobs"
    title = "因平台原因失败的接口请求"
    noun = "个请求"
    table_class = FaultTable
    filterset_class = FaultFilters
    holds_personal_data = False

    def rows(self) -> QuerySet[AcceptedRequest]:
        return failed_requests(self.actor, since(timezone.now()))

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        empty = {
            "title": "没有失败的请求",
            "reason": "因平台原因没有处理成功的请求会列在这里，可逐个重新处理。",
        }
        return {"crumbs": [Crumb("任务", reverse("jobs")), Crumb("失败的请求")], "empty": empty}


def waiting_requests(actor: Actor, now: datetime) -> Iterator[Job]:
    """How vendors' writes within reach keep up, for the page of jobs."""
    if not actor.may(MANAGED):
        return
    found = backlog(actor, since(now))
    late = (now - found.oldest_waiting).total_seconds() if found.oldest_waiting else 0.0
    limits = parameter("jobs.lag_seconds")
    level = next((level for level in ("red", "amber") if late >= limits[level]), "green")
    yield Job(
        "厂商请求处理",
        level,
        "已跟上" if not found.waiting else f"待处理 {words.exact(found.waiting)} 个",
        f"最早一个等了 {words.ago(found.oldest_waiting, now).removesuffix('前')}"
        if found.oldest_waiting
        else "没有等待的请求",
        "" if level == "green" else "后台进程恢复后会自动处理；厂商不必重新提交。",
    )
    yield Job(
        "厂商请求失败（平台原因）",
        "red" if found.at_fault else "green",
        f"{words.exact(found.at_fault)} 个失败" if found.at_fault else "没有",
        f"最早一个在 {words.moment(found.oldest_at_fault)}" if found.oldest_at_fault else "近期没有失败",
        "请逐个查看并重新处理；仍然失败的，把请求编号告知运维。" if found.at_fault else "",
        reverse("request_faults") if found.at_fault else "",
        "查看" if found.at_fault else "",
    )
