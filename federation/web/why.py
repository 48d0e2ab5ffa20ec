"""为什么被拒绝: paste the id of a message, read element, rule, version and wording."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from federation.why import EXPLAIN, LONGEST, why
from kernel.errors import NotFound
from web.navigation import Crumb
from web.pages import Page


class WhyRefused(Page):
    """One box for any id: a vendor's serial, a request id of the REST API, a receipt of punches."""

    permission = EXPLAIN
    section = "standard"
    template_name = "federation/why.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        key = request.GET.get("id", "").strip()[:LONGEST].replace("\0", "")
        answer, missing = None, False
        if key:
            try:
                answer = why(self.actor, key)
            except NotFound:
                missing = True
        return self.show(
            {
                "title": "为什么被拒绝",
                "crumbs": [Crumb("数据标准", reverse("standard")), Crumb("为什么被拒绝")],
                "key": key,
                "answer": answer,
                "missing": missing,
            }
        )
