"""The document for vendors says what the platform does: read off the table, its programs really run."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from federation.handbook import examples, fields, samples, sentences, vectors
from federation.handbook.answers import answer_lines
from federation.handbook.coverage import page
from federation.handbook.order import in_order
from federation.handbook.terms import as_delivered, in_force
from federation.open_api import schema, signature
from federation.open_api.dispatcher import methods
from federation.open_api.errors import Code
from standards.models import RuleParameter
from standards.selectors import forget
from tests.architecture.source import ROOT
from tests.federation.conftest import NOW, TODAY
from tools import node

METHODS = sorted(methods())
SAMPLES = Path(samples.__file__).parent
WORKED = vectors.worked()
GIVEN = {name: WORKED[name] for name in ("secret", "plaintext", "ciphertext", "form", "punches")}
EXPECTED = {name: WORKED[name] for name in ("ciphertext", "plaintext", "sign", "punch_signature")}
pytestmark = pytest.mark.django_db


def _ran(*command: str, given: str = "") -> str:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def test_the_program_in_python_gives_the_printed_values():
    said = _ran(sys.executable, str(SAMPLES / "sign.py"), given=json.dumps(GIVEN))
    assert json.loads(said) == EXPECTED


def test_the_program_in_javascript_gives_the_printed_values():
    said = _ran(*node.node_command(), str(SAMPLES / "sign.mjs"), given=json.dumps(GIVEN))
    assert json.loads(said) == EXPECTED


@pytest.mark.skipif(shutil.which("javac") is None, reason="no Java here; Python and JavaScript are tried")
def test_the_program_in_java_gives_the_printed_values():
    punches = WORKED["punches"]
    given = [WORKED["secret"], WORKED["plaintext"], WORKED["ciphertext"]]
    given += [punches["path"], punches["timestamp"], punches["nonce"], punches["body"]]
    form = [f"{name}={value}" for name, value in WORKED["form"].items()]
    said = _ran("java", "-Dstdout.encoding=UTF-8", str(SAMPLES / "Sign.java"), *given, *form)
    assert said.split() == list(EXPECTED.values())


def test_the_worked_signature_is_the_platforms_own():
    assert signature.is_signed_by({**WORKED["form"], "sign": WORKED["sign"]}, WORKED["secret"])
    assert WORKED["before"].lower() == WORKED["base"]


@pytest.mark.parametrize("name", METHODS)
def test_the_example_of_a_method_would_be_accepted(name):
    method, terms = methods()[name], in_force()
    data = examples.business_data(method, terms)
    reading = schema.read(method.fields, data, terms)
    assert schema.sentence(reading.faults) == ""
    assert all(item.name in data for item in method.fields if item.required)


@pytest.mark.parametrize("name", METHODS)
def test_the_page_of_a_method_names_every_field_and_what_it_answers(name):
    method = methods()[name]
    shown = Client().get(f"/open-api/{method.name}/")
    html = shown.content.decode()
    assert shown.status_code == 200
    assert method.label in html
    for item in fields.flat(method.fields):
        assert item.name in html
        assert item.label in html
        assert item.dictionary is None or f"/open-api/dictionaries/{item.dictionary.key}/" in html
        assert fields.reader_of(item) in fields.KINDS, f"{item.name}: say in fields.KINDS what kind this is"
    assert method.writes or method.answers or method.name == "CheckSign.Query", "say what it answers"
    for line in answer_lines(method):
        assert line.name in html
        assert line.label != line.name, f"{line.name}: say in answers.ONLY_ANSWERED what it is"


def test_a_query_answers_no_field_that_its_page_does_not_name(here):
    (one,) = here.gate.people(1)
    assert here.write("ProjectWorker.Add", here.gate.enrolment([one]))[0] == 20
    assert here.write("WorkerEntryExit.Add", here.gate.entry([one], TODAY))[0] == 20
    here.write("WorkerAttendance.Add", here.gate.passage([one], "01", NOW))
    compared = set()
    for method in methods().values():
        asked = {"projectCode": here.project.code, "date": str(TODAY), **here.gate.corp}
        answer = here.send(method.name, asked) if method.is_paged else {"data": None}
        for row in (answer["data"] or {"rows": []})["rows"]:
            assert set(row) <= set(method.answers), method.name
            compared.add(method.name)
    assert len(compared) >= 6


def test_a_method_in_other_letter_case_leads_to_its_page_and_an_unknown_one_is_not_found():
    assert Client().get("/open-api/team.add/")["Location"] == "/open-api/Team.Add/"
    assert Client().get("/open-api/Team.Sing/").status_code == 404


def test_the_limits_on_the_pages_are_the_parameters_in_force():
    assert "最多 20 条" in Client().get("/open-api/WorkerAttendance.Add/").content.decode()
    row = RuleParameter.objects.get(key="open_api.rows", region=None, valid_from=None)
    row.value = {**row.value, "WorkerAttendance.Add": 37}
    row.save()
    forget()
    assert "最多 37 条" in Client().get("/open-api/WorkerAttendance.Add/").content.decode()
    assert "最多 37 行" in Client().get("/open-api/").content.decode()


def test_every_dictionary_that_a_field_refers_to_has_its_page_with_all_codes():
    terms = in_force()
    listed = Client().get("/open-api/dictionaries/").content.decode()
    for dictionary in fields.dictionaries_of(methods().values()):
        assert f"/open-api/dictionaries/{dictionary.key}/" in listed
        html = Client().get(f"/open-api/dictionaries/{dictionary.key}/").content.decode()
        known = terms.codes(dictionary.key)
        assert known, dictionary
        assert all(f'<td class="wire">{code}</td>' in html for code in known)


def test_every_code_of_the_envelope_is_explained():
    assert {line.code for line in sentences.CODES} == set(Code)


@pytest.mark.parametrize("line", [*sentences.AT_ONCE, *sentences.IN_THE_RESULT], ids=lambda line: line.anchor)
def test_every_sentence_of_the_document_is_one_that_the_platform_says(line):
    apps = [ROOT / name for name in ("federation", "attendance", "workers", "projects")]
    said = "".join(
        file.read_text(encoding="utf-8")
        for app in apps
        for file in app.rglob("*.py")
        if "handbook" not in file.parts
    )
    assert line.anchor in re.sub(r'"\s*f?"', "", said)


def test_the_table_of_the_methods_in_docs_is_the_one_the_platform_goes_by():
    held = (ROOT / "docs" / "open-api-coverage.md").read_text(encoding="utf-8")
    assert held == page(in_order(), as_delivered()), (
        "./dev manage open_api_coverage --file docs/open-api-coverage.md"
    )


def test_the_public_pages_need_no_sign_in_no_script_and_name_no_county():
    for path in ("", "signing/", "results/", "punches/", "dictionaries/", "sandbox/", "conformance/"):
        shown = Client().get(f"/open-api/{path}")
        html = shown.content.decode()
        assert shown.status_code == 200
        assert html.count("<h1") == 1
        assert 'href="#content"' in html


def test_the_acknowledgement_in_an_example_bears_its_own_methods_name():
    for name, begins in (("Team.Add", "team-add-"), ("ProjectSubContractor.Add", "subcontractor-add-")):
        shown = json.loads(examples.example(methods()[name.lower()], in_force()).answer)
        assert shown["data"]["requestSerialCode"].startswith(begins)
