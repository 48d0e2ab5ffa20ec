"""One's own lists: columns, kept filters, what paper shows, and finding somebody by a number."""

import re

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from standards.models import RuleParameter
from standards.selectors import forget
from tests.pages.visiting import text_of, visitor
from tests.support import people
from tests.support.traces import fingerprint, traces_in
from web.models import ColumnChoice, SavedFilter

REGULATOR = "county_regulator"


def _headings(answer) -> list[str]:
    return [str(column.header) for column in answer.context["table"].columns]


@pytest.fixture
def client(world):
    return visitor(world.wuchang, REGULATOR)


def test_the_address_says_which_columns_are_shown_and_unknown_ones_are_named(client):
    page = client.get("/people/?cols=trade,nonsense,team")
    assert _headings(page) == ["姓名", "工种", "班组"]
    assert "网址里的列“nonsense”这个名单没有" in text_of(page)


def test_chosen_columns_are_remembered_by_person_and_list_and_taken_back(world, client):
    form = {"list": "/people/?contract=no&page=2", "cols": ["trade", "team"]}
    answer = client.post(reverse("list_columns"), form)
    assert answer["Location"] == "/people/?contract=no&page=2&cols=name,trade,team"
    assert _headings(client.get("/people/")) == ["姓名", "工种", "班组"]
    assert len(_headings(client.get("/projects/"))) == 11
    assert len(_headings(visitor(world.wuchang, "supervisor").get("/people/"))) == 11
    client.post(reverse("list_columns"), {"list": "/people/", "all": "1", "cols": ["trade"]})
    assert len(_headings(client.get("/people/"))) == 11
    assert not ColumnChoice.objects.exists()


def test_an_address_from_a_colleague_shows_its_columns_and_changes_nothing_of_ones_own(client):
    client.get("/people/?cols=name")
    assert not ColumnChoice.objects.exists()


def test_the_sum_row_keeps_to_its_columns(client):
    page = client.get("/projects/?cols=name,on_site")
    assert [cell["text"] for cell in page.context["sum_row"]] == ["合计 1 个", "3"]


def _keep(client, name="未签合同", address="/people/?contract=no&page=3&size=50", **more):
    return client.post(reverse("saved_filters"), {"list": address, "name": name, **more})


def test_a_filter_is_kept_under_a_name_without_page_and_size_and_shown_as_a_chip(world, client):
    assert _keep(client)["Location"] == "/people/?contract=no&page=3&size=50"
    (row,) = SavedFilter.objects.all()
    assert (row.name, row.query, row.list_name, row.list_title) == (
        "未签合同",
        "contract=no",
        "people",
        "人员",
    )
    page = client.get("/people/").content.decode()
    assert 'href="?contract=no"' in page and "未签合同" in page
    own = visitor(world.wuchang, "supervisor").get("/people/")
    assert list(own.context["saved_filters"]) == []


@pytest.mark.parametrize(
    ("name", "address", "words"),
    [
        ("", "/people/?contract=no", "请给筛选起个名字"),
        ("长" * 31, "/people/?contract=no", "30 个字以内"),
        ("整个", "/people/?page=2", "现在没有筛选"),
        ("未签合同", "/people/?contract=yes", "已有同名的筛选"),
    ],
)
def test_a_filter_that_cannot_be_kept_is_refused_in_words(client, name, address, words):
    _keep(client)
    before = fingerprint()
    answer = client.post(reverse("saved_filters"), {"list": address, "name": name}, follow=True)
    assert words in text_of(answer)
    assert fingerprint() == before


def test_twenty_filters_of_a_list_are_enough(client):
    RuleParameter.objects.filter(key="lists.most_filters").update(value=2)
    forget()
    for number in range(3):
        _keep(client, f"第{number}个")
    assert SavedFilter.objects.count() == 2


def test_the_default_filter_is_where_the_left_bar_leads_and_the_bare_list_stays_whole(client):
    _keep(client, default="1")
    _keep(client, "木工", "/people/?trade=010", default="1")
    assert SavedFilter.objects.filter(is_default=True).count() == 1
    shown = client.get("/people/")
    assert 'href="/people/?trade=010"' in shown.content.decode()
    assert shown.context["total"] == 4
    row = SavedFilter.objects.get(is_default=True)
    client.post(reverse("saved_filter", args=[row.public_id]), {"what": "plain"})
    assert 'class="entry" href="/people/"' in client.get("/people/").content.decode()


