"""Pages answer the right people, without script or style in the page, and say what to do."""

import re

import pytest
from django.test import Client

from audit.models import AuditEvent
from tests.pages.visiting import pages_of, text_of, visitor

REGULATOR = "county_regulator"


def test_every_page_opens_for_the_countys_regulator_and_needs_no_inline_script_or_style(world):
    client = visitor(world.wuchang, REGULATOR)
    for name, address in pages_of(world.wuchang).items():
        page = client.get(address)
        html = page.content.decode()
        assert page.status_code == 200, name
        assert not re.search(r"<[^>]+\sstyle=", html), name
        assert not re.search(r"<script(?![^>]*\bsrc=)", html), name
        assert not re.search(r"<[^>]+\son[a-z]+=", html), name


def test_every_page_has_one_title_a_main_part_and_a_way_past_the_menu(world):
    client = visitor(world.wuchang, REGULATOR)
    for name, address in pages_of(world.wuchang).items():
        html = client.get(address).content.decode()
        assert html.count("<h1") == 1, name
        assert 'class="skip" href="#content"' in html, name
        assert html.count('id="content"') == 1, name


def test_the_frame_says_whose_platform_it_is(world, settings):
    client = visitor(world.wuchang, REGULATOR)
    two_lines = "<span>湖北省建筑工人</span><span>管理服务信息平台</span>"
    assert two_lines in client.get("/projects/").content.decode()
    settings.NODE_NAME = "武昌区建筑工人平台"
    in_the_bar = '<a class="bar-name" href="/"><span>武昌区建筑工人平台</span></a>'
    assert in_the_bar in client.get("/projects/").content.decode()
    assert "<header><b>武昌区建筑工人平台</b>" in Client().get("/account/sign-in/").content.decode()


def test_a_long_condition_is_shown_shortened(world):
    html = visitor(world.wuchang, REGULATOR).get("/projects/", {"q": "长" * 300}).content.decode()
    assert re.search(r'：长{20,30}(…|\.\.\.)<span class="x"', html)


def test_a_stranger_is_sent_to_the_sign_in_and_comes_back_to_the_page(world):
    answer = Client().get("/projects/?status=003")
    assert answer.status_code == 302
    assert answer["Location"] == "/account/sign-in/?next=/projects/%3Fstatus%3D003"


