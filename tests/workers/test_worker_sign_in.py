"""The worker's door: one code, a few tries, a short while; and nothing tells whether a phone is known."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.utils import timezone

from accounts.actors import UserActor
from accounts.models import PhoneCode, User
from audit.models import AuditEvent
from tests.support import people, records
from tests.support.actors import EVERYONE, PASSWORD, worker_account
from web.models import OutgoingMessage
from workers.errors import BadPhone, CodeRefused, TooManyCodes
from workers.models import Engagement, EntryReview, IdentityCorrection, Person, Presence
from workers.services import (
    OwnFacts,
    PersonFacts,
    Taking,
    WorkFacts,
    ask_code,
    edit_engagement,
    enrol,
    enrol_many,
    enter_by_code,
    enter_by_number,
    forget_codes,
    phone_index,
)
from workers.services.own_phone import people_of

pytestmark = pytest.mark.django_db

PHONE, UNKNOWN = people.phone(1), people.phone(99)
NOW = timezone.now()
TODAY = records.site_day()
DOOR, CODE, NUMBER = "/account/worker/", "/account/worker/code/", "/account/worker/number/"


@pytest.fixture
def team():
    project = records.project("420106202603039911", records.region("420106"), records.enterprise(900))
    return records.team(records.participation(project, project.contractor), 1_499_000_911)


@pytest.fixture
def zhang(team) -> Person:
    """张三, on the site now, by his own phone."""
    return _worker(team, 1, "张三")


def _worker(team, order: int, name: str, *, phone: str = PHONE, is_here: bool = True) -> Person:
    who = records.person(people.id_number(order), name)
    work = records.engagement(who, team, phone=phone)
    records.presence(work, TODAY - timedelta(days=9), None if is_here else TODAY - timedelta(days=2))
    return who


def _sent() -> str:
    """The figures of the newest message."""
    message = OutgoingMessage.objects.order_by("-pk")[0]
    found = re.search(r"\d{6}", message.text)
    assert found
    return found[0]


def _other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def _ask(phone: str = PHONE, address: str = "10.1.1.1", now=NOW) -> PhoneCode:
    return ask_code(phone=phone, address=address, now=now)


def _refused(why: str, act, **kwargs: Any) -> None:
    with pytest.raises(CodeRefused) as refused:
        act(**kwargs)
    assert refused.value.code == f"code_{why}"


def test_the_right_code_opens_the_workers_own_account_and_no_password_does(zhang) -> None:
    user = enter_by_code(code_id=_ask().public_id, code=_sent(), now=NOW)
    assert user is not None
    assert (user.person, user.display_name) == (zhang.public_id, "张三")
    assert not user.has_usable_password() and not user.posts.exists()
    actor = UserActor.of(user)
    assert (actor.kind, actor.holds_anything, actor.may("own.view")) == ("worker", True, True)
    assert not actor.may("workers.view") and not actor.may("attendance.view")
    assert actor.reach("own.view").persons == {zhang.public_id}


def test_the_second_time_it_is_the_same_account(zhang) -> None:
    first = enter_by_code(code_id=_ask().public_id, code=_sent(), now=NOW)
    later = NOW + timedelta(minutes=2)
    assert enter_by_code(code_id=_ask(now=later).public_id, code=_sent(), now=later) == first
    assert User.objects.filter(person=zhang.public_id).count() == 1


def test_neither_phone_nor_code_stands_in_the_table_of_codes(zhang) -> None:
    row, code = _ask(), _sent()
    kept = b"|".join(bytes(value) for value in (row.phone_index, row.address_index, row.digest))
    assert PHONE.encode() not in kept and code.encode() not in kept and b"10.1.1.1" not in kept


def test_an_unknown_phone_gets_the_same_row_and_no_message(zhang) -> None:
    known, unknown = _ask(), _ask(UNKNOWN)
    assert OutgoingMessage.objects.count() == 1
    assert (known.expires_at, known.tries) == (unknown.expires_at, unknown.tries)
    _refused("wrong", enter_by_code, code_id=unknown.public_id, code="000000", now=NOW)


def test_a_code_is_used_once(zhang) -> None:
    row, code = _ask(), _sent()
    assert enter_by_code(code_id=row.public_id, code=code, now=NOW)
    _refused("used", enter_by_code, code_id=row.public_id, code=code, now=NOW)


def test_a_code_ends_with_its_minutes(zhang) -> None:
    row, code = _ask(), _sent()
    _refused("expired", enter_by_code, code_id=row.public_id, code=code, now=NOW + timedelta(minutes=5))
    assert enter_by_code(code_id=row.public_id, code=code, now=NOW + timedelta(minutes=4, seconds=59))


def test_after_five_wrong_tries_even_the_right_code_opens_nothing(zhang) -> None:
    row, code = _ask(), _sent()
    for _time in range(4):
        _refused("wrong", enter_by_code, code_id=row.public_id, code=_other(code), now=NOW)
    _refused("spent", enter_by_code, code_id=row.public_id, code=_other(code), now=NOW)
    _refused("spent", enter_by_code, code_id=row.public_id, code=code, now=NOW)
    assert not User.objects.filter(person=zhang.public_id).exists()
    spent = AuditEvent.objects.get(action="accounts.worker_code_spent")
    assert (spent.actor_kind, spent.object_key, spent.facts) == ("stranger", "", {})


def test_the_code_of_one_phone_does_not_open_another(team, zhang) -> None:
    li = _worker(team, 3, "李四", phone=people.phone(3))
    _ask()
    own = _sent()
    theirs = _ask(people.phone(3))
    _refused("wrong", enter_by_code, code_id=theirs.public_id, code=own, now=NOW)
    assert not User.objects.filter(person=li.public_id).exists()


def test_a_phone_waits_a_minute_between_codes_and_has_five_an_hour(zhang) -> None:
    _ask()
    with pytest.raises(TooManyCodes, match="60 秒"):
        _ask(now=NOW + timedelta(seconds=59))
    for minute in range(1, 5):
        _ask(now=NOW + timedelta(minutes=minute, seconds=1 * minute))
    with pytest.raises(TooManyCodes, match="一小时"):
        _ask(now=NOW + timedelta(minutes=30))
    assert PhoneCode.objects.count() == 5
    assert _ask(now=NOW + timedelta(minutes=61))


def test_the_limits_of_an_unknown_phone_are_those_of_a_known_one() -> None:
    _ask(UNKNOWN)
    with pytest.raises(TooManyCodes, match="60 秒"):
        _ask(UNKNOWN, now=NOW + timedelta(seconds=30))


def test_one_address_cannot_ask_for_phones_without_end() -> None:
    for order in range(60):
        _ask(people.phone(1000 + order))
    with pytest.raises(TooManyCodes):
        _ask(people.phone(2000))
    assert _ask(people.phone(2000), address="10.1.1.2")


@pytest.mark.parametrize(
    "phone", ["", "123", "1090000000x", "109000000012", "20900000001", "42001119900102001X"]
)
def test_what_is_no_phone_is_refused_and_leaves_no_row(phone: str) -> None:
    with pytest.raises(BadPhone):
        _ask(phone)
    assert not PhoneCode.objects.exists()


def test_several_who_share_a_phone_are_told_apart_by_four_figures(team, zhang) -> None:
    li = _worker(team, 3, "李四")
    row = _ask()
    assert enter_by_code(code_id=row.public_id, code=_sent(), now=NOW) is None
    _refused("number", enter_by_number, code_id=row.public_id, last_four="0000", now=NOW)
    user = enter_by_number(code_id=row.public_id, last_four=li.id_number[-4:].lower(), now=NOW)
    assert user.person == li.public_id
    _refused("used", enter_by_number, code_id=row.public_id, last_four=zhang.id_number[-4:], now=NOW)


def test_four_figures_are_counted_as_tries_and_mean_nothing_before_the_code(team, zhang) -> None:
    _worker(team, 3, "李四")
    row = _ask()
    _refused("used", enter_by_number, code_id=row.public_id, last_four=zhang.id_number[-4:], now=NOW)
    enter_by_code(code_id=row.public_id, code=_sent(), now=NOW)
    for _time in range(4):
        _refused("number", enter_by_number, code_id=row.public_id, last_four="0000", now=NOW)
    _refused("spent", enter_by_number, code_id=row.public_id, last_four="0000", now=NOW)
    _refused("spent", enter_by_number, code_id=row.public_id, last_four=zhang.id_number[-4:], now=NOW)
    assert not User.objects.exclude(person=None).exists()


def test_who_has_left_the_sites_shows_four_figures_too_for_phones_are_handed_on(team) -> None:
    gone = _worker(team, 1, "张三", is_here=False)
    row = _ask()
    assert enter_by_code(code_id=row.public_id, code=_sent(), now=NOW) is None
    assert (
        enter_by_number(code_id=row.public_id, last_four=gone.id_number[-4:], now=NOW).person
        == gone.public_id
    )


def _elsewhere(who: Person, **phone: Any) -> Engagement:
    """Another site's row about the same person, typed."""
    site = records.project("420106202603039912", records.region("420106"), records.enterprise(901))
    other = records.team(records.participation(site, site.contractor), 1_499_000_912)
    return records.engagement(who, other, **{"phone": people.phone(5), **phone})


