"""Pages that tick people: no more of them on one page than one act takes, however many there are."""

import re

import pytest
from django.conf import settings
from django.test import Client

from standards.models import RuleParameter
from tests.support import people, records
from tests.support.traces import fingerprint
from tests.support.world import County
from workers.models import ContractPaper, Engagement, Training

pytestmark = pytest.mark.django_db
TERMS = {
    "contract_kind": "labour",
    "wage_form": "day",
    "unit_price": "310",
    "pay_day": "18",
    "workplace": "武昌中北路 8 号",
}
LIMITS = {"contracts": "contract.most_at_once", "training": "training.most_people_at_once"}


@pytest.fixture
def crew(county: County) -> list[Engagement]:
    """Seven people of a new team without contract, two of them of one name."""
    team = records.team(county.participations["contractor"], 1_460_000_001, name="架子工班组")
    names = ("丁一", "丁二", "丁三", "丁四", "丁五", "丁六", "丁六")
    found = [
        records.engagement(records.person(people.id_number(940 + order), name), team)
        for order, name in enumerate(names)
    ]
    RuleParameter.objects.filter(key__in=LIMITS.values()).update(value=3)
    return found


def addresses(county: County) -> list[str]:
    project = f"/projects/{county.project.public_id}"
    session = county.sessions["open"].public_id
    return [f"{project}/contracts/new/", f"{project}/training/", f"/sessions/{session}/people/"]


def boxes(html: str) -> list[tuple[str, bool]]:
    """The people that a page offers, with whether each is ticked."""
    found = re.findall(r'<input type="checkbox" name="people" value="([^"]+)"([^>]*)>', html)
    return [(key, " checked" in rest) for key, rest in found]


def test_no_page_offers_more_people_than_one_act_takes(
    county: County, clerk: Client, crew: list[Engagement]
) -> None:
    for address in addresses(county):
        seen: list[str] = []
        first = html = clerk.get(address).content.decode()
        while True:
            offered = boxes(html)
            assert 0 < len(offered) <= 3, address
            seen += [key for key, _ticked in offered]
            following = re.search(r'href="([^"]+)">下一批', html)
            if following is None:
                break
            html = clerk.get(address + following[1].replace("&amp;", "&")).content.decode()
        assert len(seen) == len(set(seen)), address
        assert {str(one.public_id) for one in crew} <= set(seen), address
        assert re.search(r"共 \d+ 人[^，]*，这里先办 3 人（第 1 批，共 \d+ 批）", first), address
        assert '<select name="team"' in first, address


def test_a_team_or_a_name_narrows_the_choice_without_script(
    county: County, clerk: Client, crew: list[Engagement]
) -> None:
    team = crew[0].team.public_id
    contracts, training, session = addresses(county)
    html = clerk.get(f"{contracts}?team={team}").content.decode()
    assert [ticked for _key, ticked in boxes(html)] == [True] * 3
    assert "共 7 人没有合同，这里先办 3 人（第 1 批，共 3 批）" in html
    assert f'<option value="{team}" selected>' in html
    assert [ticked for _key, ticked in boxes(clerk.get(f"{training}?team={team}").content.decode())] == [
        True
    ] * 3
    for address in (contracts, training, session):
        html = clerk.get(f"{address}?q=丁六").content.decode()
        assert sorted(boxes(html)) == sorted((str(one.public_id), False) for one in crew[5:]), address
        for one in crew[5:]:
            assert f"丁六（尾号 {one.person.id_number[-4:]}）" in html, address
            assert one.person.id_number not in html
        html = clerk.get(f"{address}?q=查无此人").content.decode()
        assert boxes(html) == []
        assert "没有找到这样的人" in html
        assert clerk.get(f"{address}?team=x&person=y&like=z&page=-4").status_code == 200


def test_after_a_batch_of_contracts_the_next_one_waits_with_the_same_terms(
    county: County, clerk: Client, crew: list[Engagement]
) -> None:
    page = f"{addresses(county)[0]}?team={crew[0].team.public_id}"
    done: set[str] = set()
    for left in (4, 1):
        html = clerk.get(page).content.decode()
        ticked = [key for key, is_ticked in boxes(html) if is_ticked]
        answer = clerk.post(page, {**TERMS, "contract_starts_on": county.today, "people": ticked})
        page = answer["Location"]
        html = clerk.get(page).content.decode()
        assert f"已生成 3 份合同草稿。还有 {left} 人没有合同" in html
        assert 'value="310.00"' in html
        assert 'value="18"' in html
        assert done.isdisjoint(ticked)
        done.update(ticked)
    (last,) = boxes(html)
    answer = clerk.post(page, {**TERMS, "contract_starts_on": county.today, "people": [last[0]]})
    assert answer["Location"].endswith("/papers/?stands=draft")
    assert ContractPaper.all_rows.filter(engagement__in=crew).count() == 7


def test_a_draft_brings_its_terms_to_every_page_and_its_ticks_to_their_own(
    county: County, clerk: Client, crew: list[Engagement]
) -> None:
    page = f"{addresses(county)[0]}?team={crew[0].team.public_id}"
    ((first, _ticked), *_others) = boxes(clerk.get(page).content.decode())
    clerk.post(page, {"pay_day": "23", "people": [first]}, headers={"X-Check": "1"})
    html = clerk.get(page).content.decode()
    assert [ticked for _key, ticked in boxes(html)] == [True, False, False]
    html = clerk.get(f"{page}&page=2").content.decode()
    assert [ticked for _key, ticked in boxes(html)] == [True] * 3
    assert 'value="23"' in html


def test_whoever_slid_to_another_page_meanwhile_is_still_taken(
    county: County, clerk: Client, crew: list[Engagement]
) -> None:
    page, last = addresses(county)[1], crew[-1]
    sent = {"training_kind": "003002", "training_on": county.today, "training_hours": "4", "is_passed": "yes"}
    answer = clerk.post(f"{page}?page=1", {**sent, "people": [last.public_id]})
    assert answer.status_code == 302
    assert Training.all_rows.filter(engagement=last, kind="003002").count() == 1
    before = fingerprint()
    answer = clerk.post(page, {**sent, "people": [one.public_id for one in crew]})
    assert answer.status_code == 422
    assert "一次最多登记 3 人" in answer.content.decode()
    assert fingerprint() == before


def test_a_form_with_too_many_ticks_is_refused_with_the_remedy(county: County, clerk: Client) -> None:
    sent = {"people": [str(number) for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)]}
    before = fingerprint()
    answer = clerk.post(addresses(county)[0], sent)
    assert answer.status_code == 400
    assert "一次勾选的人太多，未作任何处理。请按班组分几次办理。" in answer.content.decode()
    assert "主机名" not in answer.content.decode()
    assert fingerprint() == before


def test_no_parameter_makes_a_page_longer_than_what_can_be_sent(
    county: County, clerk: Client, crew: list[Engagement], settings
) -> None:
    RuleParameter.objects.filter(key__in=LIMITS.values()).update(value=100_000)
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    for address in addresses(county):
        assert len(boxes(clerk.get(address).content.decode())) == 5
