"""What a vendor sends of teams, people, contracts, trainings and wages, with every field of the interface."""

import base64
from io import BytesIO
from typing import Any

from PIL import Image

from federation.simulator.people import Worker
from tests.federation.conftest import HERE
from tests.support.traces import fingerprint
from tests.support.vendor import Vendor


def kept(app: str | tuple[str, ...]) -> dict[str, str]:
    """A digest of an app's tables, to prove that a call changed nothing there."""
    return {name: digest for name, digest in fingerprint().items() if name.startswith(app)}


def jpeg(side: int = 32, colour: str = "teal") -> bytes:
    """A real photograph with metadata that tells where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    written = BytesIO()
    Image.new("RGB", (side, side), colour).save(written, "JPEG", exif=exif)
    return written.getvalue()


def text_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def scan(name: str = "扫描件.jpg", colour: str = "teal") -> dict[str, str]:
    """An attachment, behind the prefix that some clients send."""
    return {"name": name, "data": "data:image/jpeg;base64," + text_of(jpeg(colour=colour))}


def identity(here: Vendor, one: Worker) -> dict[str, str]:
    return {"idCardType": "01", "idCardNumber": here.api.encrypted(one.number)}


def team(here: Vendor, **changes: Any) -> dict[str, Any]:
    data = {
        "projectCode": HERE,
        **here.gate.corp,
        "teamName": "钢筋班",
        "responsiblePersonName": "周工",
        "responsiblePersonPhone": "10900000009",
        "responsiblePersonIDCardType": "01",
        "responsiblePersonIDNumber": here.api.encrypted(next(here.gate.people(1)).number),
        "remark": "二区",
        "entryTime": "2026-11-02",
        "entryAttachments": [scan()],
    }
    return {**data, **changes}


EVERY_PARTICULAR = {
    "issueCardDate": "2026-11-03",
    "cardNumber": "G-17",
    "payRollTopBankName": "建设银行",
    "bankLinkNumber": "105000000001",
    "hasBuyInsurance": 1,
    "joinedTime": "2020-05-01",
    "specialty": "会开塔吊",
    "hasBadMedicalHistory": 0,
    "urgentLinkMan": "李家属",
    "urgentLinkManPhone": "10900000010",
    "workDate": "2015-03-01",
    "maritalStatus": "02",
    "startDate": "2017-08-22",
    "expiryDate": "2037-08-22",
}


def enrolment(here: Vendor, people: list[Worker], **changes: Any) -> dict[str, Any]:
    """ProjectWorker.Add with every field."""
    data = here.gate.enrolment(people)
    pictures = {
        "issueCardPic": text_of(jpeg(colour="red")),
        "positiveIDCardImage": text_of(jpeg(colour="green")),
        "negativeIDCardImage": text_of(jpeg(colour="blue")),
    }
    data["workerList"] = [{**row, **EVERY_PARTICULAR, **pictures, **changes} for row in data["workerList"]]
    return data


def contract(here: Vendor, people: list[Worker], **changes: Any) -> dict[str, Any]:
    rows = [
        {
            **here.gate.corp,
            **identity(here, one),
            "contractPeriodType": 0,
            "startDate": "2026-11-01",
            "endDate": "2027-10-31",
            "unit": "81",
            "unitPrice": "320.50",
            "attachments": [scan("首页.jpg"), scan("末页.jpg", "red")],
            "contractCode": "HT-1",
            **changes,
        }
        for one in people
    ]
    return {"projectCode": HERE, "contractList": rows}


def training(here: Vendor, people: list[Worker], **changes: Any) -> dict[str, Any]:
    data = {
        "projectCode": HERE,
        "trainingDate": "2026-11-20",
        "trainingDuration": "4.5",
        "trainingName": "三级安全教育",
        "trainingTypeCode": "003001",
        "trainer": "赵安全",
        "trainingOrg": "项目部",
        "trainingAddress": "会议室",
        "description": "入场前",
        "attachments": [scan("签到表.jpg")],
        "workers": [{**identity(here, one), "isPass": 1, "trainingScore": "92.5"} for one in people],
    }
    return {**data, **changes}


def payroll(here: Vendor, people: list[Worker], **changes: Any) -> dict[str, Any]:
    """Payroll.Add; changes of a name that rows have go into each row."""
    rows = [
        {
            **identity(here, one),
            "days": 22,
            "workHours": "176.5",
            "payRollBankCardNumber": here.api.encrypted(one.card),
            "payRollBankCode": "105",
            "payRollBankName": "模拟支行",
            "payBankCardNumber": here.api.encrypted("0123456789012345"),
            "payBankCode": "102",
            "payBankName": "代发支行",
            "totalPayAmount": "7000.00",
            "actualAmount": "6800.55",
            "isBackPay": 0,
            "balanceDate": "2026-11-15",
            "thirdPayRollCode": f"PS-{number}",
        }
        for number, one in enumerate(people)
    ]
    inner = {name: value for name, value in changes.items() if name in rows[0] or name == "backPayMonth"}
    outer = {name: value for name, value in changes.items() if name not in inner}
    return {
        "projectCode": HERE,
        **here.gate.corp,
        "teamSysNo": here.gate.team,
        "payMonth": "2026-10",
        "attachments": [scan("工资表.jpg")],
        "detailList": [{**row, **inner} for row in rows],
        **outer,
    }
