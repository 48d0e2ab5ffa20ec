"""The sealed column: what a row holds, shows and hands to SQL, and what PostgreSQL keeps."""

import pickle

import pytest
from django.core.exceptions import FieldError
from django.db import connection, models
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps

from kernel.cipher import keyring
from kernel.fields import SealedTextField

PLACE = "tests.card.number"
NUMBER = "420001199001010016"


@pytest.fixture
def card_class():
    with isolate_apps():

        class Card(models.Model):
            number = SealedTextField(context=PLACE, null=True)

            class Meta:
                app_label = "cards"

            def __str__(self) -> str:
                return str(self.pk)

        yield Card


def test_a_row_reads_as_text_but_holds_only_the_ciphertext(card_class) -> None:
    card = card_class(number=NUMBER)
    assert card.number == NUMBER
    held = card.__dict__["number"]
    assert isinstance(held, bytes)
    assert keyring().unseal(held, context=PLACE) == NUMBER
    assert NUMBER not in repr(card.__dict__)
    assert NUMBER.encode() not in pickle.dumps(card.__dict__)


def test_nothing_stays_nothing(card_class) -> None:
    card = card_class(number=None)
    assert card.number is None
    assert card_class._meta.get_field("number").pre_save(card, add=True) is None


def test_the_bytes_of_the_database_become_text_on_reading(card_class) -> None:
    stored = memoryview(keyring().seal(NUMBER, context=PLACE))
    assert card_class.from_db("default", ["id", "number"], [1, stored]).number == NUMBER


def test_text_given_to_an_update_is_sealed_on_its_way(card_class) -> None:
    field = card_class._meta.get_field("number")
    prepared = field.get_db_prep_value(NUMBER, connection)
    sealed = bytes(getattr(prepared, "adapted", prepared))
    assert keyring().unseal(sealed, context=PLACE) == NUMBER


def test_searching_by_the_number_is_refused_instead_of_finding_nothing(card_class) -> None:
    with pytest.raises(FieldError):
        card_class._default_manager.filter(number=NUMBER)
    assert "IS NULL" in str(card_class._default_manager.filter(number__isnull=True).query)


def test_cleaning_keeps_text_as_text(card_class) -> None:
    card = card_class(number="QUJD")
    card.clean_fields()
    assert card.number == "QUJD"


def test_a_migration_writes_the_place_and_can_be_read_back(card_class) -> None:
    field = card_class._meta.get_field("number")
    written, imports = MigrationWriter.serialize(field)
    assert written == f"kernel.fields.SealedTextField(context='{PLACE}', null=True)"
    assert imports == {"import kernel.fields"}
    assert field.clone().context == PLACE


def test_fixtures_refuse_sealed_numbers(card_class) -> None:
    card = card_class(number=NUMBER)
    with pytest.raises(TypeError, match="fixtures"):
        card_class._meta.get_field("number").value_to_string(card)


@pytest.mark.django_db
def test_postgresql_holds_only_ciphertext_through_every_way_of_writing(card_class) -> None:
    with connection.schema_editor() as editor:
        editor.create_model(card_class)
    cards = card_class._default_manager
    first = cards.create(number=NUMBER)
    second, third = cards.bulk_create([card_class(number=NUMBER), card_class(number=None)])
    second.number = "E12345678"
    cards.bulk_update([second], ["number"])
    cards.filter(pk=third.pk).update(number="A1")
    deferred = cards.defer("number").get(pk=first.pk)
    deferred.save()
    cards.get(pk=first.pk).refresh_from_db()
    assert [card.number for card in cards.order_by("pk")] == [NUMBER, "E12345678", "A1"]
    with connection.cursor() as cursor:
        cursor.execute(f"select number from {card_class._meta.db_table}")
        stored = [bytes(row[0]) for row in cursor.fetchall()]
    assert not any(plain in sealed for plain in (b"4200", b"E123", b"A1") for sealed in stored)