def _let_in(work: Engagement, at: datetime, *, means: str = "seen", **entry: Any) -> None:
    """The identity is established, another person approves and the entry is recorded, all of it at `at`."""
    records.identity_check(work, method=means, checked_at=at)
    records.review(work, decided_at=at)
    entered = records.presence(work, TODAY, **entry)
    Presence.all_rows.filter(pk=entered.pk).update(created_at=at)


def _owners(phone: str, now: datetime = NOW) -> list[str]:
    return [who.name for who in people_of(phone_index(phone), now)]


def _leave(who: Person) -> None:
    Presence.all_rows.filter(person=who).update(exited_on=TODAY)


def test_a1_a_row_of_another_site_moves_no_phone_and_the_own_one_goes_on_working(zhang) -> None:
    _elsewhere(zhang)
    assert (_owners(PHONE), _owners(people.phone(5))) == (["张三"], [])
    stranger = _ask(people.phone(5))
    assert not OutgoingMessage.objects.exists()
    _refused("wrong", enter_by_code, code_id=stranger.public_id, code="000000", now=NOW)
    own = _ask()
    # Where two phones are named, four figures are asked as well.
    assert enter_by_code(code_id=own.public_id, code=_sent(), now=NOW) is None
    user = enter_by_number(code_id=own.public_id, last_four=zhang.id_number[-4:], now=NOW)
    assert user.person == zhang.public_id


