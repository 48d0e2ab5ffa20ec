"""Every version of every layer, and how each stands on a day."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from standards import life
from standards.effective import ORDER, in_force
from standards.models import StandardVersion
from standards.spec import NATIONAL, PROVINCIAL
from standards.versions import published_versions
from web import words
from web.editor import reading
from web.navigation import Crumb
from web.pages import Page
from web.standard_acts import may_review

_COLOURS = {"draft": "blue", "checked": "blue", "review": "amber", "filed": "amber", "returned": "red",
            "accepted": "green", "withdrawn": "grey"}  # fmt: skip


class VersionsPage(Page):
    """Every version that the reader may see: layer by layer, with its state and its days."""

    permission = "standards.view"
    section = "standard"
    template_name = "web/editor/versions.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("layer", "")
        rows = sorted(reading.readable_versions(self.actor), key=lambda row: ORDER.index(row.layer))
        today = timezone.localdate()
        standing = standings(rows, today)
        names = reading.names_of(row.reviewed_by for row in rows)
        shown = [
            {
                "row": row,
                "whose": reading.whose(row),
                "standing": standing[row.pk],
                "reviewer": names.get(row.reviewed_by, ""),
            }
            for row in rows
            if asked in ("", row.layer)
        ]
        held = {in_force(None, today, layer) for layer in (NATIONAL, PROVINCIAL)}
        return self.show(
            {
                "title": "标准版本",
                "crumbs": [Crumb("数据标准", reverse("standard")), Crumb("版本")],
                "rows": shown,
                "layer": asked,
                "layers": [("", "全部"), *reading.LAYERS.items()],
                "node": [row for row in rows if str(row.public_id) in held],
                "may_begin": bool(reading.drafting_places(self.actor)),
                "may_grant": may_review(self.actor),
            }
        )


def standings(rows: list[StandardVersion], on: date) -> dict[int, tuple[str, str]]:
    """How each version stands on a day: colour and words; one question for all."""
    later: dict[tuple[str, int | None], list[StandardVersion]] = {}
    for row in published_versions().order_by("effective_from", "id"):
        later.setdefault((row.layer, row.region_id), []).append(row)
    return {row.pk: _standing(row, later.get((row.layer, row.region_id), []), on) for row in rows}


def _standing(row: StandardVersion, published: list[StandardVersion], on: date) -> tuple[str, str]:
    if not row.is_published or row.effective_from is None:
        return _COLOURS.get(row.state, "grey"), life.WORDS.get(row.state, row.state)
    if row.needs_action_by:
        return "red", f"与省标准冲突，{words.day(row.needs_action_by)} 前处理"
    begins = row.effective_from
    after = next((one for one in published if one.effective_from and one.effective_from > begins), None)
    return life.published_words(
        begins, after.effective_from if after else None, after.cutoff if after else None, on
    )
