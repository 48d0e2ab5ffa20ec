"""The life of a version of the standard (S10), as data. No Django, clock or I/O.

National versions come with the platform. A provincial version is drafted, checked, reviewed by another
person, and published with the day from which it is in force; a city's is filed with the province, which
accepts or returns it. In force, superseded and past its cut-off are no states: they follow from the dates.
"""

from datetime import date

from standards.spec import CITY, PROVINCIAL

DRAFT, CHECKED, REVIEW, FILED = "draft", "checked", "review", "filed"
RETURNED, ACCEPTED, PUBLISHED, WITHDRAWN = "returned", "accepted", "published", "withdrawn"
EDIT, CHECK, SUBMIT, ACCEPT, RETURN, PUBLISH, WITHDRAW = (
    "edit", "check", "submit", "accept", "return", "publish", "withdraw",
)  # fmt: skip
ACTS = {
    EDIT: "修改",
    CHECK: "检查",
    SUBMIT: "提交",
    ACCEPT: "通过",
    RETURN: "退回",
    PUBLISH: "发布",
    WITHDRAW: "作废",
}
_MAKING = (DRAFT, CHECKED, RETURNED)


def _moves(waiting: str) -> dict[str, dict[str, str]]:
    """State → act → next state, where `waiting` is what the version is while somebody else reads it."""
    moves = {state: {EDIT: DRAFT, CHECK: CHECKED, WITHDRAW: WITHDRAWN} for state in _MAKING}
    moves[CHECKED][SUBMIT] = waiting
    moves[waiting] = {ACCEPT: ACCEPTED, RETURN: RETURNED}
    moves[ACCEPTED] = {PUBLISH: PUBLISHED, RETURN: RETURNED, WITHDRAW: WITHDRAWN}
    return {**moves, PUBLISHED: {}, WITHDRAWN: {}}


MOVES: dict[str, dict[str, dict[str, str]]] = {PROVINCIAL: _moves(REVIEW), CITY: _moves(FILED)}

WORDS = {
    DRAFT: "草案",
    CHECKED: "检查通过",
    REVIEW: "评审中",
    FILED: "已报省",
    RETURNED: "已退回",
    ACCEPTED: "评审通过，待发布",
    PUBLISHED: "已发布",
    WITHDRAWN: "已作废",
}


def next_state(layer: str, state: str, act: str) -> str | None:
    """Where an act leads, or None where it is not possible."""
    return MOVES.get(layer, {}).get(state, {}).get(act)


def acts(layer: str, state: str) -> list[str]:
    """What may be done with a version in a state."""
    return list(MOVES.get(layer, {}).get(state, {}))


def published_words(
    begins: date, superseded_on: date | None, followed_until: date | None, on: date
) -> tuple[str, str]:
    """How a published version stands on a day: colour and words.

    `superseded_on` is the first day of its successor, `followed_until` that one's cut-off.
    """
    if on < begins:
        return "blue", f"{begins.isoformat()} 生效"
    if superseded_on is None or on < superseded_on:
        return "green", "在用"
    if followed_until and on <= followed_until:
        return "amber", f"已被取代，接口接受到 {followed_until.isoformat()}"
    return "grey", "已被取代"
