"""Rules of an enterprise: by version, for one project or for all of the firm's, withdrawn with a reason."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from kernel.errors import NotFound
from kernel.files import NamedFile
from kernel.store import keep
from tests.scope.opening import signed_in
from tests.support import records
from tests.support.actors import EVERYONE
from tests.support.traces import fingerprint
from tests.support.world import County, wuchang
from tests.workers.sites import TODAY, site
from workers.errors import BadPaper, PaperEnded
from workers.models import PolicyDocument
from workers.selectors.policies import policies, same_firm_elsewhere
from workers.services import PolicyFacts, file_policy, withdraw_policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> County:
    return wuchang()


def facts(**changes: Any) -> PolicyFacts:
    given = {
        "title": "用工实名制管理制度",
        "effective_on": TODAY,
        "file": NamedFile("制度.pdf", keep(b"policy")),
        "document": "〔2026〕8号",
    }
    return PolicyFacts(**{**given, **changes})


def test_a_document_of_the_same_title_is_the_next_version_and_both_stay():
    part = site().participation
    first, second = (
        file_policy(
            actor=EVERYONE, participations=[part], facts=facts(effective_on=TODAY + timedelta(days=step))
        )[0]
        for step in (0, 1)
    )
    assert [(one.number, one.replaces) for one in (first, second)] == [(1, None), (2, first)]
    assert list(policies(EVERYONE, part.project)) == [second, first]
    before = fingerprint()
    with pytest.raises(PaperEnded), transaction.atomic():
        withdraw_policy(actor=EVERYONE, policy=first, reason="制度已废止")
    assert fingerprint() == before
    withdraw_policy(actor=EVERYONE, policy=second, reason="制度已废止")
    second.refresh_from_db()
    assert second.withdrawal_reason == "制度已废止"


def test_one_act_files_a_document_for_every_open_project_of_the_firm():
    part = site().participation
    other = records.project("420106202603031999", records.region("420106"), part.enterprise)
    twin = records.participation(other, part.enterprise)
    done = records.project("420106202603032999", records.region("420106"), part.enterprise, status="004")
    records.participation(done, part.enterprise)
    elsewhere = list(same_firm_elsewhere(EVERYONE, part))
    assert elsewhere == [twin]
    assert len(file_policy(actor=EVERYONE, participations=[part, *elsewhere], facts=facts())) == 2


@pytest.mark.parametrize(
    ("change", "field"), [({"title": " "}, "title"), ({"file": NamedFile("", "")}, "file")]
)
def test_a_document_without_title_or_file_is_refused(change, field):
    part = site().participation
    with pytest.raises(BadPaper) as refusal:
        file_policy(actor=EVERYONE, participations=[part], facts=facts(**change))
    assert refusal.value.field == field
    assert not PolicyDocument.all_rows.exists()


def test_the_contractors_documents_are_read_by_its_subcontractors_and_touched_by_nobody_else(county):
    own, others = county.policies["contractor"], county.policies["subcontractor"]
    sub, clerk = county.actor("subcontractor_clerk"), signed_in(county, "subcontractor_clerk")
    assert set(policies(sub, county.project)) == {own, others}
    assert {row["title"] for row in clerk.get("/api/v1/policies/").json()["results"]} >= {
        own.title,
        others.title,
    }
    assert clerk.get(reverse("policy_file", args=[own.public_id])).status_code == 200
    page = clerk.get(reverse("project_policies", args=[county.project.public_id])).content.decode()
    for policy, is_own in ((own, False), (others, True)):
        assert policy.title in page
        address = reverse("policy_withdraw", args=[policy.public_id])
        assert (address in page) is is_own
        assert clerk.get(address).status_code == (200 if is_own else 404)
    before = fingerprint()
    with pytest.raises(NotFound), transaction.atomic():
        withdraw_policy(actor=sub, policy=own, reason="制度已废止")
    assert fingerprint() == before
    contractor = county.actor("labour_clerk")
    assert set(policies(contractor, county.project)) >= {own}
