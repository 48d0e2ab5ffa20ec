"""Calls of the REST API that its own schema makes up, with ids that exist often enough to get somewhere."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import requests
import schemathesis
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hunting
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from knox.models import AuthToken
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.actors import UserActor
from tests.support.counties import County, TwoCounties
from tests.support.routes import ROUTES

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_UUID = re.compile(r"[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
# Of these the client takes care itself, or nothing would be gained by them.
_BY_THE_CLIENT = ("content-type", "content-length", "accept-encoding")
_OWN, _OTHER, _AS_IT_IS = "own", "other", "as it is"


@dataclass
class Fuzz:
    """A run of calls: who calls, what they may know, and what was found."""

    world: TwoCounties
    tokens: dict[str, str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    opened: set[str] = field(default_factory=set)
    troubles: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for role, user in self.world.wuchang.users.items():
            _held, self.tokens[role] = AuthToken.objects.create(user=user)
        self.ids = {id(county): _ids(county) for county in self.world}
        self.known = _known_rows()

    def run(self, operations: list[Any], calls: int, from_seed: int) -> None:
        """`calls` calls, the same number of each operation, half of them with data the schema forbids."""
        each = max(2, -(-calls // len(operations)))
        for number, operation in enumerate(operations):
            for mode, share in (
                (GenerationMode.POSITIVE, each - each // 2),
                (GenerationMode.NEGATIVE, each // 2),
            ):
                self._hunt(operation, mode, share, from_seed + number)

    def _hunt(self, operation: Any, mode: GenerationMode, number: int, from_seed: int) -> None:
        roles = self._callers(operation)

        @seed(from_seed)
        @hunting(
            max_examples=number,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
        def one(case: Case, data: st.DataObject) -> None:
            role = data.draw(st.sampled_from(roles))
            self._fill(case, data)
            self.call(case, role)

        # Of two or three draws the generator may throw away all.
        with suppress(Unsatisfiable):
            one()

    def _callers(self, operation: Any) -> list[str]:
        """Those whose post carries the permission, and one that does not."""
        permission = getattr(_view(operation.path), "permission", "")
        county = self.world.wuchang
        able = [
            role
            for role in county.users
            if not permission or UserActor.of(county.users[role]).may(permission)
        ]
        return [*able, *able, *able, "", *(role for role in county.users if role not in able)][
            : 4 * len(able) + 2
        ]

    def _fill(self, case: Case, data: st.DataObject) -> None:
        """Put ids that exist where ids stand: one's own mostly, the other county's now and then."""
        whose = data.draw(st.sampled_from([_OWN, _OWN, _OWN, _OTHER, _AS_IT_IS]))
        if whose == _AS_IT_IS:
            return
        county = self.world.wuchang if whose == _OWN else self.world.xiantao
        name = _route(case.operation.path)
        if found := self.ids[id(county)].get(name):
            case.path_parameters = {**case.path_parameters, **data.draw(st.sampled_from(found))}
        if isinstance(case.body, dict):
            case.body = self._with_rows(case.body, data)
        if case.query:
            case.query = self._with_rows(dict(case.query), data)

    def _with_rows(self, values: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
        return {name: self._with_row(name, value, data) for name, value in values.items()}

    def _with_row(self, name: str, value: Any, data: st.DataObject) -> Any:
        if isinstance(value, list):
            return [self._with_row(name.removesuffix("s"), one, data) for one in value]
        if isinstance(value, str) and _UUID.fullmatch(value):
            return data.draw(st.sampled_from(self.known.get(name.replace("_", ""), self.known[""])))
        return value

    def call(self, case: Case, role: str) -> None:
        """One call whose act is undone, judged by the schema and by our own rule."""
        if role:
            case.headers["Authorization"] = f"Bearer {self.tokens[role]}"
        with transaction.atomic():
            answer = _asked(case)
            transaction.set_rollback(True)
        self.statuses[answer.status_code] += 1
        if answer.status_code < 400:
            self.opened.add(case.operation.label)
        for trouble in [*_faults(case, answer), *_unspoken(answer)]:
            key = f"{case.operation.label} as {role or 'a stranger'}: {trouble.splitlines()[0]}"
            self.troubles.setdefault(key, f"{key}\n{trouble}\n{case.as_curl_command()[:600]}")


def operations() -> list[Any]:
    """Every operation of the REST API as its schema is drawn now; nodes speak in signed bytes."""
    answer = Client().get("/api/v1/schema/?format=json")
    drawn = schemathesis.openapi.from_dict(answer.json())
    found: list[Any] = list(drawn.get_all_operations())
    drawn_ones = [result.ok() for result in found]
    return [one for one in drawn_ones if one.path.startswith("/api/")]


def _asked(case: Case) -> Response:
    """The case through Django's own client, which leaves a test's transaction alone."""
    sent = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    given = {name: str(value) for name, value in sent.headers.items()}
    headers = {name: value for name, value in given.items() if name.lower() not in _BY_THE_CLIENT}
    answer: Any = Client(raise_request_exception=False).generic(
        sent.method or "GET",
        sent.path_url,
        sent.body or b"",
        content_type=given.get("Content-Type", "application/octet-stream"),
        headers=headers,
    )
    return Response(
        answer.status_code,
        {name.lower(): [value] for name, value in answer.items()},
        answer.content,
        sent,
        elapsed=0.0,
        verify=False,
    )


def _faults(case: Case, answer: Any) -> Iterator[str]:
    try:
        case.validate_response(answer, checks=CHECKS)
    except FailureGroup as group:
        yield from (f"{type(one).__name__}: {one}" for one in group.exceptions)
    except Failure as failure:
        yield f"{type(failure).__name__}: {failure}"


def _unspoken(answer: Any) -> Iterator[str]:
    """A refusal that is no problem in Chinese sentences."""
    if answer.status_code < 400:
        return
    if answer.headers.get("content-type", [""])[0] != "application/problem+json":
        yield f"refused as {answer.headers.get('content-type')}"
        return
    body = answer.json()
    for text in [body["title"], body["detail"], *_leaves(body.get("errors", {}))]:
        if not _CHINESE.search(text):
            yield f"no sentence: {text!r}"


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    else:
        yield str(value)


def _concrete(path: str) -> str:
    """A path of the schema with something in each of its slots."""
    return re.sub(r"\{[^}]+\}", str(UUID(int=7)), path)


def _view(path: str) -> Any:
    try:
        func: Any = resolve(_concrete(path)).func
    except Resolver404:
        return None
    return getattr(func, "cls", None)


def _route(path: str) -> str:
    try:
        return resolve(_concrete(path)).view_name
    except Resolver404:
        return ""


def _ids(county: County) -> dict[str, list[dict[str, str]]]:
    """What stands in each route's address for this county."""
    return {
        name: [
            {key: str(value) for key, value in kwargs.items()} for kwargs in route.kwargs(county) if kwargs
        ]
        for name, route in ROUTES.items()
        if name.startswith("api_")
    }


def _known_rows() -> dict[str, list[str]]:
    """Public ids of both counties' rows by the name of their kind; under "" those of every kind."""
    found: dict[str, list[str]] = {"": []}
    for model in apps.get_models():
        if any(one.name == "public_id" for one in model._meta.get_fields()):
            keys = [str(key) for key in model._base_manager.values_list("public_id", flat=True)[:40]]
            found["" if not keys else model._meta.model_name or ""] = keys or found[""]
            found[""] += keys
    return found
