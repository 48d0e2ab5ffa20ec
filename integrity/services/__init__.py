"""Acts on supervision notices: drafting, issuing, reading, answering, judging, and what the clock does."""

from integrity.services.answering import AnswerFacts, reply_notice
from integrity.services.clock import settle_notices
from integrity.services.crediting import CreditFacts, record_credit, withdraw_credit
from integrity.services.crediting_people import (
    PersonCreditFacts,
    record_person_credit,
    withdraw_person_credit,
)
from integrity.services.drafting import discard_draft, draft_notice
from integrity.services.issuing import issue_notice
from integrity.services.judging import SHORTEST_REASON, accept_reply, extend_deadline, return_reply
from integrity.services.reading import mark_read

__all__ = [
    "SHORTEST_REASON",
    "AnswerFacts",
    "CreditFacts",
    "PersonCreditFacts",
    "accept_reply",
    "discard_draft",
    "draft_notice",
    "extend_deadline",
    "issue_notice",
    "mark_read",
    "record_credit",
    "record_person_credit",
    "reply_notice",
    "return_reply",
    "settle_notices",
    "withdraw_credit",
    "withdraw_person_credit",
]
