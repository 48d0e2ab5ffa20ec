"""Exports over the REST API: the same acts, the same refusals, the same owner."""

import pytest

from tests.exports.exporting import REASON, ask, content, made
from tests.pages.visiting import visitor
from tests.support.traces import fingerprint, traces_in
from web.exports.models import ExportJob

ASK = "/api/v1/exports/ask/"


def _post(client, url, body, **headers):
    return client.post(url, body, content_type="application/json", headers=headers)


def test_a_program_asks_watches_and_takes_the_file(world):
    client = visitor(world.wuchang, "county_regulator")
    asked = _post(client, ASK, {"address": "/people/?contract=no", "format": "csv", "reason": REASON})
    assert asked.status_code == 201
    row = asked.json()
    assert (row["state"], row["rows_asked"], row["conditions"]) == ("waiting", 1, ["合同：未签合同"])
    job = made(ExportJob.objects.get(public_id=row["public_id"]))
    url = f"/api/v1/exports/{job.public_id}/"
    assert client.get(url).json()["state"] == "done"
    taken = client.get(f"{url}file/", headers={"Accept": "text/csv"})
    assert (taken.status_code, b"".join(taken)) == (200, content(job))
    assert [one["public_id"] for one in client.get("/api/v1/exports/").json()["results"]] == [
        row["public_id"]
    ]


def test_the_same_key_starts_one_export(world):
    client = visitor(world.wuchang, "county_regulator")
    body = {"address": "/people/", "reason": REASON}
    first, second = (_post(client, ASK, body, **{"Idempotency-Key": "k-1"}) for _time in range(2))
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert ExportJob.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 400, "address"),
        ({"address": "/people/"}, 422, "reason"),
        ({"address": "/people/", "reason": REASON, "format": "pdf"}, 400, "format"),
        ({"address": "/people/", "reason": REASON, "rows": 9}, 400, "rows"),
        ({"address": "/people/", "reason": "x" * 201}, 400, "reason"),
        ({"address": ["/people/"], "reason": REASON}, 400, "address"),
    ],
)
def test_a_bad_body_is_refused_by_field_and_starts_nothing(world, body, status, field):
    client, before = visitor(world.wuchang, "county_regulator"), fingerprint()
    answer = _post(client, ASK, body)
    assert (answer.status_code, list(answer.json()["errors"])) == (status, [field])
    assert fingerprint() == before


def test_the_other_countys_lists_and_exports_are_not_found(world):
    for county in world:
        other = world.other(county)
        job = made(ask(other, "/people/"))
        client, before = visitor(county, "county_regulator"), fingerprint()
        address = f"/projects/{other.project.public_id}/people/"
        url = f"/api/v1/exports/{job.public_id}/"
        answers = [
            _post(client, ASK, {"address": address, "reason": REASON}),
            client.get(url),
            client.get(f"{url}file/"),
            _post(client, f"{url}cancel/", {}),
        ]
        assert [answer.status_code for answer in answers] == [404] * 4
        assert all(traces_in(answer.content, other) == [] for answer in answers)
        listed = client.get("/api/v1/exports/").json()["results"]
        assert str(job.public_id) not in [row["public_id"] for row in listed]
        assert fingerprint() == before


def test_calling_off_is_an_act_too(world):
    job = ask(world.wuchang, "/people/")
    client, url = visitor(world.wuchang, "county_regulator"), f"/api/v1/exports/{job.public_id}/cancel/"
    assert _post(client, url, {}).json()["state"] == "cancelled"
    again = _post(client, url, {})
    assert (again.status_code, again.json()["code"]) == (422, "not_open")
