from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.vault.envelope import DataKey, NotOpened, seal, unseal

MATERIAL = bytes(range(32))
KEY = DataKey("abc", "account", MATERIAL)
PK, SK = "S#abc", "account#profile#identity"
FIELDS = {"name": "Ada Lovelace", "email": "ada@example.org"}

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abcdef", min_size=1), JSON_VALUES, max_size=5))
def test_what_is_sealed_comes_back(fields: dict[str, Any]) -> None:
    assert unseal(KEY, PK, SK, seal(KEY, PK, SK, fields)) == fields


def test_a_blob_shows_nothing_and_never_repeats() -> None:
    blobs = [seal(KEY, PK, SK, FIELDS) for _ in range(200)]
    assert len({blob[1:13] for blob in blobs}) == 200, "a nonce repeated"
    for blob in blobs:
        assert blob[0] == 1
        assert len(blob) == 1 + 12 + len(json.dumps(FIELDS, separators=(",", ":"))) + 16
        assert not any(value.encode() in blob for value in (*FIELDS, *FIELDS.values()))


@pytest.mark.parametrize(
    ("pk", "sk"),
    [
        ("S#abd", SK),
        (PK, "account#profile#company"),
        (PK, "evidence#profile#identity"),
        (SK, PK),
        (f"{PK}\n", SK),
        (f"{PK}{SK}", ""),
        ("", ""),
    ],
)
def test_a_moved_blob_does_not_open(pk: str, sk: str) -> None:
    blob = seal(KEY, PK, SK, FIELDS)
    with pytest.raises(NotOpened):
        unseal(KEY, pk, sk, blob)


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_a_byte_changed_anywhere_is_found(mask: int) -> None:
    blob = seal(KEY, PK, SK, FIELDS)
    for place in range(len(blob)):
        changed = bytearray(blob)
        changed[place] ^= mask
        with pytest.raises(NotOpened):
            unseal(KEY, PK, SK, bytes(changed))


def test_a_blob_cut_or_lengthened_anywhere_does_not_open() -> None:
    blob = seal(KEY, PK, SK, FIELDS)
    for length in range(len(blob)):
        with pytest.raises(NotOpened):
            unseal(KEY, PK, SK, blob[:length])
    with pytest.raises(NotOpened):
        unseal(KEY, PK, SK, blob + b"\x00")


def test_another_key_does_not_open_it() -> None:
    blob = seal(KEY, PK, SK, FIELDS)
    for bit in range(256):
        material = (int.from_bytes(MATERIAL) ^ (1 << bit)).to_bytes(32)
        with pytest.raises(NotOpened):
            unseal(DataKey("abc", "account", material), PK, SK, blob)


@pytest.mark.parametrize("number", [0, 2, 3, 255])
def test_another_format_is_not_guessed_at(number: int) -> None:
    blob = seal(KEY, PK, SK, FIELDS)
    with pytest.raises(NotOpened):
        unseal(KEY, PK, SK, bytes([number]) + blob[1:])


def test_a_refusal_says_nothing_of_the_data() -> None:
    blob = seal(KEY, PK, SK, FIELDS)
    with pytest.raises(NotOpened) as refused:
        unseal(KEY, PK, "other", blob)
    assert str(refused.value) == ""
    assert refused.value.__cause__ is None


def test_a_key_in_a_text_shows_no_material() -> None:
    for text in (repr(KEY), str(KEY), f"{KEY}", repr([KEY]), repr((1, {"key": KEY}))):
        assert repr(MATERIAL)[2:-1] not in text
        assert MATERIAL.hex() not in text
        assert "abc" not in text, "nor whose it is"
        assert "DataKey(account)" in text
