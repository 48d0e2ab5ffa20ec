"""Teams, people, contracts, trainings and wages as reported: kept whole, answered, never doubled."""

from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlparse

import pytest
from django.test import Client

from audit.models import AuditEvent
from federation.open_api import pictures
from federation.services import revoke_credential
from federation.simulator.people import Worker
from integrity.services import PersonCreditFacts, record_person_credit
from kernel.errors import NotFound
from kernel.store import fetch
from payroll.models import PayrollBatch, PayrollRow
from projects.models import Team
from tests.federation import reports
from tests.federation.conftest import HERE, NOW, TODAY
from tests.support.actors import EVERYONE
from workers.models import Contract, Engagement, Training, TrainingSession
from workers.services import CertificateFacts, record_certificate

DONE, FAILED = 20, 10


@pytest.fixture
def people(here) -> list[Worker]:
    return list(here.gate.people(3))


@pytest.fixture
def enrolled(here, people) -> list[Worker]:
    assert here.write("ProjectWorker.Add", here.gate.enrolment(people)) == (DONE, "{}")
    return people


def opened(address: str, at: str = "203.0.113.7"):
    return Client().get(urlparse(address).path, REMOTE_ADDR=at)


def test_a_team_is_kept_with_whoever_answers_for_it_and_its_scans(here):
    status, result = here.write("Team.Add", reports.team(here))
    number = Team.all_rows.get(name="钢筋班").number
    assert (status, result) == (DONE, f'{{"teamSysNo":{number}}}')
    (row,) = here.rows("Team.Query", teamName="钢筋班")
    sent = reports.team(here)
    assert row["responsiblePersonPhone"] == "10900000009"
    assert len(here.api.decrypted(row["responsiblePersonIDNumber"])) == 18
    assert row["entryAttachments"][0]["name"] == sent["entryAttachments"][0]["name"]
    assert opened(row["entryAttachments"][0]["data"])["Content-Type"] == "image/jpeg"
    assert "exitAttachments" not in row


def test_a_team_is_updated_by_its_number_alone_and_what_is_not_sent_stays(here):
    here.write("Team.Add", reports.team(here))
    number = Team.all_rows.get(name="钢筋班").number
    update = {"teamSysNo": str(number), "teamName": "钢筋一班", "exitTime": "2026-11-20 00:00:00"}
    assert here.write("Team.Update", update) == (DONE, f'{{"teamSysNo":{number}}}')
    (row,) = here.rows("Team.Query", teamSysNo=number)
    assert (row["teamName"], row["remark"], row["exitTime"]) == ("钢筋一班", "二区", "2026-11-20 00:00:00")
    before = reports.kept("projects")
    assert here.write("Team.Update", update) == (DONE, f'{{"teamSysNo":{number}}}')
    assert reports.kept("projects") == before


def test_a_team_with_people_on_site_does_not_leave(here, enrolled):
    here.write("WorkerEntryExit.Add", here.gate.entry(enrolled, TODAY))
    update = {"teamSysNo": here.gate.team, "teamName": "木工班", "exitTime": str(TODAY)}
    status, result = here.write("Team.Update", update)
    assert (status, Team.all_rows.get(number=here.gate.team).exited_on) == (FAILED, None)
    assert "3" in result


def test_every_field_of_a_worker_is_kept_and_answered(here, people):
    data = reports.enrolment(here, people[:1])
    assert here.write("ProjectWorker.Add", data) == (DONE, "{}")
    (row,) = here.rows("ProjectWorker.Query")
    assert {name: row[name] for name in reports.EVERY_PARTICULAR} == reports.EVERY_PARTICULAR
    assert (row["gender"], row["birthday"][:2]) in {("男", "19"), ("女", "19"), ("男", "20"), ("女", "20")}
    for name in ("headImage", "issueCardPicUrl", "positiveIDCardImageUrl", "negativeIDCardImageUrl"):
        assert opened(row[name])["Content-Type"] == "image/jpeg", name
    (same,) = here.rows("Worker.Query", **reports.identity(here, people[0]))
    assert (same["name"], same["workDate"], same["isJoined"]) == (people[0].name, "2015-03-01", 1)


