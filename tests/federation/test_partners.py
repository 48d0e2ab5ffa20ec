"""Partners and agreements: at the province alone, drafted by one, approved by another, told to the person."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from federation.gateway.catalogue import OBJECTS
from federation.gateway.description import description_of
from federation.gateway.policy import check_node
from federation.gateway.samples import sample_row
from federation.gateway.terms import Terms
from federation.models import AgreementVersion, GatewayLog, Partner, SharingAgreement
from federation.selectors import partners as reads
from federation.services import (
    AgreementFacts,
    PartnerFacts,
    approve_agreement,
    create_partner,
    draft_agreement,
    drop_agreement_draft,
    edit_partner,
    forget_handed_out,
    issue_partner_key,
    limit_partner_key,
    resume_agreement,
    revise_agreement,
    share_object,
    suspend_agreement,
    withhold_object,
)
from kernel.errors import DomainError, NotPermitted, Stale
from kernel.scoping import Reach
from tests.federation.gateway import agreed, reader
from tests.pages.visiting import text_of
from tests.scope.opening import signed_in
from tests.support import records
from tests.support.actors import Holder, account, give_post
from tests.support.traces import fingerprint
from tests.support.world import TwoCounties

pytestmark = pytest.mark.django_db
PEOPLE = "persons-at-work"
RIGHTS = (
    "federation.manage_partners",
    "federation.view_partners",
    "federation.approve_sharing",
    "workers.view",
)


class _Somebody(Holder):
    def __init__(self, key: str, path: str, *permissions: str) -> None:
        super().__init__(Reach(region_paths=frozenset({path})), *permissions)
        self.key = key


DRAFTER = _Somebody("drafter", "420000/", *RIGHTS)
APPROVER = _Somebody("approver", "420000/", *RIGHTS)


def _facts(**fields: Any) -> PartnerFacts:
    known = {"name": "某某人社局", "sort": "labour", "contact_name": "钱一", "contact_phone": "027-68870000"}
    return PartnerFacts(**(known | fields))


def _terms_of_agreement(**fields: Any) -> AgreementFacts:
    today = timezone.localdate()
    known: dict[str, Any] = {
        "purpose": "核对工资发放",
        "legal_basis": "保障农民工工资支付条例",
        "valid_from": today,
        "valid_to": today + timedelta(days=90),
        "calls_per_minute": 60,
        "rows_per_day": 1000,
    }
    return AgreementFacts(**(known | fields))


def _drafted(partner: Partner | None = None, number: str = "共享 9 号") -> AgreementVersion:
    partner = partner or create_partner(actor=DRAFTER, facts=_facts())
    facts = _terms_of_agreement()
    return draft_agreement(actor=DRAFTER, partner=partner, number=number, title="数据共享", facts=facts)


def _shared(version: AgreementVersion, *fields: str, **filters: Any) -> AgreementVersion:
    terms = Terms(fields or ("id", "name"), {}, filters)
    return share_object(actor=DRAFTER, version=version, shared=PEOPLE, terms=terms)


# --- the province alone (I-28) ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["city", "county", "enterprise"])
def test_i_28_no_other_node_makes_a_partner_serves_one_or_shows_a_form_and_each_says_why(
    kind: str, world: TwoCounties, settings: Any
) -> None:
    of = reader()
    agreed(of, {PEOPLE: records.sharing(["id"])})
    client = _client("platform_administrator", "420000")
    settings.NODE_KIND = kind
    before = fingerprint()
    for act in (
        lambda: create_partner(actor=DRAFTER, facts=_facts()),
        lambda: edit_partner(actor=DRAFTER, partner=of.partner, facts=_facts()),
        lambda: issue_partner_key(actor=DRAFTER, partner=of.partner, addresses=["203.0.113.7"]),
        lambda: approve_agreement(actor=APPROVER, version=world.wuchang.agreement),
    ):
        with pytest.raises(DomainError, match="对外接口由省级平台统一提供") as refused:
            act()
        assert refused.value.code == "only_the_province"
    assert "省级平台" in of.refused(PEOPLE, 403, "only_the_province")
    for url in (reverse("partners"), reverse("partner_new")):
        page = client.get(url)
        assert page.status_code == 403
        assert "对外接口由省级平台统一提供" in text_of(page)
        assert "<h1>本平台不能办理</h1>" in page.content.decode()
    assert client.post(reverse("partner_new"), vars_of(_facts())).status_code == 403
    assert fingerprint() == before


def vars_of(facts: PartnerFacts) -> dict[str, str]:
    """A form's fields."""
    return {name: getattr(facts, name) for name in PartnerFacts.__slots__}


