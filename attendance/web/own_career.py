"""我的履历: the worker's own career, and the code by which the next site may read it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from attendance.career_words import told
from attendance.selectors.career import own_career
from attendance.web.clock import today
from attendance.web.own import OwnPage, frame_of
from standards.selectors import parameter
from web import slips
from web.acts import PostPage
from web.qr import picture
from workers.selectors import own_career_code, own_career_readings
from workers.services import close_career, open_career

_READERS = 10


class OwnCareer(OwnPage):
    """Where, for whom, how long: the same facts that the next site will see."""

    here = "record"
    back = "/me/record/"
    template_name = "own/career.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(told(own_career(self.actor), today()))


class _OwnAct(PostPage):
    permission = "own.view"
    cancel_url = "/me/career/"

    def framed(self, **more: Any) -> dict[str, Any]:
        """The frame of a worker's pages round an act."""
        return {**frame_of(self.actor, "record", "/me/career/"), **more}


class CareerCodePage(_OwnAct):
    """出示从业码: a picture to scan and figures to read out, for minutes; who has read by one."""

    template_name = "own/career_code.html"
    question = _("出示从业码")

    def act(self) -> str:
        made = open_career(actor=self.actor, now=timezone.now())
        slips.put(self.request, str(made.code.public_id), f"{made.secret} {made.figures}")
        return reverse("own_career_code")

    def context(self) -> dict[str, Any]:
        now = timezone.now()
        code = own_career_code(self.actor, now)
        slip = slips.shown(self.request, str(code.public_id)) if code else None
        shown: dict[str, Any] = {"is_elsewhere": code is not None and slip is None}
        if code is not None and slip is not None:
            secret, figures = slip.secret.split(" ")
            address = f"{self.request.build_absolute_uri(reverse('read_career'))}#{secret}"
            shown = {
                "picture": picture(address),
                "figures": f"{figures[:3]} {figures[3:]}",
                "until": code.expires_at,
            }
        readings = [
            (row, row.closed_at is None and row.expires_at > now)
            for row in own_career_readings(self.actor)[:_READERS]
        ]
        return self.framed(
            title=self.question,
            minutes=parameter("career.code_minutes"),
            readings=readings,
            may_close=code is not None or any(is_open for _row, is_open in readings),
            **shown,
        )


class CareerClosePage(_OwnAct):
    """收回: no code opens anything any more, and whoever reads now reads no longer."""

    template_name = "own/career_close.html"
    question = _("收回从业码？")

    def act(self) -> str:
        close_career(actor=self.actor, now=timezone.now())
        self.say("已收回，没有人能再看您的履历。")
        return reverse("own_career_code")

    def context(self) -> dict[str, Any]:
        return self.framed(title=self.question)