def test_a_picture_is_kept_without_its_metadata_and_once(here, people):
    shot = reports.text_of(reports.jpeg())
    here.write("ProjectWorker.Add", reports.enrolment(here, people, headImage=shot, issueCardPic=shot))
    kept = set(Engagement.all_rows.values_list("photo", "particulars__gate_card_picture"))
    ((photo, card),) = kept
    assert photo == card
    assert b"SECRET-PLACE" in reports.jpeg()
    assert b"SECRET-PLACE" not in fetch(photo)


@pytest.mark.parametrize("shape", ["flat", "list"])
def test_an_update_changes_what_is_sent_and_nothing_else(here, people, shape):
    here.write("ProjectWorker.Add", reports.enrolment(here, people[:1]))
    outer = {name: value for name, value in here.gate.enrolment([]).items() if name != "workerList"}
    inner = {
        **reports.identity(here, people[0]),
        "cellPhone": "027-87654321",
        "maritalStatus": "1",
        "payRollBankCardNumber": here.api.encrypted("0999 8887 7766 6555"),
    }
    data = {**outer, **inner} if shape == "flat" else {**outer, "workerList": [inner]}
    assert here.write("ProjectWorker.Update", data) == (DONE, "{}")
    (row,) = here.rows("ProjectWorker.Query")
    assert (row["cellPhone"], row["maritalStatus"], row["specialty"]) == ("02787654321", "01", "会开塔吊")
    assert here.api.decrypted(row["payRollBankCardNumber"]) == "0999888777666555"
    engagement = Engagement.all_rows.get()
    before = engagement.version
    here.write("ProjectWorker.Update", data)
    engagement.refresh_from_db()
    assert engagement.version == before


def test_an_update_moves_a_worker_to_another_team_of_the_firm_and_never_renames_anybody(here, enrolled):
    other = Team.objects.create(
        participation=Team.all_rows.get().participation, name="二班", number=1500000778
    )
    one = enrolled[0]
    data = {**here.gate.enrolment([]), **reports.identity(here, one), "teamSysNo": other.number}
    data.pop("workerList")
    assert here.write("ProjectWorker.Update", data) == (DONE, "{}")
    assert Engagement.all_rows.filter(team=other).count() == 1
    before = reports.kept("workers")
    status, result = here.write("ProjectWorker.Update", {**data, "workerName": "另一人", "specialty": "x"})
    assert (status, result.startswith("[workerName]")) == (FAILED, True)
    assert reports.kept("workers") == before


def test_vouchers_of_entry_and_exit_are_answered_as_addresses(here, enrolled):
    entry = here.gate.entry(enrolled[:1], TODAY)
    entry["workerList"][0]["voucher"] = reports.text_of(reports.jpeg())
    assert here.write("WorkerEntryExit.Add", entry) == (DONE, "{}")
    (row,) = here.rows("WorkerEntryExit.Query", entryExitDate=str(TODAY))
    assert opened(row["voucher"]).status_code == 200
    assert here.rows("WorkerEntryExit.Query", entryExitDate=str(TODAY - timedelta(1))) == []
    (person,) = here.rows("ProjectWorker.Query", **reports.identity(here, enrolled[0]))
    assert opened(person["entryAttachmentUrl"]).status_code == 200


def test_a_contract_is_kept_with_its_scans_and_a_second_one_is_refused_as_existing(here, enrolled):
    data = reports.contract(here, enrolled)
    assert here.write("WorkerContract.Add", data) == (DONE, "{}")
    rows = here.rows("WorkerContract.Query")
    assert [here.api.decrypted(row["idCardNumber"]) for row in rows] == [one.number for one in enrolled]
    assert {(row["unit"], row["unitPrice"], row["endDate"]) for row in rows} == {(81, 320.5, "2027-10-31")}
    assert [opened(one["data"]).status_code for one in rows[0]["attachments"]] == [200, 200]
    before = reports.kept("workers")
    status, result = here.write("WorkerContract.Add", data)
    assert status == FAILED
    assert result.split("\r\n")[0].startswith("[contractList][0]合同已存在!")
    assert reports.kept("workers") == before
    renewed = reports.contract(
        here, enrolled[:1], startDate="2027-11-01", endDate="2028-10-31", unit=0, unitPrice=0
    )
    assert here.write("WorkerContract.Add", renewed) == (DONE, "{}")
    assert Contract.all_rows.filter(unit="", unit_price=None).count() == 1


