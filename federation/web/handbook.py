"""接口文档: what vendors need to know, generated from the table that validates their calls."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from federation.handbook import fields, sentences, vectors
from federation.handbook.answers import answer_lines
from federation.handbook.examples import APPID, example
from federation.handbook.order import in_order
from federation.handbook.terms import in_force
from federation.open_api.dispatcher import methods
from federation.web.public import PublicPage
from standards.selectors import code_list, parameter

# Terms that hold for every call: parameter, words, unit.
TERMS = (
    ("open_api.window_minutes", "时间戳与服务器相差不超过", "分钟"),
    ("open_api.calls_per_minute", "每个 appid 每分钟最多（JSON 打卡接口另计）", "次（查询处理结果不计）"),
    ("open_api.body_megabytes", "整个请求最大", "MB"),
    ("open_api.page_size", "查询每页最多", "行"),
    ("open_api.image_kilobytes", "头像、考勤照片、凭证最大", "KB"),
    ("open_api.attachment_kilobytes", "单个附件最大", "KB"),
)


class Overview(PublicPage):
    """What the interface is, in which order it is called, its terms and all methods."""

    template_name = "federation/handbook/overview.html"
    part = "overview"

    def get(self, request: HttpRequest) -> HttpResponse:
        terms = in_force()
        return self.show(
            {
                "title": "厂商接口文档",
                "address": request.build_absolute_uri(reverse("open_api")),
                "methods": [(one, fields.rows_per_call(one, terms)) for one in in_order()],
                "terms": [(key, words, parameter(key), unit) for key, words, unit in TERMS],
            }
        )


class Signing(PublicPage):
    """The signature and the field cipher, with one call worked through and three programs."""

    template_name = "federation/handbook/signing.html"
    part = "signing"

    def get(self, request: HttpRequest) -> HttpResponse:
        encrypted = {
            item.name: item.label
            for one in methods().values()
            for item in fields.flat(one.fields)
            if item.encrypted
        }
        return self.show(
            {
                "title": "签名与加密",
                "appid": APPID,
                "worked": vectors.worked(),
                "programs": vectors.programs(),
                "encrypted": sorted(encrypted.items()),
            }
        )


class Results(PublicPage):
    """Codes, polling and every sentence that a vendor may read."""

    template_name = "federation/handbook/results.html"
    part = "results"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(
            {
                "title": "结果与报错",
                "codes": sentences.CODES,
                "groups": (
                    ("立即答复的（code 不为 0）", sentences.AT_ONCE),
                    ("处理结果里的（status 为 10）", sentences.IN_THE_RESULT),
                ),
                "body_days": parameter("open_api.body_days"),
            }
        )


class Punches(PublicPage):
    """The JSON door for gates that send many punches at once."""

    template_name = "federation/handbook/punches.html"
    part = "punches"

    def get(self, request: HttpRequest) -> HttpResponse:
        worked = vectors.worked()
        address = request.build_absolute_uri(vectors.PUNCHES["path"])
        return self.show(
            {
                "title": "JSON 打卡接口",
                "address": address,
                "worked": worked,
                "appid": APPID,
                "rows": parameter("punches.rows_per_call"),
                "kilobytes": parameter("punches.body_kilobytes"),
                "window": parameter("punches.window_minutes"),
                "often": parameter("punches.calls_per_minute"),
            }
        )


class OneMethod(PublicPage):
    """One method: fields, limits, an example with its answer."""

    template_name = "federation/handbook/method.html"
    part = "overview"

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        method = methods().get(name.lower())
        if method is None:
            raise Http404
        if method.name != name:
            return redirect("handbook_method", name=method.name)
        terms = in_force()
        return self.show(
            {
                "title": f"{method.label} {method.name}",
                "method": method,
                "methods": in_order(),
                "lines": list(fields.lines(method.fields, terms)),
                "limits": fields.limits_of(method, terms),
                "answers": answer_lines(method),
                "example": example(method, terms),
                "has_encrypted": any(item.encrypted for item in fields.flat(method.fields)),
            }
        )


class Dictionaries(PublicPage):
    """Every dictionary that a field refers to, with the methods that do."""

    template_name = "federation/handbook/dictionaries.html"
    part = "dictionaries"

    def get(self, request: HttpRequest) -> HttpResponse:
        terms = in_force()
        found = fields.dictionaries_of(in_order())
        return self.show(
            {
                "title": "字典",
                "lists": [(one, len(terms.codes(one.key)), used) for one, used in found.items()],
            }
        )


class OneDictionary(PublicPage):
    """One dictionary with its codes."""

    template_name = "federation/handbook/dictionary.html"
    part = "dictionaries"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        found = code_list(key)
        if found is None:
            raise Http404
        used: dict[str, Any] = {one.key: by for one, by in fields.dictionaries_of(in_order()).items()}
        return self.show(
            {"title": found.name, "list": found, "items": found.items.all(), "used": used.get(key, [])}
        )
