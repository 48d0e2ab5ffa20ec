"""Mappings to national codes: coverage of each list, what is missing, and the table as a file."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from standards.models import CodeItem, CodeList
from standards.selectors import code_list
from web import words
from web.acts import FormPage
from web.editor import reading
from web.editor.fields import one_of
from web.editor.pagings import SIZES, paged
from web.exports.files import harmless
from web.forms import ScopedForm
from web.navigation import Crumb
from web.pages import Page
from web.standard_acts import GRANT, map_item, may_review


@dataclass(frozen=True, slots=True)
class Row:
    """A code of ours and what it is called nationally; "" where nobody has said."""

    item: CodeItem
    national: str
    national_name: str
    document: str
    is_national: bool

    @property
    def is_mapped(self) -> bool:
        return bool(self.national)


@dataclass(frozen=True, slots=True)
class Covered:
    """One list: how many of its codes have a national one."""

    listed: CodeList
    codes: int
    mapped: int

    @property
    def missing(self) -> int:
        return self.codes - self.mapped

    @property
    def rate(self) -> float | None:
        return words.share(self.mapped, self.codes)


def rows_of(listed: CodeList) -> list[Row]:
    """Every code of a list; one that came with the national dictionaries stands for itself."""
    mapped = {row.code: row for row in listed.mappings.all()}
    items = list(listed.items.select_related("region", "standard").order_by("position", "id"))
    names = {item.code: item.name for item in items}
    found = []
    for item in items:
        told = mapped.get(item.code)
        is_national = _is_national(listed, item)
        national = told.national_code if told else item.code if is_national else ""
        found.append(Row(item, national, names.get(national, ""), told.document if told else "", is_national))
    return found


def coverage_of_all() -> list[Covered]:
    """Each list with its coverage, the least covered first."""
    found = []
    for listed in CodeList.objects.prefetch_related("items__standard", "mappings").order_by("name"):
        mapped = {row.code for row in listed.mappings.all()}
        items = list(listed.items.all())
        known = sum(1 for item in items if item.code in mapped or _is_national(listed, item))
        found.append(Covered(listed, len(items), known))
    return sorted(found, key=lambda one: (one.rate if one.rate is not None else 1.0, one.listed.name))


def _is_national(listed: CodeList, item: CodeItem) -> bool:
    return listed.source.startswith("national") and item.standard_id is None


class MappingsPage(Page):
    """Coverage, list by list."""

    permission = "standards.view"
    section = "standard"
    template_name = "web/editor/mappings.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = coverage_of_all()
        codes, mapped = sum(one.codes for one in found), sum(one.mapped for one in found)
        return self.show(
            {
                "title": "国家对照",
                "crumbs": [Crumb("数据标准", reverse("standard")), Crumb("国家对照")],
                "lists": found,
                "codes": codes,
                "mapped": mapped,
                "rate": words.share(mapped, codes),
            }
        )


class MappingPage(Page):
    """One list: local beside national, those without one first on request."""

    permission = "standards.view"
    section = "standard"
    template_name = "web/editor/mapping.html"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        listed = _listed(key)
        rows, only = rows_of(listed), request.GET.get("missing") == "1"
        missing = [row for row in rows if not row.is_mapped]
        return self.show(
            {
                "title": f"国家对照：{listed.name}",
                "crumbs": _crumbs(listed),
                "listed": listed,
                "page": paged(missing if only else rows, request),
                "sizes": SIZES,
                "only": only,
                "covered": Covered(listed, len(rows), len(rows) - len(missing)),
                "may_map": may_review(self.actor),
            }
        )


class MappingFile(Page):
    """The same table as CSV, for whoever keeps the other side of it."""

    permission = "standards.view"
    section = "standard"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        listed, out = _listed(key), io.StringIO(newline="")
        table = csv.writer(out)
        table.writerow(["代码表", "本省代码", "名称", "国家代码", "国家名称", "依据", "适用地区"])
        for row in rows_of(listed):
            place = row.item.region.name if row.item.region else "全省"
            cells = [
                listed.name,
                row.item.code,
                row.item.name,
                row.national,
                row.national_name,
                row.document,
                place,
            ]
            table.writerow([harmless(one) for one in cells])
        answer = HttpResponse(f"\ufeff{out.getvalue()}", content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="mapping-{listed.key}.csv"'
        return answer


class MapForm(ScopedForm):
    """Which national code, by which document."""

    document = forms.CharField(label="依据", max_length=120, required=False)

    def __init__(self, *args: Any, national: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["national_code"] = one_of([("", "请选择"), *national], "国家代码")
        self._prepare("national_code", self.fields["national_code"])
        self.order_fields(["national_code", "document"])


class MapCode(FormPage):
    """Say what a code of ours is called nationally."""

    permission = GRANT
    section = "standard"
    form_class = MapForm
    submit = "保存"

    def prepare(self, **kwargs: Any) -> None:
        reading.require_province(self.actor)
        self.listed = _listed(kwargs["key"])
        self.rows = rows_of(self.listed)
        self.row = next((row for row in self.rows if row.item.code == kwargs["code"]), None)
        if self.row is None or self.row.is_national:
            raise Http404
        self.cancel_url = reverse("standard_mapping", args=[self.listed.key])

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        national = [
            (row.item.code, f"{row.item.name}（{row.item.code}）") for row in self.rows if row.is_national
        ]
        return super().build(data, files, national=national, **more)

    def first(self) -> dict[str, Any]:
        assert self.row is not None  # noqa: S101  # found in prepare
        return {"national_code": self.row.national, "document": self.row.document}

    def act(self, form: Any) -> str:
        assert self.row is not None  # noqa: S101  # found in prepare
        map_item(actor=self.actor, code_list=self.listed.key, code=self.row.item.code, **form.cleaned_data)
        self.say(f"“{self.row.item.name}”的国家对照已保存。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        assert self.row is not None  # noqa: S101  # found in prepare
        title = f"{self.row.item.name}（{self.row.item.code}）的国家对照"
        return {"title": title, "crumbs": _crumbs(self.listed, "修改"), "cancel_url": self.cancel_url}


def _listed(key: str) -> CodeList:
    found = code_list(key)
    if found is None:
        raise Http404
    return found


def _crumbs(listed: CodeList, *tail: str) -> list[Crumb]:
    url = reverse("standard_mapping", args=[listed.key]) if tail else ""
    return [
        Crumb("数据标准", reverse("standard")),
        Crumb("国家对照", reverse("standard_mappings")),
        Crumb(listed.name, url),
        *(Crumb(one) for one in tail),
    ]
