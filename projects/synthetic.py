"""Enterprises that do not exist: their codes pass every check, and no office can have issued them."""

from random import Random

from projects.uscc import check_sign, organisation_check_sign

# 91: a company registered with market supervision. 420099: a registration office that is in no division.
ENTERPRISE_OF_NO_OFFICE = "91420099"


def uscc(rng: Random) -> str:
    """A unified social credit code with right check signs that nobody holds."""
    organisation = f"{rng.randrange(10**8):08d}"
    body = ENTERPRISE_OF_NO_OFFICE + organisation + organisation_check_sign(organisation)
    return body + check_sign(body)


def is_synthetic(code: str) -> bool:
    """Whether a code belongs to an invented enterprise."""
    return code[2:8] == ENTERPRISE_OF_NO_OFFICE[2:]
