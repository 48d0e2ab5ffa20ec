"""Every verdict group of the published vectors gives the stated verdict."""

import json
import re
from typing import Any

import pytest

from federation.open_api import fieldcipher, form, signature
from federation.open_api.corpsign import is_signed_by_enterprise
from federation.open_api.dispatcher import methods
from federation.open_api.fieldcipher import Undecryptable
from federation.open_api.schema import canonical
from tests.federation.vectors import VECTORS, group, name_of

CLEAR_SHAPE = re.compile(r"^[\x20-\x7e]{1,30}$")


@pytest.mark.parametrize("vector", group("aes"), ids=name_of)
def test_a_field_encrypts_and_decrypts_as_published(vector):
    assert fieldcipher.decrypt(vector["ciphertext"], vector["secret"]) == vector["plaintext"]
    assert fieldcipher.encrypt(vector["plaintext"], vector["secret"]) == vector["ciphertext"]


@pytest.mark.parametrize("vector", group("aes_line_wrapped"), ids=name_of)
def test_line_breaks_of_old_encoders_are_ignored(vector):
    assert fieldcipher.decrypt(vector["ciphertext"], vector["secret"]) == vector["plaintext"]


@pytest.mark.parametrize("vector", group("aes_reject"), ids=name_of)
def test_a_wrong_ciphertext_is_refused_or_has_no_shape(vector):
    try:
        clear = fieldcipher.decrypt(vector["ciphertext"], vector["secret"])
    except Undecryptable:
        return
    assert vector["id"] == "aes-rej-09", "only a wrong start value may pass the padding"
    assert CLEAR_SHAPE.match(clear) is None


@pytest.mark.parametrize("vector", group("sign"), ids=name_of)
def test_a_right_signature_is_accepted(vector):
    params = form.parameters(vector["body"].encode())
    sent_besides = {"sign": vector["sign"], "appsecret": vector["secret"]}
    assert params == {**vector["params"], **{k: v for k, v in sent_besides.items() if k in params}}
    assert signature.base_string(params, vector["secret"]) == vector["string_before_lowercasing"].lower()
    assert signature.sign(params, vector["secret"]) == vector["sign"]
    assert signature.is_signed_by(params, vector["secret"])


@pytest.mark.parametrize("vector", group("sign_upper_case_hex"), ids=name_of)
def test_a_signature_in_upper_case_is_accepted(vector):
    assert signature.is_signed_by({**vector["params"], "sign": vector["sign"]}, vector["secret"])


@pytest.mark.parametrize("vector", group("sign_reject"), ids=name_of)
def test_a_wrong_signature_is_refused(vector):
    assert not signature.is_signed_by(form.parameters(vector["body"].encode()), vector["secret"])


@pytest.mark.parametrize("vector", group("corpsign"), ids=name_of)
def test_the_enterprise_behind_a_client_is_recognised(vector):
    assert is_signed_by_enterprise(
        vector["corpsign"],
        secret=vector["secret"],
        corp_key=vector["corpKey"],
        timestamp=vector["timestamp"],
    )


@pytest.mark.parametrize("vector", group("corpsign_reject"), ids=name_of)
def test_another_enterprise_or_timestamp_is_refused(vector):
    assert not is_signed_by_enterprise(
        vector["corpsign"],
        secret=vector["secret"],
        corp_key=VECTORS["credentials"][0]["corpKey"],
        timestamp=vector["timestamp"],
    )


@pytest.mark.parametrize("vector", group("captured_requests"), ids=name_of)
def test_a_captured_request_of_a_real_client_verifies_and_decrypts(vector):
    params = form.parameters(vector["body"].encode())
    assert signature.is_signed_by(params, vector["secret"])
    assert ("appsecret" in params) is vector["secret_in_body"]
    data = json.loads(params["data"])
    for path, plain in vector["decrypted"].items():
        assert fieldcipher.decrypt(_at(data, path), vector["secret"]) == plain
    if (known := methods().get(vector["method"].lower())) is not None:
        data = canonical(known.fields, data)
        for path, plain in vector["decrypted"].items():
            assert fieldcipher.decrypt(_at(data, path), vector["secret"]) == plain


def _at(data: Any, path: str) -> Any:
    for step in path.split("."):
        data = data[int(step)] if step.isdigit() else data[step]
    return data
