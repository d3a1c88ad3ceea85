from __future__ import annotations

from chalicelib.idempotency import IdempotencyItem, _data_key, _place, _stored_hash
from chalicelib.storage import keys

CALLER, KEY, PAYLOAD = "registerAccount ada", "d0b1-key", "f" * 64


def test_what_is_stored_does_not_open_what_is_sealed() -> None:
    stored = _stored_hash(PAYLOAD)
    material = _data_key(PAYLOAD).material
    assert len(material) == 32
    assert bytes.fromhex(stored) != material
    assert _data_key(stored).material != material
    assert PAYLOAD not in stored


def test_each_payload_has_its_own_key() -> None:
    other = "e" * 64
    assert _data_key(PAYLOAD).material != _data_key(other).material
    assert _stored_hash(PAYLOAD) != _stored_hash(other)


def test_a_place_hides_caller_and_key_and_tells_them_apart() -> None:
    pk, sk = _place(CALLER, KEY)
    assert KEY not in pk + sk
    assert "ada" not in pk + sk
    assert pk.startswith(keys.idempotency(""))
    assert sk == "core#idempotency#"
    assert len({_place(CALLER, KEY), _place(CALLER, "k2"), _place("x", KEY)}) == 3
    assert sk.split("#", 1)[0] == IdempotencyItem.CLASS
