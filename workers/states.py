"""The life of an engagement on site (S1): its states, and the acts that lead from one to another. No Django.

A state is never stored: it is read off the facts, so that no state can contradict them. `EDGES` holds the
diagram's edges and, apart from them, each edge that the ground decisions add; decision 45 says why.
Source: product 5.3 S1; ground decisions, "Presence and permission".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations, product
from typing import Final


class State(StrEnum):
    """Where an engagement stands."""

    DRAFT = "draft"
    VERIFIED = "verified"
    CONTRACTED = "contracted"
    TRAINED = "trained"
    PENDING_REVIEW = "pending_review"
    APPROVED = "approved"
    ON_SITE = "on_site"
    TEMP_LEFT = "temp_left"
    SUSPENDED = "suspended"
    EXIT_PENDING = "exit_pending"
    EXITED = "exited"
    ARCHIVED = "archived"


class Act(StrEnum):
    """What moves an engagement. `PAPER`: an identity check, contract or training comes, ends or expires."""

    PAPER = "paper"
    SUBMIT = "submit"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    ENTER = "enter"
    LEAVE_TEMPORARILY = "leave_temporarily"
    RETURN = "return"
    EXIT = "exit"
    SETTLE = "settle"
    REVERSE = "reverse"
    END = "end"
    ARCHIVE = "archive"


class Review(StrEnum):
    """The review that is in force, if any."""

    NONE = ""
    PENDING = "pending"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is on record of an engagement on one day; enough to know its state."""

    is_verified: bool = False
    has_contract: bool = False
    is_trained: bool = False
    review: Review = Review.NONE
    is_present: bool = False
    is_away: bool = False
    has_left: bool = False
    is_settled: bool = False
    is_ended: bool = False
    # Beyond the papers; `age_fault` says in words how the age stands against entry, "" where it does not.
    is_certified: bool = True
    is_fresh: bool = True
    age_fault: str = ""

    @property
    def has_papers(self) -> bool:
        """Identity, contract and training all hold."""
        return self.is_verified and self.has_contract and self.is_trained

    @property
    def may_enter(self) -> bool:
        """All holds that permission to enter rests on, but for the approval itself (I-11)."""
        return self.has_papers and self.is_certified and self.is_fresh and not self.age_fault


def state_of(facts: Facts) -> State:
    """The state that these facts make."""
    if facts.is_present:
        return _state_on_site(facts)
    if facts.review == Review.PENDING:
        return State.PENDING_REVIEW
    if facts.review == Review.APPROVED:
        return State.APPROVED if facts.may_enter else State.SUSPENDED
    if facts.has_left:
        return State.EXITED if facts.is_settled else State.EXIT_PENDING
    return State.EXITED if facts.is_ended else _state_of_papers(facts)


def lacking(facts: Facts) -> list[str]:
    """What of permission to enter is missing, in words, but for the approval itself."""
    wanted = (
        (facts.is_verified, "身份核验"),
        (facts.has_contract, "有效的劳动合同或用工协议"),
        (facts.is_trained, "有效的安全培训"),
        (facts.is_certified, "有效的特种作业操作资格证"),
        (not facts.age_fault, facts.age_fault),
        (facts.is_fresh, "一年内的资料更新或再培训"),
    )
    return [words for holds, words in wanted if not holds]


def missing_for_entry(facts: Facts, *, is_open: bool = True) -> list[str]:
    """All that keeps somebody off the gates' list, approval included, in words; `is_open`: the project."""
    beside = (
        (facts.review == Review.APPROVED, "总承包单位批准"),
        (not facts.is_away, "返场（暂退场期间不放行）"),
        (not facts.is_ended, "在册的用工（已结束）"),
        (is_open, "在建的项目（已完工）"),
    )
    return lacking(facts) + [words for holds, words in beside if not holds]


def _state_on_site(facts: Facts) -> State:
    if facts.is_away:
        return State.TEMP_LEFT
    lapsed = facts.review == Review.APPROVED and not facts.may_enter
    return State.SUSPENDED if lapsed else State.ON_SITE


def _state_of_papers(facts: Facts) -> State:
    if not facts.is_verified:
        return State.DRAFT
    if not facts.has_contract:
        return State.VERIFIED
    return State.TRAINED if facts.is_trained else State.CONTRACTED


_PREPARING: Final = (State.DRAFT, State.VERIFIED, State.CONTRACTED, State.TRAINED)
_PRESENT: Final = (State.ON_SITE, State.TEMP_LEFT, State.SUSPENDED)
_LEFT: Final = (State.EXIT_PENDING, State.EXITED)

Edge = tuple[State, Act, State]

