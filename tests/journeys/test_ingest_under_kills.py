"""A short sample of `./dev soak ingest`: a real node, punches through both doors, kill -9 in the middle."""

import json

import pytest

from tools.soak import ingest


@pytest.mark.journey
def test_killing_every_part_loses_no_acknowledged_punch_and_concludes_no_day_wrongly(capsys):
    code = ingest.main(["--seed", "4", "--kills", "5"])
    verdict = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert (verdict["lost"], verdict["doubled"], verdict["unsettled"]) == (0, 0, 0)
    assert (verdict["wrong_days"], verdict["wrong_counters"], verdict["troubles"]) == (0, 0, [])
    assert set(verdict["kills"]) == set(ingest.VICTIMS)
    assert verdict["acknowledged"] > 0
    assert code == 0
