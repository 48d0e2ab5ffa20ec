"""The published test vectors of the interface; everything in them is synthetic."""

import json
from pathlib import Path
from typing import Any

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))


def group(name: str) -> list[Any]:
    """The vectors of one group."""
    return VECTORS[name]


def name_of(vector: dict[str, Any]) -> str:
    """How pytest calls a vector."""
    return vector["id"]
