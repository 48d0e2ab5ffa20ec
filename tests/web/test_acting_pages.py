"""A form acts once, keeps what was typed, says at the field what is wrong, and writes nothing by halves."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from kernel.store import fetch
from projects.models import Team
from tests.scope.opening import signed_in
from tests.support.traces import fingerprint, traces_in
from tests.support.world import County, TwoCounties, two_counties
from web.messages import Audience, inbox, tell, unread
from web.models import Draft, Submission
from web.uploads import BadFile, check_file

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.kit")]


@pytest.fixture
def world() -> TwoCounties:
    return two_counties()


def _hidden(client: Client, url: str) -> dict[str, str]:
    html = client.get(url).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(once|by|version)" value="([^"]*)"', html))


def _filled(county: County, **more: object) -> dict[str, object]:
    return {"participation": str(county.participations["contractor"].public_id), "name": "瓦工二班", **more}


def _url(county: County) -> str:
    return f"/kit/{county.project.public_id}/"


def test_a_form_acts_and_a_second_press_gets_the_first_ones_answer(world: TwoCounties) -> None:
    county = world.wuchang
    client = signed_in(county, "labour_clerk")
    sent = _filled(county, **_hidden(client, _url(county)))
    first, second = client.post(_url(county), sent), client.post(_url(county), sent)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Team.all_rows.filter(name="瓦工二班").count() == 1
    assert Submission.objects.count() == 1


def test_the_same_key_for_other_content_is_refused(world: TwoCounties) -> None:
    county = world.wuchang
    client = signed_in(county, "labour_clerk")
    hidden = _hidden(client, _url(county))
    client.post(_url(county), _filled(county, **hidden))
    answer = client.post(_url(county), _filled(county, **hidden, entered_on="2026-01-01"))
    assert answer.status_code == 422
    assert "这个提交标识已用于另一份内容" in answer.content.decode()


def test_each_fault_is_said_above_and_beside_its_field_and_nothing_is_written(world: TwoCounties) -> None:
    county = world.wuchang
    client = signed_in(county, "labour_clerk")
    before = fingerprint()
    other = str(world.xiantao.participations["contractor"].public_id)
    sent = {"participation": other, "name": "很" * 21, "entered_on": "2026-02-30", "trade": "没有"}
    answer = client.post(_url(county), sent)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "有 4 处要改" in html
    for words in ("没有这一项", "班组名称最多 20 个字", "确有这一天", "没有这个选项"):
        assert html.count(words) == 2
    assert traces_in(html.replace(other, ""), world.xiantao) == []
    assert fingerprint() == before
    assert "请填班组名称" in client.post(_url(county), {}).content.decode()


def test_a_refusal_of_the_act_leaves_no_key_behind_so_that_it_may_be_mended(world: TwoCounties) -> None:
    county = world.wuchang
    client = signed_in(county, "labour_clerk")
    hidden = _hidden(client, _url(county))
    taken = county.teams["contractor"].name
    answer = client.post(_url(county), _filled(county, **hidden) | {"name": taken})
    assert answer.status_code == 422
    assert "班组已存在" in answer.content.decode()
    assert Submission.objects.count() == 0
    assert client.post(_url(county), _filled(county, **hidden)).status_code == 302


def test_a_field_that_is_left_is_judged_and_the_draft_survives_a_reload(world: TwoCounties) -> None:
    county = world.wuchang
    client = signed_in(county, "labour_clerk")
    typed = _filled(county, name="打到一半", entered_on="不是日期")
    answer = client.post(_url(county), typed, headers={"X-Check": "1"})
    assert list(answer.json()["errors"]) == ["entered_on"]
    html = client.get(_url(county)).content.decode()
    assert 'value="打到一半"' in html
    assert "还没有提交" in html
    assert "打到一半" not in str(Draft.objects.values_list("body"))
    assert (
        'value="打到一半"' not in signed_in(county, "contractor_manager").get(_url(county)).content.decode()
    )
    assert client.post(_url(county), _filled(county)).status_code == 302
    assert Draft.objects.count() == 0


def test_a_draft_that_is_not_wanted_goes(world: TwoCounties) -> None:
    county = world.wuchang
    client = signed_in(county, "labour_clerk")
    client.post(_url(county), _filled(county), headers={"X-Check": "1"})
    client.post(_url(county), {"discard": "1"})
    assert Draft.objects.count() == 0
    assert not Team.all_rows.filter(name="瓦工二班").exists()


def test_what_is_submitted_after_the_session_ended_comes_back_to_its_writer_alone(world: TwoCounties) -> None:
    county = world.wuchang
    client = signed_in(county, "labour_clerk")
    sent = _filled(county, **_hidden(client, _url(county)))
    for role, comes_back in (("contractor_manager", False), ("labour_clerk", True)):
        client.logout()
        assert client.post(_url(county), sent)["Location"].startswith("/account/sign-in/")
        client.force_login(county.users[role], backend="django.contrib.auth.backends.ModelBackend")
        html = client.get(_url(county)).content.decode()
        assert ('value="瓦工二班"' in html) is comes_back
    assert "还没有提交" in html
    assert not Team.all_rows.filter(name="瓦工二班").exists()


def _strict(county: County, role: str) -> Client:
    """A browser whose forms need their token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(county.users[role], backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_form_of_somebody_who_has_been_followed_says_so_and_its_writer_finds_it_again(world) -> None:
    county = world.wuchang
    url = _url(county)
    sent = _filled(county, **_hidden(signed_in(county, "labour_clerk"), url))
    client = _strict(county, "contractor_manager")
    before = fingerprint()
    answer = client.post(url, sent)
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "登录的人换了，没有提交成功" in html
    assert f"用“{county.users['contractor_manager']}”登录了" in html
    assert f'<a class="b b-l" href="{url}">用现在的账号打开这一页</a>' in html
    assert {name for name, rows in fingerprint().items() if rows != before[name]} == {"web_draft"}
    assert 'value="瓦工二班"' not in client.get(url).content.decode()
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)[0]
    left = client.post("/account/sign-out/", {"csrfmiddlewaretoken": token, "next": url})
    assert left["Location"] == f"/account/sign-in/?next={url.replace('/', '%2F')}"
    assert 'value="瓦工二班"' in signed_in(county, "labour_clerk").get(url).content.decode()


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_form_whose_token_has_gone_leads_back_to_what_was_typed(world, is_signed_in) -> None:
    county = world.wuchang
    url = _url(county)
    sent = _filled(county, **_hidden(signed_in(county, "labour_clerk"), url))
    client = _strict(county, "labour_clerk") if is_signed_in else Client(enforce_csrf_checks=True)
    html = client.post(url, sent).content.decode()
    if is_signed_in:
        assert f'href="{url}">回到刚才的表单</a>' in html
    else:
        assert f'href="/account/sign-in/?next={url.replace("/", "%2F")}">重新登录</a>' in html
        client.force_login(county.users["labour_clerk"], backend="django.contrib.auth.backends.ModelBackend")
    assert 'value="瓦工二班"' in client.get(url).content.decode()
    assert not Team.all_rows.filter(name="瓦工二班").exists()


