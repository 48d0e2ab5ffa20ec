"""为什么被拒绝: the standard that was in force at the instant of the call, and lists by their names."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from federation.why import why
from kernel.scoping import Reach
from projects.models import RefusedRecord
from standards.effective import forget_standards
from standards.models import StandardVersion
from tests.standards.publishing import RIGHTS, draft, element, publish
from tests.support import records
from tests.support.actors import Holder
from tests.support.world import two_counties

pytestmark = pytest.mark.django_db


def test_a_version_published_later_on_the_day_is_not_said_to_have_judged_the_call() -> None:
    county = two_counties().wuchang
    day = timezone.localdate()
    noon = datetime.combine(day, time(12), timezone.get_current_timezone())
    version = publish(draft("hubei-2027", [element("housing_type", "住房类型", required="never")]), day)
    reader = Holder(Reach(region_paths=frozenset({records.region("420000").path})), *RIGHTS)
    row = county.refused_record
    finding = {"rule": "required", "severity": "block", "message": "没有填。", "remedy": "请补填。",
               "version": "hubei-2026", "layer": "provincial"}  # fmt: skip
    findings = [{**finding, "element": "trade"}, {**finding, "element": "housing_type"}]
    StandardVersion.objects.filter(pk=version.pk).update(published_at=noon)
    forget_standards()
    said = {}
    for minutes in (-1, 1):
        RefusedRecord.all_rows.filter(pk=row.pk).update(
            refused_at=noon + timedelta(minutes=minutes), findings=findings, object_key="worker"
        )
        answer = why(reader, row.request_id)
        said[minutes] = ["hubei-2027" in one for one in answer.standard]
        assert [one.name for one in answer.reasons] == ["工种", "住房类型"]
    assert said == {-1: [False, False], 1: [False, True]}
    assert dict(answer.reasons[0].definition)["代码表"].startswith("工种（")
