"""A version beside its pages: differences on paper, previews, projects behind a line of its impact."""

import json
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from standards.effective import with_draft
from standards.json_schema import json_schema
from standards.models import StandardVersion
from standards.spec import OBJECTS
from standards.versions import changes_of
from web.editor import reading
from web.editor.models import ImpactLine
from web.editor.pagings import SIZES, paged
from web.editor.parts import heading_of, names_of_lists
from web.editor.words import shown_changes
from web.pages import Page
from web.standard_acts import EDIT
from web.standard_form import StandardForm


def names_of_elements(version: StandardVersion) -> dict[str, dict[str, str]]:
    """Object → element code → name, as the version would have it."""
    standard = with_draft(version, version.region, timezone.localdate())
    return {
        key: {one.code: one.name for one in standard.all_elements.get(key, ())} for key in OBJECTS
    }  # fmt: skip


class ChangesPrint(Page):
    """The differences on paper: for the reviewer's file."""

    permission = "standards.view"
    section = "standard"
    template_name = "web/editor/changes_print.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row = reading.readable(self.actor, public_id)
        return self.show(
            {
                "title": f"{reading.whose(row)} {row.number} 改动表",
                "row": row,
                "back": reading.url_of(row),
                "changes": shown_changes(changes_of(row), names_of_elements(row), names_of_lists(row)),
                "printed_at": timezone.now(),
                "printed_by": str(request.user),
            }
        )


class PreviewPage(Page):
    """The form, the template's columns and the JSON Schema as they would be with this version."""

    permission = "standards.view"
    section = "standard"
    template_name = "web/editor/preview.html"

    def get(self, request: HttpRequest, public_id: UUID, object_key: str) -> HttpResponse:
        row = reading.readable(self.actor, public_id)
        if object_key not in OBJECTS:
            raise Http404
        on = row.effective_from or timezone.localdate()
        standard = with_draft(row, row.region, on)
        form = type("PreviewForm", (StandardForm,), {"object_key": object_key})(
            actor=self.actor, auto_id="preview_%s"
        )
        form.follow(standard)
        lists = names_of_lists(row)
        schema = json.dumps(json_schema(standard, object_key), ensure_ascii=False, indent=2)
        return self.show(
            {
                "title": f"预览：{OBJECTS[object_key]}",
                "crumbs": reading.crumbs(row, f"预览{OBJECTS[object_key]}"),
                "row": row,
                "form": form,
                "columns": [
                    (heading_of(one), lists.get(one.code_list, one.code_list))
                    for one in standard.elements(object_key)
                ],
                "schema": schema,
                "objects": [
                    (name, reverse("standard_preview", args=[row.public_id, key]), key == object_key)
                    for key, name in OBJECTS.items()
                ],
            }
        )


class ImpactLinePage(Page):
    """The projects that one line of an impact check counts, most records first."""

    permission = EDIT
    section = "standard"
    template_name = "web/editor/impact_line.html"

    def get(self, request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
        row = reading.in_the_making(self.actor, public_id)
        line = ImpactLine.objects.filter(check_of__version=row, pk=pk).select_related("check_of").first()
        if line is None:
            raise Http404
        rows = reading.projects_of(self.actor, line)
        page = paged(rows, request)
        return self.show(
            {
                "title": line.message,
                "crumbs": reading.crumbs(row, "影响的项目"),
                "row": row,
                "line": line,
                "object": OBJECTS.get(line.object_key, ""),
                "page": page,
                "sizes": SIZES,
                "may_open": self.actor.may("projects.view"),
                "back": reading.url_of(row, "impact"),
            }
        )
