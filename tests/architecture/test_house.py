"""The house stands as its plan says: folders, imports, variables, locks, templates."""

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.architecture.source import APPS, PLATFORM, ROOT, files, name_of

# Settings, the three doors that name them to Django, and an outside vendor who only looks as if it were ours.
READ_THE_ENVIRONMENT = {
    "platform/config/settings.py",
    "platform/config/asgi.py",
    "platform/config/celery.py",
    "platform/config/wsgi.py",
    "federation/management/commands/simulate_gate.py",
}
PYTHON_FOLDERS = (*APPS, *(f"platform/{name}" for name in PLATFORM), "tests", "tools")


def test_platform_is_a_source_root_and_never_a_package() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert not (ROOT / "platform.py").exists()


def test_import_platform_is_the_standard_librarys_when_started_at_the_root() -> None:
    program = "import platform; print(platform.__file__); print(platform.python_version())"
    env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    file, version = done.stdout.split()
    assert Path(file).resolve().parent == Path(sysconfig.get_path("stdlib")).resolve()
    assert version == ".".join(map(str, sys.version_info[:3]))


def test_every_other_python_folder_is_a_package() -> None:
    bare = {
        name_of(file.parent)
        for folder in PYTHON_FOLDERS
        for file in files(".py", below=ROOT / folder)
        if not (file.parent / "__init__.py").exists()
    }
    assert bare == set()


def test_the_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}"}
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert " 0 broken" in done.stdout


def test_the_example_of_variables_lists_exactly_what_settings_read() -> None:
    settings = (ROOT / "platform/config/settings.py").read_text(encoding="utf-8")
    read = re.findall(r'\benv\.\w+\(\s*"([A-Z_0-9]+)"', settings)
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    of_node, _heading, _of_tools = example.partition("# --- Only for ./dev")
    listed = re.findall(r"^#?([A-Z_0-9]+)=", of_node, re.MULTILINE)
    assert sorted(listed) == sorted(set(read))
    assert len(set(listed)) == len(listed)


def test_settings_alone_read_the_environment() -> None:
    readers = {
        name_of(file)
        for folder in (*APPS, "platform")
        for file in files(".py", below=ROOT / folder)
        if re.search(r"\bos\.environ|\bos\.getenv|\benviron\.Env\b", file.read_text(encoding="utf-8"))
    }
    assert readers <= READ_THE_ENVIRONMENT


def test_lock_files_name_no_host() -> None:
    locks = [*ROOT.glob("requirements*.txt"), ROOT / "package-lock.json", ROOT / ".npmrc"]
    assert len(locks) >= 4
    for lock in locks:
        assert re.findall(r"https?://\S+|--index-url|\"resolved\"", lock.read_text(encoding="utf-8")) == [], (
            lock
        )


def test_every_locked_package_carries_a_hash() -> None:
    for lock in ROOT.glob("requirements*.txt"):
        text = lock.read_text(encoding="utf-8")
        packages = re.findall(r"^[A-Za-z0-9][^\n]*==[^\n]*", text, re.MULTILINE)
        entries = re.split(r"^(?=[A-Za-z0-9][^\n]*==)", text, flags=re.MULTILINE)[1:]
        assert len(entries) == len(packages) > 0
        assert all("--hash=sha256:" in entry for entry in entries), lock


def test_templates_hold_no_script_and_no_style_of_their_own() -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)|<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:", re.IGNORECASE
    )
    found = {
        name_of(file): inline.findall(text)
        for file in files(".html")
        if inline.search(text := file.read_text(encoding="utf-8"))
    }
    assert found == {}
