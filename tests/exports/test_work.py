"""Making the file: once, whole, as the owner may read now, whatever dies in between."""

from datetime import timedelta
from itertools import count

import pytest
from django.core.files.storage import storages
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from accounts.models import Post
from tests.exports.exporting import ask, content, made, sheets
from tests.support import people, records
from tests.support.traces import traces_in
from web.exports import services, work
from web.exports.models import ExportJob
from web.messages import inbox
from workers.models import Engagement


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = timezone.now()

    def __call__(self):
        return self.now


def kept_files() -> set[str]:
    found = set()
    store = storages["files"]
    for folder in store.listdir("streams")[0] if store.exists("streams") else []:
        found |= set(store.listdir(f"streams/{folder}")[1])
    return found


def test_posts_that_ended_before_the_run_give_no_file_and_a_sentence(world):
    county = world.wuchang
    job = ask(county, "/people/")
    Post.objects.filter(user=county.users["county_regulator"]).update(
        ended_at=timezone.now() - timedelta(minutes=1)
    )
    before = kept_files()
    assert made(job).state == "failed"
    assert job.problem.startswith("生成时您的岗位已变动或到期")
    assert (job.address, kept_files()) == ("", before)
    assert "没有做成" in inbox(county.users["county_regulator"])[0].text


def test_a_person_who_moved_to_another_county_gets_no_row_of_either(world):
    county, other = world.wuchang, world.xiantao
    user = county.users["county_regulator"]
    job = ask(county, f"/people/?region={county.region.code}")
    Post.objects.filter(user=user).update(region=other.region)
    assert made(job).state == "failed"


def test_whoever_comes_between_asking_and_making_is_in_the_file_and_both_numbers_are_kept(world):
    county = world.wuchang
    job = ask(county, "/people/")
    records.engagement(records.person(people.id_number(850), "后来的人"), county.teams["contractor"])
    assert made(job).state == "done"
    assert (job.rows_asked, job.rows_number, len(sheets(job)["名单"])) == (4, 5, 7)


def test_a_second_call_does_nothing_and_there_is_one_file(world):
    before = kept_files()
    job = ask(world.wuchang, "/people/")
    assert work.make(job.pk, timezone.now) is True
    assert work.make(job.pk, timezone.now) is False
    job.refresh_from_db()
    assert kept_files() - before == {job.address}
    assert job.attempts == 1


def test_a_worker_that_died_is_followed_by_another_and_one_file_remains(world):
    clock, before = Clock(), kept_files()
    job = ask(world.wuchang, "/people/", now=clock.now)
    # The first worker takes the lease, keeps a half-made file and is killed.
    lease = work.take_lease(job.pk, clock.now)
    assert lease is not None
    with work.Sink(lease.job.address, work.workshop()) as sink:
        sink.write(b"half")
        sink.keep()
    clock.now += timedelta(seconds=59)
    assert work.take_lease(job.pk, clock.now) is None
    assert work.unfinished(clock.now) == []
    clock.now += timedelta(seconds=2)
    assert work.unfinished(clock.now) == [job.pk]
    assert work.make(job.pk, clock) is True
    job.refresh_from_db()
    assert (job.state, job.attempts, len(sheets(job)["名单"])) == ("done", 2, 6)
    assert kept_files() - before == {job.address}
    # Should the first one wake up after all, it finds itself relieved.
    with pytest.raises(work.Gone):
        lease.beat(3, clock.now)


def test_after_enough_deaths_the_platform_says_so_and_stops(world):
    clock = Clock()
    job = ask(world.wuchang, "/people/", now=clock.now)
    for _attempt in range(3):
        assert work.take_lease(job.pk, clock.now) is not None
        clock.now += timedelta(seconds=61)
    assert work.take_lease(job.pk, clock.now) is None
    job.refresh_from_db()
    assert (job.state, job.problem[:12]) == ("failed", "平台多次尝试都没有做成，"[:12])
    assert work.unfinished(clock.now + timedelta(hours=1)) == []


def test_an_export_cancelled_while_it_is_made_leaves_nothing(world, monkeypatch):
    county, before = world.wuchang, kept_files()
    job = ask(county, "/people/")
    monkeypatch.setattr(work, "_BEAT_SECONDS", 0.0)
    asked = 0

    def clock():
        nonlocal asked
        asked += 1
        if asked == 4:
            services.cancel_export(actor=county.actor("county_regulator"), job=job, now=timezone.now())
        return timezone.now()

    assert work.make(job.pk, clock) is False
    job.refresh_from_db()
    assert (job.state, job.rows_done > 0) == ("cancelled", True)
    assert kept_files() == before
    assert list(work.workshop().iterdir()) == []


