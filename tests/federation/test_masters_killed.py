"""kill -9 in the middle of a pull, by processes of their own: nothing is lost and nothing is doubled."""

import os
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from federation.models import MasterFeed, MasterPull, MasterRecord
from projects.models import Enterprise
from standards.models import RuleParameter
from tests.support.four_databases import TOKEN, StandIn, stand_in

FIRMS = 1200
LONGEST = 60.0


def _puller(source: StandIn) -> "subprocess.Popen[bytes]":
    given = connection.settings_dict
    where = f"{given['HOST']}:{given['PORT']}" if given["PORT"] else given["HOST"]
    env = {
        **os.environ,
        "DATABASE_URL": f"postgres://{given['USER']}:{given['PASSWORD']}@{where}/{given['NAME']}",
        "FOUR_DATABASES_URL": source.url,
        "FOUR_DATABASES_TOKEN": TOKEN,
    }
    command = [sys.executable, "manage.py", "pull_masters", "enterprises"]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=env, stdout=subprocess.DEVNULL)


def _cursor() -> int:
    return MasterFeed.objects.filter(object="enterprises").values_list("cursor", flat=True).first() or 0


@pytest.mark.django_db(transaction=True)
def test_a_pull_killed_in_the_middle_is_finished_by_the_next_process() -> None:
    RuleParameter.objects.filter(key="masters.page_rows").update(value=10)
    RuleParameter.objects.filter(key="masters.lease_seconds").update(value=1)
    with stand_in(enterprises=FIRMS, projects=0, managers=0, credit=0) as source:
        try:
            _kill_in_the_middle(source)
            process, until = _puller(source), time.monotonic() + LONGEST
            while process.poll() is None and time.monotonic() < until:
                time.sleep(0.05)
            assert process.wait(timeout=1) == 0
        finally:
            RuleParameter.objects.filter(key="masters.page_rows").update(value=1000)
            RuleParameter.objects.filter(key="masters.lease_seconds").update(value=120)
    only = MasterPull.objects.get(feed__object="enterprises")
    assert (only.new, only.same, only.state) == (FIRMS, 0, MasterPull.State.DONE)
    assert Enterprise.all_rows.count() == MasterRecord.objects.count() == FIRMS
    assert MasterFeed.objects.get(object="enterprises").is_equal is True


def _kill_in_the_middle(source: StandIn) -> None:
    """Start a pull, kill it once it has come some way, and wait until its lease is over."""
    process, until = _puller(source), time.monotonic() + LONGEST
    try:
        while not 0 < _cursor() < FIRMS and time.monotonic() < until:
            assert process.poll() is None
            time.sleep(0.02)
    finally:
        process.kill()
        process.wait(timeout=10)
    assert 0 < _cursor() < FIRMS
    time.sleep(1.2)