def test_a_swap_after_the_session_has_ended_leads_the_whole_window_to_the_sign_in(world):
    answer = Client().get("/projects/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith("/account/sign-in/")
    assert answer.content == b""


def test_the_other_countys_records_are_not_found_and_not_named(world):
    client = visitor(world.wuchang, REGULATOR)
    theirs = pages_of(world.xiantao)
    for name in ("region", "project", "project_people", "person", "reveal", "punch"):
        answer = client.get(theirs[name])
        assert answer.status_code == 404, name
        assert world.xiantao.word not in answer.content.decode(), name


def test_the_other_countys_filters_find_nothing(world):
    client = visitor(world.wuchang, REGULATOR)
    for address in (
        f"/people/?project={world.xiantao.project.public_id}",
        f"/projects/?enterprise={world.xiantao.firms['owner'].public_id}",
        f"/attendance/punches/?person={world.xiantao.worker.engagement.public_id}",
    ):
        answer = client.get(address)
        assert answer.context["total"] == 0, address
        assert world.xiantao.word not in answer.content.decode(), address
    assert client.get("/search/", {"q": world.xiantao.word}).context["nothing"]


def test_a_county_regulator_may_not_open_the_province_as_if_it_were_the_whole(world):
    assert visitor(world.wuchang, REGULATOR).get("/regions/420000/").status_code == 404


def test_an_unknown_region_is_named_in_the_answer(world):
    answer = visitor(world.wuchang, REGULATOR).get("/regions/999999/")
    assert answer.status_code == 404
    assert "999999" in text_of(answer)


def test_administrators_begin_at_what_waits_for_them(world):
    waits = {
        "standards_administrator": "现在没有等您办理的事",
        "platform_administrator": "上报被退回 1 条",
    }
    for role, said in waits.items():
        client = visitor(world.wuchang, role)
        assert said in client.get("/").content.decode()
        assert client.get("/standard/").status_code == 200
        assert client.get("/standard/trade/").status_code == 200
        assert client.get("/projects/").status_code == 403


def test_places_above_ones_own_post_are_words_and_not_links(world):
    html = visitor(world.wuchang, REGULATOR).get("/regions/").content.decode()
    assert '<span class="out">湖北省</span>' in html
    assert "/regions/420000/" not in html


def test_the_breadcrumbs_keep_the_filters_and_change_only_the_place(world):
    client = visitor(world.wuchang, "city_regulator")
    html = client.get("/people/?region=420106&on_site=1&contract=no&page=1").content.decode()
    assert 'href="/people/?region=420100&amp;on_site=1&amp;contract=no"' in html


def test_a_swap_gets_the_rows_and_not_the_frame(world):
    client = visitor(world.wuchang, REGULATOR)
    part = client.get("/people/?on_site=1", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<section id="list"')
    assert "<html" not in part
    whole = client.get("/people/?on_site=1").content.decode()
    assert "<html" in whole


def test_a_dashboard_that_has_not_changed_answers_a_refresh_with_nothing(world):
    client = visitor(world.wuchang, REGULATOR)
    stamp = client.get("/regions/").context["stamp"]
    assert client.get("/regions/", headers={"X-Stamp": stamp}).status_code == 204
    assert client.get("/regions/", headers={"X-Stamp": "older"}).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["sort=-person__name", "sort=nonsense", "page=999", "page=x", "size=7", "day=2026-13-40", "team=x"],
)
def test_a_list_survives_any_address(world, query):
    client = visitor(world.wuchang, REGULATOR)
    for path in ("/people/", "/projects/", "/attendance/days/", "/attendance/punches/"):
        assert client.get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize(
    ("path", "query", "label", "left"),
    [
        ("/people/", "on_site=1&project=xyz&page=2", "项目", "?on_site=1"),
        ("/people/", "trade=zz", "工种", "?"),
        ("/attendance/days/", "day=9999-12-31", "日期", "?"),
    ],
)
def test_a_filter_that_cannot_be_read_is_named_with_the_way_to_take_it_away(world, path, query, label, left):
    answer = visitor(world.wuchang, REGULATOR).get(f"{path}?{query}")
    assert f"条件“{label}”没有生效，下面的名单没有按它筛选" in text_of(answer)
    assert f'<a href="{left}">去掉这个条件</a>' in answer.content.decode()


def test_the_filters_that_can_be_read_stay_in_force_and_are_shown(world):
    client = visitor(world.wuchang, REGULATOR)
    answer, alone = client.get("/people/?contract=no&project=xyz"), client.get("/people/?contract=no")
    assert answer.context["total"] == alone.context["total"]
    assert "合同：未签合同" in text_of(answer)


def test_a_form_that_was_open_too_long_says_so_and_not_that_a_right_is_missing(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.wuchang.users[REGULATOR])
    answer = client.post(pages_of(world.wuchang)["reveal"], {"reason": "核对投诉当事人身份"})
    assert answer.status_code == 403
    assert "<title>页面停留过久" in answer.content.decode()
    assert "没有此项权限" not in answer.content.decode()


def test_a_project_shows_both_numbers_behind_each_rate_and_of_when_they_are(world):
    county = world.wuchang
    answer = visitor(county, REGULATOR).get(pages_of(county)["project"])
    text, shown = text_of(answer), answer.context["project"]
    assert f"{shown.contracted} / {shown.on_site}" in text
    assert f"{shown.trained} / {shown.on_site}" in text
    assert f"{shown.posts_present} / {shown.posts_required}" in text
    assert text.count("数据截至") == 1
    assert "较昨日" in text


def test_areas_have_thousands_separators(world):
    county = world.wuchang
    type(county.project).all_rows.filter(pk=county.project.pk).update(building_area=1234567)
    assert "1,234,567 m²" in text_of(visitor(county, REGULATOR).get(pages_of(county)["project"]))


def test_a_person_and_each_part_of_a_project_say_once_of_when_they_are(world):
    client, pages = visitor(world.wuchang, REGULATOR), pages_of(world.wuchang)
    for name in ("person", "person_work", "project_people", "project_attendance", "project_posts"):
        assert text_of(client.get(pages[name])).count("数据截至") == 1, name


def test_an_empty_list_says_what_would_be_here_and_what_to_do(world):
    page = text_of(visitor(world.wuchang, REGULATOR).get("/projects/?q=没有这个项目"))
    assert "没有符合条件的项目" in page
    assert "清空" in page


def test_a_full_number_is_shown_for_a_reason_only_and_leaves_a_trace(world):
    county = world.wuchang
    client = visitor(county, REGULATOR)
    address, number = pages_of(county)["reveal"], county.worker.person.id_number
    assert number not in client.get(address).content.decode()
    refused = client.post(address, {"reason": "看"})
    assert refused.status_code == 422
    assert number not in refused.content.decode()
    traces = AuditEvent.objects.filter(action="workers.number_read")
    assert traces.count() == 0
    shown = client.post(address, {"reason": "核对投诉当事人身份"})
    assert number in shown.content.decode()
    assert traces.get().reason == "核对投诉当事人身份"


def test_who_opened_a_record_is_written_on_it(world):
    county = world.wuchang
    visitor(county, REGULATOR).get(pages_of(county)["person"])
    event = AuditEvent.objects.filter(action="workers.record_read").latest("id")
    assert event.object_key == str(county.worker.engagement.public_id)
    assert event.actor_key == str(county.users[REGULATOR].public_id)


def test_a_person_without_that_right_is_not_offered_the_full_number(world):
    client = visitor(world.wuchang, "owner")
    assert "说明理由后查看" not in client.get(pages_of(world.wuchang)["person"]).content.decode()
    assert client.get(pages_of(world.wuchang)["reveal"]).status_code == 403
