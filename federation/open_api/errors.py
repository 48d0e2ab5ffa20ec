"""Why a call is turned away at once."""

from enum import IntEnum


class Code(IntEnum):
    """Codes of the answer envelope."""

    DONE = 0
    BAD_REQUEST = -1
    BAD_SIGNATURE = -2
    NOT_ALLOWED = -3
    BAD_ADDRESS = -4
    TOO_OFTEN = -5
    OTHER = 9999


class Refusal(Exception):
    """A call answered with a code other than 0 and a sentence that says what to do."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def bad_request(what: str) -> Refusal:
    """A refusal for a bad parameter, in the wording that clients already know."""
    return Refusal(Code.BAD_REQUEST, f"请求参数无效:{what}")
