"""Numbers as they may be shown: enough to recognise, too little to misuse."""


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
