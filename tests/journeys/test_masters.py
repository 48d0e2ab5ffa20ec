"""四库一平台 in a browser: the administrator pulls, the province sees what came, on desk and telephone."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from federation.masters import pulling
from federation.models import ChangeProposal, MasterFeed
from projects.models import Project
from tests.journeys.browsing import overhang, sign_in, watch, window
from tests.support import records
from tests.support.actors import account, give_post
from tests.support.four_databases import TOKEN, pull, stand_in
from tests.support.world import wuchang

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [(1366, 768), (390, 844)]


def _see(page: Page, home: str, path: str, name: str) -> None:
    """Open a page; nothing makes it scroll sideways. A folder for pictures may be named."""
    page.goto(f"{home}{path}")
    assert overhang(page) <= 0, path
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_master_data_are_pulled_seen_and_wished_otherwise(live_server, settings) -> None:
    county = wuchang(staff=())
    for role in ("platform_administrator", "province_regulator"):
        give_post(account(f"hb-{role}"), role, region=records.region("420000"))
    with stand_in(enterprises=60, projects=12, managers=30, credit=8) as source:
        settings.FOUR_DATABASES_URL, settings.FOUR_DATABASES_TOKEN = source.url, TOKEN
        first = source.records("enterprises")[0]
        source.tell("change", object="enterprises", id=first["id"], fields={"name": ""})
        with window() as context:
            page = context.new_page()
            complaints, _weights = watch(page)
            sign_in(page, live_server.url, "hb-platform_administrator")
            page.goto(f"{live_server.url}/masters/")
            page.click("text=立即取数")
            page.click("button:has-text('立即取数')")
            page.wait_for_selector("text=已排队")
            assert MasterFeed.objects.filter(wanted_at__isnull=False).count() == 5
            pull(source.connector())
            page.wait_for_selector("text=已与总库一致")
            assert complaints == []
        project = Project.all_rows.exclude(pk=county.project.pk).order_by("code")[0]
        firm = next(
            one for one in source.records("enterprises") if one["data"]["uscc"] == project.contractor.uscc
        )
        source.tell("change", object="enterprises", id=firm["id"], fields={"name": "荆楚新名建工有限公司"})
        source.tell("withdraw", object="projects", id=source.records("projects")[-1]["id"])
        pull(source.connector())
    wish = ChangeProposal.all_rows.get(owner="")
    assert pulling.due(records.timezone.now()) == []
    pages = {
        "masters": "/masters/",
        "records": "/masters/of/enterprises/",
        "held": "/masters/of/enterprises/?state=held",
        "pulls": "/masters/of/enterprises/pulls/",
        "enterprise": f"/enterprises/{project.contractor.public_id}/",
        "project": f"/projects/{project.public_id}/",
        "history": f"/masters/history/enterprise/{project.contractor.public_id}/",
        "wishes": "/masters/proposals/",
        "wish": f"/masters/proposals/{wish.public_id}/",
        "answer": f"/masters/proposals/{wish.public_id}/answer/",
        "new": f"/masters/proposals/new/project/{project.public_id}/",
    }
    for width, height in SIZES:
        with window(width, height) as context:
            page = context.new_page()
            sign_in(page, live_server.url, "hb-province_regulator")
            for name, path in pages.items():
                _see(page, live_server.url, path, f"{name}-{width}")
