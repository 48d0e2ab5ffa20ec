"""Cards read by a bridge: what a signature proves, what stays weaker for ever, and where it was taken."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from audit.models import AuditEvent
from kernel.errors import DomainError
from tests.support import people
from tests.support.actors import EVERYONE
from tests.support.traces import fingerprint
from tests.workers.sites import NOW, TODAY, site, take
from workers import reading as cards
from workers.models import CollectionPoint, Engagement, IdentityCheck, LookUp
from workers.services import (
    PersonFacts,
    PointFacts,
    Sent,
    change_collection_point,
    close_collection_point,
    new_challenge,
    open_collection_point,
    permissions,
    renew_reader_key,
)
from workers.services.points import PointClosed, PointTaken
from workers.services.readings import ReadingRefused

pytestmark = pytest.mark.django_db
FACTS = PointFacts("劳务管理室", "大门内", "读卡器", "孙七")


def card(order: int = 921, name: str = "张三", **changes: Any) -> str:
    """A reading of somebody's card, as a bridge writes it."""
    said = {
        "name": name,
        "id_number": people.id_number(order),
        "sex": "男",
        "nation": "汉",
        "born_on": people.BORN_ON.isoformat(),
        "address": "湖北省示例县 1 组",
        "issuing_authority": "示例县公安局",
        "valid_from": "2020-01-01",
        "valid_to": "2040-01-01",
        "reader": {"vendor": "示例", "model": "R-1", "serial": "S-1", "bridge": "1"},
        **changes,
    }
    return json.dumps(said, ensure_ascii=False)


@pytest.fixture
def team() -> Any:
    return site()


@pytest.fixture
def point(team) -> CollectionPoint:
    return open_collection_point(actor=EVERYONE, project=team.participation.project, facts=FACTS)


def signed(point: CollectionPoint, reading: str, *, key: str = "", challenge: str = "") -> Sent:
    """What the page carries: the reading with the bridge's signature."""
    key = key or renew_reader_key(actor=EVERYONE, point=point, now=timezone.now())
    challenge = challenge or new_challenge(EVERYONE, point.project)
    return Sent(reading, challenge, cards.sign(key, challenge, reading))


def check_of(work: Engagement) -> IdentityCheck:
    return IdentityCheck.all_rows.get(engagement=work)


def test_the_document_signs_as_the_platform_does():
    text = (Path(settings.BASE_DIR) / "docs" / "id-reader-bridge.md").read_text(encoding="utf-8")
    vector = json.loads(re.search(r"```json vector\n(.*?)```", text, re.DOTALL).group(1))  # type: ignore[union-attr]
    assert cards.sign(vector["key"], vector["challenge"], vector["reading"]) == vector["proof"]


def test_a_reading_that_the_points_reader_signed_is_read_from_the_chip(team, point):
    work = take(team, sent=signed(point, card()), point=point)
    check = check_of(work)
    assert (check.method, check.point, check.attested_uscc) == (
        "chip",
        point,
        work.participation.enterprise.uscc,
    )
    assert check.strengths == dict.fromkeys(
        [
            "name",
            "id_number",
            "sex",
            "nation",
            "address",
            "issuing_authority",
            "born_on",
            "valid_from",
            "valid_to",
        ],
        "chip",
    )
    assert check.reader["serial"] == "S-1"
    assert (work.address, work.issuing_authority, work.person.nation) == (
        "湖北省示例县 1 组",
        "示例县公安局",
        "汉",
    )
    assert work.particulars.document_valid_to == date(2040, 1, 1)
    (found,) = permissions([work], TODAY)
    assert "身份核验" not in found.missing


def _unsigned(point: CollectionPoint) -> Sent:
    return Sent(card(), new_challenge(EVERYONE, point.project))


def _other_key(point: CollectionPoint) -> Sent:
    return signed(point, card(), key="made-up")


def _of_another_project(point: CollectionPoint) -> Sent:
    return signed(point, card(), challenge=new_challenge(EVERYONE, site(941).participation.project))


def _changed_after(point: CollectionPoint) -> Sent:
    sent = signed(point, card())
    return Sent(card(address="改过的住址"), sent.challenge, sent.proof)


def _made_up_challenge(point: CollectionPoint) -> Sent:
    return signed(point, card(), challenge="made-up")


def _key_renewed_since(point: CollectionPoint) -> Sent:
    sent = signed(point, card())
    renew_reader_key(actor=EVERYONE, point=point, now=timezone.now())
    return sent


