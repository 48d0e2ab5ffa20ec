"""A short sample of `./dev soak main-job`: a real node, a vendor's stream, kill -9 in the middle."""

import json

import pytest

from tools.soak import main_job


@pytest.mark.journey
def test_killing_worker_database_and_queue_loses_no_accepted_row_and_doubles_none(capsys):
    code = main_job.main(["--seed", "27", "--seconds", "40"])
    verdict = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert verdict["lost"] == verdict["doubled"] == {"people": 0, "entries": 0, "punches": 0}
    assert (verdict["unfinished"], verdict["troubles"]) == (0, [])
    assert set(verdict["kills"]) == set(main_job.VICTIMS)
    assert verdict["punches"] > 0
    assert code == 0
