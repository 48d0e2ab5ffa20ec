"""核对散列值: whether a file or a hash is that of a filed ledger, as far as the reader may see it."""

import re
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ledgers.rules import digest
from ledgers.selectors import VIEW, by_digest
from ledgers.web.shown import STATES
from standards.selectors import parameter
from web.acts import FormPage
from web.forms import ScopedForm
from web.navigation import Crumb

_HASH = re.compile(r"[0-9a-f]{64}")


class VerifyForm(ScopedForm):
    """A hash, or the file whose hash is to be taken."""

    digest = forms.CharField(
        label=_("散列值（SHA-256）"),
        max_length=80,
        required=False,
        help_text=_("64 位，印在回执和打印件上。"),
    )
    file = forms.FileField(
        label=_("或台账文件（JSON）"), required=False, help_text=_("从台账页下载的原文件，一个字都不能改。")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        text = (cleaned.get("digest") or "").strip().lower()
        sent: UploadedFile | None = cleaned.get("file")
        if sent is not None:
            most = int(parameter("uploads.most_kilobytes")) * 1024
            if (sent.size or 0) > most:
                self.add_error("file", f"文件超过 {most // 1048576} MB，不是台账文件。请核对。")
            else:
                cleaned["found"] = digest(sent.read())
        elif _HASH.fullmatch(text):
            cleaned["found"] = text
        elif "digest" not in self.errors:
            self.add_error("digest", "请填 64 位散列值，只含 0 到 9 和 a 到 f；或选择台账文件。")
        return cleaned


class Verify(FormPage):
    """Says whose ledger it is; nothing is written."""

    permission = VIEW
    section = "ledgers"
    form_class = VerifyForm
    template_name = "ledgers/verify.html"
    submit = _("核对")

    def prepare(self, **_kwargs: Any) -> None:
        self.asked = (self.request.GET.get("digest") or "").strip().lower()
        self.cancel_url = reverse("ledgers")

    def first(self) -> dict[str, Any]:
        return {"digest": self.asked[:64]}

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare(**kwargs)
        if request.headers.get("X-Check"):
            return self._check()
        form = self.build(request.POST, request.FILES)
        if not form.is_valid():
            return self._show(form, status=422)
        self.asked = form.cleaned_data["found"]
        return self._show(form)

    def context(self) -> dict[str, Any]:
        is_hash = bool(_HASH.fullmatch(self.asked))
        found = (
            [(row, STATES[row.state]) for row in by_digest(self.actor, self.asked)[:20]] if is_hash else []
        )
        return {
            "title": "核对散列值",
            "lead": "台账报送时按规定格式存成文件并算出散列值；文件改动一个字，散列值就不同。",
            "crumbs": [Crumb("台账", reverse("ledgers")), Crumb("核对散列值")],
            "asked": self.asked if is_hash else "",
            "found": found,
        }
