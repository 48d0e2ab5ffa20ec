"""How a vendor's call is changed, in one place or a few: by field, by row, in its form, in its bytes."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import quote_plus

from django.utils import timezone

from federation.open_api.dispatcher import methods
from federation.simulator.wire import OpenApi

FORM = "application/x-www-form-urlencoded"
_LONG = "长" * 5000
# Values of every wrong kind; what a careful vendor never sends and a careless one does.
STRANGE: tuple[Any, ...] = (
    *(None, "", " ", "null", "undefined", "NaN", True, False, 0, -1, 1, 2**31, 2**63, -(2**70), 1e308, 0.1),
    *(
        "0",
        "01",
        "99999",
        "x",
        _LONG,
        "a\0b",
        "\ud800",
        "𬭚䶮",
        "'; DROP TABLE x; --",
        "<b>",
        "%00",
        "\u202e",
    ),
    *("2026-02-30", "1899-12-31", "9999-12-31 23:59:59", "2026-11-22T09:00:00Z", "2026/11/22", "00:00:00"),
    *([], [[]], {}, {"a": 1}, [None], ["x"], [{}], {"file": "00" * 32}, {"fault": "x"}),
    *("QUJD", "data:image/png;base64,AAAA", "=" * 40, "A" * 24, "91420000MA4K000000", "420001199001010017"),
)


@dataclass
class Calling:
    """One call as it will be sent: what it says, how its form is written, under which headers."""

    method: str
    data: Any
    form: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = FORM
    changes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Hand:
    """Who changes calls: chance, and the vendor's own way of signing."""

    chance: Random
    api: OpenApi


