"""Every route of the product, and what it is opened with: ids in the address, queries, forms.

The two-county test opens each with one's own ids and with the other county's. A new route fails it until
it has its row here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import URLPattern, URLResolver, get_resolver

from kernel.ids import new_id
from tests.support import people
from tests.support.counties import County

Query = dict[str, Any]


def _once(_county: County) -> list[dict[str, Any]]:
    return [{}]


def _no_forms(_county: County) -> list[Query]:
    return []


@dataclass(frozen=True)
class Route:
    """How a route is opened. `public`: why it shows the same to everybody; its bytes are searched too."""

    kwargs: Callable[[County], list[dict[str, Any]]] = _once
    queries: Callable[[County], list[Query]] = _once
    forms: Callable[[County], list[Query]] = _no_forms
    public: str = ""


def _project(county: County) -> list[dict[str, Any]]:
    return [{"public_id": county.project.public_id}]


def _people(county: County) -> list[dict[str, Any]]:
    return [{"public_id": worker.engagement.public_id} for worker in county.workers.values()]


def _tabs(*tabs: str) -> Callable[[County], list[dict[str, Any]]]:
    return lambda county: [{"public_id": county.project.public_id, "tab": tab} for tab in tabs]


def _person_tabs(county: County) -> list[dict[str, Any]]:
    shown = [county.worker, county.workers["shared"]]
    tabs = ("work", "contracts", "trainings", "readers")
    return [{"public_id": one.engagement.public_id, "tab": tab} for one in shown for tab in tabs]


def _listed(*more: Query) -> Callable[[County], list[Query]]:
    """How a list is asked: as it is, by region, by project and enterprise, by words."""
    return lambda county: [
        {},
        {"region": county.region.code},
        {"project": county.project.public_id},
        {"project": county.project.code},
        {"team": county.teams["contractor"].public_id, "person": county.worker.engagement.public_id},
        {"enterprise": county.firms["shared"].public_id},
        {"q": county.word},
        {"q": "王五"},
        {"day": county.today - timedelta(days=1), "size": 100},
        *more,
    ]


def _enterprises(county: County) -> list[dict[str, Any]]:
    return [{"public_id": firm.public_id} for firm in county.firms.values()]


def _words(county: County) -> list[Query]:
    asked = ("", county.word, "王五", "两地", county.project.code, county.firms["owner"].uscc)
    return [{"q": word} for word in asked]


def _here(county: County, **more: Any) -> Query:
    return {"region": county.region.code, **more}


def _found(*more: Query, words: bool = True, by_project: bool = False) -> Callable[[County], list[Query]]:
    """How a list of the REST API is asked; it refuses a parameter it does not know."""

    def asked(county: County) -> list[Query]:
        ways = [{}, _here(county), *more]
        ways += [{"q": word} for word in (county.word, "王五")] if words else []
        named = (county.project.code, county.project.public_id)
        return ways + ([{"project": name} for name in named] if by_project else [])

    return asked


_MOVES = ("exit", "approve")


def _whom(county: County) -> list[str]:
    return [str(worker.engagement.public_id) for worker in county.workers.values()]


def _ticked(county: County) -> list[Query]:
    """The roster's page for everybody."""
    return [{"act": act, "who": _whom(county)} for act in _MOVES]


def _move_forms(county: County) -> list[Query]:
    return [{"date": county.today}]


def _batches(county: County) -> list[dict[str, Any]]:
    found = [worker.event for worker in county.workers.values() if worker.event]
    return [{"public_id": county.project.public_id, "batch": event.batch} for event in found]


def _key_posts(county: County) -> list[dict[str, Any]]:
    found = [worker.key_post for worker in county.workers.values() if worker.key_post]
    return [{"public_id": held.public_id} for held in found]


def _parties(county: County) -> list[dict[str, Any]]:
    # The firm of both counties takes part in each by a row of its own.
    return [{"public_id": row.public_id} for row in county.participations.values()]


def _teams(county: County) -> list[dict[str, Any]]:
    return [{"public_id": row.public_id} for row in county.teams.values()]


def _party_forms(_county: County) -> list[Query]:
    return [{"uscc": people.credit_code(78), "name": "第78建筑有限公司", "kind": "001"}]


