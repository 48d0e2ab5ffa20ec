"""The page of one import: how far it is, what is wrong and how to mend it, and the button that writes."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from kernel.masking import mask_id_number
from projects.models import Project
from standards.selectors import parameter
from web import words
from web.acts import FormPage
from web.lists import SIZES
from workers import selectors, services
from workers.models import RosterImport, RosterRow
from workers.services.import_acts import MAY
from workers.services.import_judging import Judge
from workers.services.standing import site_day
from workers.web.import_forms import SaveForm
from workers.web.import_groups import groups_of
from workers.web.imports import crumbs
from workers.web.places import record_of

Outcome = RosterRow.Outcome
# What the bar shows, in its order: colour, words, outcomes.
_PARTS = (
    ("green", "已登记", (Outcome.WRITTEN,)),
    ("green", "已更新", (Outcome.UPDATED,)),
    ("blue", "可导入", (Outcome.NEW, Outcome.CHANGED)),
    ("red", "要改", (Outcome.FAULTY,)),
    ("grey", "已在册，不变", (Outcome.SAME,)),
)
_SHOWN = {str(one.value): str(one.label) for one in Outcome if one != Outcome.FAULTY}


class ImportResult(FormPage):
    """One import; its form has the rows written."""

    permission = MAY
    section = "people"
    template_name = "workers/import_result.html"
    form_class = SaveForm
    submit = "导入"

    def prepare(self, **kwargs: Any) -> None:
        self.roster: RosterImport = selectors.roster_import(self.actor, kwargs["public_id"])
        self.project: Project = self.roster.project

    def act(self, form: Any) -> str:
        services.save_import(
            actor=self.actor, roster=self.roster, mode=form.cleaned_data["mode"], now=timezone.now()
        )
        return reverse("roster_import", args=[self.roster.public_id])

    def context(self) -> dict[str, Any]:
        roster = self.roster
        rows = selectors.roster_rows(self.actor, roster).order_by()
        counts = dict(rows.values_list("outcome").annotate(number=Count("pk")))
        now = timezone.now()
        left = roster.remaining(now)
        return {
            "title": _title(roster, counts),
            "roster": roster,
            "project": self.project,
            "crumbs": crumbs(self.project, roster.name),
            "cancel_url": reverse("roster_import_new", args=[self.project.public_id]),
            "percent": int(100 * roster.rows_done / roster.rows_number) if roster.rows_number else 0,
            "is_silent": roster.is_silent(now, parameter("imports.lease_seconds")),
            "left": words.exact(max(1, round(left.total_seconds()))) if left else "",
            "seconds": _seconds(roster),
            **self._found(counts),
        }

    def _found(self, counts: dict[str, int]) -> dict[str, Any]:
        """What an import that has been read holds; nothing before."""
        if not self.roster.is_open:
            return {}
        judge = Judge(self.actor, self.project, site_day(self.project))
        good = counts.get(Outcome.NEW, 0) + counts.get(Outcome.CHANGED, 0)
        return {
            "total": sum(counts.values()),
            "good": good,
            "written": counts.get(Outcome.WRITTEN, 0),
            "faulty": counts.get(Outcome.FAULTY, 0),
            "parts": _parts(counts),
            "groups": groups_of(self.actor, self.roster, judge),
            "kinds": [(key, label, counts[key]) for key, label in _SHOWN.items() if counts.get(key)],
            **self._rows(judge),
        }

    def _rows(self, judge: Judge) -> dict[str, Any]:
        """The rows of the kind that was asked for, page by page."""
        kind = self.request.GET.get("show", "")
        if kind not in _SHOWN:
            return {"show": ""}
        rows = selectors.roster_rows(self.actor, self.roster, kind)
        page = Paginator(rows, SIZES[1]).get_page(self.request.GET.get("page"))
        return {
            "show": kind,
            "show_words": _SHOWN[kind],
            "page": page,
            "sizes": SIZES[1:2],
            "noun": "行",
            "rows": [_shown(judge, row) for row in page],
        }

    def _show(self, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super()._show(*args, **kwargs)
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _title(roster: RosterImport, counts: dict[str, int]) -> str:
    good = counts.get(Outcome.NEW, 0) + counts.get(Outcome.CHANGED, 0)
    faulty = counts.get(Outcome.FAULTY, 0)
    if roster.state in (roster.State.TO_CHECK, roster.State.CHECKING):
        return f"正在检查 {roster.name}"
    if roster.state in (roster.State.TO_SAVE, roster.State.SAVING):
        return f"正在导入 {roster.name}"
    if roster.state == roster.State.FAILED:
        return f"没有读成 {roster.name}"
    if roster.state == roster.State.DROPPED:
        return "这次导入已经删除"
    if roster.state == roster.State.SAVED and not good:
        done = counts.get(Outcome.WRITTEN, 0)
        updated = counts.get(Outcome.UPDATED, 0)
        rest = f"，{words.exact(faulty)} 行要改" if faulty else ""
        if updated and not done:
            return f"已更新 {words.exact(updated)} 人{rest}"
        changed = f"，更新 {words.exact(updated)} 人" if updated else ""
        return f"已登记 {words.exact(done)} 人{changed}{rest}"
    if faulty:
        return f"检查结果：{words.exact(faulty)} 行要改，{words.exact(good)} 行可以导入"
    return f"检查结果：{words.exact(good)} 行可以导入" if good else "检查结果：都已在册，没有变化"


def _parts(counts: dict[str, int]) -> list[dict[str, Any]]:
    """The rows as one bar, per cent from the left."""
    total, parts, left = sum(counts.values()), [], 0.0
    for colour, label, outcomes in _PARTS:
        number = sum(counts.get(one, 0) for one in outcomes)
        share = 100 * number / total if total else 0
        if number:
            parts.append({"colour": colour, "label": label, "number": number, "x": left, "width": share})
        left += share
    return parts


def _seconds(roster: RosterImport) -> str:
    if roster.checked_at is None or roster.started_at is None or roster.checked_at < roster.started_at:
        return ""
    return words.exact(max(1, round((roster.checked_at - roster.started_at).total_seconds())))


def _shown(judge: Judge, row: RosterRow) -> dict[str, Any]:
    """A row that may be written, or was: who, where, and what becomes of it. Numbers are covered."""
    said, work = row.said, row.engagement
    headings = [judge.by_code[code].heading for code in row.changes if code in judge.by_code]
    return {
        "row": row,
        "name": said.get("name", ""),
        "number": mask_id_number(said.get("id_number", "")),
        "team": _in_words(judge, "team", said),
        "trade": _in_words(judge, "trade", said),
        "changes": "、".join(headings),
        "url": record_of(work) if work else "",
        "stays": work.team.name if work and row.outcome in (Outcome.SAME, Outcome.CHANGED) else "",
        "with": "、".join(_brought(said)),
    }


def _in_words(judge: Judge, code: str, said: dict[str, str]) -> str:
    """What was chosen from a list, by its name; what the list does not have, as it was written."""
    named, text = judge.lists[code], said.get(code, "")
    return named.labels.get(named.read(text) or "", text)


def _brought(said: dict[str, str]) -> list[str]:
    """What comes with a new enrolment."""
    kinds = (("contract_starts_on", "合同"), ("training_on", "安全教育"), ("entered_on", "进场"))
    return [words_ for code, words_ in kinds if said.get(code)]
