"""The pull from 四库一平台: everything comes once, whatever the source does wrong; names change with history.

The stand-in is a process of its own, reached over HTTP.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from federation.masters import contract, pulling
from federation.masters.contract import BadPage, Entry, Page, SourceWentBack
from federation.models import ManagerRegistration, MasterChange, MasterFeed, MasterPull, MasterRecord
from federation.selectors.masters import stands
from federation.words import feed_state
from integrity.models import CreditRecord
from kernel.cipher import keyring
from kernel.ids import new_id
from projects.models import Enterprise, Participation, Permit, Project, Qualification, Source
from projects.selectors import search_enterprises, search_projects
from regions.models import Region
from standards.models import RuleParameter
from tests.support import records
from tests.support.actors import EVERYONE, account, give_post
from tests.support.four_databases import StandIn, feed, pull, stand_in
from tests.support.traces import fingerprint

pytestmark = pytest.mark.django_db

SIZES = {"enterprises": 24, "projects": 6, "managers": 8, "credit": 5}
LIVE = {"enterprises": 24, "projects": 6, "permits": 6, "managers": 8, "credit": 5}


@pytest.fixture(scope="module")
def process() -> Iterator[StandIn]:
    with stand_in(**SIZES) as found:
        yield found


@pytest.fixture
def source(process: StandIn) -> StandIn:
    """The stand-in as on its first day; pages are small, so that there are several."""
    process.tell("reset")
    RuleParameter.objects.filter(key="masters.page_rows").update(value=5)
    return process


def _rows() -> dict[str, int]:
    return {
        "enterprises": Enterprise.all_rows.filter(source=Source.MASTER).count(),
        "projects": Project.all_rows.filter(source=Source.MASTER).count(),
        "permits": Permit.all_rows.filter(source=Source.MASTER).count(),
        "managers": ManagerRegistration.all_rows.filter(withdrawn_at=None).count(),
        "credit": CreditRecord.all_rows.filter(withdrawn_at=None).count(),
    }


def _is_whole(source: StandIn) -> None:
    """Everything that the source holds stands here once, and both sides agree on it."""
    assert {
        name: MasterRecord.objects.filter(object=name, withdrawn_at=None, held="").count() for name in LIVE
    } == _rows()
    for name in LIVE:
        assert (feed(name).is_equal, feed(name).fault, feed(name).holder) == (True, "", None), name


def test_everything_comes_once_and_again_nothing(source: StandIn) -> None:
    pull(source.connector())
    assert _rows() == LIVE
    _is_whole(source)
    assert Qualification.all_rows.count() == 24
    first = source.records("projects")[0]["data"]
    project = Project.all_rows.get(code=first["code"])
    assert (project.name, project.region.code) == (first["name"], first["region"])
    assert (project.contractor.uscc, project.source) == (first["contractor"]["uscc"], Source.MASTER)
    kinds = Participation.all_rows.filter(project=project).values_list("kind", flat=True)
    assert "009" in kinds
    manager = ManagerRegistration.all_rows.order_by("number")[0]
    told = source.records("managers")[0]["data"]
    assert manager.id_number == told["id_number"]
    assert bytes(manager.id_index or b"") == keyring().blind_index("identity:01", told["id_number"])
    before = {name: digest for name, digest in fingerprint().items() if name.startswith("projects_")}
    pull(source.connector())
    assert {name: digest for name, digest in fingerprint().items() if name.startswith("projects_")} == before
    last = MasterPull.objects.filter(feed__object="enterprises").first()
    assert last is not None
    assert (last.records, last.pages, last.state) == (0, 1, MasterPull.State.DONE)


ONCE = [
    ("repeat", "重复给出"),
    ("missing", "漏给了一页"),
    ("shuffle", "没有按序号排列"),
    ("garbled", "不是 JSON"),
]


@pytest.mark.parametrize(("fault", "words"), ONCE)
def test_a_wrong_page_is_seen_and_asked_for_again(fault: str, words: str, source: StandIn) -> None:
    pull(source.connector(), "enterprises")
    for row in source.records("enterprises"):
        source.tell("change", object="enterprises", id=row["id"], fields={"name": f"{row['id']}有限公司"})
    source.tell("faults", object="enterprises", fault=fault, times=1)
    steps = pull(source.connector(), "enterprises")
    assert steps[-1].is_done
    last = MasterPull.objects.filter(feed__object="enterprises").first()
    assert last is not None
    assert last.odd_pages == 1
    assert words in last.odd
    assert feed("enterprises").is_equal is True
    assert set(Enterprise.all_rows.values_list("name", flat=True)) == {
        f"QY{order:09d}有限公司" for order in range(1, 25)
    }


def test_pages_that_came_wrong_for_several_reasons_are_not_put_down_to_one(source: StandIn) -> None:
    user = account("watching")
    give_post(user, "province_regulator", region=Region.objects.get(code="420000"))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    source.tell("faults", object="enterprises", fault="garbled", times=1)
    pull(source.connector(), "enterprises")
    for url in ("/masters/", "/masters/of/enterprises/pulls/"):
        assert "1 页不正常：总库的答复不是 JSON" in client.get(url).content.decode()
    MasterFeed.objects.update(reads_all=True)
    source.tell("faults", object="enterprises", fault="garbled", times=3)
    pull(source.connector(), "enterprises")
    source.tell("faults", object="enterprises", fault="missing", times=1)
    pull(source.connector(), "enterprises")
    assert (_last_pull().odd_pages, feed("enterprises").is_equal) == (4, True)
    for url in ("/masters/", "/masters/of/enterprises/pulls/"):
        assert "4 页不正常，最近一处：总库漏给了一页" in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("slow", "没有在时限内答复"),
        ("error", "答复出错（500）"),
        ("cut", "连不上四库一平台"),
        ("repeat", "重复给出"),
        ("missing", "漏给了一页"),
    ],
)
def test_a_source_that_keeps_erring_is_left_alone_for_a_while_and_nothing_is_lost(
    fault: str, words: str, source: StandIn
) -> None:
    now = timezone.now()
    step = pulling.pull("enterprises", source.connector(), clock=lambda: now, seconds=0.0)
    assert step == pulling.Step(pages=1, is_done=False)
    cursor = feed("enterprises").cursor
    source.tell("faults", object="enterprises", fault=fault, times=9, seconds=2)
    for failures, minutes in ((1, 1), (2, 2), (3, 4)):
        steps = pull(source.connector(0.3 if fault == "slow" else 30.0), "enterprises", now=now)
        assert words in steps[-1].fault
        stand = feed("enterprises")
        assert (stand.cursor, stand.failures, stand.holder) == (cursor, failures, None)
        assert stand.due_at == now + timedelta(minutes=minutes)
    assert "enterprises" not in pulling.due(now)
    assert Enterprise.all_rows.count() == 5
    source.tell("clear")
    pull(source.connector())
    _is_whole(source)
    assert feed("enterprises").failures == 0
    assert MasterPull.objects.filter(feed__object="enterprises").count() == 1


def test_a_record_lost_inside_a_page_is_found_by_the_counts(source: StandIn) -> None:
    source.tell("faults", object="enterprises", fault="hole", times=1)
    pull(source.connector(), "enterprises")
    stand = feed("enterprises")
    assert (stand.live_there, stand.live_here, stand.is_equal) == (24, 23, False)
    assert stand.due_at is not None
    assert stand.due_at <= timezone.now()
    last = MasterPull.objects.filter(feed__object="enterprises").first()
    assert last is not None
    assert last.state == MasterPull.State.DIFFERS
    pull(source.connector(), "enterprises")
    assert (feed("enterprises").live_here, feed("enterprises").is_equal) == (24, True)


def test_a_record_that_the_source_dropped_without_a_word_becomes_a_tombstone(source: StandIn) -> None:
    pull(source.connector())
    gone = source.records("enterprises")[3]
    source.tell("forget", object="enterprises", id=gone["id"])
    pull(source.connector(), "enterprises")  # counts differ
    pull(source.connector(), "enterprises")  # everything anew
    record = MasterRecord.objects.get(object="enterprises", source_id=gone["id"])
    assert record.withdrawn_at is not None
    assert record.withdrawn_by_count
    assert Enterprise.all_rows.filter(uscc=gone["data"]["uscc"]).exists()
    assert feed("enterprises").is_equal is True


def _ask_for_everything(now: datetime) -> None:
    MasterFeed.objects.filter(object="enterprises").update(reads_all=True, due_at=now)


def _last_pull() -> MasterPull:
    found = MasterPull.objects.filter(feed__object="enterprises").order_by("-pk").first()
    assert found is not None
    return found


def test_a_record_lost_in_a_page_of_a_full_pull_is_not_withdrawn_while_the_census_knows_it(
    source: StandIn,
) -> None:
    pull(source.connector(), "enterprises")
    now = timezone.now()
    _ask_for_everything(now)
    source.tell("faults", object="enterprises", fault="hole", times=1)
    pull(source.connector(), "enterprises", now=now)
    stand, last = feed("enterprises"), _last_pull()
    assert (last.is_full, last.state, last.same, last.withdrawn) == (True, MasterPull.State.DONE, 23, 0)
    assert (stand.live_there, stand.live_here, stand.is_equal) == (24, 24, True)
    assert not MasterRecord.objects.exclude(withdrawn_at=None).exists()
    assert "见到 23 条，与总库报的 24 条" in last.odd


def test_a_full_pull_that_lost_a_change_is_done_again_at_once_and_withdraws_what_is_gone_only_then(
    source: StandIn,
) -> None:
    pull(source.connector(), "enterprises")
    now = timezone.now()
    gone = source.records("enterprises")[20]
    source.tell("forget", object="enterprises", id=gone["id"])
    _ask_for_everything(now)
    source.tell("faults", object="enterprises", fault="hole", times=1)
    pull(source.connector(), "enterprises", now=now)
    stand, last = feed("enterprises"), _last_pull()
    assert (last.state, last.withdrawn) == (MasterPull.State.DIFFERS, 0)
    assert (stand.live_there, stand.live_here, stand.reads_all, stand.due_at) == (23, 24, True, now)
    pull(source.connector(), "enterprises", now=now)
    assert (_last_pull().is_full, _last_pull().withdrawn, feed("enterprises").is_equal) == (True, 1, True)
    ended = MasterRecord.objects.exclude(withdrawn_at=None).values_list("source_id", "withdrawn_by_count")
    assert list(ended) == [(gone["id"], True)]


def test_full_pulls_in_vain_are_done_again_twice_at_once_then_after_pauses_that_the_page_tells(
    source: StandIn,
) -> None:
    pull(source.connector(), "enterprises")
    now = timezone.now()
    source.tell("forget", object="enterprises", id=source.records("enterprises")[20]["id"])
    source.tell("faults", object="enterprises", fault="hole", times=999)
    _ask_for_everything(now)
    for minutes in (0, 0, 1, 2, 4, 8, 16, 32, 60, 60):
        pull(source.connector(), "enterprises", now=now)
        stand = feed("enterprises")
        assert (_last_pull().is_full, stand.is_equal, stand.due_at) == (
            True, False, now + timedelta(minutes=minutes),
        )  # fmt: skip
    assert not MasterRecord.objects.exclude(withdrawn_at=None).exists()
    again = timezone.localtime(now + timedelta(minutes=60)).strftime("%H:%M")
    assert _said_of_enterprises(now) == ("amber", f"与总库不一致，{again} 从头重取核对")
    later = now + timedelta(minutes=60)
    assert _said_of_enterprises(later) == ("amber", "与总库不一致，马上从头重取核对")
    source.tell("clear")
    pull(source.connector(), "enterprises")
    assert (_last_pull().withdrawn, feed("enterprises").is_equal) == (1, True)


def _said_of_enterprises(now: datetime) -> tuple[str, str]:
    return next(feed_state(one, now) for one in stands(now) if one.feed.object == "enterprises")


def test_an_end_that_the_source_has_forgotten_counts_no_more_after_a_full_pull(source: StandIn) -> None:
    ended = source.records("enterprises")[3]
    source.tell("withdraw", object="enterprises", id=ended["id"])
    pull(source.connector(), "enterprises")
    assert (feed("enterprises").live_here, feed("enterprises").is_equal) == (23, True)
    source.tell("forget", object="enterprises", id=ended["id"])
    # The log has become shorter, so the source seems to be set back: everything is read anew by itself.
    pull(source.connector(), "enterprises")
    assert (_last_pull().is_full, _last_pull().withdrawn, feed("enterprises").is_equal) == (True, 0, True)


def test_a_source_set_back_to_yesterday_is_read_from_its_beginning(source: StandIn) -> None:
    first = source.records("enterprises")[0]
    source.tell("change", object="enterprises", id=first["id"], fields={"name": "明天的名称"})
    pull(source.connector(), "enterprises")
    assert Enterprise.all_rows.filter(name="明天的名称").exists()
    source.tell("reset")
    pull(source.connector(), "enterprises")
    assert not Enterprise.all_rows.filter(name="明天的名称").exists()
    assert feed("enterprises").is_equal is True


class Killed(BaseException):
    """The process ends where it stands."""


class Dying(contract.Connector):
    """A source whose reader is killed before its page `last`."""

    def __init__(self, source: contract.Connector, last: int) -> None:
        self.source, self.left = source, last

    def page(self, kind: str, cursor: int, most: int) -> Page:
        if not self.left:
            raise Killed
        self.left -= 1
        return self.source.page(kind, cursor, most)

    def census(self, kind: str) -> contract.Census:
        return self.source.census(kind)

    def close(self) -> None:
        self.source.close()


def test_whoever_is_killed_is_followed_from_the_same_page_once_the_lease_is_over(source: StandIn) -> None:
    now = timezone.now()
    with pytest.raises(Killed):
        pull(Dying(source.connector(), 2), "enterprises", now=now)
    stand = feed("enterprises")
    assert (stand.cursor, Enterprise.all_rows.count()) == (10, 10)
    assert pulling.pull("enterprises", source.connector(), clock=lambda: now) is None
    assert "enterprises" not in pulling.due(now)
    later = now + timedelta(seconds=121)
    assert pulling.due(later)[0] == "enterprises"
    steps = pull(source.connector(), "enterprises", now=later)
    assert (sum(step.pages for step in steps), steps[-1].is_done) == (3, True)
    only = MasterPull.objects.get(feed__object="enterprises")
    assert (only.new, only.same, only.pages) == (24, 0, 5)
    assert Enterprise.all_rows.count() == 24


def test_whoever_lost_the_lease_writes_nothing_more(source: StandIn) -> None:
    now = timezone.now()

    class Overtaken(Dying):
        def page(self, kind: str, cursor: int, most: int) -> Page:
            if cursor == 5:
                MasterFeed.objects.filter(object=kind).update(holder=new_id())
            return self.source.page(kind, cursor, most)

    step = pulling.pull("enterprises", Overtaken(source.connector(), 0), clock=lambda: now)
    assert step == pulling.Step(pages=1, is_done=False)
    assert (Enterprise.all_rows.count(), feed("enterprises").cursor) == (5, 5)


def test_a_withdrawn_record_is_a_tombstone_and_its_number_may_be_used_again(source: StandIn) -> None:
    pull(source.connector())
    first, manager, paper = (source.records(name)[0] for name in ("enterprises", "managers", "credit"))
    row = Enterprise.all_rows.get(uscc=first["data"]["uscc"])
    for name, record in (("enterprises", first), ("managers", manager), ("credit", paper)):
        source.tell("withdraw", object=name, id=record["id"])
    pull(source.connector())
    ended = MasterRecord.objects.get(object="enterprises", source_id=first["id"])
    assert (ended.withdrawn_at is not None, ended.row) == (True, row.public_id)
    assert ManagerRegistration.all_rows.get(number=manager["data"]["number"]).withdrawn_at is not None
    assert CreditRecord.all_rows.filter(withdrawn_because__contains="四库一平台撤回").count() == 1
    assert all(feed(name).is_equal for name in LIVE)
    source.tell("put", object="enterprises", id="QY-NEW", data={**first["data"], "name": "重新登记有限公司"})
    pull(source.connector(), "enterprises")
    again = Enterprise.all_rows.get(pk=row.pk)
    assert (again.public_id, again.name) == (row.public_id, "重新登记有限公司")


def test_a_rename_is_seen_on_the_pages_and_found_by_both_names(source: StandIn) -> None:
    pull(source.connector())
    project = Project.all_rows.select_related("contractor", "region").order_by("code")[0]
    work = next(one for one in source.records("projects") if one["data"]["code"] == project.code)
    firm = next(
        one for one in source.records("enterprises") if one["data"]["uscc"] == project.contractor.uscc
    )
    source.tell("change", object="enterprises", id=firm["id"], fields={"name": "荆楚新名建工有限公司"})
    source.tell("change", object="projects", id=work["id"], fields={"name": "新名家园一期"})
    pull(source.connector())
    old_firm, old_work = firm["data"]["name"], work["data"]["name"]
    for words in ("荆楚新名建工", old_firm):
        assert project.contractor.pk in search_enterprises(EVERYONE, words).values_list("pk", flat=True)
    for words in ("新名家园", old_work):
        assert project.pk in search_projects(EVERYONE, words).values_list("pk", flat=True)
    user = account("reader")
    give_post(user, "county_regulator", region=project.region)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/enterprises/{project.contractor.public_id}/").content.decode()
    assert "荆楚新名建工有限公司" in page
    assert f"<dt>曾用名</dt><dd>{old_firm}</dd>" in page
    assert "来源与历次变更" in page
    page = client.get(f"/projects/{project.public_id}/").content.decode()
    assert "新名家园一期" in page
    assert f"<dt>曾用名</dt><dd>{old_work}</dd>" in page
    assert old_work in client.get(f"/masters/history/project/{project.public_id}/").content.decode()
    listed = client.get("/enterprises/", {"q": old_firm}).content.decode()
    assert "荆楚新名建工有限公司" in listed
    change = MasterChange.objects.get(field="name", object="enterprise")
    assert (change.before, change.after) == (old_firm, "荆楚新名建工有限公司")


def test_what_was_reported_is_taken_over_and_keeps_its_uuid(source: StandIn) -> None:
    work, permit = source.records("projects")[0]["data"], source.records("permits")[0]["data"]
    firm = Enterprise.objects.create(uscc=work["contractor"]["uscc"], name="填报时写的名称")
    region = Region.objects.get(code="420106")
    project = records.project(work["code"], region, firm, name="填报时写的项目名称")
    held = records.permit(project, permit["number"], works_name="填报")
    pull(source.connector())
    taken = Enterprise.all_rows.get(pk=firm.pk)
    assert (taken.public_id, taken.name, taken.source) == (
        firm.public_id, work["contractor"]["name"], Source.MASTER,
    )  # fmt: skip
    again = Project.all_rows.get(pk=project.pk)
    assert (again.public_id, again.name, again.source) == (project.public_id, work["name"], Source.MASTER)
    assert again.region.code == work["region"]
    assert Permit.all_rows.get(pk=held.pk).source == Source.MASTER
    changes = MasterChange.objects.filter(row=firm.public_id).values_list("field", "before", "after")
    assert set(changes) >= {
        ("name", "填报时写的名称", work["contractor"]["name"]),
        ("source", "填报", "四库一平台"),
    }


def test_a_record_that_cannot_be_read_is_held_with_its_reason_and_stops_nothing_else(source: StandIn) -> None:
    bad = source.records("enterprises")[0]
    source.tell("change", object="enterprises", id=bad["id"], fields={"uscc": "91420099000000000X"})
    orphan = source.records("permits")[0]
    source.tell("change", object="permits", id=orphan["id"], fields={"project_code": "420106260105999999"})
    twin = source.records("enterprises")[1]
    source.tell("put", object="enterprises", id="QY-TWIN", data=twin["data"])
    pull(source.connector())
    held = dict(MasterRecord.objects.exclude(held="").values_list("source_id", "held"))
    assert set(held) == {bad["id"], orphan["id"], "QY-TWIN"}
    assert "校验位" in held[bad["id"]]
    assert "还没有从总库取到" in held[orphan["id"]]
    assert "已经使用" in held["QY-TWIN"]
    assert all(feed(name).is_equal for name in LIVE)
    source.tell("change", object="enterprises", id=bad["id"], fields={"uscc": bad["data"]["uscc"]})
    source.tell("withdraw", object="enterprises", id=twin["id"])
    new = {**source.records("projects")[0]["data"], "code": "420106260105999999"}
    source.tell("put", object="projects", id="XM-NEW", data=new)
    pull(source.connector())
    assert not MasterRecord.objects.exclude(held="").exists()
    assert Permit.all_rows.get(number=orphan["data"]["number"]).project.code == "420106260105999999"


def test_the_sweep_pulls_what_is_due_in_the_order_of_need_and_nothing_without_an_address(
    source: StandIn, settings: Any
) -> None:
    settings.FOUR_DATABASES_URL = ""
    assert pulling.sweep(timezone.now()) == 0
    settings.FOUR_DATABASES_URL = source.url
    settings.FOUR_DATABASES_TOKEN = "wrong"
    pulling.sweep(timezone.now())
    assert "不认可本平台的令牌" in feed("enterprises").fault
    MasterFeed.objects.update(due_at=None)
    settings.FOUR_DATABASES_TOKEN = "token-of-nobody"
    assert pulling.sweep(timezone.now()) == 5 + 2 + 2 + 2 + 1
    _is_whole(source)
    assert pulling.due(timezone.now()) == []
    assert pulling.due(timezone.now() + timedelta(minutes=61)) == list(contract.OBJECTS)


def _entry(sequence: int) -> Entry:
    return Entry(sequence, f"R{sequence}", 1, timezone.now())


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        (Page([_entry(3), _entry(3)], 2, 9, False), "出现了两次"),
        (Page([_entry(1)], 0, 9, False), "重复给出"),
        (Page([_entry(6)], 5, 9, False), "漏给了一页"),
        (Page([], 2, 9, False), "空页"),
        (Page([_entry(3)], 2, 9, True), "最后一页"),
    ],
)
def test_a_page_is_judged_by_what_it_follows(page: Page, fault: str) -> None:
    with pytest.raises(BadPage, match=fault):
        contract.checked(page, 2)


def test_a_log_that_ends_before_the_cursor_went_back() -> None:
    with pytest.raises(SourceWentBack):
        contract.checked(Page([], 20, 7, True), 20)
    good = contract.checked(Page([_entry(9), _entry(4)], 2, 9, True), 2)
    assert ([entry.sequence for entry in good.entries], good.next, good.was_shuffled) == ([4, 9], 9, True)