def test_a_filter_is_renamed_and_dropped_by_its_owner_alone(world, client):
    _keep(client)
    row = SavedFilter.objects.get()
    url = reverse("saved_filter", args=[row.public_id])
    strangers = (visitor(world.wuchang, "supervisor"), visitor(world.xiantao, REGULATOR))
    before = fingerprint()
    for stranger in strangers:
        for what in ("rename", "prefer", "drop"):
            assert stranger.post(url, {"what": what, "name": "别人"}).status_code == 404
    assert fingerprint() == before
    client.post(url, {"what": "rename", "name": "合同没签"})
    assert "合同没签" in text_of(client.get(reverse("saved_filters")))
    client.post(url, {"what": "drop"})
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(
    "address", ["", "https://elsewhere.example/people/", "//elsewhere.example/", "/standard/"]
)
def test_a_form_leads_back_to_a_list_of_ours_and_nowhere_else(client, address):
    for name in ("list_columns", "saved_filters"):
        assert client.post(reverse(name), {"list": address, "name": "x", "cols": "name"}).status_code == 404


def test_paper_shows_all_rows_with_the_words_of_the_filter_and_who_printed_it(world, client):
    page = client.get("/people/?on_site=1&print=1&size=25&page=9")
    said = text_of(page)
    assert "在场：在册在场" in said and "3 人次，到此为止" in said
    assert world.wuchang.actor(REGULATOR).label in said
    assert 'class="nav"' not in page.content.decode()


def test_a_roster_on_paper_names_the_project_and_has_places_to_sign(world, client):
    county = world.wuchang
    said = text_of(client.get(f"/projects/{county.project.public_id}/people/?print=1"))
    for words in (f"{county.project.name} 建筑工人花名册", county.project.code, "项目负责人（签字）", "序号"):
        assert words in said


def _sheets(client, address):
    """Who stands on each sheet, by the addresses of their records, and what the sheet says."""
    RuleParameter.objects.filter(key="lists.print_rows").update(value=3)
    forget()
    pages = [client.get(f"{address}print={number}") for number in (1, 2)]
    return [re.findall(r"/people/(0[^/]+)/", page.content.decode()) for page in pages], [
        text_of(page) for page in pages
    ]


@pytest.mark.parametrize("sort", ["", "sort=trade&", "sort=-project&"])
def test_what_one_sheet_cannot_hold_goes_on_on_the_next_and_nobody_is_left_out(client, sort):
    (first, second), _said = _sheets(client, f"/people/?{sort}")
    assert (len(first), len(second)) == (3, 1)
    assert len({*first, *second}) == 4


def test_a_sheet_says_which_of_how_many_it_is_and_leads_to_the_others(client):
    _who, (first, second) = _sheets(client, "/people/?")
    assert "第 1 份，共 2 份：第 1–3 人次" in first
    assert "本件到第 3 人次，共 4 人次，接第 2 份" in first
    assert "第 2 份，共 2 份：第 4–4 人次" in second
    assert "共 4 人次，到此为止" in second
    assert ("下一份" in first, "上一份" in first) == (True, False)
    assert ("下一份" in second, "上一份" in second) == (False, True)
    assert '<td class="no">4</td>' in client.get("/people/?print=2").content.decode()
    assert "分 2 份" in client.get("/people/").content.decode()


@pytest.mark.parametrize(("asked", "sheet"), [("9", 2), ("yes", 1), ("0", 2)])
def test_a_sheet_that_is_not_there_is_answered_by_one_that_is(client, asked, sheet):
    _sheets(client, "/people/?")
    assert client.get(f"/people/?print={asked}").context["sheet"].number == sheet


def test_words_go_on_to_an_address_and_numbers_never_do(world, client):
    sent = client.post("/search/", {"q": " 家园  一期 "})
    assert sent["Location"] == "/search/?q=%E5%AE%B6%E5%9B%AD+%E4%B8%80%E6%9C%9F"
    for number in (world.wuchang.worker.person.id_number, "13800000000", "4200110000000000123456"):
        answer = client.post("/search/", {"q": number})
        assert answer.status_code == 200
        assert number not in answer.content.decode()


def test_a_number_in_an_address_is_not_searched_and_taken_out(world, client):
    number = world.wuchang.worker.person.id_number
    answer = client.get("/search/", {"q": number})
    assert (answer.status_code, answer["Location"]) == (302, "/search/")
    assert "号码不能放在网址里" in text_of(client.get("/search/"))
    assert not AuditEvent.objects.filter(action="workers.searched_by_number").exists()


