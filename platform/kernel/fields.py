"""A column whose text lies sealed in the database and in memory, and opens only when it is read."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from kernel.cipher import seal, unseal

if TYPE_CHECKING:
    # Read as Any: whether None may stand there is the column's `null`, which the stub cannot know.
    _Column = models.BinaryField[str | None, Any]
else:
    _Column = models.BinaryField


class _Sealed(DeferredAttribute):
    """Keeps the ciphertext on the row, so that neither a pickle nor a crash report holds the number."""

    field: "SealedTextField"

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        sealed = super().__get__(instance, cls)
        return None if sealed is None else unseal(bytes(sealed), context=self.field.context)

    def __set__(self, instance: models.Model, value: str | bytes | memoryview | None) -> None:
        instance.__dict__[self.field.attname] = self.field.sealed(value)


class SealedTextField(_Column):
    """Text that only this node can read: `str` or None on the row, ciphertext in the column.

    `context` names the place ("workers.person.id_number") and must never change, for every value carries it
    authenticated. Sealed text cannot be searched: keep a blind index beside it. Assigning seals with the
    current key, so `row.field = row.field` moves a value to a new key. Reading may raise
    kernel.cipher.Unreadable.
    """

    descriptor_class = _Sealed

    def __init__(self, *args: Any, context: str, **kwargs: Any) -> None:
        self.context = context
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "context": self.context}

    def sealed(self, value: str | bytes | memoryview | None) -> bytes | None:
        """The bytes for the column; bytes come from the column and are sealed already."""
        if value is None:
            return None
        return seal(value, context=self.context) if isinstance(value, str) else bytes(value)

    def to_python(self, value: Any) -> Any:
        return value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if self.attname not in model_instance.__dict__:  # deferred, yet named in update_fields
            getattr(model_instance, self.attname)
        return model_instance.__dict__[self.attname]

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(self.sealed(value), connection, prepared)

    def get_lookup(self, lookup_name: str) -> Any:
        # No two ciphertexts are equal, so any other comparison would quietly find nothing.
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError("sealed fields are not written to fixtures; copy the database instead")