def test_a_training_counts_for_whoever_attended_it_and_again_changes_nothing(here, enrolled):
    data = reports.training(here, enrolled)
    for _ in range(2):
        assert here.write("ProjectTraining.Add", data) == (DONE, "{}")
    assert TrainingSession.all_rows.count() == 1
    assert Training.all_rows.filter(is_passed=True, kind="003001", score="92.5").count() == 3
    (row,) = here.rows("ProjectTraining.Query", trainingDate="2026-11-20", typeCode="3001")
    assert (row["trainingDuration"], row["trainingOrg"], len(row["workers"])) == (4.5, "项目部", 3)
    assert opened(row["attachments"][0]["data"]).status_code == 200
    bare = {**data, "workers": None, "attachments": None, "trainingAddress": None, "trainingAddres": "工地"}
    assert here.write("ProjectTraining.Add", bare) == (DONE, "{}")
    assert TrainingSession.all_rows.filter(place_name="工地").count() == 1


def test_wages_are_kept_to_the_fen_and_answered_as_one_object(here, enrolled):
    data = reports.payroll(here, enrolled)
    status, result = here.write("Payroll.Add", data)
    batch = PayrollBatch.all_rows.get()
    assert (status, result) == (DONE, f'[{{"payrollCode":"{batch.number}"}}]')
    assert sum(row.net_pay for row in PayrollRow.all_rows.all()) == Decimal("20401.65")
    assert (batch.source, batch.month.isoformat()) == ("reported", "2026-10-01")
    asked = {"projectCode": HERE, "payMonth": "2026-10-31", **here.gate.corp}
    answer = here.send("Payroll.Query", asked)["data"]
    assert "rows" not in answer
    assert (answer["payMonth"], answer["teamSysNo"], answer["totalCount"]) == ("2026-10", here.gate.team, 3)
    assert opened(answer["attachments"][0]["data"]).status_code == 200
    row = answer["detailList"][0]
    assert here.api.decrypted(row["payRollBankCardNumber"]) == enrolled[0].card
    assert here.api.decrypted(row["payBankCardNumber"]) == "0123456789012345"
    assert (row["actualAmount"], row["days"], row["workHours"], row["isBackPay"]) == (6800.55, 22, 176.5, 0)
    assert (row["workerName"], row["teamName"]) == (enrolled[0].name, "木工班")
    nobody = {**asked, **reports.identity(here, next(here.gate.people(1)))}
    assert here.send("Payroll.Query", nobody)["data"]["detailList"] == []


def test_the_same_wages_again_are_the_same_payroll_and_a_known_payslip_is_refused(here, enrolled):
    first = here.write("Payroll.Add", reports.payroll(here, enrolled))
    before = reports.kept("payroll")
    assert here.write("Payroll.Add", reports.payroll(here, enrolled)) == first
    status, result = here.write("Payroll.Add", reports.payroll(here, enrolled, actualAmount="9.00"))
    assert (status, result.startswith("[detailList][0][thirdPayRollCode]")) == (FAILED, True)
    assert PayrollBatch.all_rows.get().number in result
    assert reports.kept("payroll") == before


def test_back_pay_names_its_month_written_as_a_month_or_a_day(here, enrolled):
    late = {"isBackPay": "1", "backPayMonth": "2026-08-01"}
    assert here.write("Payroll.Add", reports.payroll(here, enrolled[:1], **late))[0] == DONE
    assert PayrollRow.all_rows.get().back_pay_month == date(2026, 8, 1)
    status, result = here.write("Payroll.Add", reports.payroll(here, enrolled[1:], isBackPay=1))
    assert (status, result) == (
        FAILED,
        "[detailList][0][backPayMonth]不能为空!;[detailList][1][backPayMonth]不能为空!",
    )


def test_whoever_has_left_the_project_is_still_paid(here, enrolled):
    Engagement.all_rows.update(ended_at=NOW)
    assert here.write("Payroll.Add", reports.payroll(here, enrolled))[0] == DONE


