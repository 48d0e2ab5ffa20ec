"""One-time codes of project accounts: how they are made, and the digest that is kept of them."""

import secrets

from kernel.cipher import keyring
from kernel.text import compact

# Without signs that are mistaken for one another when a code is read out or copied from paper.
_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_GROUPS, _GROUP = 3, 4


def fresh_code() -> str:
    """Three groups of four signs, some 59 bits."""
    return "-".join("".join(secrets.choice(_SIGNS) for _sign in range(_GROUP)) for _group in range(_GROUPS))


def digest(permit_number: str, code: str) -> bytes:
    """The keyed digest of a code, however it was typed; it is worth nothing without its permit's number."""
    plain = compact(code).replace("-", "").upper()
    return keyring().blind_index("project_claim", f"{compact(permit_number)}\n{plain}")
