"""Ports, secrets and `.env`: chosen once, kept, and never half-written."""

import json
import socket
import stat
from pathlib import Path

from tools import ports
from tools.variables import kept_secrets, read_dotenv, write_privately


def test_a_port_is_remembered_while_it_is_free(tmp_path: Path) -> None:
    first = ports.remembered(tmp_path / "ports.json", "postgres")
    assert ports.FIRST <= first < ports.LAST
    assert ports.remembered(tmp_path / "ports.json", "postgres") == first
    assert ports.recorded(tmp_path / "ports.json", "postgres") == first


def test_two_servers_of_one_folder_have_two_ports(tmp_path: Path) -> None:
    numbers = {ports.remembered(tmp_path / "ports.json", name) for name in ("postgres", "redis")}
    assert len(numbers) == 2


def test_a_port_that_a_stranger_has_taken_is_replaced_and_remembered(tmp_path: Path) -> None:
    first = ports.remembered(tmp_path / "ports.json", "redis")
    with socket.socket() as stranger:
        stranger.bind((ports.HOST, first))
        stranger.listen()
        assert not ports.is_free(first)
        second = ports.remembered(tmp_path / "ports.json", "redis")
    assert second != first
    assert json.loads((tmp_path / "ports.json").read_text()) == {"redis": second}


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secrets.json"
    first = kept_secrets(file)
    assert kept_secrets(file) == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secrets.json"]
    assert len(set(first.values())) == len(first)


def test_two_folders_have_different_secrets(tmp_path: Path) -> None:
    one, other = (kept_secrets(tmp_path / name / "secrets.json") for name in ("a", "b"))
    assert not set(one.values()) & set(other.values())


def test_a_private_file_replaces_the_old_one_whole(tmp_path: Path) -> None:
    file = tmp_path / "redis.conf"
    write_privately(file, "old words that are longer")
    write_privately(file, "new")
    assert file.read_text() == "new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_dotenv_reads_names_values_quotes_and_comments(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# comment\n\nNODE_ID=wh\nexport A='one two'\nURL=postgres://u:p=1@h/d\nEMPTY=\n#OFF=1\n")
    assert read_dotenv(file) == {"NODE_ID": "wh", "A": "one two", "URL": "postgres://u:p=1@h/d", "EMPTY": ""}
    assert read_dotenv(tmp_path / "none") == {}