@pytest.mark.parametrize(
    "make",
    [_unsigned, _other_key, _of_another_project, _changed_after, _made_up_challenge, _key_renewed_since],
)
def test_what_no_registered_reader_signed_for_this_form_opens_no_gate(make, team, point):
    sent = make(point)
    point.refresh_from_db()
    work = take(team, sent=sent, point=point)
    check = check_of(work)
    assert (check.method, check.proof, set(check.strengths.values())) == ("reader", "", {"reader"})
    (found,) = permissions([work], TODAY)
    assert "身份核验" in found.missing


def test_typing_and_pictures_are_marked_as_what_they_are(team):
    assert check_of(take(team)).method == "typed"
    assert check_of(take(team, 923, name="李四", sent=Sent(is_ocr=True))).method == "ocr"


def refused(kind: type[DomainError], team: Any, **changes: Any) -> DomainError:
    """The refusal, once it is sure that nothing but the counted question was left behind."""
    counted = LookUp._meta.db_table
    before = fingerprint()
    with pytest.raises(kind) as refusal:
        take(team, **changes)
    after = fingerprint()
    quiet = {counted: "", AuditEvent._meta.db_table: ""}
    assert {**after, **quiet} == {**before, **quiet}
    return refusal.value


@pytest.mark.parametrize(
    ("reading", "field"),
    [
        (card(name="李四"), "name"),
        (card(order=923), "id_number"),
        ("{", "id_number"),
        ("[]", "id_number"),
        (card(born_on="1990-13-40"), "id_number"),
        (card(nation=7), "id_number"),
        (card(portrait="不是"), "id_number"),
        ("x" * 130_000, "id_number"),
    ],
)
def test_a_reading_that_says_something_else_is_refused_at_its_field(reading, field, team, point):
    sent = Sent(reading, new_challenge(EVERYONE, point.project))
    assert refused(ReadingRefused, team, sent=sent, point=point).field == field


def test_a_signature_serves_one_enrolment(team, point):
    sent = signed(point, card())
    first = take(team, sent=sent, point=point)
    other = site(941)
    first.ended_at = NOW
    first.save()
    assert "已用于另一次登记" in refused(ReadingRefused, team, sent=sent, point=point).message
    assert other.pk


def test_a_closed_point_and_another_sites_point_take_nobody_on(team, point):
    elsewhere = open_collection_point(actor=EVERYONE, project=site(941).participation.project, facts=FACTS)
    refused(PointClosed, team, point=elsewhere)
    closed = close_collection_point(actor=EVERYONE, point=point, reason="搬到北门", now=NOW)
    assert (closed.has_key, closed.reader_key) == (False, None)
    refused(PointClosed, team, point=closed)
    with pytest.raises(PointClosed):
        renew_reader_key(actor=EVERYONE, point=closed, now=NOW)


def test_points_are_named_once_changed_and_told_on_the_trail(point):
    before = fingerprint()
    with pytest.raises(PointTaken):
        open_collection_point(actor=EVERYONE, project=point.project, facts=FACTS)
    with pytest.raises(DomainError, match="请填提取点的操作人"):
        change_collection_point(actor=EVERYONE, point=point, facts=PointFacts("甲", "乙", "丙", " "))
    assert fingerprint() == before
    changed = change_collection_point(
        actor=EVERYONE, point=point, facts=PointFacts("北门办公室", "北门", "读卡器", "孙七")
    )
    assert (changed.name, changed.version) == ("北门办公室", 2)
    key = renew_reader_key(actor=EVERYONE, point=point, now=NOW)
    kept = CollectionPoint.all_rows.get(pk=point.pk)
    assert (kept.reader_key, kept.has_key) == (key, True)
    assert key not in str(list(AuditEvent.objects.values_list("facts", flat=True)))


def test_an_old_challenge_signs_no_more(team, point, monkeypatch):
    sent = signed(point, card())
    later = timezone.now() + timedelta(minutes=481)
    monkeypatch.setattr("django.core.signing.time.time", later.timestamp)
    assert check_of(take(team, sent=sent, point=point)).method == "reader"


def test_names_are_compared_as_they_are_kept(team, point):
    person = PersonFacts(name=" 张三 ", number=people.id_number(921))
    work = take(team, person=person, sent=signed(point, card()), point=point)
    assert (work.person.name, check_of(work).method) == ("张三", "chip")
