"""Hypothesis hunts for a body that breaks the door instead of being refused in words."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.open_api import envelope, fieldcipher, form, schema
from federation.open_api.dispatcher import methods
from federation.open_api.errors import Refusal
from federation.open_api.files import lifted
from federation.open_api.schema import Context
from federation.open_api.signature import is_signed_by, sign
from standards.selectors import codes, parameter

SECRET = "0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
no_surrogates = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.text())
def test_no_text_of_an_answer_shows_null_and_every_text_survives(value):
    text = envelope.as_json(envelope.answer({"value": value}))
    assert "null" not in text
    assert json.loads(text)["data"]["value"] == value


@given(st.binary())
def test_any_bytes_are_a_form_or_refused_in_words(body):
    try:
        params = form.parameters(body)
    except Refusal as refused:
        assert refused.message.startswith("请求参数无效:")
    else:
        assert all("\0" not in value for value in params.values())


@given(no_surrogates)
def test_what_is_encrypted_is_decrypted(text):
    assert fieldcipher.decrypt(fieldcipher.encrypt(text, SECRET), SECRET) == text


@given(st.text())
def test_what_is_no_ciphertext_is_refused_and_nothing_else_happens(text):
    try:
        fieldcipher.decrypt(text, SECRET)
    except fieldcipher.Undecryptable:
        return
    assert len(text.strip()) >= 24, "only whole blocks can ever decrypt"


@given(st.dictionaries(no_surrogates.filter(lambda name: name not in ("sign", "appsecret")), no_surrogates))
def test_whatever_is_sent_can_be_signed(params):
    signed = params | {"sign": sign(params, SECRET)}
    assert is_signed_by(signed, SECRET)
    assert not is_signed_by(signed | {"more": "x"}, SECRET) or "more" in params


@pytest.mark.parametrize("name", sorted(methods()))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(data=st.data())
def test_any_json_is_read_or_every_fault_is_named(db, name, data):
    fields = methods()[name].fields
    known = st.sampled_from([item.name for item in fields] or ["x"])
    rows = st.lists(st.dictionaries(_names_of_rows(fields), anything, max_size=6), max_size=3)
    sent = data.draw(st.dictionaries(known, anything | rows, max_size=8))
    context = Context(SECRET, NOW, codes, parameter)
    kept = json.loads(json.dumps(lifted(fields, schema.canonical(fields, sent), context)))
    reading = schema.read(fields, kept, context)
    for fault in reading.faults:
        assert str(fault).startswith("[")
        assert fault.text


def _names_of_rows(fields):
    inner = [item.name for outer in fields for item in outer.rows]
    return st.sampled_from(inner or ["x"])
