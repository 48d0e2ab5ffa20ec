"""Asking for an export, calling it off and taking it away: refusals, records, and whose it is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Post
from audit.models import AuditEvent
from kernel.errors import NotFound, NotPermitted
from standards.models import RuleParameter
from standards.selectors import forget
from tests.exports.exporting import REASON, ask, content, made
from tests.support.actors import account, give_post
from tests.support.traces import fingerprint, traces_in
from web.exports.errors import (
    NotAList,
    NotOpen,
    NotReady,
    ReachHasChanged,
    ReasonHoldsNumber,
    ReasonTooShort,
    TooManyOpen,
    TooManyRows,
    UnknownFormat,
    UnreadableFilter,
)
from web.exports.models import ExportJob
from web.exports.services import cancel_export, expire_old, take_file
from web.messages import inbox


def set_parameter(key: str, value: int) -> None:
    RuleParameter.objects.filter(key=key).update(value=value)
    forget()


@pytest.mark.parametrize("reason", ["", "查", " 查 人 ", "abc"])
def test_people_leave_the_platform_only_for_a_stated_reason(world, reason):
    before = fingerprint()
    with pytest.raises(ReasonTooShort, match="不少于 4 个字") as refused:
        ask(world.wuchang, "/people/", reason=reason)
    assert refused.value.field == "reason"
    assert fingerprint() == before


def test_a_reason_repeats_no_number(world):
    before = fingerprint()
    with pytest.raises(ReasonHoldsNumber):
        ask(world.wuchang, "/people/", reason=f"核对 {world.wuchang.worker.person.id_number}")
    assert fingerprint() == before


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/",
        "people",
        "/standard/",
        "/exports/",
        "https://elsewhere.example/people/",
        "//elsewhere.example/people/",
        "/people/../people/",
        "/projects/00000000-0000-7000-8000-000000000000/people/",
        "/people/?q=" + "x" * 9000,
        "/people/\x00",
        "//[",
    ],
)
def test_what_is_no_list_is_not_exported(world, address):
    before = fingerprint()
    with pytest.raises(NotFound):
        ask(world.wuchang, address)
    assert fingerprint() == before


def test_the_other_countys_list_is_not_found(world):
    for county in world:
        other = world.other(county)
        before = fingerprint()
        for path in (f"/projects/{other.project.public_id}/people/", f"/people/?region={other.region.code}"):
            with pytest.raises(NotFound) as refused:
                ask(county, path)
            assert traces_in(refused.value.message, other) == []
        assert fingerprint() == before


def test_without_the_right_to_export_a_list_that_may_be_read_is_refused(world):
    with pytest.raises(NotPermitted):
        ask(world.wuchang, "/people/", "standards_administrator")


def test_a_filter_that_cannot_be_read_is_refused_instead_of_ignored(world):
    with pytest.raises(UnreadableFilter, match="合同"):
        ask(world.wuchang, "/people/?contract=maybe")


def test_a_format_nobody_knows_is_refused(world):
    with pytest.raises(UnknownFormat):
        ask(world.wuchang, "/people/", file_format="pdf")


def test_more_rows_than_a_file_may_hold_are_refused_not_cut(world):
    set_parameter("exports.most_rows", 3)
    before = fingerprint()
    with pytest.raises(TooManyRows, match="有 4 行，一次最多导出 3 行"):
        ask(world.wuchang, "/people/")
    assert fingerprint() == before
    assert made(ask(world.wuchang, "/people/?on_site=1")).rows_number == 3


def test_enough_exports_at_a_time_are_enough(world):
    for _time in range(5):
        ask(world.wuchang, "/people/")
    with pytest.raises(TooManyOpen, match="5 个"):
        ask(world.wuchang, "/people/")
    assert ask(world.wuchang, "/people/", "supervisor").state == "waiting"


def test_asking_making_and_every_download_are_on_record_without_the_words_of_the_list(world):
    county = world.wuchang
    job = made(ask(county, f"/people/?q={county.worker.person.name}"))
    for _time in range(2):
        taken, pieces = take_file(actor=county.actor("county_regulator"), job=job, now=timezone.now())
        assert b"".join(pieces) == content(job)
    taken.refresh_from_db()
    assert taken.downloads == 2
    trail = list(AuditEvent.objects.filter(object_key=str(job.public_id)).order_by("pk"))
    assert [event.action for event in trail] == [
        "lists.export_asked",
        "lists.export_made",
        "lists.export_taken",
        "lists.export_taken",
    ]
    assert trail[0].reason == trail[2].reason == REASON
    assert trail[2].facts == {"list": "people", "format": "xlsx", "rows": 1, "columns": 11}
    assert all(county.worker.person.name not in str(event.facts) for event in trail)


def test_the_owner_is_told_when_the_file_is_there_and_nobody_else(world):
    county = world.wuchang
    job = made(ask(county, "/people/"))
    (message,) = inbox(county.users["county_regulator"])
    assert "“人员”已生成，共 4 行" in message.text
    assert (message.url, message.about) == ("/exports/", str(job.public_id))
    assert not inbox(county.users["supervisor"]).exists()


def test_an_export_is_its_owners_alone_even_within_one_county(world):
    county = world.wuchang
    job = made(ask(county, "/people/"))
    for actor in (county.actor("city_regulator"), world.xiantao.actor("county_regulator")):
        before = fingerprint()
        with pytest.raises(NotFound):
            take_file(actor=actor, job=job, now=timezone.now())
        with pytest.raises(NotFound):
            cancel_export(actor=actor, job=job, now=timezone.now())
        assert fingerprint() == before


def test_a_file_is_not_given_to_somebody_whose_posts_have_moved(world):
    county, other = world.wuchang, world.xiantao
    job = made(ask(county, "/people/"))
    user = county.users["county_regulator"]
    Post.objects.filter(user=user).update(ended_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(NotPermitted):
        take_file(actor=county.actor("county_regulator"), job=job, now=timezone.now())
    give_post(user, "county_regulator", region=other.region)
    with pytest.raises(ReachHasChanged):
        take_file(actor=county.actor("county_regulator"), job=job, now=timezone.now())
    give_post(user, "province_regulator", region=county.city)
    assert take_file(actor=county.actor("county_regulator"), job=job, now=timezone.now())


def test_rows_of_a_post_that_may_not_export_stay_where_they_are(world):
    county, other = world.wuchang, world.xiantao
    user = account("two-posts")
    give_post(user, "supervisor", project=county.project.public_id)
    give_post(user, "standards_administrator", region=other.region)
    county.users["two"] = user
    job = made(ask(county, "/people/", "two"))
    assert job.rows_number == 4
    assert traces_in(content(job), other) == []


def test_a_waiting_export_is_called_off_once(world):
    county = world.wuchang
    job = ask(county, "/people/")
    actor = county.actor("county_regulator")
    assert cancel_export(actor=actor, job=job, now=timezone.now()).state == "cancelled"
    with pytest.raises(NotOpen):
        cancel_export(actor=actor, job=job, now=timezone.now())
    assert made(job).state == "cancelled"
    with pytest.raises(NotReady):
        take_file(actor=actor, job=job, now=timezone.now())


def test_a_file_expires_and_is_deleted_while_its_record_stays(world):
    county = world.wuchang
    job = made(ask(county, "/people/"))
    assert job.expires_at is not None
    assert expire_old(job.expires_at - timedelta(seconds=1)) == 0
    assert expire_old(job.expires_at) == 1
    job.refresh_from_db()
    assert (job.state, job.rows_number) == ("expired", 4)
    with pytest.raises(FileNotFoundError):
        content(job)
    with pytest.raises(NotReady):
        take_file(actor=county.actor("county_regulator"), job=job, now=timezone.now())


def test_a_file_that_was_asked_for_too_late_is_not_given_even_before_the_sweep(world):
    job = made(ask(world.wuchang, "/people/"))
    assert job.expires_at is not None
    with pytest.raises(NotReady):
        take_file(actor=world.wuchang.actor("county_regulator"), job=job, now=job.expires_at)


def test_not_a_list_names_what_to_do(world):
    with pytest.raises(NotAList, match="回到名单页面"):
        ask(world.wuchang, "/standard/")
    assert not ExportJob.objects.exists()
