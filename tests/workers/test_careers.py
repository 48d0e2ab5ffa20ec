"""W7: a worker shows a code, the next site reads the career once and for a while; without it, not a trace."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from attendance.selectors.own import own_readers
from audit.models import AuditEvent
from kernel.errors import NotFound, NotPermitted
from standards.selectors import parameter
from tests.scope.opening import signed_in
from tests.support import people
from tests.support.traces import fingerprint, traces_in
from tests.support.world import TwoCounties, two_counties
from workers.errors import CareerCodeRefused, TooManyCareerCodes, TooManyCareerTries
from workers.models import CareerCode, CareerReading, CareerTry, Engagement
from workers.services import close_career, open_career, read_career, shown_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> TwoCounties:
    """Nobody has shown a code yet."""
    world = two_counties()
    CareerReading.all_rows.all().delete()
    CareerCode.all_rows.all().delete()
    return world


def _clerk(world: TwoCounties) -> Client:
    """Of the next site: another county, another firm."""
    return signed_in(world.xiantao, "labour_clerk")


def _shown(world: TwoCounties):
    return open_career(actor=world.wuchang.actor("worker"), now=timezone.now())


def _type(client: Client, world: TwoCounties, code: str, last_four: str = ""):
    sent = {"project": world.xiantao.project.public_id, "code": code, "last_four": last_four}
    return client.post("/career/", sent)


def test_w7_the_next_sites_clerk_reads_the_career_by_the_code_and_without_it_no_trace(world):
    worker = world.wuchang.worker
    client = _clerk(world)
    for page in ("/people/", f"/people/{worker.engagement.public_id}/career/", "/search/?q=张三", "/career/"):
        assert traces_in(client.get(page).content, world.wuchang) == [], page
    shown = _shown(world)
    answer = _type(client, world, f"https://example.test/career/#{shown.secret}")
    assert answer.status_code == 302
    html = client.get(answer["Location"]).content.decode()
    assert worker.person.name in html
    assert world.wuchang.project.name in html
    assert worker.person.id_number not in html
    assert (worker.engagement.phone or "-") not in html
    assert "6,800" not in html and "6800.00" not in html
    # And nothing else of the other county has opened.
    assert client.get(f"/people/{worker.engagement.public_id}/").status_code == 404


def test_six_figures_open_it_only_with_the_end_of_the_document(world):
    shown, person = _shown(world), world.wuchang.worker.person
    client = _clerk(world)
    assert "（选填）" not in client.get("/career/").content.decode()
    asked = _type(client, world, shown.figures)
    assert asked.status_code == 422
    assert "请填证件号后四位" in asked.content.decode() and "从业码不对" not in asked.content.decode()
    assert _type(client, world, shown.figures, "0000").status_code == 422
    assert CareerTry.objects.count() == 1
    assert (
        _type(client, world, f" {shown.figures[:3]} {shown.figures[3:]}", person.id_number[-4:]).status_code
        == 302
    )


def test_a_code_opens_once_and_a_new_one_makes_the_old_one_void(world):
    first, second = _shown(world), _shown(world)
    client = _clerk(world)
    assert _type(client, world, first.secret).status_code == 422
    assert _type(client, world, second.secret).status_code == 302
    assert _type(client, world, second.secret).status_code == 422
    assert CareerReading.all_rows.count() == 1


def test_a_code_that_ran_out_opens_nothing(world):
    shown = _shown(world)
    later = timezone.now() + timedelta(minutes=parameter("career.code_minutes"), seconds=1)
    clerk = world.xiantao.actor("labour_clerk")
    with pytest.raises(CareerCodeRefused):
        shown_code(clerk, shown.secret, "", later)
    with pytest.raises(CareerCodeRefused), transaction.atomic():
        read_career(actor=clerk, project=world.xiantao.project, code=shown.code, now=later)


def test_the_worker_takes_it_back_and_the_page_is_gone_at_once(world):
    shown, client = _shown(world), _clerk(world)
    page = _type(client, world, shown.secret)["Location"]
    assert client.get(page).status_code == 200
    assert close_career(actor=world.wuchang.actor("worker"), now=timezone.now()) == 1
    assert client.get(page).status_code == 404
    again = _shown(world)
    close_career(actor=world.wuchang.actor("worker"), now=timezone.now())
    assert _type(client, world, again.secret).status_code == 422


def test_a_reading_ends_by_itself_and_belongs_to_the_site_that_was_shown(world):
    client = _clerk(world)
    page = _type(client, world, _shown(world).secret)["Location"]
    for role in ("labour_clerk", "contractor_manager", "subcontractor_clerk"):
        assert signed_in(world.wuchang, role).get(page).status_code == 404
    assert signed_in(world.xiantao, "subcontractor_clerk").get(page).status_code == 404
    CareerReading.all_rows.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(page).status_code == 404


def test_the_worker_sees_every_reading(world):
    client = _clerk(world)
    page = _type(client, world, _shown(world).secret)["Location"]
    client.get(page)
    actor = world.wuchang.actor("worker")
    read = [(event.action, event.actor_key) for event in own_readers(actor)]
    key = str(world.xiantao.users["labour_clerk"].public_id)
    assert read[:2] == [("workers.career_read", key), ("workers.career_code_read", key)]
    own = signed_in(world.wuchang, "worker")
    assert "看了您的履历" in own.get("/me/readers/").content.decode()
    assert "现在还能看" in own.get("/me/career/code/").content.decode()
    # The line lies where the reader does: the first site's administrator learns nothing of the next one.
    assert {event.place for event in AuditEvent.objects.filter(action="workers.career_read")} == {
        world.xiantao.region.path
    }


def test_guesses_are_counted_and_limited_whatever_becomes_of_the_form(world):
    shown = _shown(world)
    clerk, now = world.xiantao.actor("labour_clerk"), timezone.now()
    for guess in range(parameter("career.tries_per_hour")):
        with pytest.raises(CareerCodeRefused):
            shown_code(clerk, f"{guess:06d}", "0000", now)
    with pytest.raises(TooManyCareerTries, match="60 分钟后"):
        shown_code(clerk, shown.secret, "", now)
    assert CareerTry.objects.count() == parameter("career.tries_per_hour")


def test_a_worker_opens_only_so_many_and_nobody_else_opens_any(world):
    for _time in range(parameter("career.codes_per_hour")):
        _shown(world)
    with pytest.raises(TooManyCareerCodes):
        _shown(world)
    before = fingerprint()
    for role in ("labour_clerk", "county_regulator"):
        with pytest.raises(NotPermitted), transaction.atomic():
            open_career(actor=world.wuchang.actor(role), now=timezone.now())
    with pytest.raises(NotFound), transaction.atomic():
        read_career(
            actor=world.xiantao.actor("labour_clerk"),
            project=world.wuchang.project,
            code=CareerCode.all_rows.latest("pk"),
            now=timezone.now(),
        )
    assert fingerprint() == before


def test_only_digests_of_a_code_are_kept(world):
    shown = _shown(world)
    row = CareerCode.all_rows.values().get(pk=shown.code.pk)
    assert shown.secret not in str(row) and shown.figures not in str(row)
    assert shown.secret not in repr(shown)


def test_the_clerk_takes_name_and_number_over_without_reading_the_number(world):
    client, person = _clerk(world), world.wuchang.worker.person
    reading = _type(client, world, _shown(world).secret)["Location"]
    address = re.search(r'href="(/projects/[^"]+/enrol/by-code/[^"]+)"', client.get(reading).content.decode())
    assert address
    form = client.get(address[1]).content.decode()
    assert person.masked_number in form
    assert person.id_number not in form
    sent = {
        "name": "别的人",
        "id_number": people.id_number(987),
        "phone": people.phone(988),
        "team": world.xiantao.teams["contractor"].public_id,
        "trade": "010",
        "contract_kind": "none",
    }
    assert client.post(address[1], sent).status_code == 302
    made = Engagement.all_rows.get(project=world.xiantao.project, person=person)
    assert made.trade == "010"
    assert AuditEvent.objects.filter(action="workers.career_taken_over").count() == 1
