"""Writing the people of the demo world: identities, engagements, presence, papers, key posts."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from django.db import connection

from attendance.demo.entry import write_certificates, write_points
from attendance.demo.people import MANAGER, TRAINING_DAYS, Worker
from attendance.demo.permissions import write_permissions
from attendance.demo.plan import SitePlan, World
from attendance.models import Subject
from kernel.cipher import keyring
from projects.models import Project, Team
from workers.models import Contract, Engagement, KeyPostAssignment, Person, Presence, Training
from workers.services import CITIZEN_CARD, identity_index, phone_columns

_BECAUSE = "the demo world is written for everybody; nobody reads"
_BANKS = (
    ("102", "中国工商银行"),
    ("103", "中国农业银行"),
    ("105", "中国建设银行"),
    ("403", "中国邮政储蓄银行（代收付）"),
)
_SCHOOLS = ("01", "02", "02", "02", "03", "04")
_AGREEMENT_SHARE = 0.25
_BATCH = 1_000


def write_people(world: World, projects: dict[str, Project]) -> None:
    """Everybody on every site, with what they have and what they lack."""
    everybody = [(planned, one) for planned in world.sites for one in planned.people]
    persons = _persons(one for _planned, one in everybody)
    engagements = _engagements(world, projects, persons)
    Subject.objects.bulk_create(_subjects(world, persons), batch_size=_BATCH)
    presences = _write_presences(everybody, engagements)
    _write_papers(world.seed, everybody, engagements)
    people = [one for _planned, one in everybody]
    points = write_points(world, projects)
    write_permissions(world.seed, world.base, people, engagements, presences, points)
    write_certificates(world.seed, world.base, people, engagements)
    _date_registrations()
    KeyPostAssignment.objects.bulk_create(
        KeyPostAssignment(
            public_id=_beside(one.engagement_id, 4),
            engagement=engagements[one.engagement_id],
            post=one.post,
            starts_on=one.entered_on,
            ends_on=one.exited_on,
        )
        for _planned, one in everybody
        if one.post
    )


def _date_registrations() -> None:
    """A registration bears the morning of the first entry, not the minute this world was written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workers_engagement e"
            " SET created_at = (first.day + time '07:00') AT TIME ZONE 'Asia/Shanghai'"
            " FROM (SELECT engagement_id, min(entered_on) AS day FROM workers_presence GROUP BY 1) first"
            " WHERE first.engagement_id = e.id"
        )


def _beside(public_id: UUID, step: int) -> UUID:
    """An identifier for something that belongs to this engagement: the next ones after its own."""
    return UUID(int=public_id.int + step)


def _persons(everybody: Iterator[Worker]) -> dict[UUID, Person]:
    by_id = {one.person_id: one.who for one in everybody}
    rows = [
        Person(
            public_id=public_id,
            name=who.name,
            id_type=CITIZEN_CARD,
            id_number=who.id_number,
            id_index=identity_index(CITIZEN_CARD, who.id_number),
            sex=who.sex.value,
            born_on=who.birth,
            nation=who.nation,
        )
        for public_id, who in by_id.items()
    ]
    return {row.public_id: row for row in Person.objects.bulk_create(rows, batch_size=_BATCH)}


def _subjects(world: World, persons: dict[UUID, Person]) -> Iterator[Subject]:
    """Every identity a gate will name: the enrolled, and the strangers nobody knows."""
    for person in persons.values():
        yield _subject(person.id_number, person)
    for planned in world.sites:
        for stranger in planned.strangers:
            yield _subject(stranger.who.id_number, None)


def _subject(number: str, person: Person | None) -> Subject:
    index = identity_index(CITIZEN_CARD, number)
    return Subject(id_type=CITIZEN_CARD, id_index=index, id_number=number, person=person)


def _engagements(
    world: World, projects: dict[str, Project], persons: dict[UUID, Person]
) -> dict[UUID, Engagement]:
    wanted = [team.public_id for planned in world.sites for team in planned.teams]
    teams = Team.objects.unscoped(because=_BECAUSE).select_related("participation__enterprise")
    by_id = {team.public_id: team for team in teams.filter(public_id__in=wanted)}
    rng = Random(f"{world.seed}/roster")
    rows = [
        _engagement(rng, one, persons[one.person_id], projects[planned.code], by_id[_team(planned, one)])
        for planned in world.sites
        for one in planned.people
    ]
    return {row.public_id: row for row in Engagement.objects.bulk_create(rows, batch_size=_BATCH)}


def _team(planned: SitePlan, one: Worker) -> UUID:
    return planned.teams[one.team].public_id


def _engagement(rng: Random, one: Worker, person: Person, project: Project, team: Team) -> Engagement:
    bank_code, bank_name = rng.choice(_BANKS)
    return Engagement(
        public_id=one.engagement_id,
        person=person,
        project=project,
        participation=team.participation,
        team=team,
        is_team_leader=one.is_leader,
        kind=one.kind,
        trade=one.trade,
        **phone_columns(one.who.phone),
        address=f"湖北省示例市示例县示例镇{rng.randint(1, 20)}组{rng.randint(1, 99)}号",
        card_number=one.who.bank_card,
        card_index=keyring().blind_index("card", one.who.bank_card),
        bank_code=bank_code,
        bank_name=bank_name,
        education="06" if one.kind == MANAGER else rng.choice(_SCHOOLS),
        political_status="13",
        issuing_authority="示例县公安局",
    )


def _write_presences(
    everybody: list[tuple[SitePlan, Worker]], engagements: dict[UUID, Engagement]
) -> dict[UUID, Presence]:
    rows = Presence.objects.bulk_create(
        (
            Presence(
                public_id=_beside(one.engagement_id, 1),
                engagement=engagements[one.engagement_id],
                person_id=engagements[one.engagement_id].person_id,
                entered_on=one.entered_on,
                exited_on=one.exited_on,
                is_conflict=one.is_lent,
                entered_by="演示数据",
                exited_by="演示数据" if one.exited_on else "",
            )
            for _planned, one in everybody
        ),
        batch_size=_BATCH,
    )
    return {one.engagement_id: row for (_planned, one), row in zip(everybody, rows, strict=True)}


def _write_papers(
    seed: int, everybody: list[tuple[SitePlan, Worker]], engagements: dict[UUID, Engagement]
) -> None:
    rng = Random(f"{seed}/papers")
    contracts, trainings = [], []
    for _planned, one in everybody:
        engagement = engagements[one.engagement_id]
        is_agreement = one.kind != MANAGER and rng.random() < _AGREEMENT_SHARE
        for order, (starts_on, ends_on) in enumerate(one.papers.contracts):
            contracts.append(
                Contract(
                    public_id=_beside(one.engagement_id, 10 + order),
                    engagement=engagement,
                    kind=Contract.Kind.AGREEMENT if is_agreement else Contract.Kind.LABOUR,
                    period_type="1" if is_agreement else "0",
                    starts_on=starts_on,
                    ends_on=ends_on,
                )
            )
        for order, (kind, held_on, is_passed) in enumerate(one.papers.trainings):
            trainings.append(
                Training(
                    public_id=_beside(one.engagement_id, 20 + order),
                    engagement=engagement,
                    kind=kind,
                    held_on=held_on,
                    valid_to=held_on + timedelta(days=TRAINING_DAYS),
                    hours=Decimal("50.0") if order == 0 else Decimal("20.0"),
                    is_passed=is_passed,
                    trainer="示例安全员",
                )
            )
    Contract.objects.bulk_create(contracts, batch_size=_BATCH)
    Training.objects.bulk_create(trainings, batch_size=_BATCH)