def test_signing_out_leads_to_no_other_site(world) -> None:
    client = signed_in(world.wuchang, "labour_clerk")
    assert (
        client.post("/account/sign-out/", {"next": "https://evil.invalid/"})["Location"]
        == "/account/sign-in/"
    )


def test_a_check_after_the_session_ended_says_so(world: TwoCounties) -> None:
    answer = Client().post(_url(world.wuchang), {"name": "甲"}, headers={"X-Check": "1"})
    assert answer.status_code == 401


def test_a_row_that_somebody_else_changed_shows_both_versions(world: TwoCounties) -> None:
    county = world.wuchang
    client = signed_in(county, "labour_clerk")
    answer = client.post(_url(county), _filled(county, version="7"))
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "他人改的名称" in html
    assert "<td>瓦工二班</td>" in html
    assert f'name="version" value="{county.project.version}"' in html
    assert client.post(_url(county), _filled(county, version=county.project.version)).status_code == 302


def test_a_question_is_answered_once(world: TwoCounties) -> None:
    county = world.wuchang
    client = signed_in(county, "labour_clerk")
    url = f"{_url(county)}ask/"
    assert "要登记一个班组吗？" in client.get(url).content.decode()
    hidden = _hidden(client, url)
    for _press in range(2):
        assert client.post(url, hidden).status_code == 302
    assert Team.all_rows.filter(name="一键班组").count() == 1
    answer = client.post(url, {})
    assert answer.status_code == 422
    assert "班组已存在" in answer.content.decode()