# As the diagram draws them; “returned” is a passage back to draft and no state in which anybody stays.
DIAGRAM: Final[frozenset[Edge]] = frozenset(
    {
        (State.DRAFT, Act.PAPER, State.VERIFIED),
        (State.VERIFIED, Act.PAPER, State.CONTRACTED),
        (State.CONTRACTED, Act.PAPER, State.TRAINED),
        (State.TRAINED, Act.SUBMIT, State.PENDING_REVIEW),
        (State.PENDING_REVIEW, Act.APPROVE, State.APPROVED),
        (State.PENDING_REVIEW, Act.SEND_BACK, State.DRAFT),
        (State.APPROVED, Act.ENTER, State.ON_SITE),
        (State.ON_SITE, Act.LEAVE_TEMPORARILY, State.TEMP_LEFT),
        (State.TEMP_LEFT, Act.RETURN, State.ON_SITE),
        (State.ON_SITE, Act.PAPER, State.SUSPENDED),
        (State.TEMP_LEFT, Act.RETURN, State.SUSPENDED),
        (State.SUSPENDED, Act.PAPER, State.ON_SITE),
        (State.ON_SITE, Act.EXIT, State.EXIT_PENDING),
        (State.TEMP_LEFT, Act.EXIT, State.EXIT_PENDING),
        (State.SUSPENDED, Act.EXIT, State.EXIT_PENDING),
        (State.EXIT_PENDING, Act.SETTLE, State.EXITED),
        (State.EXITED, Act.ARCHIVE, State.ARCHIVED),
    }
)


def _each(sources: Iterable[State], act: Act, targets: Iterable[State]) -> set[Edge]:
    return {(source, act, target) for source, target in product(sources, targets)}


# What the diagram does not draw, each with its reason; decision 45.
DEVIATIONS: Final[dict[str, frozenset[Edge]]] = {
    "papers come in any order, and lapse before the entry": frozenset(
        {(source, Act.PAPER, target) for source, target in permutations(_PREPARING, 2)}
        | {
            (State.APPROVED, Act.PAPER, State.SUSPENDED),
            (State.SUSPENDED, Act.PAPER, State.APPROVED),
        }
    ),
    "sent back, one stands where the papers put one": frozenset(
        _each([State.PENDING_REVIEW], Act.SEND_BACK, [*_PREPARING, State.EXITED])
    ),
    "presence is recorded whatever is missing": frozenset(
        _each([*_PREPARING, State.PENDING_REVIEW], Act.ENTER, [State.ON_SITE])
    ),
    "the same engagement comes back after its exit": frozenset(
        _each(_LEFT, Act.ENTER, [State.ON_SITE]) | {(State.EXITED, Act.SUBMIT, State.PENDING_REVIEW)}
    ),
    "a suspended person goes on temporary leave": frozenset(
        {(State.SUSPENDED, Act.LEAVE_TEMPORARILY, State.TEMP_LEFT)}
    ),
    "exit and settlement in one act": frozenset(_each(_PRESENT, Act.EXIT, [State.EXITED])),
    "a mistaken move is taken back": frozenset(
        _each([State.ON_SITE], Act.REVERSE, [*_PREPARING, State.PENDING_REVIEW, State.APPROVED, *_LEFT])
        | _each([*_LEFT, State.PENDING_REVIEW, State.APPROVED], Act.REVERSE, _PRESENT)
        | _each([State.TEMP_LEFT], Act.REVERSE, [State.ON_SITE, State.SUSPENDED])
        | _each([State.ON_SITE, State.SUSPENDED], Act.REVERSE, [State.TEMP_LEFT])
    ),
    "an engagement ends without an entry": frozenset(
        _each(
            [*_PREPARING, State.PENDING_REVIEW, State.APPROVED, State.SUSPENDED],
            Act.END,
            [State.EXITED],
        )
    ),
}

EDGES: Final[frozenset[Edge]] = DIAGRAM.union(*DEVIATIONS.values())

_WORDS: Final[dict[State, tuple[str, str]]] = {
    State.DRAFT: ("grey", "待核验身份"),
    State.VERIFIED: ("grey", "待签合同"),
    State.CONTRACTED: ("grey", "待培训"),
    State.TRAINED: ("blue", "待送审"),
    State.PENDING_REVIEW: ("amber", "待审批"),
    State.APPROVED: ("blue", "已批准，待进场"),
    State.ON_SITE: ("green", "在场"),
    State.TEMP_LEFT: ("grey", "暂退场"),
    State.SUSPENDED: ("red", "已暂停"),
    State.EXIT_PENDING: ("amber", "已退场，待结清"),
    State.EXITED: ("grey", "已退场"),
    State.ARCHIVED: ("grey", "已归档"),
}


def in_words(facts: Facts) -> tuple[str, str]:
    """The level (green, amber …) and the words of a state, with what the state alone does not say."""
    state = state_of(facts)
    if state == State.ON_SITE and facts.review != Review.APPROVED:
        return "amber", "在场，待审批" if facts.review == Review.PENDING else "在场，未审批"
    if state == State.SUSPENDED and facts.is_present:
        return "red", "在场，已暂停"
    if state == State.TRAINED and not facts.may_enter:
        return "grey", f"还差{lacking(facts)[0]}"
    if state == State.EXITED and not facts.has_left:
        return "grey", "用工已结束"
    return _WORDS[state]
