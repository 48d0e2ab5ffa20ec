"""What limits a vendor's calls is set by an administrator: for all by parameters, for one on its own page."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from federation.models import Credential
from federation.services import issue_credential, limit_credential
from kernel.errors import DomainError, Stale
from standards.models import RuleParameter
from tests.pages.visiting import visitor
from tests.support.actors import EVERYONE
from tests.support.traces import fingerprint
from tests.support.vendor import Vendor
from tests.support.world import TwoCounties, two_counties

# What the issue names, and where it is kept.
PARAMETERS = {
    "rows per call": "open_api.rows",
    "image size": "open_api.image_kilobytes",
    "size of a card's image": "open_api.card_image_kilobytes",
    "size of an attachment": "open_api.attachment_kilobytes",
    "window": "open_api.window_minutes",
    "calls a minute": "open_api.calls_per_minute",
    "body size": "open_api.body_megabytes",
    "rows of a page": "open_api.page_size",
    "days of a sandbox": "sandbox.days",
}


pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> TwoCounties:
    return two_counties()


@pytest.mark.parametrize("limit", PARAMETERS)
def test_every_limit_is_a_parameter_with_a_name_and_a_unit(limit):
    row = RuleParameter.objects.get(key=PARAMETERS[limit], region=None)
    assert row.name
    assert row.unit


def test_an_administrator_has_a_page_for_every_limit(world):
    client = visitor(world.wuchang, "platform_administrator")
    for key in PARAMETERS.values():
        assert client.get(reverse("parameter", args=[key])).status_code == 200, key


def limited(vendor: Vendor, addresses: list[str], minutes: int | None = None, **more) -> Credential:
    return limit_credential(
        actor=EVERYONE, credential=vendor.credential, addresses=addresses, window_minutes=minutes, **more
    )


def test_addresses_and_window_hold_for_every_valid_secret_of_the_appid(here):
    other = issue_credential(actor=None, project_code=here.project.code)
    limited(here, [" 198.51.100.0/24 ", "", "198.51.100.0/24"], 60)
    for row in Credential.all_rows.filter(pk__in=[here.credential.pk, other.pk]):
        assert (row.allowed_addresses, row.window_minutes) == (["198.51.100.0/24"], 60)
    assert here.send("CheckSign.Query", {})["code"] == -4
    here.address = "198.51.100.9"
    assert here.send("CheckSign.Query", {})["code"] == 0
    event = AuditEvent.objects.get(action="federation.credential_limited")
    assert event.facts == {"addresses": 1, "window_minutes": 60}
    limited(here, [])
    here.address = "203.0.113.7"
    assert here.send("CheckSign.Query", {})["code"] == 0


@pytest.mark.parametrize(
    ("addresses", "minutes", "field"),
    [
        (["300.1.1.1"], None, "addresses"),
        (["example.org"], None, "addresses"),
        ([f"203.0.113.{n}" for n in range(51)], None, "addresses"),
        ([], 0, "window_minutes"),
        ([], -5, "window_minutes"),
        ([], 721, "window_minutes"),
    ],
)
def test_what_is_no_limit_is_refused_at_its_field_and_leaves_no_trace(here, addresses, minutes, field):
    before = fingerprint()
    with pytest.raises(DomainError) as refused:
        limited(here, addresses, minutes)
    assert refused.value.field == field
    assert fingerprint() == before


def test_a_limit_set_meanwhile_is_shown_instead_of_overwritten(here):
    limited(here, ["203.0.113.7"], expected_version=here.credential.version)
    with pytest.raises(Stale) as stale:
        limited(here, [], expected_version=here.credential.version)
    assert stale.value.theirs["允许的地址"] == "203.0.113.7"


def test_an_ended_secret_has_no_limits_any_more(here):
    Credential.all_rows.filter(pk=here.credential.pk).update(revoked_at=timezone.now())
    with pytest.raises(DomainError, match="已经失效"):
        limited(here, [])


def test_the_page_sets_the_limits_and_shows_them_on_the_record(world):
    client = visitor(world.wuchang, "platform_administrator")
    row = world.wuchang.credential
    url = reverse("credential_limit", args=[row.public_id])
    form = {"addresses": "203.0.113.7\n198.51.100.0/24", "window_minutes": "90"}
    assert client.post(url, {**form, "once": client.get(url).context["once"]}).status_code == 302
    html = client.get(reverse("credential", args=[row.public_id])).content.decode()
    assert "203.0.113.7、198.51.100.0/24" in html
    assert "90 分钟" in html
    assert "203.0.113.7\n198.51.100.0/24" in client.get(url).content.decode()
