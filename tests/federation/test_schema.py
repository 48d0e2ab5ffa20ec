"""Reading a call by its table of fields: all faults at once, in the words vendors match."""

import base64
from datetime import UTC, datetime

import pytest

from federation.open_api import values
from federation.open_api.dictionaries import Dictionary
from federation.open_api.fieldcipher import encrypt
from federation.open_api.schema import Context, Field, Latest, Limit, canonical, read, sentence

SECRET = "0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
TRADES = Dictionary("trades", "工种")
JPEG = b"\xff\xd8\xff\xe0"

FIELDS = (
    Field("projectCode", "项目编码", required=True, most=18),
    Field("teamSysNo", "班组编号", values.whole),
    Field("entryTime", "进场时间", values.moment, latest=Latest.NOW),
    Field(
        "workerList",
        "人员列表",
        required=True,
        most=Limit("rows", "Worker.Add"),
        rows=(
            Field("idCardNumber", "证件号码", required=True, encrypted=True),
            Field("workType", "工种", dictionary=TRADES),
            Field("date", "日期", values.day, latest=Latest.TODAY),
            Field("headImage", "头像", values.image, required=True, most=Limit("kilobytes")),
        ),
    ),
)


def context() -> Context:
    return Context(
        secret=SECRET,
        now=NOW,
        codes=lambda key: {"trades": {"010": "砌筑工"}}[key],
        parameters=lambda key: {"rows": {"Worker.Add": 2}, "kilobytes": 1}[key],
    )


def worker(**changes):
    row = {
        "IDCardNumber": encrypt("999999199001010016", SECRET),
        "workType": "10",
        "date": "2026-11-22",
        "headImage": base64.b64encode(JPEG).decode(),
    }
    return {**row, **changes}


def reading(*rows, **outer):
    return read(FIELDS, {"projectCode": "P", "workerList": list(rows), **outer}, context())


def test_a_right_call_is_read_into_python_values():
    result = reading(worker(), teamSysNo="1500000001")
    assert result.faults == []
    assert result.values["teamSysNo"] == 1500000001
    row = result.values["workerList"][0]
    assert row["idCardNumber"] == "999999199001010016"
    assert row["workType"] == "010"
    assert row["headImage"] == JPEG


def test_every_fault_is_named_at_once_and_joined_by_semicolons():
    result = reading(worker(headImage=""), worker(workType="999", date="2026-11-23"), projectCode=None)
    assert sentence(result.faults) == (
        "[projectCode]不能为空!"
        ";[workerList][0][headImage]不能为空!"
        ";[workerList][1][workType]参数值不正确,请参见工种字典表!"
        ";[workerList][1][date]不能大于当天!"
    )
    assert result.faulty_rows == {0, 1}
    assert [str(fault) for fault in result.outer_faults] == ["[projectCode]不能为空!"]


@pytest.mark.parametrize(
    "sent",
    ["999999199001010016", encrypt("x", "another secret of 32 characters!"), encrypt("x", SECRET)[:-4]],
)
def test_a_field_that_does_not_decrypt_is_a_fault_of_that_field(sent):
    text = sentence(reading(worker(IDCardNumber=sent)).faults)
    assert text.startswith("[workerList][0][idCardNumber]格式不正确!无法用appsecret解密")


def test_the_ciphertext_of_an_empty_text_counts_as_empty():
    text = sentence(reading(worker(IDCardNumber=encrypt("", SECRET))).faults)
    assert text == "[workerList][0][idCardNumber]不能为空!"


def test_a_picture_above_its_limit_is_refused_with_the_limit():
    big = base64.b64encode(JPEG + b"\0" * 1024).decode()
    assert sentence(reading(worker(headImage=big)).faults) == "[workerList][0][headImage]大小超过限制1KB!"


def test_a_list_that_is_too_long_empty_or_no_list_is_refused():
    assert "[workerList]每次最多2条,本次3条" in sentence(reading(worker(), worker(), worker()).faults)
    assert sentence(reading().faults) == "[workerList]不能为空!"
    assert sentence(reading(workerList="x").faults) == "[workerList]格式不正确!应为列表"
    assert sentence(reading("x").faults) == "[workerList][0]格式不正确!应为对象"


def test_an_instant_may_not_lie_ahead_of_now():
    assert reading(worker(), entryTime="2026-11-22 09:00:00").faults == []
    assert sentence(reading(worker(), entryTime="2026-11-22 09:00:01").faults) == "[entryTime]最晚为当前时间!"


def test_what_is_kept_of_a_call_holds_no_unknown_key():
    kept = canonical(
        FIELDS, {"PROJECTCODE": "P", "ApiPass": SECRET, "workerList": [{"WorkType": 10, "appsecret": "s"}]}
    )
    assert kept == {"projectCode": "P", "workerList": [{"workType": 10}]}
