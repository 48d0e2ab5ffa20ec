"""Notices over the REST API: the same reads and acts as the pages, refused in the same words."""

import base64
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from rest_framework.test import APIClient

from integrity.models import SupervisionNotice
from tests.integrity.acting import after
from tests.support.traces import fingerprint
from tests.support.world import County

pytestmark = pytest.mark.django_db


def client(county: County, role: str) -> APIClient:
    caller = APIClient()
    caller.force_authenticate(county.users[role])
    return caller


def post(county: County, role: str, path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client(county, role).post(f"/api/v1/{path}", body or {}, format="json", headers=headers)


def picture() -> dict[str, str]:
    drawn = BytesIO()
    Image.new("RGB", (60, 40), "#7a9a6b").save(drawn, "PNG")
    return {"name": "签字页.png", "content": base64.b64encode(drawn.getvalue()).decode()}


def test_the_whole_way_over_the_interface(county: County) -> None:
    project = f"projects/{county.project.public_id}/"
    gaps = client(county, "supervisor").get(f"/api/v1/{project}gaps/").json()
    keys = [gap["key"] for gap in gaps["gaps"]]
    assert (keys[:2], gaps["inside"], gaps["on_site"]) == (["uncontracted", "untrained"], 2, 3)

    draft = post(county, "supervisor", f"{project}notices/", {"gaps": keys[:2]})
    assert (draft.status_code, draft.json()["state"], draft.json()["number"]) == (201, "draft", "")
    notice = f"notices/{draft.json()['public_id']}/"
    sent = {"deadline_on": str(after(county.now, 3)), "measures": [{"position": 1, "measure": "三日内补签"}]}
    issued = post(county, "supervisor", f"{notice}issue/", sent)
    assert (issued.status_code, issued.json()["state"]) == (200, "issued")
    assert issued.json()["items"][0]["measure"] == "三日内补签"

    assert client(county, "labour_clerk").get(f"/api/v1/{notice}").json()["state"] == "issued"
    assert post(county, "labour_clerk", f"{notice}read/").json()["state"] == "delivered"
    answers = [{"position": 1, "text": "已补签", "files": [picture()]}, {"position": 2, "text": "已培训"}]
    replied = post(county, "labour_clerk", f"{notice}reply/", {"answers": answers})
    assert replied.json()["state"] == "replied"
    (file,) = replied.json()["replies"][0]["answers"][0]["files"]
    shown = client(county, "supervisor").get(f"/api/v1/notices/files/{file['public_id']}/")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")

    wanted = {"reason": "签字页不全", "deadline_on": str(after(county.now, 2))}
    assert post(county, "supervisor", f"{notice}return/", wanted).json()["state"] == "returned"
    more = {"reason": "材料在途", "deadline_on": str(after(county.now, 4))}
    assert post(county, "supervisor", f"{notice}extend/", more).json()["state"] == "extended"
    post(county, "contractor_manager", f"{notice}reply/", {"answers": answers})
    unsaid = post(county, "supervisor", f"{notice}accept/")
    assert (unsaid.status_code, unsaid.json()["code"]) == (422, "note_missing")
    assert "“未签合同进场 1 人”" in unsaid.json()["errors"]["note"][0]
    closed = post(county, "supervisor", f"{notice}accept/", {"note": "合同原件已在现场看过"}).json()
    assert closed["events"][-1]["reason"] == "合同原件已在现场看过"
    assert (closed["state"], closed["is_overdue"], len(closed["replies"])) == ("closed", False, 2)


def test_a_repeated_key_issues_once(county: County) -> None:
    path = f"notices/{county.notices['draft'].public_id}/issue/"
    body = {"deadline_on": str(after(county.now, 3))}
    first, again = (post(county, "supervisor", path, body, key="issue-1") for _call in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert SupervisionNotice.all_rows.filter(project=county.project, sequence=6).count() == 1


def test_refusals_are_problem_details_in_sentences_and_change_nothing(county: County) -> None:
    issued, draft = (county.notices[name].public_id for name in ("issued", "draft"))
    late = str(county.today + timedelta(days=90))
    tries: list[tuple[str, str, dict[str, Any], int, str]] = [
        ("supervisor", f"notices/{issued}/accept/", {}, 422, "not_in_this_state"),
        ("supervisor", f"notices/{draft}/issue/", {"deadline_on": late}, 422, "bad_deadline"),
        ("supervisor", f"notices/{draft}/issue/", {"deadline_on": "soon"}, 400, "invalid"),
        ("supervisor", f"notices/{draft}/issue/", {"deadline_on": late, "colour": 1}, 400, "invalid"),
        (
            "supervisor",
            f"notices/{draft}/issue/",
            {"deadline_on": str(after(county.now, 3)), "version": 9},
            409,
            "stale",
        ),
        ("supervisor", f"projects/{county.project.public_id}/notices/", {"gaps": ["none"]}, 422, "gap_gone"),
        ("labour_clerk", f"notices/{draft}/issue/", {"deadline_on": late}, 403, "not_permitted"),
        ("labour_clerk", f"notices/{draft}/read/", {}, 404, "not_found"),
        ("labour_clerk", f"notices/{issued}/reply/", {"answers": []}, 400, "invalid"),
        (
            "labour_clerk",
            f"notices/{issued}/reply/",
            {"answers": [{"position": 1, "text": "已补签", "files": [{"name": "a.jpg", "content": "!!"}]}]},
            400,
            "invalid",
        ),
        ("subcontractor_clerk", f"notices/{issued}/read/", {}, 404, "not_found"),
    ]
    for role, path, body, status, code in tries:
        before = fingerprint()
        answer = post(county, role, path, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), (path, body)
        assert answer.json()["detail"]
        assert fingerprint() == before, path


def test_the_list_says_what_is_late_now_and_filters_by_it(county: County) -> None:
    caller = client(county, "owner")
    late = caller.get("/api/v1/notices/?overdue=true").json()
    assert [row["number"] for row in late["results"]] == [county.notices["late"].number]
    assert late["results"][0]["state"] == "overdue"
    assert caller.get("/api/v1/notices/").json()["count"] == 5
    assert caller.get("/api/v1/notices/?state=lost").status_code == 400
    own = client(county, "subcontractor_clerk").get("/api/v1/notices/").json()
    assert [row["number"] for row in own["results"]] == [county.notices["subcontractor"].number]
