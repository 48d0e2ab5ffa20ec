"""Every form of the product, filled in badly: a sentence beside each field, never a fault, nothing written.

A new `FormPage` or `PostPage` is tried without being named here. The two pages of the kit are among them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.test.utils import override_settings

from tests.support.doors import doors
from tests.support.routes import ROUTES, Route, address
from tests.support.sheets import Field, fields_of, hidden, to_fill
from tests.support.traces import fingerprint, traces_in
from tests.support.world import County, TwoCounties
from web.acts import FormPage, PostPage

_OF_A_PROJECT = Route(kwargs=lambda county: [{"public_id": county.project.public_id}])
KIT = {"kit": _OF_A_PROJECT, "kit_ask": _OF_A_PROJECT}
ANSWERED = (200, 302, 303, 403, 404, 409, 422)
REFUSED = (403, 404, 409, 422)
LONG = "长" * 10_000
WRONG = (
    "一二三",
    "😀👷",
    "前\x00后",
    "-1",
    "1e400",
    "9999-99-99",
    "<script>alert(1)</script>",
    "'; --",
    "2026-02-30T25:61",
)
A_SENTENCE = re.compile(r"[\u4e00-\u9fff]{3,}")
OF_A_LIBRARY = ("This ", "Enter ", "Select ", "Ensure ", "确保", "该字段")
NOT_A_PICTURE = (b"this is no picture", b"", b"%PDF-1.4 and no more", b"\xff\xd8\xff\xe0 broken", b"GIF89a")


@dataclass
class Sheet:
    """A page's form, open before somebody who may fill it in."""

    route: str
    path: str
    role: str
    client: Client
    fields: list[Field]
    is_form: bool
    # What every table held when the form was opened; whatever a test does is undone.
    before: dict[str, str] = field(default_factory=dict)

    def filled(self, value: Callable[[Field], Any]) -> dict[str, Any]:
        """The form with what `value` says for each field; None leaves it empty."""
        typed = {one.name: value(one) for one in to_fill(self.fields)}
        return hidden(self.fields) | {name: one for name, one in typed.items() if one is not None}

    def __str__(self) -> str:
        return f"{self.route} as {self.role}"


@pytest.fixture(scope="module")
def sheets(world) -> Iterator[list[Sheet]]:
    """Every form there is, and the two of the kit, whose addresses are known as long as this lasts."""
    with override_settings(ROOT_URLCONF="tests.web.kit"):
        found = list(_sheets(world.wuchang))
        for sheet in found:
            sheet.before = fingerprint() if sheet is found[0] else found[0].before
        yield found


def _sheets(county: County) -> Iterator[Sheet]:
    for door in doors(county, more=KIT):
        if not (isinstance(door.view, type) and issubclass(door.view, (FormPage, PostPage))):
            continue
        route = {**ROUTES, **KIT}[door.route]
        for query in route.queries(county)[:1]:
            path = address(door.path, query)
            page = door.client.get(path)
            if page.status_code == 200 and (fields := fields_of(page)):
                is_form = issubclass(door.view, FormPage)
                yield Sheet(door.route, path, door.role, door.client, fields, is_form)


def _sent(sheet: Sheet, data: dict[str, Any], what: str) -> Any:
    """The answer to a form, undone again; a refusal has changed nothing."""
    with transaction.atomic():
        answer = sheet.client.post(sheet.path, data)
        assert answer.status_code in ANSWERED, (str(sheet), what, answer.status_code)
        if answer.status_code in REFUSED:
            assert fingerprint() == sheet.before, (str(sheet), what)
        transaction.set_rollback(True)
    return answer


def _errors(answer: Any) -> list[str]:
    """What the page says is wrong, field by field."""
    form = (answer.context or {}).get("form")
    return [str(one) for errors in form.errors.values() for one in errors] if form is not None else []


def _judge(sheet: Sheet, answer: Any, what: str) -> None:
    """A refused form shows its errors, and each is a Chinese sentence."""
    if answer.status_code != 422:
        return
    errors = _errors(answer)
    assert errors or not sheet.is_form, (str(sheet), what)
    page = answer.content.decode()
    for error in errors:
        assert A_SENTENCE.search(error), (str(sheet), what, error)
        assert not error.startswith(OF_A_LIBRARY), (str(sheet), error)
        assert len(error) < 300, (str(sheet), what, error[:300])
    assert 'role="alert"' in page or not errors, (str(sheet), what)


def test_there_are_forms_to_try(sheets):
    assert {sheet.route for sheet in sheets} >= set(KIT)


def test_an_empty_form_is_refused_in_sentences_or_needs_nothing(sheets):
    for sheet in sheets:
        _judge(sheet, _sent(sheet, hidden(sheet.fields), "empty"), "empty")


def test_fields_that_are_too_long_are_refused_in_sentences(sheets):
    for sheet in sheets:
        if not any(one.is_typed for one in to_fill(sheet.fields)):
            continue
        answer = _sent(sheet, sheet.filled(lambda one: LONG if one.is_typed else None), "long")
        assert answer.status_code in REFUSED, str(sheet)
        _judge(sheet, answer, "long")
        assert answer.content.count(LONG.encode()) <= len(sheet.fields), str(sheet)


