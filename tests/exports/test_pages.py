"""The pages of exports: what is said before asking, the file itself, and whose it is."""

import re

from django.test import Client
from django.urls import reverse

from tests.exports.exporting import REASON, ask, content, made
from tests.pages.visiting import text_of, visitor
from tests.support.traces import fingerprint, traces_in
from web.exports.models import ExportJob


def _new(list_address: str) -> str:
    return f"{reverse('export_new')}?list={list_address.replace('?', '%3F').replace('&', '%26')}"


def test_before_asking_the_page_says_how_many_rows_and_columns_there_will_be(world):
    page = visitor(world.wuchang, "county_regulator").get(_new("/people/?contract=no&cols=name,trade"))
    said = text_of(page)
    assert page.status_code == 200
    assert re.search(r"1\s+行，\s+2\s+列：姓名、工种", said)
    assert "合同：未签合同" in said


def test_a_form_without_a_reason_says_so_at_the_field_and_starts_nothing(world):
    client, before = visitor(world.wuchang, "county_regulator"), fingerprint()
    for reason, words in (("", "请填用途"), ("查", "不少于 4 个字")):
        answer = client.post(_new("/people/"), {"format": "xlsx", "reason": reason})
        assert answer.status_code == 422
        assert answer.content.decode().count(words) == 2  # in the summary and at the field
    assert fingerprint() == before


def test_pressing_twice_starts_one_export(world):
    client = visitor(world.wuchang, "county_regulator")
    form = {"format": "csv", "reason": REASON, "once": "one-press"}
    for _time in range(2):
        answer = client.post(_new("/people/?on_site=1"), form)
        assert (answer.status_code, answer["Location"]) == (302, "/exports/")
    (job,) = ExportJob.objects.all()
    assert (job.format, job.rows_asked, job.query) == ("csv", 3, "on_site=1")
    assert "不必守着" in text_of(client.get(_new("/people/")))


def test_one_sees_the_own_exports_and_their_states(world):
    county = world.wuchang
    done, waiting = made(ask(county, "/people/")), ask(county, "/projects/", reason="")
    page = visitor(county, "county_regulator").get("/exports/")
    assert f"/exports/{done.public_id}/file/" in page.content.decode()
    assert f"/exports/{waiting.public_id}/cancel/" in page.content.decode()
    assert 'hx-trigger="every 2s"' in page.content.decode()
    assert "还没有导出过" in text_of(visitor(county, "supervisor").get("/exports/"))


def test_the_owner_downloads_the_file_and_no_cache_keeps_it(world):
    county = world.wuchang
    job = made(ask(county, "/people/"))
    answer = visitor(county, "county_regulator").get(reverse("export_file", args=[job.public_id]))
    assert answer.status_code == 200
    assert b"".join(answer) == content(job)
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Length"] == str(job.size_bytes)


def test_nobody_else_downloads_or_cancels_it_in_either_county(world):
    for county in world:
        job, waiting = made(ask(county, "/people/")), ask(county, "/people/")
        roles = ("county_regulator", "supervisor", "labour_clerk", "province_regulator")
        others = [(other, role) for other in world for role in roles]
        others.remove((county, "county_regulator"))
        clients = [visitor(*one) for one in others]
        before = fingerprint()
        for name in ("export_file", "export_cancel"):
            for url in (reverse(name, args=[one.public_id]) for one in (job, waiting)):
                for client in clients:
                    for answer in (client.get(url), client.post(url)):
                        assert answer.status_code in (404, 405), url
                        assert traces_in(answer.content, county) == []
        assert fingerprint() == before
        url = reverse("export_file", args=[job.public_id])
        assert Client().get(url).status_code == 302


def test_a_file_that_is_not_there_is_refused_in_a_sentence(world):
    job = ask(world.wuchang, "/people/")
    answer = visitor(world.wuchang, "county_regulator").get(reverse("export_file", args=[job.public_id]))
    assert answer.status_code == 409
    assert "还没有生成好" in text_of(answer)


def test_calling_off_asks_once_and_is_done(world):
    job = ask(world.wuchang, "/people/")
    client, url = visitor(world.wuchang, "county_regulator"), reverse("export_cancel", args=[job.public_id])
    assert "不留文件" in text_of(client.get(url))
    assert client.post(url).status_code == 302
    assert "已取消" in text_of(client.get("/exports/"))


def test_the_right_to_export_shows_the_button_and_nobody_else_sees_it(world):
    shown = (
        visitor(world.wuchang, "county_regulator").get("/people/", {"q": "王", "page": "1"}).content.decode()
    )
    (link,) = re.findall(r'href="(/exports/new/[^"]+)"', shown)
    assert link == "/exports/new/?list=%2Fpeople%2F%3Fq%3D%25E7%258E%258B%26page%3D1"
    assert visitor(world.wuchang, "standards_administrator").get("/exports/new/").status_code in (403, 404)
