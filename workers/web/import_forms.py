"""Forms of a roster's import: the file, cells to mend, one value for many, and how to write."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from web.forms import ScopedForm
from web.widgets import LongSelect
from workers.import_cells import Named
from workers.import_columns import Column
from workers.models import RosterImport, RosterRow
from workers.services import require_size

KEEP = "不改"


class RosterFileField(forms.FileField):
    """A workbook or text table; what it is, the reader finds out. One that is too large is not even read."""

    default_error_messages = {
        "empty": _("文件是空的。请下载模板，每行填一个人，保存后再上传。"),
        "missing": _("没有收到文件，请重新选择。"),
        "invalid": _("没有收到文件，请重新选择。"),
        "max_length": _("文件名太长，请改短后再上传。"),
    }
    widget = forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"})

    def clean(self, data: Any, initial: Any = None) -> UploadedFile:  # type: ignore[override]  # as it came
        sent = super().clean(data, initial)
        if not isinstance(sent, UploadedFile):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            require_size(sent.size or 0)
        except DomainError as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from None
        return sent


class UploadForm(ScopedForm):
    """The file."""

    file = RosterFileField(
        label=_("花名册文件"),
        max_length=200,
        help_text=_("Excel 工作簿（.xlsx、.xls）或 CSV；第一行是列名。"),
    )


class SaveForm(ScopedForm):
    """Whether good rows wait for the others."""

    mode = forms.ChoiceField(
        label=_("怎样导入"),
        choices=[
            (RosterImport.Mode.ROWS, "逐行：好的行先导入，要改的行留在这里"),
            (RosterImport.Mode.WHOLE, "全部：有一行不行，就一行也不写入"),
        ],
        widget=forms.RadioSelect,
        initial=RosterImport.Mode.ROWS,
    )


def cell_field(column: Column, named: Named | None, label: str, first: str = "") -> forms.Field:
    """An input for one cell of a column; what is left empty stays as it is."""
    if named is not None and named.labels:
        choices = [("", KEEP), *named.labels.items()]
        return forms.ChoiceField(
            label=label, choices=choices, required=False, initial=first, widget=LongSelect
        )
    attrs = {"autocomplete": "off", "spellcheck": "false", "placeholder": "请重填"}
    return forms.CharField(
        label=label, required=False, max_length=column.longest, widget=forms.TextInput(attrs=attrs)
    )


def field_name(row: RosterRow) -> str:
    """The input for a row's cell."""
    return f"cell-{row.pk}"


class MendForm(ScopedForm):
    """An input for each row that has one fault under one column."""

    def __init__(
        self, *args: Any, rows: list[RosterRow], column: Column, named: Named | None, **kwargs: Any
    ) -> None:
        self.rows = {field_name(row): row for row in rows}
        self.column, self.named = column, named
        super().__init__(*args, **kwargs)
        for name, row in self.rows.items():
            field = cell_field(column, named, f"第 {row.line} 行")
            self._prepare(name, field)
            self.fields[name] = field

    def mended(self) -> dict[int, dict[str, str]]:
        """What was filled in, by row and column."""
        found = {}
        for name, row in self.rows.items():
            if value := str(self.cleaned_data.get(name) or "").strip():
                found[row.pk] = {self.column.code: value}
        return found


class MapForm(ScopedForm):
    """One value for every cell that has this fault."""

    def __init__(self, *args: Any, column: Column, named: Named | None, first: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cell_field(column, named, f"{column.heading}都改为", first)
        field.required = True
        self._prepare("value", field)
        self.fields["value"] = field
