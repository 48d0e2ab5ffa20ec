"""Mending a roster on the page: cell by cell, or one value for every cell that makes the same mistake."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from kernel.errors import NotFound
from web import words
from web.acts import FormPage
from web.forms import ScopedForm
from web.lists import SIZES
from workers import selectors, services
from workers.import_columns import Column
from workers.import_words import cause_words
from workers.models import RosterFault, RosterRow
from workers.services.import_acts import MAY
from workers.services.import_judging import Judge, given_index
from workers.services.standing import site_day
from workers.web.import_forms import MapForm, MendForm
from workers.web.import_groups import line_of
from workers.web.imports import crumbs

_AT_ONCE = 200


class _OfCause(FormPage):
    """A page about one cause under one heading; without being told which, about the first there is."""

    permission = MAY
    section = "people"
    cause = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page; where nothing of it is left to mend, the way leads back."""
        roster = selectors.roster_import(self.actor, kwargs["public_id"])
        asked = (request.GET.get("column", ""), request.GET.get("cause", ""))
        if not selectors.roster_faults(self.actor, roster, *asked).exists():
            return redirect("roster_import", public_id=roster.public_id)
        return super().get(request, *args, **kwargs)

    def prepare(self, **kwargs: Any) -> None:
        self.roster = selectors.roster_import(self.actor, kwargs["public_id"])
        self.judge = Judge(self.actor, self.roster.project, site_day(self.roster.project))
        asked = (self.request.GET.get("column", ""), self.request.GET.get("cause", ""))
        self.faults = selectors.roster_faults(self.actor, self.roster, *asked)
        self.first_fault = self.faults.first()
        code, self.cause = asked if asked[0] else self._first()
        column = self.judge.by_code.get(code)
        if column is None:
            raise NotFound
        self.column: Column = column
        self.faults = selectors.roster_faults(self.actor, self.roster, code, self.cause)

    def _first(self) -> tuple[str, str]:
        found = self.first_fault
        return (found.column, found.cause) if found else ("", "")

    @property
    def named(self) -> Any:
        return self.judge.lists.get(self.column.code)

    @property
    def back(self) -> str:
        return reverse("roster_import", args=[self.roster.public_id])

    @property
    def what(self) -> str:
        sentence = self.first_fault.sentence if self.first_fault else ""
        return cause_words(self.column, self.cause, sentence)

    def context(self) -> dict[str, Any]:
        return {
            "title": f"改：{self.what}",
            "subtitle": self.roster.name,
            "lead": self.column.rule,
            "crumbs": crumbs(self.roster.project, self.what),
            "cancel_url": self.back,
            "roster": self.roster,
        }

    def tell(self, number: int, mended: set[int]) -> None:
        """Say what is left of this cause, and how many of the rows just mended fail for another."""
        left = selectors.roster_faults(self.actor, self.roster, self.column.code, self.cause)
        same = set(left.values_list("row", flat=True))
        faulty = selectors.roster_faults(self.actor, self.roster).filter(row__in=mended - same)
        other = faulty.values("row").distinct().count()
        rest = f"“{self.what}”还有 {words.exact(len(same))} 行。" if same else f"“{self.what}”没有了。"
        told = f"，其中 {words.exact(other)} 行还有别的问题，请再改" if other else ""
        text = f"改了 {words.exact(number)} 行，已重新检查{told}。{rest}"
        if other:
            messages.warning(self.request, text)
        else:
            self.say(text)


class MendCells(_OfCause):
    """Row by row: an input beside each cell that is wrong."""

    template_name = "workers/import_mend.html"
    submit = "改好，重新检查"

    def build(self, data: QueryDict | None = None, files: Any = None, **more: Any) -> ScopedForm:
        self.page = Paginator(self.faults, SIZES[1]).get_page(self.request.GET.get("page"))
        self.shown: list[RosterFault] = self._named_in(data) if data is not None else list(self.page)
        rows = list({fault.row_id: fault.row for fault in self.shown}.values())
        return MendForm(data, files, actor=self.actor, rows=rows, column=self.column, named=self.named)

    def _named_in(self, data: QueryDict) -> list[RosterFault]:
        """The faults whose rows the form names; others are no part of it."""
        keys = {name.removeprefix("cell-") for name in data if name.startswith("cell-")}
        wanted = [
            int(key) for key in sorted(keys)[:_AT_ONCE] if key.isascii() and key.isdecimal() and len(key) < 19
        ]
        return list(self.faults.filter(row__in=wanted))

    def act(self, form: Any) -> str:
        mended = form.mended()
        services.mend_import(actor=self.actor, roster=self.roster, mended=mended, now=timezone.now())
        self.tell(len(mended), set(mended))
        return self.back

    def context(self) -> dict[str, Any]:
        lines = [line_of(fault, self.column) for fault in self.shown]
        pages = {"page": self.page, "sizes": SIZES[1:2], "noun": "行"}
        return {**super().context(), **pages, "lines": lines}


class MapCells(_OfCause):
    """One value for all of them, or for those that say the same as a sample."""

    template_name = "workers/import_map.html"
    submit = "都改，重新检查"
    form_class = MapForm

    def build(self, data: QueryDict | None = None, files: Any = None, **more: Any) -> ScopedForm:
        self.sample = self._sample()
        first = self.named.nearest(self.given) if self.named and self.given else ""
        return MapForm(
            data,
            files,
            actor=self.actor,
            column=self.column,
            named=self.named,
            first=first,
            initial={"value": first},
        )

    def _sample(self) -> RosterRow | None:
        """The row whose mistake is meant, if one is."""
        key = self.request.GET.get("sample", "")
        fault = self.faults.filter(row=int(key)).first() if _is_key(key) else None
        return fault.row if fault else None

    @property
    def given(self) -> str:
        return self.sample.said.get(self.column.code, "") if self.sample else ""

    def act(self, form: Any) -> str:
        meant = set(self._meant.values_list("row", flat=True))
        number = services.map_import(
            actor=self.actor,
            roster=self.roster,
            column=self.column.code,
            cause=self.cause,
            value=form.cleaned_data["value"],
            given=given_index(self.given) if self.given else None,
            now=timezone.now(),
        )
        self.tell(number, meant)
        return self.back

    @property
    def _meant(self) -> Any:
        """The faults that one value is to mend."""
        return self.faults.filter(given_index=given_index(self.given)) if self.given else self.faults

    def context(self) -> dict[str, Any]:
        is_told = bool(self.given) and not self.column.is_personal
        return {
            **super().context(),
            "number": self._meant.values("row").distinct().count(),
            "given": self.given[:40] if is_told else "",
        }


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