def test_a_punch_with_a_picture_is_answered_with_its_address(here, enrolled):
    here.write("WorkerEntryExit.Add", here.gate.entry(enrolled, TODAY))
    passage = here.gate.passage(enrolled[:1], "01", here.now)
    passage["dataList"][0]["image"] = reports.text_of(reports.jpeg())
    assert here.write("WorkerAttendance.Add", passage)[0] == DONE
    (row,) = here.rows("WorkerAttendance.Query", date=str(TODAY))
    assert opened(row["imageUrl"])["Content-Type"] == "image/jpeg"


# --- The addresses -------------------------------------------------------------------------------------


def test_an_address_is_for_its_appid_for_minutes_and_each_opening_is_on_record(here, elsewhere, people):
    here.write("ProjectWorker.Add", here.gate.enrolment(people[:1]))
    (row,) = here.rows("ProjectWorker.Query")
    token = urlparse(row["headImage"]).path.split("/")[-2]
    assert opened(row["headImage"])["Cache-Control"] == "no-store"
    assert AuditEvent.objects.filter(action="workers.photo_read", actor_kind="credential").count() == 1
    with pytest.raises(NotFound):
        pictures.opened(token[:-1] + ("x" if token[-1] != "x" else "y"), address="", now=NOW)
    here.credential.allowed_addresses = ["198.51.100.0/24"]
    here.credential.save()
    assert opened(row["headImage"]).status_code == 404
    assert opened(row["headImage"], at="198.51.100.9").status_code == 200
    revoke_credential(actor=EVERYONE, credential=here.credential, reason="密钥外泄")
    assert opened(row["headImage"], at="198.51.100.9").status_code == 404


def test_an_old_address_leads_nowhere(here, people, monkeypatch):
    here.write("ProjectWorker.Add", here.gate.enrolment(people[:1]))
    (row,) = here.rows("ProjectWorker.Query")
    from standards.models import RuleParameter
    from standards.selectors import forget

    RuleParameter.objects.filter(key="open_api.file_minutes").update(value=0)
    forget()
    assert opened(row["headImage"]).status_code == 404
    forget()


# --- Who is asked for ----------------------------------------------------------------------------------


def test_certificates_and_records_are_told_of_ones_own_people_and_of_nobody_else(here, elsewhere, enrolled):
    engagement = Engagement.all_rows.order_by("pk")[0]
    facts = CertificateFacts("80", "C-1234567890", TODAY - timedelta(30), TODAY, issuer="住建厅")
    record_certificate(actor=EVERYONE, engagement=engagement, facts=facts, today=TODAY)
    for kind, behaviour in (("good", "101"), ("bad", "201"), ("blacklist", "301")):
        decided = PersonCreditFacts(kind, behaviour, "事实", "武昌区住建局", "文1号", TODAY, TODAY, TODAY)
        record_person_credit(
            actor=EVERYONE, engagement=engagement, region=here.project.region, facts=decided, today=TODAY
        )
    who = reports.identity(here, enrolled[0])
    (found,) = here.rows("WorkerCredential.Query", **who)
    assert (found["certTypeNum"], here.api.decrypted(found["certCode"])) == ("80", "C-1234567890")
    for method, behaviour in (("Good", "101"), ("Bad", "201")):
        (row,) = here.rows(f"Worker{method}Record.Query", **who)
        assert (row["creditType"], row["workerName"]) == (behaviour, enrolled[0].name)
    assert [row["creditType"] for row in here.rows("WorkerBlackList.Query")] == ["301"]
    assert here.rows("WorkerBadRecord.Query", creditType="299") == []
    theirs = reports.identity(elsewhere, enrolled[0])
    for method in ("Worker", "WorkerCredential", "WorkerGoodRecord", "WorkerBadRecord", "WorkerBlackList"):
        assert elsewhere.rows(f"{method}.Query", **theirs) == [], method


@pytest.mark.parametrize("start", [1, 9])
def test_a_page_that_lies_beyond_the_last_is_empty_and_counts_all_the_same(here, enrolled, start):
    here.write("WorkerContract.Add", reports.contract(here, enrolled))
    asked = {"projectCode": HERE, "pageIndex": start, "pageSize": "50"}
    for method, total in (("WorkerContract.Query", 3), ("ProjectTraining.Query", 0), ("Team.Query", 1)):
        answer = here.send(method, asked)["data"]
        assert (answer["rows"], answer["totalCount"], answer["pageIndex"]) == ([], total, start)