def _places(data: Any, path: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Every (container, key, path) of a call's data."""
    if isinstance(data, dict):
        for key in list(data):
            yield data, key, f"{path}.{key}"
            yield from _places(data[key], f"{path}.{key}")
    elif isinstance(data, list):
        for index in range(len(data)):
            yield data, index, f"{path}[{index}]"
            yield from _places(data[index], f"{path}[{index}]")


def _place(hand: Hand, calling: Calling) -> tuple[Any, Any, str]:
    """One place of the data, those of rows as likely as those of the call."""
    places = list(_places(calling.data))
    return hand.chance.choice(places) if places else ({"x": "y"}, "x", "")


def _lists(data: Any) -> list[list[Any]]:
    return [container[key] for container, key, _path in _places(data) if isinstance(container[key], list)]


def drop(hand: Hand, calling: Calling) -> None:
    container, key, path = _place(hand, calling)
    if key in container if isinstance(container, dict) else container:
        container.pop(key)
    calling.changes.append(f"without {path}")


def replace(hand: Hand, calling: Calling) -> None:
    container, key, path = _place(hand, calling)
    container[key] = deepcopy(hand.chance.choice(STRANGE))
    calling.changes.append(f"{path} = {str(container[key])[:20]!r}")


def retype(hand: Hand, calling: Calling) -> None:
    """The same value as another type: a number in quotes, a text as a number, one value as a list."""
    container, key, path = _place(hand, calling)
    value = container[key]
    ways: tuple[Callable[[Any], Any], ...] = (
        str,
        lambda v: [v],
        lambda v: {"value": v},
        _as_number,
        json.dumps,
    )
    container[key] = hand.chance.choice(ways)(value)
    calling.changes.append(f"{path} retyped")


def _as_number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value


def reword(hand: Hand, calling: Calling) -> None:
    """The field's name in another letter case, twice, or misspelt."""
    container, key, path = _place(hand, calling)
    if isinstance(container, dict) and key in container:
        name = hand.chance.choice((key.upper(), key.lower(), f"{key} ", f"{key}x", "__proto__", ""))
        container[name] = container.pop(key) if hand.chance.random() < 0.7 else container[key]
    calling.changes.append(f"{path} renamed")


def edit(hand: Hand, calling: Calling) -> None:
    """One sign of a text changed, doubled or lost."""
    container, key, path = _place(hand, calling)
    if isinstance(container[key], str) and container[key]:
        text, at = container[key], hand.chance.randrange(len(container[key]))
        container[key] = hand.chance.choice(
            (
                text[:at] + text[at + 1 :],
                text[:at] + text[at] + text[at:],
                text[:at] + "7" + text[at + 1 :],
                text[::-1],
            )
        )
    calling.changes.append(f"{path} edited")


def more_rows(hand: Hand, calling: Calling) -> None:
    """A row twice, or one list far above every limit."""
    for rows in _lists(calling.data)[:1]:
        if rows:
            rows.extend(
                deepcopy(hand.chance.choice(rows)) for _row in range(hand.chance.choice((1, 1, 3, 60)))
            )
            hand.chance.shuffle(rows)
    calling.changes.append("more rows")


def a_row_of_another(hand: Hand, calling: Calling) -> None:
    """A good list with one strange row in it."""
    for rows in _lists(calling.data)[:1]:
        rows.insert(hand.chance.randint(0, len(rows)), deepcopy(hand.chance.choice(STRANGE)))
    calling.changes.append("a strange row")


def deep(hand: Hand, calling: Calling) -> None:
    """Nested until a parser's stack would end."""
    container, key, path = _place(hand, calling)
    nested: Any = "x"
    for _level in range(hand.chance.choice((5, 60, 400))):
        nested = [nested]
    container[key] = nested
    calling.changes.append(f"{path} nested")


def another_method(hand: Hand, calling: Calling) -> None:
    """The data of one method under the name of another."""
    names = sorted(method.name for method in methods().values())
    calling.method = hand.chance.choice((*names, calling.method.lower(), calling.method.upper()))
    calling.changes.append(f"as {calling.method}")


DATA_CHANGES = (
    drop,
    replace,
    replace,
    replace,
    retype,
    reword,
    edit,
    edit,
    more_rows,
    a_row_of_another,
    deep,
    another_method,
)


def without_parameter(hand: Hand, calling: Calling) -> None:
    calling.form.pop(hand.chance.choice(sorted(calling.form)), None)
    calling.changes.append("a parameter less")


def strange_parameter(hand: Hand, calling: Calling) -> None:
    name = hand.chance.choice((*sorted(calling.form), "appsecret", "corpsign", "x"))
    calling.form[name] = str(hand.chance.choice(STRANGE)).encode("utf-8", "replace").decode()
    calling.changes.append(f"{name} strange")


def strange_but_signed(hand: Hand, calling: Calling) -> None:
    """Signed with its strange parameter, so that it gets beyond the signature."""
    name = hand.chance.choice(("timestamp", "nonce", "version", "format", "method", "data", "corpsign"))
    strange = str(hand.chance.choice(STRANGE)).encode("utf-8", "replace").decode()
    sent = {key: value for key, value in calling.form.items() if key not in ("sign", "method", "data")}
    sent = {**sent, "method": calling.form["method"], "data": calling.form["data"], name: strange}
    calling.form = hand.api.signed(
        sent.pop("method"),
        sent.pop("data"),
        at=timezone.now(),
        **{k: v for k, v in sent.items() if k == name},
    )
    calling.changes.append(f"{name} strange and signed")


def signed_otherwise(hand: Hand, calling: Calling) -> None:
    """Upper-case digits, which are right; or another secret's, a cut one, none."""
    sign = calling.form["sign"]
    calling.form["sign"] = hand.chance.choice((sign.upper(), sign[:-1], sign[::-1], "", "0" * 64))
    calling.changes.append("signed otherwise")


def at_another_time(hand: Hand, calling: Calling) -> None:
    minutes = hand.chance.choice((-100_000, -11, -9, 9, 11, 100_000))
    at = timezone.now() + timedelta(minutes=minutes)
    calling.form = hand.api.signed(calling.method, calling.form["data"], at=at)
    calling.changes.append(f"{minutes} minutes off")


def data_that_is_no_json(hand: Hand, calling: Calling) -> None:
    text = calling.form["data"]
    data = hand.chance.choice(
        (
            text[:-1],
            text[1:],
            f"[{text}]",
            "null",
            "[]",
            "1",
            '"x"',
            "",
            "{",
            "[" * 900,
            text + text,
            "{'a':1}",
        )
    )
    calling.form = hand.api.signed(calling.method, data, at=timezone.now())
    calling.changes.append("data is no JSON object")


def a_parameter_twice(hand: Hand, calling: Calling) -> None:
    name = hand.chance.choice(sorted(calling.form))
    calling.body = encoded(calling.form, hand.chance) + f"&{name}=x".encode()
    calling.changes.append(f"{name} twice")


FORM_CHANGES = (
    *(without_parameter, strange_parameter, strange_but_signed, signed_otherwise, at_another_time),
    *(data_that_is_no_json, a_parameter_twice),
)


def cut(hand: Hand, calling: Calling) -> None:
    calling.body = calling.body[: hand.chance.randrange(len(calling.body) + 1)]
    calling.changes.append("cut")


def flipped(hand: Hand, calling: Calling) -> None:
    body = bytearray(calling.body)
    for _byte in range(hand.chance.choice((1, 3, 20))):
        body[hand.chance.randrange(len(body))] = hand.chance.randrange(256)
    calling.body = bytes(body)
    calling.changes.append("bytes flipped")


def in_another_charset(hand: Hand, calling: Calling) -> None:
    charset = hand.chance.choice(("gb18030", "utf-16", "utf-8-sig"))
    text = "&".join(f"{name}={value}" for name, value in calling.form.items())
    calling.body = text.encode(charset, "replace")
    calling.changes.append(charset)


def as_another_type(hand: Hand, calling: Calling) -> None:
    calling.content_type = hand.chance.choice(
        ("application/json", "text/plain", "multipart/form-data", f"{FORM}; charset=gbk", "x", "")
    )
    calling.changes.append(f"as {calling.content_type}")


BODY_CHANGES = (cut, flipped, in_another_charset, as_another_type)


def as_json(data: Any, chance: Random) -> str:
    """With or without escapes and blanks, as vendors' libraries write it."""
    separators = chance.choice(((",", ":"), (", ", ": ")))
    text = json.dumps(data, ensure_ascii=chance.random() < 0.5, separators=separators)
    # What cannot be written in UTF-8 travels as an escape, or not at all.
    return text.encode("utf-8", "backslashreplace").decode()


def encoded(form: dict[str, str], chance: Random) -> bytes:
    """In any order of parameters, with %20 or + for a blank."""
    names = list(form)
    chance.shuffle(names)
    pairs = [f"{name}={quote_plus(form[name])}" for name in names]
    text = "&".join(pairs)
    return (text.replace("+", "%20") if chance.random() < 0.5 else text).encode()