def _moved(*, date: bool = False, **more: Any) -> Callable[[County], list[Query]]:
    """The body of a move of everybody."""
    return lambda county: [{"engagements": _whom(county), **({"date": county.today} if date else {}), **more}]


def _of_projects(*more: Query) -> Callable[[County], list[Query]]:
    """How a list of the REST API is asked that has no regions."""
    return lambda county: [{}, {"project": county.project.code}, *more]


def _contracts(county: County) -> list[dict[str, Any]]:
    papers = [worker.contract for worker in county.workers.values() if worker.contract]
    return [{"public_id": paper.public_id} for paper in papers]


def _trainings(county: County) -> list[dict[str, Any]]:
    papers = [worker.training for worker in county.workers.values() if worker.training]
    return [{"public_id": paper.public_id} for paper in papers]


def _contract_form(county: County) -> Query:
    return {"contract_kind": "labour", "contract_starts_on": county.today, "reason": "开始日期录错"}


def _training_form(county: County) -> Query:
    return {
        "training_kind": "003001",
        "training_on": county.today,
        "training_hours": "8",
        "is_passed": "yes",
        "reason": "学时录错",
        "people": county.worker.engagement.public_id,
    }


def _enrolment(county: County) -> Query:
    return {
        "name": "钱七",
        "id_number": people.id_number(911),
        "phone": people.phone(911),
        "team": county.teams["contractor"].public_id,
        "trade": "010",
        "contract_kind": "none",
    }