def _typed(work: Engagement) -> None:
    _let_in(work, NOW - timedelta(days=8), means="typed")


def _still_elsewhere(work: Engagement) -> None:
    _let_in(work, NOW - timedelta(days=8), is_conflict=True)


def _sent_back(work: Engagement) -> None:
    _let_in(work, NOW - timedelta(days=8))
    EntryReview.all_rows.filter(engagement=work).update(outcome="returned")


def _never_entered(work: Engagement) -> None:
    _let_in(work, NOW - timedelta(days=8))
    Presence.all_rows.filter(engagement=work).delete()


def _too_soon(work: Engagement) -> None:
    _let_in(work, NOW - timedelta(days=6))


@pytest.mark.parametrize("lacks", [_typed, _still_elsewhere, _sent_back, _never_entered, _too_soon])
def test_a_new_phone_waits_for_identity_permission_entry_and_days(zhang, lacks) -> None:
    _leave(zhang)
    lacks(_elsewhere(zhang))
    assert (_owners(PHONE), _owners(people.phone(5))) == (["张三"], [])


def test_a_phone_that_the_next_site_vouched_for_replaces_the_one_before(zhang) -> None:
    _leave(zhang)
    _let_in(_elsewhere(zhang), NOW - timedelta(days=8))
    assert (_owners(PHONE), _owners(people.phone(5))) == ([], ["张三"])
    _ask()
    assert not OutgoingMessage.objects.exists()


def test_a_row_that_a_correction_moved_to_somebody_is_not_the_first(team, zhang) -> None:
    work = _elsewhere(zhang)
    Engagement.all_rows.filter(pk=work.pk).update(created_at=NOW - timedelta(days=400))
    assert _owners(PHONE) == []
    records.identity_correction(work, number=people.id_number(9), name="李四", corrected_by="他人")
    IdentityCorrection.all_rows.update(is_moved=True)
    assert (_owners(PHONE), _owners(people.phone(5))) == (["张三"], [])


def test_the_old_phone_is_told_whoever_enrols_or_edits_and_an_equal_one_is_not(zhang) -> None:
    work = _elsewhere(zhang, phone=None)
    team = work.team

    def told(phone: str) -> list[str]:
        OutgoingMessage.objects.all().delete()
        edit_engagement(actor=EVERYONE, engagement=work, facts=OwnFacts(phone=phone))
        return [row.to for row in OutgoingMessage.objects.all()]

    assert (told(PHONE), told(people.phone(5))) == ([], [PHONE])
    message = OutgoingMessage.objects.get()
    assert (message.kind, "尾号 0005" in message.text) == ("sign_in.other_phone", True)
    assert zhang.name not in message.text and work.project.name not in message.text
    Engagement.all_rows.filter(pk=work.pk).update(ended_at=NOW)
    enrol(
        actor=EVERYONE,
        project=work.project,
        team=team,
        person=PersonFacts(name="张三", number=zhang.id_number),
        work=WorkFacts(phone=people.phone(6)),
        today=TODAY,
    )
    assert [row.to for row in OutgoingMessage.objects.all()] == [PHONE, PHONE]


