"""The variables a person wrote into `.env`, and the secrets that are made once for a VAR_DIR."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
from pathlib import Path

from tools.paths import ROOT


def read_dotenv(path: Path = ROOT / ".env") -> dict[str, str]:
    """NAME=value lines; comments, `export` and surrounding quotes are dropped, as the settings do."""
    if not path.exists():
        return {}
    lines = (line.strip().removeprefix("export ") for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#") and "=" in line)
    return {name.strip(): _unquoted(value.strip()) for name, _, value in pairs}


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value


def load_dotenv() -> None:
    """Let `.env` fill what the environment leaves open, for us and for every process we start."""
    for name, value in read_dotenv().items():
        os.environ.setdefault(name, value)


def kept_secrets(path: Path) -> dict[str, str]:
    """The keys and passwords of this installation, made at its first start and then never again."""
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        write_privately(fresh, json.dumps(_new_secrets(), indent=2))
        with contextlib.suppress(FileExistsError):
            # Of two first starts at once, one is first; the other takes what that one made.
            os.link(fresh, path)
        fresh.unlink()
    return json.loads(path.read_text())


def _new_secrets() -> dict[str, str]:
    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    return {
        "instance": secrets.token_hex(8),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": f"k1:aes256gcm:{key()}",
        "INDEX_KEY": f"i1:{key()}",
        "superuser_password": secrets.token_urlsafe(24),
        "owner_password": secrets.token_urlsafe(24),
        "app_password": secrets.token_urlsafe(24),
        "redis_password": secrets.token_urlsafe(24),
    }


def write_privately(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(handle)
    fresh.replace(path)


def node_settings(var: Path) -> dict[str, str]:
    """What makes the node of this folder another than the province, where one of several lies here."""
    file = var / "node.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
