"""Pulling page by page under a lease: who dies in the middle is followed by another, from the same cursor.

A step reads pages for some seconds and ends; the sweep sends the next one. Nothing is known by a process
alone: cursor, tallies and lease stand in the feed, and move together with the rows of a page.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.module_loading import import_string

from federation.masters import contract
from federation.masters.contract import BadPage, Census, Connector, Page, SourceTrouble, SourceWentBack
from federation.masters.kinds import KINDS, Kind
from federation.masters.taking import Tally, end_missing, retry_held, take_page
from federation.models import MasterFeed, MasterPull, MasterRecord
from kernel.ids import new_id
from standards.selectors import parameter

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]
State = MasterPull.State
# A page that came wrong is asked for again at once, so often, and so is everything where the counts differ
# after a full pull; a source that stumbles mostly stands up.
TRIES = 3
_SECONDS = 45.0


class LeaseLost(Exception):
    """Another has taken the feed over: this step must not write any more."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step did: whether the pull ended, and whether it stopped by a fault."""

    pages: int
    is_done: bool
    fault: str = ""


def is_configured() -> bool:
    """Whether this node pulls: the province does, where it has a source. All others get copies from it."""
    return bool(settings.FOUR_DATABASES_URL) and is_the_province()


def is_the_province() -> bool:
    """Whether this node answers for 四库一平台."""
    return bool(settings.NODE_KIND == "province")


def connector() -> Connector:
    """The source as settings name it."""
    made = import_string(settings.FOUR_DATABASES_CONNECTOR)
    found: Connector = made(
        settings.FOUR_DATABASES_URL, settings.FOUR_DATABASES_TOKEN, settings.FOUR_DATABASES_SECONDS
    )
    return found


def feeds() -> list[MasterFeed]:
    """The feed of each object, made on the first call."""
    known = {feed.object: feed for feed in MasterFeed.objects.all()}
    missing = [MasterFeed(object=name) for name in contract.OBJECTS if name not in known]
    MasterFeed.objects.bulk_create(missing, ignore_conflicts=True)
    if missing:
        known = {feed.object: feed for feed in MasterFeed.objects.all()}
    return [known[name] for name in contract.OBJECTS]


def due(now: datetime) -> list[str]:
    """The objects whose turn it is and that nobody reads now, in the order in which they need each other."""
    found = []
    for feed in feeds():
        is_held = feed.holder is not None and feed.lease_until is not None and feed.lease_until > now
        if not is_held and (feed.due_at is None or feed.due_at <= now):
            found.append(feed.object)
    return found


def sweep(now: datetime) -> int:
    """Read what is due, object after object, for some seconds in all; how many pages came."""
    if not is_configured():
        return 0
    names, until, pages = due(now), time.monotonic() + _SECONDS, 0
    if not names:
        return 0
    source = connector()
    try:
        for name in names:
            step = pull(name, source, seconds=until - time.monotonic())
            pages += step.pages if step else 0
            if time.monotonic() >= until:
                break
    finally:
        source.close()
    return pages


def pull(
    name: str, source: Connector, *, clock: Clock = timezone.now, seconds: float = _SECONDS
) -> Step | None:
    """Read an object for some seconds, or until it is read; None where another is at it."""
    step = _Puller.begin(KINDS[name], source, clock)
    return None if step is None else step.run(seconds)


