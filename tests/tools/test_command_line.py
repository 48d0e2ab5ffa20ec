"""`./dev` itself: every command is there, and mistakes are answered in a sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import testing
from tools.__main__ import COMMANDS
from tools.named import names
from tools.paths import ROOT


def dev(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **variables}
    return subprocess.run(
        ["./dev", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False
    )


def test_help_names_every_command() -> None:
    shown = dev("help")
    assert shown.returncode == 0
    assert [name for name in COMMANDS if f"  {name} " not in shown.stdout] == []


def test_an_unknown_command_is_refused_and_the_known_ones_are_listed() -> None:
    refused = dev("start")
    assert refused.returncode == 2
    assert "./dev has no command 'start'." in refused.stderr
    assert "  up " in refused.stderr


def test_a_python_that_is_too_old_or_missing_is_said_in_a_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python-old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    for python in (str(old), str(tmp_path / "missing")):
        refused = dev("up", PYTHON=python)
        assert refused.returncode == 1
        assert refused.stderr.startswith(f"Python 3.11 or newer was not found (tried: {python}).")


def test_down_and_reset_of_a_folder_that_is_not_ours_touch_nothing(tmp_path: Path) -> None:
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg" / "somebody's").write_text("data")
    assert "nothing was deleted" in dev("reset", "--yes", VAR_DIR=str(tmp_path)).stdout
    assert (tmp_path / "pg" / "somebody's").read_text() == "data"
    assert "no such folder" in dev("down", VAR_DIR=str(tmp_path / "none")).stdout


def test_reset_asks_before_it_deletes_and_leaves_what_is_not_ours(tmp_path: Path) -> None:
    for name in ("secrets.json", "files", "notes.txt"):
        (tmp_path / name).write_text("x") if "." in name else (tmp_path / name).mkdir()
    refused = dev("reset", VAR_DIR=str(tmp_path))
    assert refused.returncode == 1
    assert (tmp_path / "secrets.json").exists()
    assert dev("reset", "--yes", VAR_DIR=str(tmp_path)).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_named_programs_are_listed_and_a_wrong_name_is_refused() -> None:
    import tools.soak

    assert "up-kill" in names(tools.soak.__path__)
    listed = subprocess.run(
        [sys.executable, "-m", "tools", "soak", "no-such"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert listed.returncode == 2
    assert "does not know 'no-such'" in listed.stderr
    assert "up-kill" in listed.stdout


@pytest.mark.parametrize(
    ("given", "run"),
    [
        ([], ["-m", "not browser"]),
        (["-k", "gate"], ["-k", "gate", "-m", "not browser"]),
        (["-m", "journey", "-x"], ["-m", "(journey) and not browser", "-x"]),
    ],
)
def test_leaving_the_browser_out_narrows_what_was_asked_for(given: list[str], run: list[str]) -> None:
    command = testing.pytest_command(given, with_browser=False)
    assert command[-len(run) :] == run


def test_a_number_of_processes_or_a_debugger_replaces_the_default() -> None:
    assert "--dist" in testing.pytest_command(["tests/tools"], with_browser=True)
    for own in (["-n", "4"], ["-n0"], ["--pdb"]):
        assert "--dist" not in testing.pytest_command(own, with_browser=True)
