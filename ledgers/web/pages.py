"""One ledger: filed with one button, read, set beside the last, printed, taken away, accepted or returned."""

from io import BytesIO
from typing import Any
from uuid import UUID

import xlsxwriter
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from audit.services import record
from kernel.errors import DomainError
from ledgers import selectors
from ledgers.models import Ledger
from ledgers.rules import compared
from ledgers.selectors import ACCEPT, FILE, VIEW, people_of
from ledgers.services import accept_ledger, draft_of, file_ledger, return_ledger
from ledgers.web.shown import (
    HEADINGS,
    STATES,
    difference_words,
    lacking_words,
    month_words,
    place,
    rows_of,
)
from standards.selectors import code_name
from web import words
from web.acts import FormPage, PostPage
from web.copies import is_own
from web.forms import ScopedForm
from web.navigation import Crumb
from web.pages import Page


class FileLedger(PostPage):
    """报送台账: what would be filed now, what is lacking in it, and one button."""

    permission = FILE
    section = "ledgers"
    template_name = "ledgers/file.html"
    consequence = _("报送后不能改；总承包单位退回的，补齐资料后再报。")
    button = _("报送给总承包单位")

    def prepare(self, **kwargs: Any) -> None:
        self.month, self.today = kwargs["month"], timezone.localdate()
        self.of = selectors.participation_to(self.actor, self.permission, kwargs["public_id"])
        self.title = f"报送 {month_words(self.month)} 台账"
        self.question = self.title
        self.cancel_url = reverse("project_ledgers", args=[self.of.project.public_id])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare(**kwargs)
        filed = selectors.latest_of(self.actor, self.of, self.month)
        if filed is not None and filed.state != Ledger.State.RETURNED:
            return redirect("ledger", filed.public_id)
        return super().get(request, *args, **kwargs)

    def act(self) -> str:
        made = file_ledger(actor=self.actor, participation=self.of, month=self.month, now=timezone.now())
        late = "（逾期）" if made.is_late else ""
        self.say(f"{month_words(made.month)} 台账已报送{late}，{made.people} 人，回执见本页。")
        return reverse("ledger", args=[made.public_id])

    def context(self) -> dict[str, Any]:
        filed = selectors.latest_of(self.actor, self.of, self.month)
        return {
            "title": self.title,
            "of": self.of,
            "month": month_words(self.month),
            "crumbs": place(self.actor, self.of.project, Crumb(self.title)),
            "filed": filed,
            "filed_state": STATES[filed.state] if filed else None,
            **self._drafted(),
        }

    def _drafted(self) -> dict[str, Any]:
        """What would be filed, or why nothing can be."""
        try:
            draft = draft_of(self.actor, self.of, self.month, self.today)
        except DomainError as refusal:
            return {"refused": refusal.message}
        return {
            "draft": draft,
            "rows": rows_of(draft.people),
            "lacking": lacking_words(draft.people),
            "changes": difference_words(draft.difference) if draft.before else None,
            "is_late": self.today > draft.due_on,
        }


class LedgerRecord(Page):
    """A filed ledger: receipt, people, what has changed since the last, and the verdict."""

    permission = VIEW
    section = "ledgers"
    template_name = "ledgers/ledger.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        found = selectors.ledger(self.actor, public_id)
        record(self.actor, "ledgers.read", found)
        return self.show(self.context(found))

    def context(self, found: Ledger) -> dict[str, Any]:
        """All that the page shows."""
        people = people_of(found)
        before = selectors.ledger_before(self.actor, found.participation, found.month)
        waits = found.state == Ledger.State.FILED
        return {
            "title": f"{month_words(found.month)} 台账 {found.participation.enterprise.name}",
            "crumbs": place(self.actor, found.project, Crumb(month_words(found.month))),
            "ledger": found,
            "month": month_words(found.month),
            "kind": code_name("participation_kind", found.participation.kind),
            "state": STATES[Ledger.State(found.state)],
            "rows": rows_of(people),
            "lacking": lacking_words(people),
            "before": before,
            "changes": difference_words(compared(people_of(before), people)) if before else [],
            "rounds": selectors.rounds_of(self.actor, found),
            "may_decide": waits
            and is_own(found)
            and self.actor.may(ACCEPT)
            and found.filed_by_key != self.actor.key,
            "may_file": is_own(found) and found.state == Ledger.State.RETURNED and self.actor.may(FILE),
        }