ROUTES: dict[str, Route] = {
    "healthz": Route(public="the node's own state"),
    "metrics": Route(public="the node's own figures, for whoever watches it"),
    "open_api": Route(public="without a signature it answers a refusal; test_open_api goes in"),
    "sign_in": Route(public="the door"),
    "sign_out": Route(public="the way out; takes only a form"),
    "password": Route(public="one's own password"),
    "schema": Route(public="the description of the interface"),
    "docs": Route(public="the description of the interface"),
    "standard": Route(public="the data standard is public"),
    "code_list": Route(kwargs=lambda _county: [{"key": "trade"}], public="the data standard is public"),
    "home": Route(),
    "messages": Route(),
    "message": Route(
        public="of one account; another's is not found", kwargs=lambda _county: [{"public_id": new_id()}]
    ),
    "search": Route(queries=_words),
    "overview": Route(queries=lambda county: [{}, {"region": county.region.code}]),
    "region": Route(
        kwargs=lambda county: [{"code": county.region.code}],
        queries=lambda county: [{}, {"measure": "contract"}, {"measure": "on_post"}],
    ),
    "projects": Route(queries=_listed({"status": "003"}, {"low": "training"}, {"silent": "1"})),
    "project": Route(kwargs=_project),
    "project_people": Route(kwargs=_project, queries=_listed()),
    "project_attendance": Route(kwargs=_project, queries=_listed()),
    "project_tab": Route(kwargs=_tabs("parties", "teams", "posts", "devices")),
    "people": Route(queries=_listed({"contract": "no"}, {"on_site": "1"}, {"attended": "yes"})),
    "person": Route(kwargs=_people),
    "reveal_number": Route(
        kwargs=_people, forms=lambda _county: [{"reason": "核对进场人员身份"}, {"reason": ""}]
    ),
    "person_tab": Route(kwargs=_person_tabs),
    "enrol": Route(kwargs=_project, forms=lambda county: [_enrolment(county)]),
    "team_training": Route(kwargs=_project, forms=lambda county: [_training_form(county)]),
    "edit_person": Route(kwargs=_people, forms=lambda _county: [{"trade": "020", "kind": "20"}]),
    "correct_person": Route(kwargs=_people, forms=lambda _county: [{"name": "张散", "reason": "看错一位"}]),
    "person_photo": Route(kwargs=_people),
    "new_contract": Route(kwargs=_people, forms=lambda county: [_contract_form(county)]),
    "new_training": Route(kwargs=_people, forms=lambda county: [_training_form(county)]),
    "replace_contract": Route(kwargs=_contracts, forms=lambda county: [_contract_form(county)]),
    "end_contract": Route(
        kwargs=_contracts, forms=lambda county: [{"date": county.today, "reason": "协商解除"}]
    ),
    "contract_scan": Route(kwargs=_contracts),
    "replace_training": Route(kwargs=_trainings, forms=lambda county: [_training_form(county)]),
    "withdraw_training": Route(kwargs=_trainings, forms=lambda _county: [{"reason": "不是本人参加"}]),
    "training_evidence": Route(kwargs=_trainings),
    "days": Route(queries=_listed()),
    "punches": Route(queries=_listed({"matched": "no"})),
    "punch": Route(
        kwargs=lambda county: [
            {"day": county.today, "public_id": county.punch.public_id},
            {"day": county.today, "public_id": county.stranger_punch.public_id},
        ]
    ),
    "enterprises": Route(queries=_listed()),
    "enterprise": Route(kwargs=_enterprises),
    "api_tokens": Route(public="the door; takes only account and password"),
    "api_current_token": Route(public="one's own token; it can only be ended"),
    "api_regions": Route(public="the map is public"),
    "api_code_lists": Route(public="the data standard is public"),
    "api_code_list": Route(kwargs=lambda _county: [{"key": "trade"}], public="the data standard is public"),
    "api_parameters": Route(public="the data standard is public"),
    "api_dashboard": Route(queries=lambda county: [{}, _here(county), _here(county, date=county.today)]),
    "api_projects": Route(
        queries=lambda county: _found(
            {"status": "003"},
            {"ordering": "-on_site"},
            {"code": county.project.code},
            {"contractor": county.firms["contractor"].uscc},
        )(county)
    ),
    "api_project": Route(kwargs=_project),
    "api_engagements": Route(
        queries=lambda county: _found(
            {"on_site": "true"},
            {"contracted": "false"},
            {"project": county.project.code, "team": county.teams["contractor"].number},
            {"enterprise": county.firms["shared"].uscc},
            by_project=True,
        )(county)
    ),
    "api_engagement": Route(kwargs=_people),
    "api_look_up": Route(kwargs=_project, forms=lambda county: [_enrolment(county)]),
    "api_enrol": Route(kwargs=_project, forms=lambda county: [_enrolment(county)]),
    "api_team_training": Route(kwargs=_project, forms=lambda county: [_training_form(county)]),
    "api_engagement_edit": Route(kwargs=_people, forms=lambda _county: [{"trade": "020"}]),
    "api_engagement_correct": Route(kwargs=_people, forms=lambda _county: [{"name": "张散"}]),
    "api_contract_add": Route(kwargs=_people, forms=lambda county: [_contract_form(county)]),
    "api_training_add": Route(kwargs=_people, forms=lambda county: [_training_form(county)]),
    "api_contracts": Route(
        queries=lambda county: [
            {},
            {"engagement": county.worker.engagement.public_id},
            {"project": county.project.code},
            {"ended": "false", "kind": "labour"},
        ]
    ),
    "api_trainings": Route(
        queries=lambda county: [
            {},
            {"engagement": county.worker.engagement.public_id},
            {"project": county.project.code},
            {"withdrawn": "false", "kind": "003001"},
        ]
    ),
    "api_contract_replace": Route(kwargs=_contracts, forms=lambda county: [_contract_form(county)]),
    "api_contract_end": Route(
        kwargs=_contracts, forms=lambda county: [{"date": county.today, "reason": "协商解除"}]
    ),
    "api_training_replace": Route(kwargs=_trainings, forms=lambda county: [_training_form(county)]),
    "api_training_withdraw": Route(kwargs=_trainings, forms=lambda _county: [{"reason": "不是本人参加"}]),
    "api_punches": Route(
        queries=lambda county: _found(
            {"matched": "false"},
            {"channel": county.device.channel},
            {"date": county.today - timedelta(days=1)},
            words=False,
            by_project=True,
        )(county)
    ),
    "roster_move": Route(kwargs=_project, queries=_ticked, forms=_move_forms),
    "roster_done": Route(kwargs=_batches),
    "roster_undo": Route(kwargs=_batches, forms=lambda _county: [{"reason": "选错了人"}]),
    "person_reverse": Route(kwargs=_people, forms=lambda _county: [{"reason": "选错了人"}]),
    "post_assign": Route(
        kwargs=_project,
        forms=lambda county: [
            {"post": "02", "engagement": county.worker.engagement.public_id, "date": county.today}
        ],
    ),
    "post_relieve": Route(kwargs=_key_posts, forms=lambda county: [{"date": county.today}]),
    "party_new": Route(kwargs=_project, forms=_party_forms),
    "party_edit": Route(kwargs=_parties, forms=lambda _county: [{"kind": "001", "manager_name": "钱"}]),
    "party_end": Route(kwargs=_parties, forms=lambda county: [{"date": county.today}]),
    "party_resume": Route(kwargs=_parties, forms=lambda _county: [{"once": "1"}]),
    "team_new": Route(
        kwargs=_project,
        forms=lambda county: [
            {"participation": county.participations["contractor"].public_id, "name": "瓦工二班"}
        ],
    ),
    "team_edit": Route(kwargs=_teams, forms=lambda _county: [{"name": "瓦工三班"}]),
    "team_end": Route(kwargs=_teams, forms=lambda county: [{"date": county.today}]),
    "team_resume": Route(kwargs=_teams, forms=lambda _county: [{"once": "1"}]),
    "api_roster_enter": Route(forms=_moved(date=True)),
    "api_roster_leave": Route(forms=_moved(date=True)),
    "api_roster_return": Route(forms=_moved(date=True)),
    "api_roster_exit": Route(forms=_moved(date=True)),
    "api_roster_settle": Route(forms=_moved()),
    "api_roster_team": Route(forms=_moved(date=True)),
    "api_roster_end": Route(forms=_moved(date=True)),
    "api_roster_verify": Route(forms=_moved()),
    "api_roster_submit": Route(forms=_moved()),
    "api_roster_approve": Route(forms=_moved()),
    "api_roster_send_back": Route(forms=_moved(reason="缺培训记录")),
    "api_roster_reverse": Route(forms=_moved(reason="选错了人")),
    "api_presences": Route(queries=_of_projects()),
    "api_reviews": Route(queries=_of_projects({"outcome": "approved"})),
    "api_key_post_assign": Route(
        forms=lambda county: [
            {"engagement": county.worker.engagement.public_id, "post": "02", "starts_on": county.today}
        ]
    ),
    "api_key_post_relieve": Route(kwargs=_key_posts, forms=lambda county: [{"ends_on": county.today}]),
    "api_participations": Route(queries=_of_projects({"kind": "009"}, {"left": "false"})),
    "api_participation_add": Route(
        forms=lambda county: [{**form, "project": county.project.public_id} for form in _party_forms(county)]
    ),
    "api_participation_edit": Route(kwargs=_parties, forms=lambda _county: [{"kind": "001"}]),
    "api_participation_end": Route(kwargs=_parties, forms=lambda county: [{"date": county.today}]),
    "api_participation_resume": Route(kwargs=_parties, forms=lambda _county: [{}]),
    "api_teams": Route(queries=_of_projects({"q": "班"}, {"left": "false"})),
    "api_team_add": Route(
        forms=lambda county: [
            {"participation": county.participations["contractor"].public_id, "name": "瓦工二班"}
        ]
    ),
    "api_team_edit": Route(kwargs=_teams, forms=lambda _county: [{"name": "瓦工三班"}]),
    "api_team_end": Route(kwargs=_teams, forms=lambda county: [{"date": county.today}]),
    "api_team_resume": Route(kwargs=_teams, forms=lambda _county: [{}]),
    "api_attendance_days": Route(
        queries=lambda county: _found(
            {"ordering": "first_at"},
            {"engagement": county.worker.engagement.public_id},
            {"from": county.today - timedelta(days=25)},
            words=False,
            by_project=True,
        )(county)
    ),
    "api_enterprises": Route(
        queries=lambda county: [{}, {"q": county.word}, {"uscc": county.firms["owner"].uscc}]
    ),
}


def routes() -> Iterator[tuple[str, str]]:
    """Every route of the resolver, through every include: its full name and its pattern."""
    yield from _walk(get_resolver().url_patterns, "", "")


def _walk(patterns: list[URLPattern | URLResolver], space: str, prefix: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        where = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner, where)
        else:
            yield f"{space}{pattern.name or where}", where


def address(path: str, query: Query) -> str:
    """A path with its query."""
    return f"{path}?{urlencode(query, doseq=True)}" if query else path
