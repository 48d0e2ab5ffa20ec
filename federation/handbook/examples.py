"""Worked examples: invented people, firms and secrets, in calls that the platform itself would accept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any
from urllib.parse import urlencode

from federation.handbook.answers import answer_fields
from federation.handbook.fields import reader_of
from federation.open_api import common, envelope, signature, values
from federation.open_api.dispatcher import Method
from federation.open_api.fieldcipher import encrypt
from federation.open_api.schema import Context, Field
from projects import synthetic as firms
from workers import synthetic as people
from workers.identity import Sex

# Not in use anywhere: project codes begin with a division, and no division begins with 99.
APPID = "990000202600000001"
SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"  # noqa: S105  # printed in the public document, opens nothing
TIMESTAMP, NONCE = "20261122083000", "6f3b1c7e9a2d4f508b6c1d2e3f4a5b6c"
DAY, INSTANT, MONTH = "2026-11-02", "2026-11-02 07:31:08", "2026-10"
# The smallest PNG: one white pixel.
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC"
_CHANCE = Random(20261122)  # noqa: S311  # examples, the same each time
ID_NUMBER = people.id_number(_CHANCE, birth=date(1988, 3, 9), sex=Sex.MALE)
_IDENTITY = common.number_field("idCardNumber", "证件号码")
PHONE, CARD, FIRM = people.phone(_CHANCE), people.bank_card(_CHANCE), firms.uscc(_CHANCE)
SERIAL = "{}-2026112208-1-0262"

# What fields of these names say in an example, whatever method they stand in.
_SAID: dict[str, Any] = {
    "projectCode": APPID,
    "corpCode": FIRM,
    "corpName": "示例劳务有限公司",
    "contractorCorpCode": FIRM,
    "contractorCorpName": "示例劳务有限公司",
    "teamSysNo": 1500000777,
    "teamName": "木工一班",
    "workerName": "张示例",
    "idCardType": "01",
    "nation": "汉",
    "address": "示例路 1 号",
    "grantOrg": "示例市公安局",
    "channel": "1 号门",
    "areaCode": "420106",
    "requestSerialCode": SERIAL.format("projectworker-add"),
    "status": 20,
    "result": "{}",
    "pageIndex": 0,
    "pageSize": 50,
    "pmName": "李示例",
    "responsiblePersonName": "李示例",
}
_BY_KIND: dict[Any, Any] = {
    values.whole: 1,
    values.flag: 0,
    values.decimal: 1,
    values.day: DAY,
    values.month: MONTH,
    values.moment: INSTANT,
    values.instant: INSTANT,
    values.image: PICTURE,
    values.attachment: PICTURE,
}
# Optional fields that an example shows all the same.
_WORTH_SHOWING = frozenset({"pageIndex", "pageSize", "projectCode", "teamSysNo", "channel", "attendType"})


# Whose result is a list of one object.
_AS_A_LIST = frozenset({"Payroll.Add"})


@dataclass(frozen=True, slots=True)
class Example:
    """One call: its business data, its signed form, and what the platform answers."""

    data: str
    form: str
    sign: str
    answer: str
    result: str


def example(method: Method, context: Context) -> Example:
    """A call of a method with everything that is required, and what comes back."""
    data = business_data(method, context)
    form = signed(method.name, json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    return Example(
        data=_indented(data),
        form=urlencode(form),
        sign=form["sign"],
        answer=_indented(_answer(method, context)),
        result=_indented(_result(method, context)) if method.writes else "",
    )


def signed(method: str, data: str, *, secret: str = SECRET, version: str = "1.0") -> dict[str, str]:
    """The form of a call of the invented appid, with its signature."""
    form = {
        "method": method,
        "version": version,
        "appid": APPID,
        "format": "json",
        "timestamp": TIMESTAMP,
        "nonce": NONCE,
        "data": data,
    }
    return {**form, "sign": signature.sign(form, secret)}


def business_data(method: Method, context: Context) -> dict[str, Any]:
    """The `data` of a call: what is required, and what is worth showing."""
    return _data(method.fields, context)


def _data(fields: tuple[Field, ...], context: Context) -> dict[str, Any]:
    return {
        item.name: [_data(item.rows, context)] if item.rows else _value(item, context)
        for item in fields
        if item.required or item.name in _WORTH_SHOWING
    }


def _value(item: Field, context: Context) -> Any:
    if item.encrypted:
        return encrypt(_plain(item), SECRET)
    if item.name in _SAID:
        return _SAID[item.name]
    if item.dictionary is not None:
        return next(iter(context.codes(item.dictionary.key)), "01")
    if "phone" in item.name.lower():
        return PHONE
    if item.name.lower().endswith("idcardtype"):
        return common.CITIZEN_CARD
    return _BY_KIND.get(reader_of(item), f"{item.label}示例"[: context.limit(item.most)])


def _plain(item: Field) -> str:
    return ID_NUMBER if item.check is _IDENTITY.check else CARD


def _answer(method: Method, context: Context) -> Mapping[str, Any]:
    if method.writes:
        return envelope.answer({"requestSerialCode": _serial(method)})
    if not method.is_paged:
        return envelope.answer(_row(method, context))
    return envelope.answer(envelope.page([_row(method, context)], index=0, size=50, total=1))


def _serial(method: Method) -> str:
    return SERIAL.format(method.serial_prefix)


def _result(method: Method, context: Context) -> Mapping[str, Any]:
    said: Any = _row(method, context)
    row = json.dumps([said] if method.name in _AS_A_LIST else said, ensure_ascii=False, separators=(",", ":"))
    return envelope.answer({"requestSerialCode": _serial(method), "status": 20, "result": row})


def _row(method: Method, context: Context) -> dict[str, Any]:
    return {
        item.name: [_data(item.rows, context)] if item.rows else _value(item, context)
        for item in answer_fields(method)
    }


def _indented(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
