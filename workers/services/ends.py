"""Contracts and trainings that run out soon: those who file are told once, when the last weeks begin."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from standards.selectors import parameter
from web.messages import Audience, tell, was_told
from workers.models import Contract, Training
from workers.selectors import on_site_on
from workers.selectors.contracting import unrenewed
from workers.selectors.lessons import not_retrained

KIND = "workers.paper_runs_out"


def tell_of_ends(today: date) -> int:
    """One message for each firm of each project whose papers enter their last days today; how many.

    Sent twice on one day it tells once.
    """
    contracts = Contract.all_rows.filter(on_site_on(today, "engagement"))
    ends_on = today + timedelta(days=parameter("contract.warn_days", on=today))
    due = unrenewed(contracts.filter(ends_on=ends_on, ended_on=None), today)
    said = _("{project}：{number} 份合同将于 {day} 到期，请续签，或按时办理退场。")
    told = _tell(due, said, ends_on, "project_contracts", "expiring")
    trainings = Training.all_rows.filter(on_site_on(today, "engagement"))
    valid_to = today + timedelta(days=parameter("training.warn_days", on=today))
    due_too = not_retrained(trainings.filter(valid_to=valid_to), today)
    said = _("{project}：{number} 人的安全培训将于 {day} 到期，请安排培训。")
    return told + _tell(due_too, said, valid_to, "project_trainings", "expiring")


def _tell(rows: QuerySet, sentence: str, day: date, page: str, stands: str) -> int:  # type: ignore[type-arg]  # two models
    of = (
        "engagement__project__public_id",
        "engagement__project__name",
        "engagement__participation__public_id",
    )
    groups: Iterable[tuple[Any, ...]] = rows.order_by().values_list(*of).annotate(number=Count("pk"))
    told = 0
    for project, name, participation, number in groups:
        about = f"{page.removeprefix('project_')}:{participation}:{day:%Y%m%d}"
        if was_told(KIND, about):
            continue
        audience = Audience(
            permission="workers.file", project=project, participations=frozenset({participation})
        )
        url = reverse(page, args=[project], query={"stands": stands})
        text = sentence.format(project=name, number=number, day=day)
        told += 1 if tell(audience, kind=KIND, text=text, url=url, about=about) else 0
    return told
