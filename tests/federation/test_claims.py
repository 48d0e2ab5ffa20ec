"""I-25, I-27: what a platform below says of rows, people, firms and names that are not its own."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from federation.models import ChangeProposal, KnownAs, Node
from federation.travel import incoming, outgoing
from federation.travel.learning import learn
from federation.travel.messages import Message, Outcome, Sender
from federation.travel.outgoing import place_of
from kernel.ids import new_id
from kernel.models import this_node
from projects.models import Enterprise, Participation, Qualification
from tests.support import people, records
from tests.support.counties import County, wuchang
from tests.support.nodes import COUNTY, PROVINCE, emptied, node, parent, seal, unseal
from workers.models import Engagement, Person, PersonAlias

pytestmark = pytest.mark.django_db
NOW = timezone.now()
THEIRS, ANOTHERS = "xts", "whs"
XIANTAO, WUCHANG = "420000/429004/", "420000/420100/420106/"


@pytest.fixture
def place() -> County:
    """The province, which holds what 武昌 has reported."""
    return wuchang(NOW)


def _sender(*regions: str, enterprises: tuple[str, ...] = ()) -> Sender:
    return Sender(THEIRS, regions, enterprises, frozenset({THEIRS}), unseal)


XIANTAOS = _sender(XIANTAO)


def _told(kind: str, of: UUID, /, **changes: Any) -> Message:
    """A row as the child would tell of it: its own, but for what is said otherwise."""
    (message,) = outgoing.messages_of(kind, [of], parent(), NOW)
    row = {**message.row, **changes.pop("row", {})}
    later = timezone.now().isoformat()
    return replace(message, **{"origin": THEIRS, "version": 9, "at": later, "row": row, **changes})


def _became(message: Message, sender: Sender = XIANTAOS) -> Outcome:
    (outcome,) = incoming.apply_batch("records-0", [message], sender)
    return outcome


# People.


def _person_under(key: UUID, number: str, name: str) -> Message:
    box = seal(number, place_of("person", key, "id_number"))
    row = {"name": name, "id_type": "01", "sex": "1", "born_on": None, "nation": "01"}
    at = timezone.now().isoformat()
    row |= {"created_at": at, "updated_at": at}
    return Message("person", key, 9, THEIRS, "put", at, row=row, sealed={"id_number": box})


def test_nobody_makes_two_people_of_other_nodes_one(place: County) -> None:
    first, second = place.workers["contractor"].person, place.workers["subcontractor"].person
    Person.all_rows.update(origin=ANOTHERS)
    before = list(Engagement.all_rows.order_by("pk").values_list("pk", "person"))
    outcome = _became(_person_under(first.public_id, second.id_number, second.name))
    assert (outcome.became, outcome.rule) == ("refused", "owner") and ANOTHERS in outcome.sentence
    assert list(Engagement.all_rows.order_by("pk").values_list("pk", "person")) == before
    assert Person.all_rows.filter(pk=first.pk).exists()


def test_nobody_takes_another_nodes_name_from_a_person(place: County) -> None:
    alias = PersonAlias.objects.create(person=place.worker.person, public_id=new_id(), node=ANOTHERS)
    outcome = _became(_person_under(alias.public_id, people.id_number(977), "某人"))
    assert (outcome.became, outcome.rule) == ("refused", "owner")
    assert PersonAlias.objects.get(public_id=alias.public_id).person_id == place.worker.person.pk


def test_a_platform_corrects_the_number_of_its_own_person_as_before(place: County) -> None:
    key = new_id()
    assert _became(_person_under(key, people.id_number(978), "钱七")).became == "applied"
    again = _became(_person_under(key, place.worker.person.id_number, place.worker.person.name))
    assert (again.became, again.canonical) == ("applied", place.worker.person.public_id)


def test_only_who_gave_a_passage_its_name_says_whose_it_was(place: County) -> None:
    person = str(place.worker.person.public_id)
    at = timezone.now().isoformat()
    told = Message(
        "sighting", new_id(), 1, THEIRS, "put", at, row={"name": f"{ANOTHERS}:7", "person": person}
    )
    outcome = _became(told)
    assert (outcome.became, outcome.rule) == ("refused", "origin")
    assert _became(replace(told, row={"name": f"{THEIRS}:7", "person": person})).became == "same"


# Names.


def test_a_child_names_no_row_of_another_and_no_person(place: County) -> None:
    Node.objects.create(code=THEIRS, name="仙桃", kind="city", relation="child", state="active")
    ours, anothers = place.firms["contractor"].public_id, place.firms["owner"].public_id
    learn(node=THEIRS, kind="enterprise", key=ours, canonical=anothers)
    learn(node=THEIRS, kind="person", key=place.worker.person.public_id, canonical=new_id())
    KnownAs.objects.create(kind="enterprise", key=(taken := new_id()), node=ANOTHERS, local=anothers)
    learn(node=THEIRS, kind="enterprise", key=ours, canonical=taken)
    assert not KnownAs.objects.filter(node=THEIRS).exists() and not PersonAlias.objects.exists()
    assert KnownAs.objects.get(key=taken).local == anothers
    learn(node=THEIRS, kind="enterprise", key=ours, canonical=(own := new_id()))
    assert KnownAs.objects.get(key=own).local == ours


def test_a_name_means_something_in_its_givers_mouth_alone(place: County) -> None:
    firm = place.firms["contractor"]
    KnownAs.objects.create(kind="enterprise", key=(name := new_id()), node=ANOTHERS, local=firm.public_id)
    told = _told("enterprise", firm.public_id, key=name, row={"uscc": "91420099000000012X", "name": "另一家"})
    assert _became(replace(told, row={**told.row, "source": "reported"})).became == "applied"
    assert Enterprise.all_rows.get(public_id=name).name == "另一家"


# Firms.


def test_nobody_below_says_that_a_firm_is_the_masters(place: County) -> None:
    told = _told("enterprise", place.firms["contractor"].public_id, key=new_id(), row={
        "uscc": "91420099000000012X", "source": "master"
    })  # fmt: skip
    outcome = _became(told)
    assert (outcome.became, outcome.rule) == ("refused", "masters") and "reported" in outcome.remedy


def test_what_the_master_takes_over_changes_hands_at_the_node_that_reported_it(place: County) -> None:
    with node(PROVINCE):
        told = _told("enterprise", place.firms["contractor"].public_id, origin=PROVINCE, row={
            "source": "master", "name": "改过的名称"
        })  # fmt: skip
    with node(COUNTY):
        emptied()
        own = Enterprise.objects.create(
            public_id=told.key, uscc=told.row["uscc"], name="原来的名称", source="reported"
        )
        assert own.origin == this_node() != PROVINCE
        above = Sender(PROVINCE, ("",), (), frozenset({"*"}), unseal)
        assert _became(told, above).became == "applied"
        own.refresh_from_db()
        assert (own.origin, own.name, own.source) == (PROVINCE, "改过的名称", "master")


def test_what_is_said_of_a_firm_or_a_person_waits_until_they_work_there(place: County) -> None:
    made = place.qualifications["contractor"]
    told = _told("qualification", made.public_id, key=new_id(), row={"number": "D-xt-1"})
    assert (_became(told).became, _became(told).missing.split(":")[0]) == ("waits", "participation")
    certificate = place.worker.certificate
    assert certificate is not None
    key = new_id()
    number = seal("鄂X0001", place_of("certificate", key, "number"))
    paper = _told("certificate", certificate.public_id, key=key, sealed={"number": number})
    assert (_became(paper).became, _became(paper).missing.split(":")[0]) == ("waits", "engagement")
    # The same from whoever has the site.
    assert _became(told, _sender(WUCHANG)).became == "applied"
    assert Qualification.all_rows.filter(number="D-xt-1").count() == 1


def test_a_subcontractors_node_speaks_for_itself_alone(place: County) -> None:
    sub = place.firms["subcontractor"]
    own = _sender(enterprises=(sub.uscc,))
    part = place.participations["subcontractor"]
    device = place.device
    foreign = _told("participation", part.public_id, key=new_id(), row={
        "enterprise": str(records.enterprise(980).public_id)
    })  # fmt: skip
    assert (_became(foreign, own).became, _became(foreign, own).rule) == ("refused", "outside_region")
    permit = _told("permit", place.permit.public_id, key=new_id(), row={"number": "420106202611270001"})
    assert _became(permit, own).rule == "outside_region"
    gate = _told("device", device.public_id, key=new_id(), row={"channel": "自有闸机"})
    assert _became(gate, own).became == "applied"
    contractor = _sender(enterprises=(place.firms["contractor"].uscc,))
    assert _became(foreign, contractor).became == "applied"
    assert Participation.all_rows.filter(public_id=foreign.key).exists()


# Wishes.


def test_a_wish_is_answered_by_whom_it_was_put_to(place: County) -> None:
    wish = place.proposal
    assert wish.owner == ""
    at = timezone.now().isoformat()
    row = {
        "proposal": str(wish.public_id), "accepts": True, "answer": "同意", "answered_at": at,
        "answered_by": "某人", "answered_by_key": "x", "created_at": at, "updated_at": at,
    }  # fmt: skip
    outcome = _became(Message("proposal_answer", new_id(), 1, THEIRS, "put", at, row=row))
    assert (outcome.became, outcome.rule) == ("refused", "answer") and "省级平台" in outcome.sentence
    wish.refresh_from_db()
    assert wish.state == ChangeProposal.State.ASKED
