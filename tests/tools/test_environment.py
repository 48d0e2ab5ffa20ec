"""`.venv` for real, in a checkout that needs no package: made once, kept, mended when interrupted."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.paths import ROOT

CODE = "from tools import environment; environment.ensure(('requirements',), rest=['help'])"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our tools with an empty lock, and `.venv` made by a first start."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "tools", folder / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "requirements.txt").write_text("# no package\n")
    said = start(folder)
    assert "making .venv" in said
    assert "installing requirements.txt" in said
    return folder


def start(folder: Path) -> str:
    """What a start says while it installs; it must end inside `.venv`, showing the help."""
    env = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, "-c", CODE]
    done = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=True
    )
    assert "usage: ./dev COMMAND" in done.stdout
    return done.stderr


def test_a_second_start_installs_nothing(checkout: Path) -> None:
    assert start(checkout) == ""


def test_a_changed_lock_is_installed_into_the_same_environment(checkout: Path) -> None:
    made = (checkout / ".venv" / "pyvenv.cfg").stat().st_mtime_ns
    (checkout / "requirements.txt").write_text("# another wording\n")
    said = start(checkout)
    assert "installing requirements.txt" in said
    assert "making .venv" not in said
    assert (checkout / ".venv" / "pyvenv.cfg").stat().st_mtime_ns == made


def test_an_environment_in_which_pip_was_killed_is_made_again(checkout: Path) -> None:
    (checkout / ".venv" / ".installing").touch()
    (checkout / ".venv" / "half-written").touch()
    said = start(checkout)
    assert "making .venv" in said
    assert not (checkout / ".venv" / "half-written").exists()
    assert start(checkout) == ""


def test_an_environment_whose_python_is_gone_is_made_again(checkout: Path) -> None:
    for name in ("python", "python3"):
        (checkout / ".venv" / "bin" / name).unlink()
    assert "making .venv" in start(checkout)


def test_a_lock_that_cannot_be_installed_ends_the_start_with_pips_own_words(checkout: Path) -> None:
    (checkout / "requirements.txt").write_text("./missing-1.0-py3-none-any.whl --hash=sha256:" + "0" * 64)
    with pytest.raises(subprocess.CalledProcessError) as failed:
        start(checkout)
    assert "pip could not install requirements.txt" in failed.value.stderr