def test_one_export_is_made_at_a_time_and_the_oldest_first(world):
    clock = Clock()
    first = ask(world.wuchang, "/people/", now=clock.now - timedelta(seconds=9))
    second = ask(world.xiantao, "/people/", now=clock.now - timedelta(seconds=8))
    assert work.unfinished(clock.now) == [first.pk]
    assert work.take_lease(first.pk, clock.now) is not None
    assert work.take_lease(second.pk, clock.now) is None
    assert work.unfinished(clock.now) == []


def _when_counted(does: str) -> None:
    """Let the database do something between the counting of the rows and their reading."""
    with connection.cursor() as cursor:
        cursor.execute(f"""
            CREATE FUNCTION meanwhile() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN {does}; RETURN NULL; END $$;
            CREATE TRIGGER counted AFTER UPDATE OF rows_number ON web_exportjob FOR EACH ROW
                WHEN (OLD.lease IS NOT DISTINCT FROM NEW.lease AND NEW.rows_done = 0)
                EXECUTE FUNCTION meanwhile();
        """)


def test_rows_that_are_missing_give_no_file(world, monkeypatch):
    county, other = world.wuchang, world.xiantao
    job, someone = ask(county, "/people/"), county.workers["gap"].engagement
    monkeypatch.setattr(work, "_BEAT_SECONDS", 0.0)
    # Somebody is in another county while the rows are read, and back when they are counted again.
    _when_counted(f"UPDATE workers_engagement SET project_id = {other.project.pk} WHERE id = {someone.pk}")
    ticks = count()

    def clock():
        # First the lease and the beginning, then a beat for each row that was read.
        if next(ticks) == 2:
            Engagement.all_rows.filter(pk=someone.pk).update(project=county.project)
        return timezone.now()

    before = kept_files()
    assert work.make(job.pk, clock) is True
    job.refresh_from_db()
    assert (job.state, job.rows_number) == ("failed", 4)
    assert "为免缺行" in job.problem
    assert kept_files() == before


def test_a_reading_that_the_database_breaks_off_gives_no_file_and_is_made_anew(world):
    job, before = ask(world.wuchang, "/people/"), kept_files()
    with pytest.raises(OperationalError, match="statement timeout"), transaction.atomic():
        _when_counted("PERFORM pg_sleep(5)")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '300ms'")
        work.make(job.pk, timezone.now)
    assert kept_files() == before
    assert (made(job).state, job.rows_number) == ("done", 4)


def test_a_list_that_moved_while_it_was_read_is_whole_as_of_a_moment_between():
    work._judge(rows=5, before=4, after=6)
    work._judge(rows=4, before=4, after=6)
    for rows in (3, 7):
        with pytest.raises(work.NotWhole):
            work._judge(rows=rows, before=4, after=6)


def test_progress_is_told_with_the_time_that_is_left(world):
    now = timezone.now()
    job = ExportJob(rows_asked=100, rows_number=100, rows_done=25, started_at=now - timedelta(seconds=10))
    assert job.share_done == 0.25
    assert job.remaining(now) == timedelta(seconds=30)
    assert ExportJob(rows_asked=100).remaining(now) is None


def test_what_dead_workers_left_lying_is_thrown_away(world):
    clock = Clock()
    job = ask(world.wuchang, "/people/", now=clock.now)
    lease = work.take_lease(job.pk, clock.now)
    assert lease is not None
    work.workshop().mkdir(parents=True, exist_ok=True)
    alive, dead = work.workshop() / f"{lease.token}-a", work.workshop() / f"{job.public_id}-b"
    for room in (alive, dead):
        room.mkdir()
        (room / "x.sealed").write_bytes(b"x")
    work.tidy()
    assert (alive.exists(), dead.exists()) == (True, False)
    (alive / "x.sealed").unlink()
    alive.rmdir()


def test_a_refusal_says_nothing_of_the_other_county(world):
    for county in world:
        job = ask(county, f"/projects/{county.project.public_id}/people/")
        ExportJob.objects.filter(pk=job.pk).update(
            path=f"/projects/{world.other(county).project.public_id}/people/"
        )
        assert made(job).state == "failed"
        assert traces_in(job.problem, world.other(county)) == []


def test_a_made_file_opens_with_its_own_content_only(world):
    one, other = made(ask(world.wuchang, "/people/")), made(ask(world.xiantao, "/people/"))
    assert content(one) != content(other)
    assert one.size_bytes == len(content(one))
