"""实名信息采集记录: how each fact of a person was taken, by whom, for which firm, where; on paper too.

Source: 鄂建文〔2019〕27号 一(四) (who uploads answers for it), 二(五) (where and by what it is taken).
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from audit.selectors import events_of
from audit.services import record
from standards.selectors import code_name
from web.pages import Page
from workers.models import IdentityCheck
from workers.selectors import all_identity_checks, work_to
from workers.web.places import of_work

METHODS = {
    "registry": "公安库核验",
    "chip": "芯片读出，读卡器签名有效",
    "seen": "核对证件原件",
    "reader": "读卡录入，没有有效签名",
    "ocr": "证件照片识别",
    "typed": "人工录入",
}
FACTS = {
    "name": "姓名",
    "id_number": "证件号码",
    "sex": "性别",
    "born_on": "出生日期",
    "nation": "民族",
    "address": "住址",
    "issuing_authority": "签发机关",
    "valid_from": "证件有效期起",
    "valid_to": "证件有效期止",
}
_ENROLLED = ("workers.enrolled", "workers.identity_corrected", "workers.identity_verified")


class IdentityRecord(Page):
    """Every taking of a person's identity on this project, each with its strength for ever."""

    permission = "workers.view"
    section = "people"
    template_name = "workers/identity_record.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        work = work_to(self.actor, self.permission, public_id)
        record(self.actor, "workers.record_read", work)
        checks = all_identity_checks(self.actor, work)
        return self.show(
            {
                "title": f"{work.person.name} 的实名信息采集记录",
                "crumbs": of_work(work, "实名采集记录"),
                "work": work,
                "trade": code_name("trade", work.trade),
                "checks": [_told(check) for check in checks],
                "events": [
                    {"at": one.at, "who": one.actor_label, "what": _WHAT[one.action], "why": one.reason}
                    for one in events_of(work, _ENROLLED).order_by("pk")
                ],
                "printed_at": timezone.now(),
                "printed_by": self.actor.label,
            }
        )


_WHAT = {
    "workers.enrolled": "登记上报",
    "workers.identity_corrected": "更正姓名或号码",
    "workers.identity_verified": "核验身份",
}


def _told(check: IdentityCheck) -> dict[str, Any]:
    reader = check.reader or {}
    named = " ".join(part for part in (reader.get("vendor"), reader.get("model")) if part)
    return {
        "check": check,
        "method": METHODS.get(check.method, check.method),
        "facts": [
            (said, METHODS.get(check.strengths[name], check.strengths[name]))
            for name, said in FACTS.items()
            if name in check.strengths
        ],
        "reader": f"{named}，序列号 {reader['serial']}" if reader.get("serial") else named,
    }