def test_i_28_a_node_says_at_its_start_when_it_poses_as_the_province(settings: Any) -> None:
    assert check_node() == []
    for kind, region, expected in (
        ("province", "420100", "federation.E282"),
        ("village", "420000", "federation.E281"),
        ("city", "420100", "federation.I283"),
    ):
        settings.NODE_KIND, settings.NODE_REGION = kind, region
        assert [one.id for one in check_node()] == [expected]


def test_every_wrong_field_of_a_new_partner_is_told_at_once_and_nothing_is_entered() -> None:
    before = Partner.objects.unscoped(because="a test").count()
    wrong = _facts(sort="bank", uscc="123", contact_phone="abc")
    with pytest.raises(DomainError) as refused, transaction.atomic():
        create_partner(actor=DRAFTER, facts=wrong)
    assert (refused.value.field, refused.value.code) == ("bank_code", "no_bank_code")
    assert list(refused.value.errors) == ["bank_code", "contact_phone", "uscc"]
    client = _client("platform_administrator", "420000")
    page = client.post(reverse("partner_new"), vars_of(wrong))
    text = text_of(page)
    assert page.status_code == 422
    for told in ("银行要选银行代码", "联系电话应为 7 至 20 位数字", "统一社会信用代码应为 18 位"):
        assert told in text
    with pytest.raises(DomainError, match="请填写单位名称") as refused, transaction.atomic():
        create_partner(actor=DRAFTER, facts=_facts(name=" ", contact_name=" "))
    assert list(refused.value.errors) == ["name", "contact_name"]
    assert Partner.objects.unscoped(because="a test").count() == before


def test_a_post_on_a_county_acts_on_no_partner_whatever_it_may(world: TwoCounties) -> None:
    county = world.wuchang
    actor = _Somebody("local", county.region.path, *RIGHTS)
    version, key = county.agreement, county.partner_key
    before = fingerprint()
    for act in (
        lambda: create_partner(actor=actor, facts=_facts()),
        lambda: edit_partner(actor=actor, partner=county.partner, facts=_facts()),
        lambda: _facts_draft(actor, county.partner),
        lambda: revise_agreement(actor=actor, agreement=version.agreement),
        lambda: share_object(actor=actor, version=version, shared=PEOPLE, terms=Terms(["id"])),
        lambda: withhold_object(actor=actor, version=version, shared=PEOPLE),
        lambda: drop_agreement_draft(actor=actor, version=version),
        lambda: approve_agreement(actor=actor, version=version),
        lambda: suspend_agreement(actor=actor, agreement=version.agreement, reason="超出用途"),
        lambda: resume_agreement(actor=actor, agreement=version.agreement),
        lambda: issue_partner_key(actor=actor, partner=county.partner, addresses=["203.0.113.7"]),
        lambda: limit_partner_key(actor=actor, key=key, addresses=["203.0.113.7"]),
    ):
        with pytest.raises(NotPermitted), transaction.atomic():
            act()
    assert fingerprint() == before


def _facts_draft(actor: Any, partner: Partner) -> Any:
    return draft_agreement(
        actor=actor, partner=partner, number="试", title="试行", facts=_terms_of_agreement()
    )


# --- drafting and approval --------------------------------------------------------------------------------


