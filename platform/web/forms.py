"""Forms of acts: fields that know the standard and the reader's scope, and say in Chinese what to mend."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxLengthValidator
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, SeveralFaults
from kernel.scoping import Actor
from standards.selectors import choices
from web.uploads import Kept, check_file, check_size
from web.widgets import LongSelect

# Nobody on a site was born, hired or trained outside these.
_EARLIEST, _LATEST = date(1900, 1, 1), date(2100, 12, 31)


class ScopedForm(forms.Form):
    """A form filled in by `actor`, whose drop-downs offer only what that actor may see.

    `expected_version` is the version of the row that was on the page, None for a new one.
    """

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.actor = actor
        self.expected_version: int | None = None
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            self._prepare(name, field)

    def _prepare(self, name: str, field: forms.Field) -> None:
        label = field.label or name
        chosen = isinstance(field, (forms.ChoiceField, forms.FileField))
        field.error_messages["required"] = f"{_('请选择') if chosen else _('请填')}{label}"
        if isinstance(field, RowField):
            field.offer(self)
        if isinstance(field, forms.CharField) and field.max_length:
            most = {"label": label, "most": field.max_length}
            field.validators = [one for one in field.validators if not isinstance(one, MaxLengthValidator)]
            sentence = _("{label}最多 {most} 个字，请缩短后再填。").format(**most)
            field.validators.append(MaxLengthValidator(field.max_length, message=sentence))

    def refuse(self, refusal: DomainError) -> None:
        """Show a refusal of the act beside the fields it belongs to, or above the form."""
        if not isinstance(refusal, SeveralFaults):
            self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)
            return
        for fault in refusal.faults:
            self.refuse(fault)


class DayField(forms.DateField):
    """A day, written YYYY-MM-DD and picked from the browser's calendar."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    default_error_messages = {"invalid": _("日期要写成 2026-11-22 这样，并且确有这一天。")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def clean(self, value: Any) -> date | None:
        day = super().clean(value)
        if day and not _EARLIEST <= day <= _LATEST:
            raise ValidationError(_("日期应在 1900 年至 2100 年之间，请核对年份。"), code="out_of_range")
        return day


class CodeField(forms.ChoiceField):
    """A code of one list of the standard, chosen by its name; `only` narrows the list."""

    default_error_messages = {"invalid_choice": _("没有这个选项，请从列表中选择。")}

    def __init__(
        self, *, code_list: str, only: Sequence[str] | None = None, empty: str = "请选择", **kwargs: Any
    ) -> None:
        self.code_list, self.only, self.empty = code_list, only, empty
        super().__init__(choices=lambda: self._offered(), **kwargs)

    def lead_with(self, first: Sequence[str]) -> None:
        """Offer some codes before the others, on this form alone."""
        self.choices = lambda: self._offered(first)

    def _offered(self, first: Sequence[str] = ()) -> list[tuple[str, str]]:
        known = dict(choices(self.code_list))
        order = dict.fromkeys([*first, *(self.only or known)])
        return [("", self.empty), *((code, known[code]) for code in order if code in known)]


class RowField(forms.ChoiceField):
    """One row within the actor's scope, by public id; the cleaned value is the row, or None.

    `rows` gives the queryset for the form; a row that is not in it is answered like one nobody knows.
    """

    widget = LongSelect
    default_error_messages = {"invalid_choice": _("没有这一项，或者它不在您的管理范围内。请从列表中选择。")}

    def __init__(
        self,
        *,
        rows: Callable[[Any], QuerySet[Any]],
        name: Callable[[Any], str] = str,
        empty: str = "请选择",
        **kwargs: Any,
    ) -> None:
        self.rows, self.name, self.empty = rows, name, empty
        self._found: dict[str, Model] = {}
        super().__init__(**kwargs)

    def offer(self, form: ScopedForm) -> None:
        """Read the rows that the form's actor may choose."""
        self._found = {str(row.public_id): row for row in self.rows(form)}
        self.choices = [("", self.empty), *((key, self.name(row)) for key, row in self._found.items())]

    def clean(self, value: Any) -> Any:
        chosen = super().clean(value)
        return self._found.get(_plain(chosen))

    def valid_value(self, value: Any) -> bool:
        return _plain(value) in self._found


def _plain(value: Any) -> str:
    """A public id as it is written, whatever case or braces it came in."""
    try:
        return str(UUID(str(value)))
    except ValueError:
        return ""


class FileField(forms.FileField):
    """A photograph or scan. The cleaned value is what was kept of it, or None where none was sent."""

    default_error_messages = {
        "empty": _("这个文件是空的，请重新选择。"),
        "max_length": _("文件名太长，请改短后再上传。"),
        "missing": _("没有收到文件，请重新选择。"),
        "invalid": _("没有收到文件，请重新选择。"),
    }

    def __init__(self, *, kinds: Sequence[str] = ("image", "pdf"), **kwargs: Any) -> None:
        self.kinds = tuple(kinds)
        accept = {"image": "image/jpeg,image/png", "pdf": "application/pdf"}
        widget = forms.FileInput(attrs={"accept": ",".join(accept[kind] for kind in kinds)})
        super().__init__(widget=widget, max_length=200, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Kept | None:  # type: ignore[override]  # kept, not sent
        sent = super().clean(data, initial)
        if not isinstance(sent, UploadedFile):
            return None
        try:
            check_size(sent.size or 0, name=sent.name or "")
            return check_file(sent.read(), name=sent.name or "", kinds=self.kinds)
        except DomainError as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from None


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(FileField):
    """Several photographs or scans; the cleaned value is a list of what was kept, empty where none came."""

    def __init__(self, *, most: int = 9, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)
        self.widget = FilesInput(attrs={**self.widget.attrs, "multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[Kept]:  # type: ignore[override]  # many, not one
        sent = [one for one in (data if isinstance(data, list) else [data]) if one]
        if len(sent) > self.most:
            raise ValidationError(
                _("一次最多上传 %(most)d 个文件，请分次提交。"), params={"most": self.most}, code="too_many"
            )
        if not sent and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        found = [super(FilesField, self).clean(one, initial) for one in sent]
        return [one for one in found if one is not None]
