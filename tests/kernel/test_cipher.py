"""Sealed numbers open in their place, with their key, and nowhere else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import cipher
from kernel.cipher import BadKeyring, FieldKey, IndexKey, Keyring, Unreadable

AES = FieldKey("a1", "aes256gcm", b"A" * 32)
SM4 = FieldKey("s1", "sm4gcm", b"S" * 16)
INDEX = IndexKey("i1", b"I" * 32)
PLACE = "workers.person.id_number"
NUMBER = "420001199001010016"


@pytest.fixture(params=[AES, SM4], ids=["aes", "sm4"])
def ring(request: pytest.FixtureRequest) -> Keyring:
    return Keyring([request.param], INDEX)


@given(text=st.text())
def test_whatever_is_sealed_opens_again_under_either_algorithm(text: str) -> None:
    for key in (AES, SM4):
        ring = Keyring([key], INDEX)
        assert ring.unseal(ring.seal(text, context=PLACE), context=PLACE) == text


def test_the_same_number_never_looks_the_same_twice_and_is_nowhere_in_the_ciphertext(ring: Keyring) -> None:
    first, second = (ring.seal(NUMBER, context=PLACE) for _ in range(2))
    assert first != second
    assert NUMBER.encode() not in first


def test_a_value_moved_to_another_column_does_not_open(ring: Keyring) -> None:
    sealed = ring.seal(NUMBER, context=PLACE)
    with pytest.raises(Unreadable):
        ring.unseal(sealed, context="workers.engagement.bank_card")


@given(position=st.integers(min_value=0, max_value=50), bit=st.integers(min_value=0, max_value=7))
def test_a_single_changed_bit_anywhere_is_noticed(position: int, bit: int) -> None:
    ring = Keyring([AES], INDEX)
    damaged = bytearray(ring.seal(NUMBER, context=PLACE))
    damaged[position % len(damaged)] ^= 1 << bit
    with pytest.raises(Unreadable):
        ring.unseal(bytes(damaged), context=PLACE)


@given(st.binary(max_size=80))
def test_bytes_that_were_never_sealed_are_refused_in_words(noise: bytes) -> None:
    with pytest.raises(Unreadable):
        Keyring([AES], INDEX).unseal(noise, context=PLACE)


def test_old_values_open_after_a_new_key_took_the_first_place() -> None:
    old = Keyring([AES], INDEX).seal(NUMBER, context=PLACE)
    after = Keyring([SM4, AES], INDEX)
    assert after.unseal(old, context=PLACE) == NUMBER
    assert not after.is_current(old)
    assert after.is_current(after.seal(NUMBER, context=PLACE))


def test_a_value_whose_key_is_gone_says_so() -> None:
    sealed = Keyring([AES], INDEX).seal(NUMBER, context=PLACE)
    with pytest.raises(Unreadable, match="FIELD_KEYS"):
        Keyring([SM4], INDEX).unseal(sealed, context=PLACE)


def test_equal_numbers_have_equal_indexes_whatever_the_sealing_key() -> None:
    index = Keyring([AES], INDEX).blind_index("identity:01", NUMBER)
    assert index == Keyring([SM4], INDEX).blind_index("identity:01", NUMBER)
    assert index[:3] == b"\x02i1"
    assert len(index) == 3 + 32


def test_the_index_of_another_kind_another_number_or_another_key_differs() -> None:
    ring = Keyring([AES], INDEX)
    indexes = {
        ring.blind_index("identity:01", NUMBER),
        ring.blind_index("identity:08", NUMBER),
        ring.blind_index("identity:01", NUMBER[:-1] + "X"),
        Keyring([AES], IndexKey("i1", b"J" * 32)).blind_index("identity:01", NUMBER),
    }
    assert len(indexes) == 4


def test_no_key_shows_in_a_representation() -> None:
    shown = repr(AES) + repr(INDEX) + repr(Keyring([AES, SM4], INDEX))
    assert "AAAA" not in shown
    assert "IIII" not in shown
    assert "a1" in shown


def spelled(secret: bytes) -> str:
    return base64.b64encode(secret).decode()


def test_the_keyring_reads_the_settings_and_takes_the_first_key(settings) -> None:
    settings.FIELD_KEYS = f"s1:sm4gcm:{spelled(b'S' * 16)}, a1:aes256gcm:{spelled(b'A' * 32)}"
    settings.INDEX_KEY = f"i1:{spelled(b'I' * 32)}"
    sealed = cipher.seal(NUMBER, context=PLACE)
    assert sealed[:4] == b"\x01\x02s1"
    assert cipher.unseal(sealed, context=PLACE) == NUMBER
    assert cipher.blind_index("phone", "1") == Keyring([AES], INDEX).blind_index("phone", "1")
    assert cipher.unseal_bytes(cipher.seal_bytes(b"\xff", context="file"), context="file") == b"\xff"


@pytest.mark.parametrize(
    ("field_keys", "index_key", "named"),
    [
        ("", f"i1:{spelled(b'I' * 32)}", "FIELD_KEYS is empty"),
        ("a1:aes256gcm", f"i1:{spelled(b'I' * 32)}", "FIELD_KEYS"),
        ("a1:rot13:QUFB", f"i1:{spelled(b'I' * 32)}", "a1"),
        ("a1:aes256gcm:QUFB", f"i1:{spelled(b'I' * 32)}", "32 bytes"),
        ("a1:aes256gcm:***", f"i1:{spelled(b'I' * 32)}", "base64"),
        (f"a1:aes256gcm:{spelled(b'A' * 32)}", "i1:QUFB", "INDEX_KEY"),
        (f"a1:aes256gcm:{spelled(b'A' * 32)}", f"i1:{spelled(b'A' * 32)}", "must not be"),
        (
            f"a1:sm4gcm:{spelled(b'S' * 16)},a1:sm4gcm:{spelled(b'T' * 16)}",
            f"i1:{spelled(b'I' * 32)}",
            "twice",
        ),
    ],
)
def test_a_keyring_that_cannot_work_is_refused_naming_the_entry(
    field_keys: str, index_key: str, named: str
) -> None:
    with pytest.raises(BadKeyring, match=named):
        Keyring.parsed(field_keys, index_key)
