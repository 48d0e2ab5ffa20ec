"""Numbers as they may be shown: enough to recognise, too little to misuse."""

import re

_NUMBER = re.compile(r"(?<![\dA-Za-z-])\d{17}[\dXx](?![\dA-Za-z])")
_MOBILE = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)")


def _covered(value: str, first: int, last: int) -> str:
    """`value` with its middle covered; wholly covered when it is too short to hide anything."""
    hidden = len(value) - first - last
    if hidden < 4:
        return "*" * len(value)
    return value[:first] + "*" * hidden + value[len(value) - last :]


def mask_id_number(number: str | None) -> str:
    """A document number as a page may show it: 4201**********0016; passports keep two signs at each end."""
    number = number or ""
    return _covered(number, 4, 4) if len(number) >= 15 else _covered(number, 2, 2)


def mask_phone(number: str | None) -> str:
    """A phone number as a page may show it: 138****0000."""
    number = number or ""
    return _covered(number, 3, 4) if len(number) >= 11 else _covered(number, 0, 2)


def mask_card(number: str | None) -> str:
    """A bank card as a page may show it: only the last four figures, never its length."""
    number = number or ""
    return f"**** {number[-4:]}" if len(number) >= 12 else "****" if number else ""


def redact(text: str) -> str:
    """Mask what looks like an identity number with a plausible birth date, or a mobile phone.

    The second net behind masking by field: for sentences that somebody else has written.
    """
    return _MOBILE.sub(r"\1****\2", _NUMBER.sub(_mask_if_dated, text))


def _mask_if_dated(match: re.Match[str]) -> str:
    whole = match.group(0)
    year, month, day = int(whole[6:10]), int(whole[10:12]), int(whole[12:14])
    # A project code has the same eighteen digits with the year of its permit (2013 or later) in this place.
    looks_born = 1900 <= year <= 2012 and 1 <= month <= 12 and 1 <= day <= 31
    return f"{whole[:4]}**********{whole[-4:]}" if looks_born else whole
