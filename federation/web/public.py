"""Pages for whoever comes along: vendors read and try the interface without an account."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views import View

# The parts of the document, as its head names them: key, route, words.
PARTS = (
    ("overview", "handbook", "概述与接口"),
    ("signing", "handbook_signing", "签名与加密"),
    ("results", "handbook_results", "结果与报错"),
    ("dictionaries", "handbook_dictionaries", "字典"),
    ("punches", "handbook_punches", "JSON 打卡"),
    ("sandbox", "sandbox", "联调沙箱"),
    ("conformance", "conformance", "自测"),
)


class PublicPage(View):
    """A page that shows the same to everybody; `part` marks the entry in its head."""

    template_name = ""
    part = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = super().dispatch(request, *args, **kwargs)
        assert isinstance(answer, HttpResponseBase)  # noqa: S101  # the stub says more than Django does
        answer.headers.setdefault("Cache-Control", "no-cache")
        return answer

    def show(self, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """The page with the document's head."""
        parts = [(key == self.part, reverse(route), words) for key, route, words in PARTS]
        return render(self.request, self.template_name, {"parts": parts, **context}, status=status)
