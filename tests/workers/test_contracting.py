"""Contracts that the platform writes: made, signed, verified by another; S2 step by step."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from audit.models import AuditEvent
from kernel.errors import DomainError, NotFound, NotPermitted, Stale
from kernel.files import NamedFile
from kernel.scoping import Reach
from kernel.store import keep
from tests.support import people, records
from tests.support.actors import EVERYONE, Holder
from tests.support.traces import fingerprint
from tests.workers.sites import TODAY, contract, site, take
from web.models import Message
from workers import contract_text
from workers.contract_text import Clause, numeral
from workers.errors import (
    AlreadyContracted,
    BadPaper,
    BadWording,
    NobodyThere,
    NotAtThatStep,
    NothingReworded,
    OwnScan,
    PaperEnded,
)
from workers.models import Contract, ContractPaper, ContractTemplate, Engagement
from workers.selectors import contracted_on
from workers.selectors.contracting import contract_list, papers_to_verify, unrenewed
from workers.services import (
    TermFacts,
    amend_contract,
    attach_scan,
    attach_scans,
    begin_signing,
    end_contract,
    make_contracts,
    print_contracts,
    record_contract,
    reword_contract,
    send_back_scan,
    tell_of_ends,
    verify_scan,
    void_paper,
)

pytestmark = pytest.mark.django_db
TERMS = TermFacts(
    "labour", TODAY, TODAY + timedelta(days=364), "day", Decimal("280.00"), 15, "武昌中北路 8 号"
)
ANOTHER = Holder(Reach(region_paths=frozenset({"420000/"})), "workers.verify_contracts", "workers.view")
ANOTHER.key = "another"


def crew(number: int = 3, order: int = 920) -> list[Engagement]:
    """People of one team without a contract."""
    team = site(order)
    return [
        take(team, order=order + 1 + step, name=f"工人{numeral(step + 1)}", contract=None, training=None)
        for step in range(number)
    ]


def made(who: Any, **changes: Any) -> ContractPaper:
    return make_contracts(actor=EVERYONE, engagements=[who], terms=replace(TERMS, **changes), year=2026)[0]


def scanned(who: Engagement, **changes: Any) -> ContractPaper:
    paper = made(who, **changes)
    begin_signing(actor=EVERYONE, papers=[paper])
    return attach_scan(actor=EVERYONE, paper=paper, scan=keep(b"signed"))


def has_contract(who: Engagement, day: Any = TODAY) -> bool:
    return Engagement.all_rows.filter(contracted_on(day), pk=who.pk).exists()


def standings() -> dict[int, str]:
    """How each contract stands today, by key."""
    rows: Any = contract_list(EVERYONE, TODAY)
    return dict(rows.values_list("pk", "stands"))


def is_refused(kind: type[DomainError], act: Any, /, **facts: Any) -> DomainError:
    before = fingerprint()
    with pytest.raises(kind) as refusal, transaction.atomic():
        act(**{"actor": EVERYONE, **facts})
    assert fingerprint() == before
    return refusal.value


def text_of(content: bytes) -> list[str]:
    return [re.sub(r"\s+", "", page.extract_text()) for page in PdfReader(BytesIO(content)).pages]


def are_embedded(content: bytes) -> set[bool]:
    """Whether each TrueType face of the file travels with it."""
    resources: list[Any] = [page["/Resources"] for page in PdfReader(BytesIO(content)).pages]
    fonts = [one.get_object() for of_page in resources for one in of_page["/Font"].values()]
    faces = [one for one in fonts if one["/Subtype"] == "/TrueType"]
    return {"/FontFile2" in one["/FontDescriptor"].get_object() for one in faces}


def printed(papers: list[ContractPaper]) -> list[str]:
    content = print_contracts(
        actor=EVERYONE, papers=papers, address_of=lambda one: f"https://example.test/{one.public_id}"
    )
    return text_of(content)


def test_contracts_of_a_crew_are_made_at_once_numbered_one_after_the_other_and_count_nothing_yet():
    who = crew()
    papers = make_contracts(actor=EVERYONE, engagements=who, terms=TERMS, year=2026)
    code = who[0].project.code
    assert [one.number for one in papers] == [f"{code}-LD2026-{step:04}" for step in (1, 2, 3)]
    assert {(one.state, one.wording.number, one.duties) for one in papers} == {
        ("draft", 1, "砌筑、勾缝等砌体施工")
    }
    assert [has_contract(one) for one in who] == [False] * 3
    assert Contract.all_rows.count() == 0


@pytest.mark.parametrize(
    ("change", "words", "field"),
    [
        ({"wage_form": ""}, "计酬方式", "wage_form"),
        ({"wage_form": "piece"}, "计量单位", "unit"),
        ({"unit_price": Decimal(0)}, "单价应大于 0", "unit_price"),
        ({"pay_day": 32}, "1 日至 31 日", "pay_day"),
        ({"workplace": "  "}, "工作地点", "workplace"),
        ({"ends_on": TODAY - timedelta(days=1)}, "早于开始日期", "contract_ends_on"),
        ({"kind": "oral"}, "没有这种合同类型", "contract_kind"),
    ],
)
def test_terms_that_no_contract_could_have_are_refused_beside_their_field(change, words, field):
    who = crew(1)
    refusal = is_refused(BadPaper, make_contracts, engagements=who, terms=replace(TERMS, **change), year=2026)
    assert words in refusal.message
    assert refusal.field == field


def test_one_with_a_contract_or_a_draft_stops_all_and_is_named():
    who = crew()
    record_contract(actor=EVERYONE, engagement=who[1], starts_on=TODAY, ends_on=None)
    refusal = is_refused(NobodyThere, make_contracts, engagements=who, terms=TERMS, year=2026)
    assert "工人二在这段期限内已有合同" in refusal.message
    made(who[0])
    refusal = is_refused(NobodyThere, make_contracts, engagements=[who[0]], terms=TERMS, year=2026)
    assert "工人一还有没签完的合同" in refusal.message


def test_an_agreement_is_the_other_kind_in_law_and_has_letters_and_a_text_of_its_own():
    who = crew(1)[0]
    paper = made(who, kind="agreement", ends_on=None, wage_form="piece", unit="80")
    assert "-XY2026-0001" in paper.number
    (first, *_rest) = printed([paper])
    assert "建筑工人用工书面协议" in first and "双方不符合建立劳动关系的情形" in first
    assert "至工作任务完成时止" in first
    verify = scanned(crew(1, 940)[0], kind="agreement")
    assert verify_scan(actor=ANOTHER, paper=verify).kind == "agreement"


def test_a_signed_scan_counts_once_another_person_has_verified_it():
    who = crew(1)[0]
    paper = scanned(who)
    assert not has_contract(who)
    assert is_refused(OwnScan, verify_scan, paper=paper)
    assert list(papers_to_verify(EVERYONE)) == []
    assert list(papers_to_verify(ANOTHER)) == [paper]
    kept = verify_scan(actor=ANOTHER, paper=paper)
    paper.refresh_from_db()
    assert (paper.state, paper.contract, paper.verified_by) == ("active", kept, ANOTHER.label)
    assert (kept.number, kept.scan, kept.unit_price) == (paper.number, paper.scan, Decimal("280.00"))
    assert has_contract(who)
    actions = AuditEvent.objects.filter(action__contains="contract").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "workers.contract_drafted",
        "workers.contract_sent_to_sign",
        "workers.contract_scanned",
        "workers.contract_recorded",
        "workers.contract_verified",
    ]


def test_i_12_the_database_as_well_keeps_maker_and_verifier_apart():
    paper = scanned(crew(1)[0])
    paper.contract = records.contract(paper.engagement, TODAY)
    paper.state, paper.verified_by_key = "active", paper.scanned_by_key
    with pytest.raises(IntegrityError, match="a_signed_scan_is_verified_by_another"), transaction.atomic():
        paper.save()


def test_a_scan_that_is_not_signed_is_sent_back_with_a_reason_and_taken_again():
    paper = scanned(crew(1)[0])
    back = send_back_scan(actor=ANOTHER, paper=paper, reason="没有拍到签字")
    assert (back.state, back.scan, back.returned_reason) == ("signing", "", "没有拍到签字")
    assert is_refused(NotAtThatStep, verify_scan, actor=ANOTHER, paper=paper)
    again = attach_scan(actor=EVERYONE, paper=paper, scan=keep(b"signed, whole"))
    assert again.returned_reason == ""
    assert verify_scan(actor=ANOTHER, paper=paper).scan == keep(b"signed, whole")


@pytest.mark.parametrize(
    ("step", "allowed"),
    [
        ("draft", {"begin_signing", "void_paper"}),
        ("signing", {"attach_scan", "void_paper"}),
        ("scanned", {"attach_scan", "void_paper", "verify_scan", "send_back_scan"}),
        ("active", set()),
        ("void", set()),
    ],
)
def test_each_act_begins_where_s2_says_and_nowhere_else(step, allowed):
    who = crew(1)[0]
    paper = scanned(who) if step in ("scanned", "active") else made(who)
    if step == "signing":
        begin_signing(actor=EVERYONE, papers=[paper])
    if step == "active":
        verify_scan(actor=ANOTHER, paper=paper)
    if step == "void":
        void_paper(actor=EVERYONE, paper=paper, reason="报酬填错")
    acts = {
        "begin_signing": lambda: begin_signing(actor=EVERYONE, papers=[paper]),
        "attach_scan": lambda: attach_scan(actor=EVERYONE, paper=paper, scan=keep(b"x")),
        "verify_scan": lambda: verify_scan(actor=ANOTHER, paper=paper),
        "send_back_scan": lambda: send_back_scan(actor=ANOTHER, paper=paper, reason="看不清签字"),
        "void_paper": lambda: void_paper(actor=EVERYONE, paper=paper, reason="报酬填错"),
    }
    for name, act in acts.items():
        with transaction.atomic():
            if name in allowed:
                act()
            else:
                before = fingerprint()
                with pytest.raises(NotAtThatStep):
                    act()
                assert fingerprint() == before
            transaction.set_rollback(True)


def test_many_scans_find_their_contracts_by_the_number_in_their_names_or_none_is_kept():
    who = crew(2)
    papers = make_contracts(actor=EVERYONE, engagements=who, terms=TERMS, year=2026)
    begin_signing(actor=EVERYONE, papers=papers)
    files = [NamedFile(f"扫描 {one.number.lower()}（签）.pdf", keep(one.number.encode())) for one in papers]
    project = who[0].project
    wrong = [files[0], NamedFile("合同.pdf", keep(b"x"))]
    refusal = is_refused(BadPaper, attach_scans, project=project, files=wrong)
    assert "合同.pdf" in refusal.message
    assert is_refused(BadPaper, attach_scans, project=project, files=[files[0], files[0]])
    kept = attach_scans(actor=EVERYONE, project=project, files=files)
    assert [one.scan for one in kept] == [one.address for one in files]


def test_a_contract_recorded_by_hand_meanwhile_stops_the_verification():
    who = crew(1)[0]
    paper = scanned(who)
    record_contract(actor=EVERYONE, engagement=who, starts_on=TODAY, ends_on=None)
    assert is_refused(AlreadyContracted, verify_scan, actor=ANOTHER, paper=paper)


def test_changed_terms_take_over_on_their_day_and_the_old_contract_stays_readable():
    who = take(site(), contract=contract(starts_on=TODAY - timedelta(days=30)))
    old = Contract.all_rows.get(engagement=who)
    new_terms = replace(TERMS, ends_on=old.ends_on, unit_price=Decimal("320.00"))
    paper = amend_contract(actor=EVERYONE, contract=old, terms=new_terms, year=2026)
    assert "变更" in printed([paper])[0]
    begin_signing(actor=EVERYONE, papers=[paper])
    attach_scan(actor=EVERYONE, paper=paper, scan=keep(b"signed"))
    old.refresh_from_db()
    assert old.ended_on is None
    new = verify_scan(actor=ANOTHER, paper=paper)
    old.refresh_from_db()
    assert (old.ended_on, new.starts_on) == (TODAY, TODAY)
    assert "接替" in old.end_reason
    assert all(has_contract(who, TODAY - timedelta(days=step)) for step in (0, 1, 30))
    stands = standings()
    assert stands == {old.pk: "amended", new.pk: "active"}
    assert is_refused(PaperEnded, amend_contract, contract=old, terms=new_terms, year=2026)


def test_changed_terms_begin_within_the_contract_that_they_change():
    who = take(site(), contract=contract(ends_on=TODAY + timedelta(days=9)))
    old = Contract.all_rows.get(engagement=who)
    for day in (TODAY, TODAY + timedelta(days=10)):
        terms = replace(TERMS, starts_on=day)
        refusal = is_refused(BadPaper, amend_contract, contract=old, terms=terms, year=2026)
        assert refusal.field == "contract_starts_on"


def test_how_a_contract_stands_is_read_off_its_days():
    cases: dict[str, dict[str, Any]] = {
        "active": {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=31)},
        "expiring": {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=30)},
        "expired": {"starts_on": TODAY - timedelta(days=9), "ends_on": TODAY - timedelta(days=1)},
        "coming": {"starts_on": TODAY + timedelta(days=1), "ends_on": None},
        "ended": {"starts_on": TODAY - timedelta(days=9), "ends_on": None, "ended_on": TODAY},
        "corrected": {"starts_on": TODAY, "ends_on": None, "ended_on": TODAY},
    }
    who = crew(1)[0]
    rows = {name: records.contract(who, **facts) for name, facts in cases.items()}
    found = standings()
    assert {name: found[row.pk] for name, row in rows.items()} == {name: name for name in cases}


def test_those_who_file_are_told_once_of_what_runs_out_and_not_of_what_is_renewed():
    who = crew(2)
    for one in who:
        records.presence(one, TODAY)
    ends_on = TODAY + timedelta(days=30)
    for one in who:
        record_contract(actor=EVERYONE, engagement=one, starts_on=TODAY, ends_on=ends_on)
    record_contract(actor=EVERYONE, engagement=who[1], starts_on=ends_on + timedelta(days=1), ends_on=None)
    assert [one.engagement for one in unrenewed(Contract.all_rows.all(), TODAY)] == [who[0]]
    from tests.support.actors import account, give_post

    user = account("clerk-papers")
    give_post(user, "labour_clerk", project=who[0].project.public_id)
    assert tell_of_ends(TODAY) == 1
    assert tell_of_ends(TODAY) == 0
    text = Message.objects.get(user=user, kind="workers.paper_runs_out").text
    assert f"1 份合同将于 {ends_on} 到期" in text


def test_a_contract_is_printed_with_both_parties_its_number_pages_and_the_law_it_comes_from():
    who = crew(2)
    papers = make_contracts(actor=EVERYONE, engagements=who, terms=TERMS, year=2026)
    begin_signing(actor=EVERYONE, papers=papers)
    content = print_contracts(
        actor=EVERYONE, papers=papers, address_of=lambda one: f"https://example.test/{one.public_id}"
    )
    pages = text_of(content)
    text = "".join(pages)
    for paper in papers:
        assert paper.number in text
    for said in (
        "工人一",
        "工人二",
        who[0].person.id_number,
        "280.00元/日",
        "15日",
        "武昌中北路8号",
        "劳动合同法第十七条",
    ):
        assert said.replace(" ", "") in text, said
    assert "{" not in text and "〓" not in text
    half = len(pages) // 2
    feet = [re.search(r"第(\d)页共(\d)页", page) for page in pages]
    assert [(int(foot[1]), int(foot[2])) for foot in feet if foot] == [
        (page, half) for _paper in papers for page in range(1, half + 1)
    ]
    assert are_embedded(content) == {True}
    assert len(content) < 400_000
    read = AuditEvent.objects.filter(action="workers.contract_printed")
    assert {event.object_key for event in read} == {str(one.public_id) for one in who}
    assert people.id_number(921) not in str([event.facts for event in read])


def test_what_was_sent_to_sign_is_printed_as_it_was_whatever_changes_later():
    who = crew(1)[0]
    paper = made(who)
    assert "草稿不作签署" in printed([paper])[0]
    begin_signing(actor=EVERYONE, papers=[paper])
    Engagement.all_rows.filter(pk=who.pk).update(trade="020")
    who.project.name = "改过的名字"
    who.project.save(update_fields=["name"])
    (first, *_rest) = printed([paper])
    assert "砌筑工" in first and "改过的名字" not in first and "草稿" not in first


def test_a_void_contract_is_not_printed():
    paper = made(crew(1)[0])
    void_paper(actor=EVERYONE, paper=paper, reason="报酬填错")
    with pytest.raises(NotAtThatStep):
        printed([paper])


def test_a_project_words_its_own_contracts_and_those_made_before_keep_theirs():
    who = crew(2)
    before = made(who[0])
    text = [
        *contract_text.default_text("labour"),
        Clause("高处作业", "乙方{乙方姓名}系挂安全带。", "本企业制度"),
    ]
    new = reword_contract(
        actor=EVERYONE, project=who[0].project, kind="labour", clauses=text, reason="补充安全条款"
    )
    assert (new.number, ContractTemplate.all_rows.count()) == (2, 2)
    after = made(who[1])
    before.refresh_from_db()
    assert (before.wording.number, after.wording.number) == (1, 2)
    assert "系挂安全带" not in "".join(printed([before]))
    assert "乙方工人二系挂安全带" in "".join(printed([after]))
    again = is_refused(
        NothingReworded,
        reword_contract,
        project=who[0].project,
        kind="labour",
        clauses=text,
        reason="再存一次",
    )
    assert again.message.startswith("文本和现行版本完全一样")
    assert is_refused(
        Stale,
        reword_contract,
        project=who[0].project,
        kind="labour",
        clauses=contract_text.default_text("labour"),
        reason="改回标准文本",
        expected_version=1,
    )


NEEDED = "{合同期限}{工作内容}{工作地点}{工资标准}{发薪日}"


@pytest.mark.parametrize(
    ("clauses", "words"),
    [
        ([Clause("全部", NEEDED + "{银行卡号}")], "没有名为 {银行卡号} 的填充项"),
        ([Clause("全部", NEEDED.replace("{发薪日}", ""))], "必须写明 {发薪日}"),
        ([Clause("全部", NEEDED + "}")], "花括号没有成对"),
        ([Clause("", NEEDED)], "第 1 条缺少标题"),
        ([Clause("全部", NEEDED + "长" * 2000)], "第 1 条太长"),
        ([], "1 至 40 条"),
    ],
)
def test_a_wording_that_nobody_can_fill_or_that_says_too_little_is_refused(clauses, words):
    project = site().participation.project
    refusal = is_refused(
        BadWording, reword_contract, project=project, kind="labour", clauses=clauses, reason="精简条款"
    )
    assert words in refusal.message


def test_the_platforms_own_texts_say_what_they_must_and_name_their_sources():
    for kind in ("labour", "agreement"):
        text = contract_text.default_text(kind)
        assert contract_text.unknown_placeholders(text) == []
        assert contract_text.missing_placeholders(text) == []
        assert not contract_text.has_loose_braces(text)
        assert all(one.source for one in text)


def test_numerals_are_those_of_clauses():
    assert [numeral(number) for number in (1, 9, 10, 11, 20, 23)] == [
        "一",
        "九",
        "十",
        "十一",
        "二十",
        "二十三",
    ]


def test_without_the_right_to_read_numbers_nothing_is_printed():
    paper = made(crew(1)[0])
    reader = Holder(Reach(region_paths=frozenset({"420000/"})), "workers.view")
    with pytest.raises(NotPermitted):
        print_contracts(actor=reader, papers=[paper], address_of=str)
    elsewhere = Holder(Reach(region_paths=frozenset({"420000/429004/"})), "workers.reveal")
    with pytest.raises(NotFound):
        print_contracts(actor=elsewhere, papers=[paper], address_of=str)


def test_a_contract_that_was_made_here_ends_like_any_other():
    who = crew(1)[0]
    kept = verify_scan(actor=ANOTHER, paper=scanned(who, starts_on=TODAY - timedelta(days=2)))
    end_contract(actor=EVERYONE, contract=kept, on=TODAY, reason="双方协商解除", today=TODAY)
    assert not has_contract(who)
    assert list(standings().values()) == ["ended"]
