"""The home of those who work on sites: their project, what waits there, and the ways to the day's acts."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.services import recount
from tests.pages.visiting import text_of, visitor
from tests.support import people, records
from tests.support.actors import account, give_post

SITE_ROLES = ("contractor_manager", "labour_clerk", "subcontractor_clerk", "owner", "supervisor")


def _home(county, role):
    return visitor(county, role).get("/").content.decode()


def test_one_project_is_its_own_home(world):
    county = world.wuchang
    for role in SITE_ROLES:
        html = _home(county, role)
        assert f'<h1><a href="/projects/{county.project.public_id}/">{county.project.name}</a></h1>' in html
        waits = "今天没有缺口" if role == "subcontractor_clerk" else "今天要处理"
        assert html.index(waits) < html.index('class="six"') < html.index("办事")


def test_each_sees_the_ways_of_the_own_post(world):
    county = world.wuchang
    of = county.project.public_id
    clerk, owner = _home(county, "labour_clerk"), _home(county, "owner")
    assert f'href="/projects/{of}/people/?on_site=1"' in clerk
    assert f'href="/projects/{of}/parties/"' in clerk.split('class="ways')[1]
    assert "本单位人员" not in clerk
    staff = f"/people/?enterprise={county.firms['owner'].public_id}&amp;project={of}"
    assert f'href="{staff}"' in owner
    assert "参建单位" not in owner.split('class="ways')[1]
    assert "班组" in _home(county, "subcontractor_clerk").split('class="ways')[1]
    assert "参建单位" not in _home(county, "subcontractor_clerk").split('class="ways')[1]


def test_the_owners_own_staff_are_those_of_its_firm(world):
    county = world.wuchang
    team = records.team(county.participations["owner"], 1_460_000_001, name="建设单位项目部")
    work = records.engagement(records.person(people.id_number(801), "甲方代表"), team)
    records.presence(work, county.today)
    page = text_of(visitor(county, "owner").get(f"/people/?enterprise={county.firms['owner'].public_id}"))
    assert "甲方代表" in page
    assert county.worker.person.name not in page
    assert f"用人单位：{county.firms['owner'].name}" in page


def test_a_subcontractors_clerk_finds_no_other_firm_on_the_home_page(world):
    county = world.wuchang
    html = _home(county, "subcontractor_clerk")
    for title in ("contractor", "owner", "supervisor", "shared"):
        assert county.firms[title].name not in html
    for title in ("contractor", "gap"):
        assert county.workers[title].person.name not in html


def test_a_regulators_home_is_no_site(world):
    html = _home(world.wuchang, "county_regulator")
    assert 'class="ways' not in html
    assert "<h1>今天要处理" in html


def test_several_projects_are_listed_with_what_waits_in_each(world):
    county = world.wuchang
    second = records.project(
        "420106202601990001", county.region, county.firms["contractor"], name="第二个工地"
    )
    records.participation(second, county.firms["contractor"])
    recount(county.now)
    html = _home(county, "contractor_manager")
    table = html.split("<h2>我的项目</h2>")[1].split("</table>")[0]
    assert table.index(county.project.name) < table.index("第二个工地")
    assert "<h1>今天要处理" in html


def test_a_project_without_anybody_says_how_to_begin(world):
    county = world.xiantao
    fresh = records.project("429004202601990001", county.region, records.enterprise(901), name="新开工项目")
    records.participation(fresh, fresh.contractor)
    user = account("fresh-manager")
    give_post(user, "contractor_manager", project=fresh.public_id)
    county.users["fresh"] = user
    html = _home(county, "fresh")
    assert "项目上还没有人" in html
    assert "1. 登记参建单位" in html
    assert "2. 登记班组" in html


def test_the_home_of_a_site_asks_a_fixed_number_of_questions(world):
    county = world.wuchang
    client = visitor(county, "labour_clerk")

    def asked():
        client.get("/")
        with CaptureQueriesContext(connection) as found:
            client.get("/")
        return len(found)

    before = asked()
    team = county.teams["contractor"]
    for order in range(5):
        work = records.engagement(records.person(people.id_number(820 + order), f"工人{order}"), team)
        records.presence(work, county.today)
    recount(county.now)
    assert asked() == before
