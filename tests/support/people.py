"""张三 of 武昌 and the others: people and firms that nobody is, the same in every run."""

from datetime import date
from random import Random

from projects.synthetic import uscc as synthetic_uscc
from workers.identity import check_digit

BORN_ON = date(1990, 1, 2)


def id_number(order: int, *, born_on: date = BORN_ON, division: int = 420011) -> str:
    """A valid number that nobody holds: `order` 1, 3, 5 … is a man, 2, 4, 6 … a woman."""
    body = f"{division:06d}{born_on:%Y%m%d}{order:03d}"
    return body + check_digit(body)


def phone(order: int) -> str:
    """Eleven figures that reach nobody."""
    return f"109{order:08d}"


def card(order: int) -> str:
    """A bank card that no bank has issued."""
    return f"0099990000000{order:06d}"


def credit_code(order: int) -> str:
    """The credit code of invented firm number `order`."""
    return synthetic_uscc(Random(order))