def test_who_drafted_does_not_approve_neither_by_the_act_nor_in_the_database() -> None:
    version = _shared(_drafted())
    with pytest.raises(DomainError, match="不能由您批准"):
        approve_agreement(actor=DRAFTER, version=version)
    with pytest.raises(Exception, match="does not approve it"), transaction.atomic():
        AgreementVersion.all_rows.filter(pk=version.pk).update(
            state="approved", approved_key="drafter", approved_at=timezone.now()
        )
    # Whoever changes a word has had a hand in it too.
    terms = Terms(["id"])
    version = share_object(actor=APPROVER, version=version, shared=PEOPLE, terms=terms)
    with pytest.raises(DomainError, match="不能由您批准"):
        approve_agreement(actor=APPROVER, version=version)
    third = _Somebody("third", "420000/", *RIGHTS)
    assert approve_agreement(actor=third, version=version).approved_key == "third"


def test_what_is_approved_is_what_was_read_and_it_never_changes() -> None:
    version = _shared(_drafted())
    read = version.version
    version = _shared(version, "id", "name", "phone_masked")
    with pytest.raises(Stale):
        approve_agreement(actor=APPROVER, version=version, expected_version=read)
    approved = approve_agreement(actor=APPROVER, version=version, expected_version=version.version)
    with pytest.raises(DomainError, match="已批准的版本不能修改"):
        _shared(approved, "id")
    with pytest.raises(Exception, match="does not change"), transaction.atomic():
        AgreementVersion.all_rows.filter(pk=approved.pk).update(rows_per_day=9)
    with pytest.raises(Exception, match="is kept"), transaction.atomic():
        AgreementVersion.all_rows.filter(pk=approved.pk).delete()


def test_a_new_version_holds_from_its_first_day_and_the_old_one_until_then() -> None:
    first = approve_agreement(actor=APPROVER, version=_shared(_drafted()))
    second = revise_agreement(actor=DRAFTER, agreement=first.agreement)
    assert (second.ordinal, second.terms) == (2, first.terms)
    with pytest.raises(DomainError, match="已有一个草稿"):
        revise_agreement(actor=DRAFTER, agreement=first.agreement)
    today = timezone.localdate()
    later = today + timedelta(days=10)
    AgreementVersion.all_rows.filter(pk=second.pk).update(valid_from=later)
    second = approve_agreement(actor=APPROVER, version=AgreementVersion.all_rows.get(pk=second.pk))
    versions = first.agreement.versions.all()
    assert reads.in_force(versions, today) == first
    assert reads.in_force(versions, later) == second
    assert reads.in_force(versions, second.valid_to + timedelta(days=1)) is None


def test_an_agreement_without_objects_or_over_or_shared_twice_is_refused() -> None:
    version = _drafted()
    with pytest.raises(DomainError, match="没有约定任何数据对象"):
        approve_agreement(actor=APPROVER, version=version)
    with pytest.raises(DomainError, match="已经使用"):
        _drafted(version.agreement.partner)
    with pytest.raises(DomainError, match="已经登记"):
        create_partner(actor=DRAFTER, facts=_facts())
    drop_agreement_draft(actor=DRAFTER, version=version)
    assert not SharingAgreement.all_rows.filter(number="共享 9 号").exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"purpose": "无"}, "purpose"),
        ({"valid_to": timezone.localdate() - timedelta(days=1)}, "valid_to"),
        ({"valid_to": timezone.localdate() + timedelta(days=4000)}, "valid_to"),
        ({"calls_per_minute": 100_000}, "calls_per_minute"),
        ({"rows_per_day": 0}, "rows_per_day"),
    ],
)
def test_an_agreement_says_what_it_is_for_until_when_and_how_much(fields: dict[str, Any], field: str) -> None:
    partner = create_partner(actor=DRAFTER, facts=_facts())
    facts = _terms_of_agreement(**fields)
    with pytest.raises(DomainError) as refused:
        draft_agreement(actor=DRAFTER, partner=partner, number="共享 9 号", title="数据共享", facts=facts)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("terms", "field", "words"),
    [
        (Terms([]), "fields", "至少勾选一个"),
        (Terms(["faces"]), "fields", "没有名为"),
        (Terms(["id_number"]), "basis_id_number", "法律依据"),
        (Terms(["id"], {}, {"regions": ["420199"]}), "regions", "没有"),
        (Terms(["id"], {}, {"enterprises": ["123"]}), "enterprises", "18 位"),
        (Terms(["id"], {}, {"statuses": ["999"]}), "statuses", "没有"),
        (Terms(["id"], {}, {"banks": ["102"]}), "banks", "不能按"),
        (Terms(["id"], {}, {"from": "2026-02-01", "to": "2026-01-01"}), "to", "早于"),
    ],
)
def test_terms_that_cannot_be_are_refused_beside_their_field(terms: Terms, field: str, words: str) -> None:
    version = _drafted()
    with pytest.raises(DomainError, match=words) as refused:
        share_object(actor=DRAFTER, version=version, shared=PEOPLE, terms=terms)
    assert refused.value.field == field
    assert AgreementVersion.all_rows.get(pk=version.pk).terms == {}


