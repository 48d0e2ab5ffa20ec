"""The worked example of signing and encrypting: one call with every intermediate value."""

import hashlib
import json
from pathlib import Path
from typing import Any

from federation.handbook import samples
from federation.handbook.examples import ID_NUMBER, SECRET, signed
from federation.ingest import signing
from federation.open_api import signature
from federation.open_api.fieldcipher import encrypt

# Language, file, and what a vendor needs to run it.
LANGUAGES = (("Python", "sign.py"), ("Java", "Sign.java"), ("JavaScript", "sign.mjs"))
PUNCHES = {
    "path": "/api/v1/punches/",
    "timestamp": "1795307400",
    "nonce": "b7d4f0c2-6a51-4d0e-9a57-1f0c2b3a4d5e",
    "body": '{"device":"1 号门","punches":[{"seq":1,"at":"2026-11-22T07:31:08+08:00","direction":"in",'
    f'"id_number":"{ID_NUMBER}"}}]}}',
}


def worked() -> dict[str, Any]:
    """Secret, clear text, ciphertext, form, base string before and after lower case, signatures."""
    ciphertext = encrypt(ID_NUMBER, SECRET)
    data = json.dumps({"idCardType": "01", "idCardNumber": ciphertext}, separators=(",", ":"))
    form = signed("ProjectWorker.Query", data)
    unsigned = {name: value for name, value in form.items() if name != "sign"}
    pairs = "&".join(f"{name}={unsigned[name]}" for name in sorted(unsigned))
    return {
        "secret": SECRET,
        "plaintext": ID_NUMBER,
        "ciphertext": ciphertext,
        "form": unsigned,
        "before": f"{pairs}&appsecret={SECRET}",
        "base": signature.base_string(form, SECRET),
        "sign": form["sign"],
        "punches": PUNCHES,
        "punch_text": punch_text(),
        "punch_signature": _punch_signature(),
    }


def _punch_signature() -> str:
    """As the door itself makes it."""
    path, timestamp, nonce = PUNCHES["path"], int(PUNCHES["timestamp"]), PUNCHES["nonce"]
    return signing.sign(SECRET, "POST", path, timestamp, nonce, PUNCHES["body"].encode())


def punch_text() -> str:
    """What a caller of the JSON door signs: five lines joined by LF."""
    digest = hashlib.sha256(PUNCHES["body"].encode()).hexdigest()
    return "\n".join(("POST", PUNCHES["path"], PUNCHES["timestamp"], PUNCHES["nonce"], digest))


def programs() -> list[tuple[str, str, str]]:
    """Language, file name and text of each program, as vendors copy it."""
    room = Path(samples.__file__).parent
    return [(language, name, (room / name).read_text(encoding="utf-8")) for language, name in LANGUAGES]
