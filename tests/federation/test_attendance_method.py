"""Punches: every well-formed row is kept, what counts for nobody is named, sending again doubles nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest

from attendance.models import AttendanceDay, Punch, Subject
from federation.simulator.people import id_check_sign
from outbox.services import deliver_all
from tests.federation.conftest import HERE, NOW, TODAY

DONE, FAILED = 20, 10


@pytest.fixture
def on_site(here):
    people = list(here.gate.people(3))
    assert here.write("ProjectWorker.Add", here.gate.enrolment(people)) == (DONE, "{}")
    assert here.write("WorkerEntryExit.Add", here.gate.entry(people, TODAY)) == (DONE, "{}")
    return people


def punches() -> int:
    return Punch.all_rows.count()


def counted() -> list[int]:
    return list(AttendanceDay.all_rows.order_by("id").values_list("punches", flat=True))


def test_punches_of_people_on_site_are_kept_and_count(here, on_site):
    assert here.write("WorkerAttendance.Add", here.gate.passage(on_site, "01", NOW)) == (DONE, "{}")
    assert (punches(), counted()) == (3, [1, 1, 1])
    assert {punch.origin for punch in Punch.all_rows.all()} == {"open_api"}
    rows = here.rows("WorkerAttendance.Query", date=str(TODAY))
    assert sorted(here.api.decrypted(row["idCardNumber"]) for row in rows) == sorted(
        one.number for one in on_site
    )
    assert {(row["date"], row["direction"], row["attendType"]) for row in rows} == {
        ("2026-11-22 09:00:00", "01", "001")
    }


def test_sending_a_batch_again_doubles_nothing(here, on_site):
    batch = here.gate.passage(on_site, "01", NOW)
    for _ in range(3):
        assert here.write("WorkerAttendance.Add", batch) == (DONE, "{}")
    assert (punches(), counted()) == (3, [1, 1, 1])


def test_the_origin_of_a_punch_cannot_be_chosen_by_the_sender(here, on_site):
    batch = here.gate.passage(on_site[:1], "01", NOW)
    batch["dataList"][0] |= {"origin": "gate", "source": "x", "token": "y"}
    assert here.write("WorkerAttendance.Add", batch) == (DONE, "{}")
    punch = Punch.all_rows.get()
    assert (punch.origin, punch.source) == ("open_api", str(here.project.public_id))


def test_a_stranger_is_kept_as_evidence_named_and_counted_once_he_is_registered(here, on_site):
    stranger = next(here.gate.people(1))
    status, result = here.write("WorkerAttendance.Add", here.gate.passage([*on_site, stranger], "01", NOW))
    assert status == FAILED
    assert result.startswith("[dataList][3][idCardNumber]该人员未在本项目登记")
    assert "ProjectWorker.Add" in result
    assert stranger.number not in result
    assert (punches(), counted()) == (4, [1, 1, 1])

    here.write("ProjectWorker.Add", here.gate.enrolment([stranger]))
    here.write("WorkerEntryExit.Add", here.gate.entry([stranger], TODAY))
    deliver_all()
    assert counted() == [1, 1, 1, 1]


def test_a_future_punch_is_refused_and_named_and_the_others_stay(here, on_site):
    batch = here.gate.passage(on_site, "01", NOW)
    batch["dataList"][1]["date"] = "2026-11-22 09:10:01"
    status, result = here.write("WorkerAttendance.Add", batch)
    assert status == FAILED
    assert result.startswith("[dataList][1][date]不能大于当天!")
    assert (punches(), counted()) == (2, [1, 1])


def test_rows_that_cannot_be_read_are_named_and_the_others_stay(here, on_site):
    batch = here.gate.passage(on_site, "01", NOW)
    body = on_site[0].number[:17]
    wrong = body + ("0" if id_check_sign(body) != "0" else "1")
    batch["dataList"][0]["idCardNumber"] = here.api.encrypted(wrong)
    batch["dataList"][1]["direction"] = 0
    status, result = here.write("WorkerAttendance.Add", batch)
    first, second = result.split(";")
    assert status == FAILED
    assert first.startswith("[dataList][0][idCardNumber]格式不正确!")
    assert wrong not in result
    assert second == "[dataList][1][direction]参数值不正确,请参见进出方向字典表!"
    assert punches() == 1
    assert Subject.objects.count() == 1


@pytest.mark.parametrize("direction", ["02", 2, "2"])
def test_a_direction_may_be_a_code_or_a_number(here, on_site, direction):
    batch = here.gate.passage(on_site[:1], "01", NOW)
    batch["dataList"][0]["direction"] = direction
    assert here.write("WorkerAttendance.Add", batch) == (DONE, "{}")
    assert Punch.all_rows.get().direction == "out"


def test_places_of_zero_mean_no_place_and_milliseconds_are_kept(here, on_site):
    batch = here.gate.passage(on_site[:2], "01", NOW)
    batch["dataList"][0] |= {"lng": 0, "lat": 0, "image": "", "date": "2026-11-22 08:59:59.250"}
    batch["dataList"][1] |= {"lng": "114.3162", "lat": 30.5538}
    assert here.write("WorkerAttendance.Add", batch) == (DONE, "{}")
    first, second = Punch.all_rows.order_by("occurred_at")
    assert (first.latitude, first.longitude, first.occurred_at.microsecond) == (None, None, 250_000)
    assert (second.latitude, second.longitude) == (Decimal("30.5538"), Decimal("114.3162"))


@pytest.mark.parametrize(("field", "value"), [("lng", 181), ("lat", "-90.5"), ("lat", "1e400")])
def test_an_impossible_place_is_named(here, on_site, field, value):
    batch = here.gate.passage(on_site[:1], "01", NOW)
    batch["dataList"][0][field] = value
    status, result = here.write("WorkerAttendance.Add", batch)
    assert (status, result.startswith(f"[dataList][0][{field}]值超出范围或无效!")) == (FAILED, True), result
    assert punches() == 0


def test_punches_of_an_unknown_team_are_kept_and_the_team_is_named(here, on_site):
    batch = here.gate.passage(on_site, "01", NOW) | {"teamSysNo": 1500161164}
    status, result = here.write("WorkerAttendance.Add", batch)
    assert status == FAILED
    assert result.startswith("[teamSysNo]值超出范围或无效!")
    assert (punches(), counted()) == (3, [1, 1, 1])


def test_punches_on_a_finished_project_are_kept_as_evidence_with_a_sentence(here, on_site):
    here.project.status = "004"
    here.project.save()
    status, result = here.write("WorkerAttendance.Add", here.gate.passage(on_site, "01", NOW))
    assert (status, result.startswith("[projectCode]项目已完工,打卡已留存备查!")) == (FAILED, True)
    assert punches() == 3


def test_more_than_twenty_rows_are_refused_whole(here, on_site):
    batch = here.gate.passage(on_site * 7, "01", NOW)
    assert here.write("WorkerAttendance.Add", batch) == (
        FAILED,
        "[dataList]每次最多20条,本次21条,请分批上传!",
    )
    assert punches() == 0


def test_an_empty_list_is_refused(here):
    data = {"projectCode": HERE, "teamSysNo": here.gate.team, "dataList": []}
    assert here.write("WorkerAttendance.Add", data) == (FAILED, "[dataList]不能为空!")


def test_a_query_for_another_day_or_without_a_day(here, on_site):
    here.write("WorkerAttendance.Add", here.gate.passage(on_site, "01", NOW))
    assert here.rows("WorkerAttendance.Query", date=str(TODAY - timedelta(1))) == []
    answer = here.send("WorkerAttendance.Query", {"projectCode": HERE})
    assert (answer["code"], answer["message"]) == (-1, "请求参数无效:[date]不能为空!")