def test_a_bank_is_promised_full_numbers_of_its_own_accounts_alone() -> None:
    bank = create_partner(actor=DRAFTER, facts=_facts(name="某某银行", sort="bank", bank_code="102"))
    version = _drafted(bank)
    bases = {"card_number": "工资专用账户管理暂行办法"}
    for filters in ({}, {"banks": ["103"]}, {"banks": ["102", "103"]}):
        with pytest.raises(DomainError, match="本行"):
            share_object(
                actor=DRAFTER,
                version=version,
                shared="payroll-rows",
                terms=Terms(["card_number"], bases, filters),
            )
    terms = Terms(["card_number"], bases, {"paying_banks": ["102"]})
    assert share_object(actor=DRAFTER, version=version, shared="payroll-rows", terms=terms).terms


@pytest.mark.parametrize("addresses", [[], ["0.0.0.0/0"], ["203.0.0.0/8"], ["::/0"], ["localhost"]])
def test_a_key_is_tied_to_addresses_of_the_partner(addresses: list[str]) -> None:
    partner = create_partner(actor=DRAFTER, facts=_facts())
    with pytest.raises(DomainError) as refused:
        issue_partner_key(actor=DRAFTER, partner=partner, addresses=addresses)
    assert refused.value.field == "addresses"


def test_what_was_handed_out_is_forgotten_after_its_years_and_not_before() -> None:
    of = reader()
    version = agreed(of, {PEOPLE: records.sharing(["id"])})
    now = timezone.now()
    for days in (1, 400, 1200):
        records.handed_out(version, of.key, [], now - timedelta(days=days))
    assert forget_handed_out(now) == 1
    assert GatewayLog.all_rows.filter(partner=of.partner).count() == 2


# --- told to the partner, and to the person ---------------------------------------------------------------


def test_the_description_names_exactly_the_agreed_fields_and_the_sample_is_of_nobody() -> None:
    of = reader()
    fields = ["id", "name", "id_number_masked"]
    version = agreed(of, {PEOPLE: records.sharing(fields), "projects": records.sharing(["code"])})
    told = description_of(version, "https://example.invalid")
    assert list(told["paths"]) == [f"/gateway/v1/{PEOPLE}", "/gateway/v1/projects"]
    schema = told["components"]["schemas"][PEOPLE]
    assert (sorted(schema["properties"]), schema["additionalProperties"]) == (sorted(fields), False)
    assert sorted(sample_row(PEOPLE, version.terms[PEOPLE])) == sorted(fields)


def test_every_field_has_a_column_that_exists_a_label_and_an_example() -> None:
    for shared in OBJECTS.values():
        columns = [one.column for one in shared.fields.values()]
        list(shared.model.all_rows.values_list(*columns, *shared.filters.values())[:1])
        for one in shared.fields.values():
            assert one.label, one.key
            assert one.example is not None or "null" in one.means or one.key.endswith(("_at", "_on"))


def _client(role: str, region: str, username: str = "") -> Client:
    user = account(username or f"{role}-of-{region}")
    give_post(user, role, region=records.region(region))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_person_and_the_clerk_read_who_received_what_and_why(world: TwoCounties) -> None:
    county = world.wuchang
    of = reader()
    agreed(of, {PEOPLE: records.sharing(["name", "trade"], regions=["420106"])}, purpose="核对参保情况")
    of.told(PEOPLE)
    own, clerk = signed_in(county, "worker"), signed_in(county, "labour_clerk")
    url = reverse("person_recipients", args=[county.worker.engagement.public_id])
    for page in (own.get("/me/recipients/"), clerk.get(url)):
        text = text_of(page)
        assert page.status_code == 200
        for words in (of.partner.name, "姓名、工种", "核对参保情况", "在册人员"):
            assert words in text
    assert "/me/recipients/" in own.get("/me/readers/").content.decode()
    theirs = reverse("person_recipients", args=[world.xiantao.worker.engagement.public_id])
    assert clerk.get(theirs).status_code == 404
    other = signed_in(world.xiantao, "worker")
    assert of.partner.name not in text_of(other.get("/me/recipients/"))


