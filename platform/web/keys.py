"""快捷键: every shortcut on one page, which can also be reached by a link and turned off there."""

from django.http import HttpRequest, HttpResponse

from web.navigation import Crumb
from web.pages import SIGNED_IN, Page


class Keys(Page):
    """What the keys do."""

    permission = SIGNED_IN
    section = "keys"
    template_name = "web/keys.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show({"title": "快捷键", "crumbs": [Crumb("快捷键")]})
