"""The demo world's city extends the standard by one element that nobody must fill in."""

from datetime import datetime

import pytest
from django.utils import timezone

from attendance.demo.standard import NUMBER, write_standard
from standards.effective import standard_of
from standards.models import StandardVersion
from tests.support import records
from tests.support.actors import account, give_post

pytestmark = pytest.mark.django_db


def test_the_demo_city_is_granted_and_has_published_one_optional_element() -> None:
    now: datetime = timezone.now()
    for name, code in (("standards", "420000"), ("wuhanstd", "420100")):
        give_post(account(name), "standards_administrator", region=records.region(code))
    write_standard(now)
    write_standard(now)
    assert StandardVersion.objects.get(layer="city").number == NUMBER
    here = standard_of(records.region("420106"), timezone.localdate(now))
    added = here.extras("worker")[-1]
    assert (added.code, added.is_asked_on("form")) == ("c420100_dormitory", False)
    assert list(here.offered(added).values()) == ["工地宿舍", "自行租住", "自有住房"]