def _picture(kind: str = "JPEG", exif: bytes = b"") -> bytes:
    written = BytesIO()
    notes = {"exif": exif, "comment": b"comment of somebody"} if exif else {}
    Image.new("RGB", (40, 20), (200, 30, 30)).save(written, kind, **notes)
    return written.getvalue()


def test_a_picture_is_kept_upright_and_without_what_its_camera_noted() -> None:
    notes = Image.Exif()
    notes[0x0112] = 6  # lies on its side
    notes[0x010F] = "camera of somebody"
    kept = check_file(_picture(exif=notes.tobytes()), name="C:\\photos\\脸.jpg")
    assert (kept.kind, kept.name) == ("image", "脸.jpg")
    content = fetch(kept.address)
    assert b"of somebody" not in content
    assert Image.open(BytesIO(content)).size == (20, 40)
    assert check_file(_picture("PNG"), name="b.png").kind == "image"


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.jpg", "空文件"),
        (b"not a picture", "a.jpg", "不是能打开的 JPG、PNG 图片或 PDF。"),
        (b"\xff\xd8\xff\xe0 cut short", "a.jpg", "不是能打开的"),
        (b"%PDF-1.4 nothing behind it", "a.pdf", "已损坏"),
        (b"GIF89a" + b"\0" * 50, "a.gif", "不是能打开的"),
        (b"x" * (10240 * 1024 + 1), "a.jpg", "超过上限"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_in_a_sentence(
    content: bytes, name: str, words: str
) -> None:
    with pytest.raises(BadFile, match=words):
        check_file(content, name=name)


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_unpacked() -> None:
    drawn = BytesIO()
    Image.new("1", (6000, 5000)).save(drawn, "PNG")
    with pytest.raises(BadFile, match="6000×5000 个像素"):
        check_file(drawn.getvalue(), name="脸.png")
    photographed = BytesIO()
    Image.new("L", (6000, 5000)).save(photographed, "JPEG")
    with Image.open(BytesIO(check_file(photographed.getvalue(), name="脸.jpg").content)) as kept:
        assert max(kept.size) <= 2400


def test_a_text_called_a_picture_is_refused_beside_its_field(world: TwoCounties) -> None:
    county = world.wuchang
    client = signed_in(county, "labour_clerk")
    sent = _filled(county, photo=SimpleUploadedFile("脸.jpg", b"plain text", "image/jpeg"))
    answer = client.post(_url(county), sent)
    assert answer.status_code == 422
    assert answer.content.decode().count("“脸.jpg”不是能打开的") == 2


def test_a_message_reaches_those_whose_post_carries_the_permission_there_and_is_read_once(
    world: TwoCounties,
) -> None:
    county = world.wuchang
    audience = Audience(
        permission="integrity.reply_notice",
        project=county.project.public_id,
        enterprises=frozenset({county.firms["contractor"].public_id}),
    )
    user, clerk, owner = (county.users[role] for role in ("contractor_manager", "labour_clerk", "owner"))
    # A second account of the same firm, as the county's project account is one.
    told = {one.username for one in audience.members()} - {clerk.username}
    assert user.username in told and owner.username not in told
    before = unread(clerk)
    text = "有新的监理通知单"
    assert tell(audience, kind="test", text=text, url="/projects/", besides=clerk) == len(told)
    assert (unread(user), unread(clerk), unread(owner)) == (1, before, 0)
    client = signed_in(county, "contractor_manager")
    html = client.get("/messages/").content.decode()
    assert "有新的监理通知单" in html
    assert "1 条未读" in html
    message = inbox(user).get()
    assert signed_in(county, "owner").get(f"/messages/{message.public_id}/").status_code == 404
    assert client.get(f"/messages/{message.public_id}/")["Location"] == "/projects/"
    message.refresh_from_db()
    assert message.read_at is not None and message.read_at <= timezone.now()
    assert unread(user) == 0