@dataclass(slots=True)
class _Puller:
    """One step: it holds the feed's lease under its own name."""

    kind: Kind
    source: Connector
    clock: Clock
    me: UUID
    feed: MasterFeed
    pull: MasterPull
    pages: int = 0

    @classmethod
    @transaction.atomic
    def begin(cls, kind: Kind, source: Connector, clock: Clock) -> "_Puller | None":
        """Take the lease and the pull that is under way, or begin one."""
        feeds()
        now = clock()
        rows = MasterFeed.objects.select_for_update(skip_locked=True).filter(object=kind.name)
        feed = rows.first()
        if feed is None or (feed.holder and feed.lease_until and feed.lease_until > now):
            return None
        under_way = feed.pulls.filter(ended_at=None).first()
        if under_way is None:
            if feed.reads_all:
                feed.cursor = 0
            under_way = feed.pulls.create(
                began_at=now, beat_at=now, is_full=feed.reads_all, asked_by=feed.wanted_by
            )
            feed.reads_all = False
        me = new_id()
        feed.holder, feed.lease_until = me, now + _lease()
        feed.wanted_at, feed.wanted_by = None, ""
        feed.save()
        return cls(kind, source, clock, me, feed, under_way)

    def run(self, seconds: float) -> Step:
        """Page after page until the time is over, the log is read or the source stumbles."""
        until = time.monotonic() + seconds
        try:
            while True:
                try:
                    page = self._page()
                except SourceWentBack as back:
                    self._start_over(back.sentence)
                    continue
                self._take(page)
                if page.is_last:
                    return self._finish()
                if time.monotonic() >= until:
                    self._let_go()
                    return Step(self.pages, is_done=False)
        except SourceTrouble as trouble:
            self._fail(trouble.sentence)
            return Step(self.pages, is_done=False, fault=trouble.sentence)
        except LeaseLost:
            log.info("masters.lease_lost", object=self.kind.name)
            return Step(self.pages, is_done=False)

    def _page(self) -> Page:
        """The next page, checked; a wrong one is noted and asked for again. Raises SourceTrouble."""
        most = int(parameter("masters.page_rows"))
        for attempt in range(TRIES):
            try:
                page = contract.checked(
                    self.source.page(self.kind.name, self.feed.cursor, most), self.feed.cursor
                )
            except BadPage as fault:
                self._note_odd(fault.sentence)
                if attempt == TRIES - 1:
                    raise
                continue
            if page.was_shuffled:
                self._note_odd("总库的一页里记录没有按序号排列，已按序号采用。")
            return page
        raise AssertionError("the last attempt either returns or raises")

    @transaction.atomic
    def _start_over(self, sentence: str) -> None:
        """The source was set back to an earlier day: what it says now counts, from its first record on."""
        self._hold()
        self.feed.cursor = 0
        self.feed.save(update_fields=["cursor"])
        self.pull.is_full, self.pull.odd = True, sentence[:300]
        self.pull.odd_pages += 1
        self.pull.save()

    @transaction.atomic
    def _note_odd(self, sentence: str) -> None:
        self._hold()
        self.pull.odd_pages += 1
        self.pull.odd = sentence[:300]
        self.pull.save(update_fields=["odd_pages", "odd"])

    @transaction.atomic
    def _take(self, page: Page) -> None:
        """The page's rows, its tally and the cursor behind it: all or nothing. Raises LeaseLost."""
        self._hold()
        now = self.clock()
        tally = take_page(self.kind, self.pull, page.entries, now)
        _add(self.pull, tally)
        self.pull.pages += 1
        self.pull.beat_at = now
        self.pull.save()
        self.feed.cursor, self.feed.head = page.next, page.head
        self.feed.save(update_fields=["cursor", "head", "lease_until"])
        self.pages += 1

    def _hold(self) -> None:
        """Lock the feed and prolong the lease, if it is still ours. Raises LeaseLost."""
        feed = MasterFeed.objects.select_for_update().get(pk=self.feed.pk)
        if feed.holder != self.me:
            raise LeaseLost
        self.feed = feed
        self.pull.refresh_from_db()
        feed.lease_until = self.clock() + _lease()
        feed.save(update_fields=["lease_until"])

    def _finish(self) -> Step:
        """Everything is read: try again what was held, end what is gone, and compare the counts."""
        census = self.source.census(self.kind.name)
        with transaction.atomic():
            self._hold()
            now = self.clock()
            _add(self.pull, retry_held(self.kind, self.pull, now), is_retry=True)
            self._compare(census, now)
            self.feed.holder = self.feed.lease_until = None
            self.feed.failures, self.feed.fault, self.feed.fault_at = 0, "", None
            self.feed.succeeded_at = now
            self.feed.save()
            self.pull.ended_at = self.pull.beat_at = now
            self.pull.save()
        log.info("masters.pulled", object=self.kind.name, records=self.pull.records, state=self.pull.state)
        return Step(self.pages, is_done=True)

    def _compare(self, census: Census, now: datetime) -> None:
        """Counts and digests of both sides, if the source has not moved on meanwhile."""
        feed = self.feed
        feed.due_at = now + timedelta(minutes=int(parameter("masters.pull_minutes")))
        self.pull.state = State.DONE
        if census.head != feed.cursor:
            feed.due_at = now
            return
        if self.pull.is_full:
            self._end_unknown(census, now)
        live, digest = held_here(self.kind.name)
        feed.live_there, feed.live_here, feed.compared_at = census.live, live, now
        feed.is_equal = (live, digest) == (census.live, census.digest)
        if feed.is_equal:
            return
        self.pull.state = State.DIFFERS
        # What was lost inside a page is found by reading everything once more.
        feed.reads_all = True
        feed.due_at = now + _wait(self._full_pulls_in_vain() - TRIES + 1)

    def _end_unknown(self, census: Census, now: datetime) -> None:
        """End what a full pull did not see, if the source's own count says that it saw everything.

        A record that was not seen may as well have been lost inside a page: its census then knows more.
        """
        live, digest = _counted(MasterRecord.objects.filter(object=self.kind.name, seen_in=self.pull))
        if (live, digest) == (census.live, census.digest):
            self.pull.withdrawn += end_missing(self.kind, self.pull, now)
            return
        self.pull.odd_pages += 1
        self.pull.odd = (
            f"从头重取见到 {live} 条，与总库报的 {census.live} 条或摘要不符，"
            "可能有记录漏在页里，没有撤销任何记录。"
        )

    def _full_pulls_in_vain(self) -> int:
        """How many full pulls in a row, this one among them, ended with a difference."""
        if not self.pull.is_full:
            return 0
        earlier = self.feed.pulls.filter(is_full=True).exclude(pk=self.pull.pk).order_by("-pk")
        last_good = earlier.exclude(state=State.DIFFERS).first()
        return 1 + (earlier.filter(pk__gt=last_good.pk) if last_good else earlier).count()

    @transaction.atomic
    def _let_go(self) -> None:
        """Leave the rest to the next step, at once."""
        self._hold()
        self.feed.holder = self.feed.lease_until = None
        self.feed.due_at = self.clock()
        self.feed.save()

    @transaction.atomic
    def _fail(self, sentence: str) -> None:
        """Remember why, and come back later: after one, two, four … minutes, at most an hour."""
        try:
            self._hold()
        except LeaseLost:
            return
        now = self.clock()
        self.feed.failures += 1
        self.feed.due_at = now + _wait(self.feed.failures)
        self.feed.fault, self.feed.fault_at = sentence[:300], now
        self.feed.holder = self.feed.lease_until = None
        self.feed.save()
        log.warning("masters.stopped", object=self.kind.name, failures=self.feed.failures)


