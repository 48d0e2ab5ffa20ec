"""From a body to an envelope: queries are answered, writes are accepted."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from federation import services
from federation.open_api import envelope, schema
from federation.open_api.admission import admit
from federation.open_api.calls import Call
from federation.open_api.elements import REMINDER
from federation.open_api.errors import Refusal, bad_request
from kernel.errors import DomainError


def answered(body: bytes, *, address: str, now: datetime) -> dict[str, Any]:
    """The envelope for one call. Raises Refusal, which is noted for whoever looks for its reason."""
    try:
        return _answered(body, address=address, now=now)
    except Refusal as refusal:
        services.note_refusal(body, refusal, address=address, now=now)
        raise


def _answered(body: bytes, *, address: str, now: datetime) -> dict[str, Any]:
    call, transport = admit(body, address=address, now=now)
    if call.method.writes:
        request = services.accept(call, transport)
        return envelope.answer({"requestSerialCode": request.serial})
    services.note_query(call, transport)
    found = _looked_up(call)
    return envelope.answer(found, found.pop(REMINDER, ""))


def _looked_up(call: Call) -> dict[str, Any]:
    reading = schema.read(call.method.fields, call.data, call.context)
    if reading.faults:
        raise bad_request(schema.sentence(reading.faults))
    try:
        return dict(call.method.act(replace(call, reading=reading)))
    except DomainError as refused:
        raise bad_request(refused.message) from refused