@pytest.mark.parametrize("value", WRONG)
def test_values_of_the_wrong_kind_are_refused_in_sentences_or_are_words(sheets, value):
    for sheet in sheets:
        answer = _sent(sheet, sheet.filled(lambda one: value if one.kind != "file" else None), value)
        _judge(sheet, answer, value)
        if "<" in value:
            assert value not in answer.content.decode(), str(sheet)


def _ids(county: County) -> list[str]:
    """One row of each kind that a form could be given in place of one's own."""
    rows: list[Any] = [
        county.project,
        county.firms["contractor"],
        county.participations["contractor"],
        county.teams["contractor"],
        county.worker.engagement,
        county.worker.person,
        county.device,
    ]
    return [str(row.public_id) for row in rows]


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def test_the_other_countys_ids_are_nothing_that_could_be_chosen(sheets, world: TwoCounties):
    for sheet in sheets:
        chosen = [one for one in to_fill(sheet.fields) if one.is_choice]
        if not any(_is_id(value) for one in chosen for value in one.options):
            continue
        for foreign in _ids(world.xiantao):
            names = dict.fromkeys([one.name for one in chosen], foreign)
            answer = _sent(sheet, hidden(sheet.fields) | names, "foreign")
            assert answer.status_code in REFUSED, (str(sheet), foreign)
            _judge(sheet, answer, "foreign")
            shown = answer.content.decode().replace(foreign, "")
            assert traces_in(shown, world.xiantao) == [], str(sheet)


# Any file may be brought here: a worker finds out what a roster is, an answer says what is no filed ledger.
ANY_FILE = {"roster_import_new", "ledger_verify"}


def test_a_file_that_is_not_what_it_says_is_refused_beside_its_field(sheets):
    for sheet in sheets:
        if sheet.route in ANY_FILE:
            continue
        files = [one for one in to_fill(sheet.fields) if one.kind == "file"]
        for content in NOT_A_PICTURE if files else ():
            sent = {one.name: SimpleUploadedFile("scan.jpg", content, "image/jpeg") for one in files}
            answer = _sent(sheet, hidden(sheet.fields) | sent, "file")
            assert answer.status_code in REFUSED, (str(sheet), content)
            _judge(sheet, answer, "file")
            assert any(answer.context["form"].errors.get(one.name) for one in files), (str(sheet), content)


def _own(sheet: Sheet, county: County) -> Iterator[dict[str, Any]]:
    """Ways to fill the form in that may well be right: those of the route's row, or a question's yes."""
    yield from {**ROUTES, **KIT}[sheet.route].forms(county)
    if not sheet.is_form:
        yield {}


def test_a_form_that_is_sent_twice_acts_once(sheets, world: TwoCounties):
    acted = set()
    for sheet in sheets:
        for form in _own(sheet, world.wuchang):
            with transaction.atomic():
                data = sheet.filled(lambda one: one.value or None) | form
                first = sheet.client.post(sheet.path, data)
                if first.status_code in (302, 303):
                    after = fingerprint()
                    second = sheet.client.post(sheet.path, data)
                    assert second.status_code == first.status_code, str(sheet)
                    assert second["Location"] == first["Location"], str(sheet)
                    assert fingerprint() == after, str(sheet)
                    acted.add(sheet.route)
                transaction.set_rollback(True)
    assert "kit_ask" in acted
    print(f"{len(acted)} of {len({sheet.route for sheet in sheets})} forms acted: {sorted(acted)}")


def test_a_page_that_somebody_else_overtook_is_refused_whenever_it_is_a_version_too_old(sheets, world):
    for sheet in sheets:
        for form in _own(sheet, world.wuchang) if "version" in hidden(sheet.fields) else ():
            for version in ("0", "999999999", "x", "-3", "1e9"):
                data = sheet.filled(lambda one: one.value or None) | form | {"version": version}
                assert _sent(sheet, data, f"version {version}").status_code in REFUSED, str(sheet)


@pytest.mark.parametrize("value", ["", LONG, "前\x00后😀"])
def test_a_check_on_leaving_a_field_answers_sentences_and_does_nothing(sheets, value):
    for sheet in sheets:
        if not sheet.is_form:
            continue
        data = sheet.filled(lambda one: value if one.kind != "file" else None)
        with transaction.atomic():
            answer = sheet.client.post(sheet.path, data, headers={"X-Check": "1"})
            transaction.set_rollback(True)
        assert answer.status_code == 200, (str(sheet), value[:20])
        for errors in answer.json()["errors"].values():
            assert all(A_SENTENCE.search(error) for error in errors), (str(sheet), errors)


def test_what_is_sent_after_the_session_ended_is_there_again_after_signing_in(sheets, world: TwoCounties):
    for sheet in sheets:
        typed = [one for one in to_fill(sheet.fields) if one.kind in ("text", "textarea")]
        if not sheet.is_form or not typed:
            continue
        words = f"还没有交的{sheet.route}"
        with transaction.atomic():
            browser = Client()
            sent = dict.fromkeys([one.name for one in typed], words)
            answer = browser.post(sheet.path, hidden(sheet.fields) | sent)
            assert answer["Location"].startswith("/account/sign-in/"), str(sheet)
            browser.force_login(
                world.wuchang.users[sheet.role], backend="django.contrib.auth.backends.ModelBackend"
            )
            assert words in browser.get(sheet.path).content.decode(), str(sheet)
            transaction.set_rollback(True)