@pytest.mark.parametrize(
    "written", ["420106199001011234", "4201 0619 9001 0112 34", "１３８００００００００"]
)
def test_a_number_typed_where_a_name_is_filtered_leaves_the_address(world, client, written):
    for page in ("/people/", "/attendance/days/", f"/projects/{world.wuchang.project.public_id}/people/"):
        answer = client.get(page, {"q": written, "on_site": "1"})
        assert (answer.status_code, answer["Location"]) == (303, "/search/")
        assert "名单只按姓名筛选，刚才输入的号码没有查" in text_of(client.get("/search/"))
        swapped = client.get(page, {"q": written}, headers={"HX-Request": "true"})
        assert (swapped.status_code, swapped["HX-Redirect"]) == (200, "/search/")
        client.get("/search/")
    assert client.get("/people/", {"q": "张三"}).status_code == 200


def test_cards_are_sorted_by_a_form_that_keeps_the_filters(client):
    page = client.get("/people/?on_site=1&sort=-name").content.decode()
    form = page[page.index('<form class="sorts"') :].partition("</form>")[0]
    assert '<option value="-name" selected>姓名：降序</option>' in form
    assert '<option value="trade">工种：升序</option>' in form
    assert 'name="on_site" value="1"' in form
    assert 'value="number"' not in form


@pytest.mark.parametrize("written", ["{}", " {} ", "{:.6} {:.6}"])
def test_somebody_in_scope_is_found_by_the_whole_number_and_the_search_is_on_record(world, client, written):
    person = world.wuchang.worker.person
    number = person.id_number
    asked = f"{number[:6]} {number[6:]}" if "6" in written else written.format(number)
    page = client.post("/search/", {"q": asked})
    assert [row.person for row in page.context["people"]] == [person]
    searched = AuditEvent.objects.get(action="workers.searched_by_number")
    assert (searched.facts, searched.object_key) == ({"found": 1}, "")
    found = AuditEvent.objects.get(action="workers.found_by_number")
    assert found.object_key == str(world.wuchang.worker.engagement.public_id)
    readers = client.get(reverse("person_tab", args=[found.object_key, "readers"]))
    assert "按证件号查到" in text_of(readers)


def test_somebody_elsewhere_is_answered_like_somebody_nobody_knows(world):
    for county in world:
        other = world.other(county)
        client = visitor(county, REGULATOR)
        elsewhere = client.post("/search/", {"q": other.worker.person.id_number})
        nobody = client.post("/search/", {"q": people.id_number(990)})
        assert text_of(elsewhere) == text_of(nobody)
        assert "没有找到这个号码" in text_of(nobody)
        assert traces_in(elsewhere.content, other) == []
        assert elsewhere.context["people_total"] == 0


def test_a_subcontractors_clerk_finds_own_people_and_no_others_by_number(world):
    county = world.wuchang
    clerk = visitor(county, "subcontractor_clerk")
    for title, number in (("subcontractor", 1), ("contractor", 0)):
        page = clerk.post("/search/", {"q": county.workers[title].person.id_number})
        assert page.context["people_total"] == number


def test_searches_by_number_are_limited_and_the_limit_is_said(world, client):
    RuleParameter.objects.filter(key="search.numbers_per_hour").update(value=1)
    forget()
    number = world.wuchang.worker.person.id_number
    assert client.post("/search/", {"q": number}).context["people_total"] == 1
    page = client.post("/search/", {"q": number})
    assert page.context["people_total"] == 0
    assert "已达上限 1 次" in text_of(page)


def test_a_post_that_may_not_read_numbers_does_not_find_by_them(world):
    page = visitor(world.wuchang, "owner").post("/search/", {"q": world.wuchang.worker.person.id_number})
    assert page.context["people_total"] == 0
    assert "您的岗位不能按证件号查人" in text_of(page)


def test_the_box_finds_permits_teams_and_gates_too(world, client):
    county = world.wuchang
    assert client.get("/search/", {"q": county.permit.number}).context["projects_total"] == 1
    assert client.get("/search/", {"q": str(county.teams["contractor"].number)}).context["teams_total"] == 1
    assert client.get("/search/", {"q": county.device.channel}).context["devices_total"] == 1


def test_a_projects_code_of_eighteen_figures_is_no_number_of_somebody(world, client):
    page = client.get("/search/", {"q": world.wuchang.project.code})
    assert (page.status_code, page.context["projects_total"]) == (200, 1)


def test_every_shortcut_is_on_a_page_that_a_link_leads_to(client):
    assert 'href="/lists/keys/"' in client.get("/people/").content.decode()
    assert "下一行、上一行" in text_of(client.get("/lists/keys/"))
