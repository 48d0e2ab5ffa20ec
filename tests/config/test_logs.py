"""Nothing that names a person reaches a log, by field or by pattern; project codes stay readable."""

import json
import logging

import pytest

from config.logs import WithoutPersonalData, json_formatter, redact
from tests.support import people

NUMBER = people.id_number(1)


def written(record: logging.LogRecord) -> dict:
    assert WithoutPersonalData().filter(record)
    return json.loads(json_formatter().format(record))


def test_a_number_in_a_message_is_masked_and_a_project_code_is_not():
    assert redact(f"worker {NUMBER} at 420106202601010101") == (
        f"worker {NUMBER[:4]}**********{NUMBER[-4:]} at 420106202601010101"
    )
    assert redact("call 13800000000 now") == "call 138****0000 now"


def test_personal_fields_are_hidden_whatever_they_hold():
    record = logging.makeLogRecord({"msg": "enrolled", "phone": "anything", "batch": 7})
    entry = written(record)
    assert entry["batch"] == 7
    assert "anything" not in json.dumps(entry)


def test_a_number_in_a_traceback_is_masked():
    try:
        raise ValueError(f"bad {NUMBER}")
    except ValueError as fault:
        record = logging.makeLogRecord(
            {"msg": "failed", "exc_info": (ValueError, fault, fault.__traceback__)}
        )
    entry = written(record)
    assert "ValueError" in entry["exception"]
    assert NUMBER not in json.dumps(entry)


@pytest.mark.django_db
def test_what_is_searched_for_does_not_reach_the_log(client, caplog):
    with caplog.at_level(logging.INFO):
        client.get("/search/", {"q": "0099990000000123456"})
    lines = [record.getMessage() for record in caplog.records]
    assert any("GET /search/" in line for line in lines)
    assert "0099990000000123456" not in "".join(lines)
