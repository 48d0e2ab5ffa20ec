"""The log of a soak as one picture: the stream at both ends over time, and the faults as marks below."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tools.soak._faults import Log

WIDTH, HEIGHT, LEFT, TOP, LANE = 960, 520, 90, 48, 15
PLOT = 260
COLOURS = {
    "accepted": "#111111", "liantiao": "#1f6feb", "wuchang": "#b35900", "whs": "#1a7f37", "hb": "#a40e26",
}  # fmt: skip
NAMES = {"accepted": "已签收", "liantiao": "企业", "wuchang": "县区", "whs": "市", "hb": "省"}
LANES = {
    "kill": "kill -9", "cut": "断线", "lose_answers": "丢回答", "delay": "延迟", "double": "重复",
    "reorder": "乱序", "flush": "清空 Redis", "disk": "磁盘满", "clock": "时钟跳变", "restore": "从备份恢复",
}  # fmt: skip


def figure(log: Log, seed: int) -> str:
    """The picture as SVG text."""
    last = max([at for at, _found in log.samples] + [at for at, _kind, _what in log.events] + [1.0])
    most = max([value for _at, found in log.samples for value in found.values()] + [1])
    across = (WIDTH - LEFT - 20) / last
    body = [*_frame(last, most, across), *_lines(log, most, across), *_marks(log, across)]
    faults = sum(kind in LANES for _at, kind, _what in log.events)
    title = f"四个节点，{faults} 次故障，种子 {seed}：各节点的打卡条数与故障时刻"
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            f"<title>{title}</title>",
            "<style>text { font: 12px sans-serif }</style>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            f'<text x="{LEFT}" y="20" font-size="15">{title}</text>',
            *body,
            "</svg>\n",
        )
    )


def _frame(last: float, most: int, across: float) -> Iterator[str]:
    for share in (0, 0.5, 1):
        height = TOP + PLOT * (1 - share)
        yield f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{height}" y2="{height}" stroke="#dddddd"/>'
        yield f'<text x="{LEFT - 8}" y="{height + 4}" text-anchor="end">{most * share:,.0f}</text>'
    step = 60 * max(1, round(last / 600))
    for second in range(0, int(last) + 1, step):
        x = LEFT + second * across
        yield f'<text x="{x:.1f}" y="{TOP + PLOT + 18}" text-anchor="middle">{second // 60} 分</text>'


def _lines(log: Log, most: int, across: float) -> Iterator[str]:
    for place, (name, colour) in enumerate(COLOURS.items()):
        points = [
            f"{LEFT + at * across:.1f},{TOP + PLOT * (1 - found[name] / most):.1f}"
            for at, found in log.samples
            if name in found
        ]
        yield f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="{" ".join(points)}"/>'
        x = LEFT + 10 + place * 80
        yield f'<text x="{x}" y="{TOP - 8}" fill="{colour}">— {NAMES[name]}</text>'


def _marks(log: Log, across: float) -> Iterator[str]:
    for place, (kind, name) in enumerate(LANES.items()):
        y = TOP + PLOT + 42 + place * LANE
        yield f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{name}</text>'
        yield f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{y}" y2="{y}" stroke="#eeeeee"/>'
        for at, what, words in log.events:
            if what == kind:
                yield (
                    f'<circle cx="{LEFT + at * across:.1f}" cy="{y}" r="4" fill="#a40e26">'
                    f"<title>{words}</title></circle>"
                )