def held_here(name: str) -> tuple[int, int]:
    """How many living records of an object stand here, and the digest over all of them, ended ones too.

    What is held counts as known: the source has told it, and it waits here. What was taken off by a count
    alone is not known to the source any more.
    """
    return _counted(MasterRecord.objects.filter(object=name, withdrawn_by_count=False))


def _counted(rows: QuerySet[MasterRecord]) -> tuple[int, int]:
    """Records as a census counts them: the living ones, and the digest over all."""
    found = rows.aggregate(live=Count("pk", filter=Q(withdrawn_at=None)), marks=Sum(F("mark")))
    return int(found["live"]), int(found["marks"] or 0) % 2**63


def _add(pull: MasterPull, tally: Tally, *, is_retry: bool = False) -> None:
    """Count a page's records; held ones that were tried again count when they were taken."""
    for name in ("new", "changed", "same", "withdrawn", "held"):
        if is_retry and name in ("held", "same"):
            continue
        setattr(pull, name, getattr(pull, name) + getattr(tally, name))


def _wait(failures: int) -> timedelta:
    """The pause after so many failures in a row: none, then one, two, four … minutes, at most an hour."""
    if failures < 1:
        return timedelta()
    longest = int(parameter("masters.longest_wait_minutes"))
    # Nobody waits longer than that, so the power need not grow beyond it.
    return timedelta(minutes=min(2 ** min(failures - 1, 30), longest))


def _lease() -> timedelta:
    return timedelta(seconds=int(parameter("masters.lease_seconds")))