def test_a_file_of_many_tells_the_old_phones_too_and_moves_none(team, zhang) -> None:
    li = _worker(team, 3, "李四", phone=people.phone(3))
    other = _elsewhere(_worker(team, 7, "王五", phone=people.phone(7)), phone=people.phone(7)).team
    takings = [
        Taking(
            PersonFacts(name=name, number=people.id_number(order)), WorkFacts(phone=phone, trade="010"), other
        )
        for order, name, phone in (
            (1, "张三", people.phone(5)),
            (3, "李四", people.phone(3)),
            (9, "赵六", people.phone(5)),
        )
    ]
    found = enrol_many(actor=EVERYONE, project=other.participation.project, takings=takings, today=TODAY)
    assert (len(found.done), found.refused) == (3, {})
    assert [row.to for row in OutgoingMessage.objects.all()] == [PHONE]
    assert (_owners(PHONE), _owners(people.phone(5))) == (["张三"], ["赵六"])
    assert _owners(people.phone(3)) == [li.name]


def test_the_own_sites_clerk_changes_the_phone_at_once_and_the_old_one_is_told(zhang) -> None:
    work = Engagement.all_rows.get(person=zhang)
    edit_engagement(actor=EVERYONE, engagement=work, facts=OwnFacts(phone=people.phone(5)))
    assert (_owners(PHONE), _owners(people.phone(5))) == ([], ["张三"])
    message = OutgoingMessage.objects.get()
    assert (message.to, "尾号 0005），以后用新号" in message.text) == (PHONE, True)


def test_an_account_that_was_closed_stays_closed(zhang) -> None:
    worker_account(zhang.public_id, "closed")
    User.objects.filter(username="closed").update(is_active=False)
    _refused("inactive", enter_by_code, code_id=_ask().public_id, code=_sent(), now=NOW)


def test_old_codes_are_forgotten(zhang) -> None:
    _ask(now=NOW - timedelta(days=3))
    _ask()
    assert (forget_codes(NOW), forget_codes(NOW), PhoneCode.objects.count()) == (1, 0, 1)


def test_through_the_door_into_ones_own_pages(client: Client, zhang) -> None:
    assert client.post(DOOR, {"phone": PHONE})["Location"] == CODE
    page = client.get(CODE).content.decode()
    assert "109****0001" in page and PHONE not in page
    answer = client.post(CODE, {"code": _sent()})
    assert answer["Location"] == "/me/"
    assert client.session.get_expiry_age() == 30 * 86_400
    assert client.get("/me/").status_code == 200
    assert client.get("/")["Location"] == "/me/"
    signed = AuditEvent.objects.get(action="accounts.signed_in")
    assert (signed.actor_kind, signed.actor_label, signed.facts) == (
        "worker",
        "张三（工人本人）",
        {"by": "phone_code"},
    )


def test_the_door_says_the_same_to_a_known_and_an_unknown_phone(zhang) -> None:
    def walk(phone: str) -> list[tuple[int, str]]:
        client = Client()
        steps = [client.post(DOOR, {"phone": phone}), client.get(CODE), client.post(CODE, {"code": "000000"})]
        return [
            (one.status_code, re.sub(r'value="[A-Za-z0-9]{64}"', "", one.content.decode())) for one in steps
        ]

    # Both end in 0001, as far as the page shows them.
    known, unknown = walk(PHONE), walk(people.phone(10001))
    assert known == unknown


def test_the_code_page_without_a_code_asked_for_leads_to_the_door(client: Client) -> None:
    assert client.get(CODE)["Location"] == DOOR
    assert client.post(NUMBER, {"last_four": "1234"})["Location"] == DOOR


def test_a_wrong_code_is_said_at_its_field_with_the_tries_left(client: Client, zhang) -> None:
    client.post(DOOR, {"phone": PHONE})
    answer = client.post(CODE, {"code": _other(_sent())})
    assert answer.status_code == 422
    assert "验证码不对，请对照短信再填。还可以试 4 次。" in answer.content.decode()
    assert SESSION_KEY not in client.session


def test_a_shared_phone_leads_to_the_four_figures_and_then_in(client: Client, team, zhang) -> None:
    _worker(team, 3, "李四")
    client.post(DOOR, {"phone": PHONE})
    assert client.post(CODE, {"code": _sent()})["Location"] == NUMBER
    assert SESSION_KEY not in client.session
    assert client.post(NUMBER, {"last_four": zhang.id_number[-4:]})["Location"] == "/me/"
    assert "张三" in client.get("/me/").content.decode()


def test_a_workers_account_with_a_password_begins_at_the_own_pages_too(client: Client, zhang) -> None:
    worker_account(zhang.public_id, "worker")
    answer = client.post("/account/sign-in/", {"username": "worker", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == "/me/"


def test_a_worker_signs_out(client: Client, zhang) -> None:
    client.post(DOOR, {"phone": PHONE})
    client.post(CODE, {"code": _sent()})
    client.post("/account/sign-out/")
    assert client.get("/me/").status_code == 302


def test_neither_phone_nor_code_is_written_to_the_log(zhang, caplog) -> None:
    _ask()
    assert PHONE not in caplog.text and _sent() not in caplog.text
