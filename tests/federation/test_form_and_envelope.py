"""Bodies as careless clients send them, and answers they can parse."""

import json

import pytest

from federation.open_api import envelope, form
from federation.open_api.errors import Code, Refusal


def test_a_body_written_by_hand_in_which_only_data_is_encoded_is_read():
    body = b"method=Team.Query&appid=4201&nonce=7&sign=AB&data=%7B%22a%22%3A%22b%2Bc%22%7D"
    assert form.parameters(body) == {
        "method": "Team.Query", "appid": "4201", "nonce": "7", "sign": "AB", "data": '{"a":"b+c"}',
    }  # fmt: skip


def test_chinese_that_was_not_percent_encoded_is_read():
    assert form.parameters('data={"a":"甲"}'.encode()) == {"data": '{"a":"甲"}'}


def test_empty_values_stay_for_the_signature():
    assert form.parameters(b"nonce=&sign=1") == {"nonce": "", "sign": "1"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"data=\xff\xfe", "UTF-8"),
        (b"data=%FF", "UTF-8"),
        (b"appid=1&appid=2", "appid出现了两次"),
        (b"&".join(b"p%d=1" % n for n in range(41)), "参数超过40个"),
        (b"nonce=%00", "nonce含有无法存储的字符"),
    ],
)
def test_an_unreadable_body_is_refused_in_words(body, words):
    with pytest.raises(Refusal, match=words) as refused:
        form.parameters(body)
    assert refused.value.code == Code.BAD_REQUEST


@pytest.mark.parametrize("value", ["null", "annulled null", "a\null", "\\null", '"null"', "\\\null"])
def test_no_value_of_an_answer_shows_the_word_null_and_none_is_changed(value):
    text = envelope.as_json(envelope.answer({"rows": [{"name": value}]}))
    assert "null" not in text
    assert json.loads(text)["data"]["rows"][0]["name"] == value


def test_an_empty_data_stays_null_itself():
    assert envelope.as_json(envelope.answer()) == '{"code":0,"message":"成功","data":null}'


def test_pages_count_from_zero_and_leave_empty_fields_out():
    page = envelope.page([{"a": 0, "b": "", "c": None}], index=0, size=50, total=51)
    assert page == {"pageIndex": 0, "pageSize": 50, "pageCount": 2, "totalCount": 51, "rows": [{"a": 0}]}
