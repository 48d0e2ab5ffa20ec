"""The people around a notice, and the notice brought to where a test begins."""

from datetime import date, datetime, timedelta
from typing import Any

from integrity import services
from integrity.models import SupervisionNotice
from integrity.rules import day_ended_by, site_date
from integrity.services import AnswerFacts
from tests.support.world import County

DONE = {1: AnswerFacts("已补签合同并上传")}


def drafted(county: County, *gaps: str, **wishes: Any) -> SupervisionNotice:
    """A draft of the supervisor; about people without a contract unless told otherwise."""
    return services.draft_notice(
        actor=county.actor("supervisor"),
        project=county.project,
        gaps=gaps or ("uncontracted",),
        day=county.today,
        now=county.now,
        **wishes,
    )


def issued(county: County, *gaps: str, days: int = 3, **wishes: Any) -> SupervisionNotice:
    """A notice on its way, issued at the county's instant."""
    return services.issue_notice(
        actor=county.actor("supervisor"),
        notice=drafted(county, *gaps, **wishes),
        deadline_on=after(county.now, days),
        day=county.today,
        now=county.now,
    )


def delivered(county: County, days: int = 3) -> SupervisionNotice:
    """A notice that the clerk has opened an hour later."""
    notice = issued(county, days=days)
    return opened(county, notice, county.now + timedelta(hours=1))


def opened(county: County, notice: SupervisionNotice, at: datetime, role: str = "labour_clerk") -> Any:
    return services.mark_read(actor=county.actor(role), notice=notice, now=at)


def answered(county: County, notice: SupervisionNotice, at: datetime, role: str = "labour_clerk") -> Any:
    return services.reply_notice(actor=county.actor(role), notice=notice, answers=DONE, now=at)


def after(now: datetime, days: int) -> date:
    """The calendar day so many days later, as the site counts them."""
    return site_date(now) + timedelta(days=days)


def fresh(notice: SupervisionNotice) -> SupervisionNotice:
    """The row as it stands in the database."""
    return SupervisionNotice.all_rows.get(pk=notice.pk)


def last_day(notice: SupervisionNotice) -> date:
    """The day whose 24:00 the deadline is."""
    deadline = fresh(notice).deadline_at
    assert deadline is not None
    return day_ended_by(deadline)


def steps_of(notice: SupervisionNotice) -> list[tuple[str, str, str]]:
    """The steps so far: act, from, to."""
    return list(fresh(notice).events.order_by("id").values_list("act", "from_state", "to_state"))
