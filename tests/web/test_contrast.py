"""Every pair of colours that carries words or marks can be told apart (WCAG 2.2 AA)."""

import re
from itertools import product
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "platform/web/static/web/css/tokens.css"
COLOURS = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", TOKENS.read_text(encoding="utf-8")))
PAPERS = ("paper", "ground", "sunk")
TEXT = [
    *product(("ink", "ink-2", "ink-3", "blue"), PAPERS),
    *product(("ink", "ink-2", "ink-3", "blue", "blue-deep"), ("blue-tint",)),
    *product(("ink", "ink-2", "red-text"), ("red-tint",)),
    *product(("ink", "ink-2", "amber-text"), ("amber-tint",)),
    *product(("ink", "green-text"), ("green-tint",)),
    *product(("red-text", "amber-text", "green-text"), ("paper", "ground")),
    *product(("paper",), ("blue", "blue-deep", "seq-4", "seq-5")),
    *product(("ink",), ("seq-1", "seq-2", "seq-3")),
]
MARKS = [
    *product(("red-mark", "amber-mark", "green-mark", "blue", "edge", "focus"), ("paper", "ground")),
    ("ink-3", "paper"),
]


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(COLOURS[one]), luminance(COLOURS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("words", "behind"), TEXT)
def test_words_stand_out_from_what_is_behind_them(words, behind):
    assert contrast(words, behind) >= 4.5


@pytest.mark.parametrize(("mark", "behind"), MARKS)
def test_marks_and_edges_stand_out_from_what_is_behind_them(mark, behind):
    assert contrast(mark, behind) >= 3.0