def test_from_the_first_form_to_the_first_row(world: TwoCounties) -> None:
    """The administrator enters, drafts and issues; the regulator approves; the partner reads."""
    admin = _client("platform_administrator", "420000", "province-admin")
    regulator = _client("province_regulator", "420000", "province-regulator")
    done = admin.post(reverse("partner_new"), {**vars_of(_facts()), "bank_code": ""})
    partner = Partner.all_rows.get(name="某某人社局")
    assert done["Location"] == reverse("partner", args=[partner.public_id])
    assert regulator.post(reverse("partner_new"), vars_of(_facts(name="乙"))).status_code == 403
    facts = _terms_of_agreement()
    sent = {name: getattr(facts, name) for name in AgreementFacts.__slots__}
    done = admin.post(
        reverse("agreement_new", args=[partner.public_id]), {**sent, "number": "鄂 1 号", "title": "参保核对"}
    )
    version = AgreementVersion.all_rows.get(agreement__number="鄂 1 号")
    assert done["Location"] == reverse("agreement_version", args=[version.public_id])
    editor = reverse("agreement_object", args=[version.public_id, PEOPLE])
    assert "证件号码（遮盖）" in text_of(admin.get(editor))
    bad = admin.post(editor, {"field_id_number": "on", "version": version.version})
    assert bad.status_code == 422
    assert "法律依据" in text_of(bad)
    ticked = {"field_id": "on", "field_name": "on", "regions": "420106", "version": version.version}
    assert admin.post(editor, ticked).status_code == 302
    assert "全省" not in text_of(admin.get(reverse("agreement_version", args=[version.public_id])))
    approval = reverse("agreement_approve", args=[version.public_id])
    assert admin.get(approval).status_code == 403
    shown = regulator.get(approval)
    assert "核对工资发放" in text_of(shown)
    done = regulator.post(approval, {"is_read": "on", "version": shown.context["version"]})
    assert done.status_code == 302
    done = admin.post(
        reverse("partner_key_new", args=[partner.public_id]), {"addresses": "203.0.113.7"}, follow=True
    )
    secret = done.context["slip"].secret
    head = {"Authorization": f"Bearer {secret}"}
    answer = Client().get(f"/gateway/v1/{PEOPLE}", headers=head, REMOTE_ADDR="203.0.113.7").json()
    assert answer["agreement"] == "鄂 1 号"
    assert {frozenset(row) for row in answer["rows"]} == {frozenset({"id", "name"})}
    for name, of in (("partner", partner), ("agreement", version.agreement)):
        page = admin.get(reverse(name, args=[of.public_id]))
        assert page.status_code == 200
        assert secret not in page.content.decode()
    assert (
        Client().get("/gateway/v1/payroll-rows", headers=head, REMOTE_ADDR="203.0.113.7").status_code == 403
    )
    for name in ("handed_out", "turned_away", "partners"):
        assert admin.get(reverse(name)).status_code == 200
    found = admin.get(reverse("turned_away"), {"reason": "没有约定", "partner": str(partner.public_id)})
    assert found.status_code == 200 and "某某人社局" in text_of(found)
    document = admin.get(reverse("agreement_document", args=[version.public_id]))
    assert "/gateway/v1/persons-at-work" in text_of(document)
    described = admin.get(reverse("agreement_openapi", args=[version.public_id])).json()
    assert described["info"]["version"] == "1"


def test_a_draft_waits_for_those_who_had_no_hand_in_it() -> None:
    version = _shared(_drafted())
    assert version in reads.drafts_to_approve(APPROVER)
    assert version not in reads.drafts_to_approve(DRAFTER)