class LedgerPrint(LedgerRecord):
    """The ledger on A4 landscape, with receipt and places for signature and seal."""

    template_name = "ledgers/print.html"

    def context(self, found: Ledger) -> dict[str, Any]:
        """The same, and who prints it when."""
        more = {"printed_at": timezone.now(), "printed_by": self.actor.label, "headings": HEADINGS}
        return {**super().context(found), **more}


class LedgerFile(Page):
    """The canonical bytes of a ledger: their SHA-256 is the hash on the receipt."""

    permission = VIEW

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        found = selectors.ledger(self.actor, public_id)
        record(self.actor, "ledgers.taken", found)
        return _attached(found.content.encode(), "application/json", f"{_file_name(found)}.json")


class LedgerSheet(Page):
    """The ledger as a workbook, all of it as text that no program recalculates."""

    permission = VIEW

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        found = selectors.ledger(self.actor, public_id)
        record(self.actor, "ledgers.taken", found)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return _attached(_workbook(found), kind, f"{_file_name(found)}.xlsx")


def _file_name(found: Ledger) -> str:
    return f"台账-{month_words(found.month)}-{found.participation.enterprise.name}-第{found.round}次"


def _attached(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    answer["Cache-Control"] = "no-store"
    return answer


def _workbook(found: Ledger) -> bytes:
    written = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(written, options)
    sheet, bold = book.add_worksheet("台账"), book.add_format({"bold": True, "bottom": 1})
    sheet.write_string(
        0, 0, f"{found.project.name}，{found.participation.enterprise.name}，{month_words(found.month)} 台账"
    )
    sheet.write_string(1, 0, f"报送 {words.moment(found.filed_at)}，{found.filed_by}；SHA-256 {found.digest}")
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(2, column, heading, bold)
        sheet.set_column(column, column, 6 if not column else 16)
    for line, row in enumerate(rows_of(people_of(found)), 3):
        for column, value in enumerate(row.values()):
            if isinstance(value, int):
                sheet.write_number(line, column, value)
            else:
                sheet.write_string(line, column, value)
    sheet.freeze_panes(3, 2)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 2)
    book.close()
    return written.getvalue()


class _OfALedger:
    """What the two verdicts share."""

    actor: Any
    cancel_url: str

    def prepare(self, **kwargs: Any) -> None:
        self.ledger = selectors.ledger(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("ledger", args=[self.ledger.public_id])

    def titled(self, title: str) -> dict[str, Any]:
        month = month_words(self.ledger.month)
        return {
            "title": title,
            "subtitle": f"{self.ledger.participation.enterprise.name}，{month}",
            "crumbs": place(self.actor, self.ledger.project, Crumb(month, self.cancel_url), Crumb(title)),
        }


class AcceptLedger(_OfALedger, PostPage):
    """备案."""

    permission = ACCEPT
    section = "ledgers"
    question = _("把这份台账备案？")
    consequence = _("备案后存档不改；分包单位收到回执。有缺项也可以先备案，缺项照样列在台账里。")
    button = _("备案")

    def act(self) -> str:
        accept_ledger(actor=self.actor, ledger=self.ledger, now=timezone.now())
        self.say("台账已备案，分包单位收到回执。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return self.titled("备案")


class ReasonForm(ScopedForm):
    """Why it is returned."""

    reason = forms.CharField(
        label=_("退回理由"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写明哪些人、哪一项要补。分包单位会看到。"),
    )


class ReturnLedger(_OfALedger, FormPage):
    """退回台账."""

    permission = ACCEPT
    section = "ledgers"
    form_class = ReasonForm
    submit = _("退回")

    def act(self, form: Any) -> str:
        reason = form.cleaned_data["reason"]
        return_ledger(actor=self.actor, ledger=self.ledger, reason=reason, now=timezone.now())
        self.say("台账已退回，分包单位会收到理由。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return self.titled("退回台账")
