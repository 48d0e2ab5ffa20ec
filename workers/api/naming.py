"""A refusal names the field of its form; the API's bodies name their fields like the records they make."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from kernel.errors import DomainError

OF_CONTRACT = {"contract_kind": "kind", "contract_starts_on": "starts_on", "contract_ends_on": "ends_on"}
OF_TRAINING = {
    "training_kind": "kind",
    "training_on": "held_on",
    "training_hours": "hours",
    "people": "engagements",
}
_PRICE = ("period_type", "wage_form", "unit", "unit_price")
# In the body of an enrolment each paper is a part of its own.
OF_ENROLMENT = {
    **{form: f"contract.{name}" for form, name in OF_CONTRACT.items()},
    **{name: f"contract.{name}" for name in _PRICE},
    **{form: f"training.{name}" for form, name in OF_TRAINING.items()},
}


@contextmanager
def fields_named(names: Mapping[str, str]) -> Iterator[None]:
    """Let refusals pass under the names of the body."""
    try:
        yield
    except DomainError as refused:
        refused.field = names.get(refused.field or "", refused.field)
        raise
