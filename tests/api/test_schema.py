"""The published description of the REST API is the one in docs/, and its page asks no other server."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from config.settings import BASE_DIR

COMMITTED = Path(BASE_DIR) / "docs" / "openapi.yaml"


def test_the_committed_schema_is_what_the_code_says_without_a_warning(tmp_path: Path) -> None:
    drawn = tmp_path / "openapi.yaml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(drawn))
    assert drawn.read_text(encoding="utf-8") == COMMITTED.read_text(encoding="utf-8"), (
        "write it anew: ./dev manage spectacular --validate --fail-on-warn --file docs/openapi.yaml"
    )


@pytest.mark.django_db
def test_the_schema_is_served_to_everybody() -> None:
    answer = Client().get("/api/v1/schema/")
    assert answer.status_code == 200
    assert b"/api/v1/dashboard/" in answer.content


@pytest.mark.django_db
def test_the_page_of_the_schema_has_no_inline_script_or_style_and_stays_on_this_server() -> None:
    page = Client().get("/api/v1/docs/").content.decode()
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert "<style" not in page
    assert all(address.startswith("/") for address in re.findall(r'(?:src|href)="([^"]+)"', page))
    script = Client().get("/api/v1/docs/?script=").content.decode()
    assert '"validatorUrl": null' in script
