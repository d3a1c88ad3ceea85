"""Seals the personal fields of a record: AES-256-GCM (NIST SP 800-38D), bound to its keys.

A sealed blob is one byte of format, twelve bytes of nonce, then ciphertext and tag. The record's
partition and sort key are its associated data, so a blob moved to another record does not open.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_FORMAT = b"\x01"
_NONCE_BYTES = 12


class NotOpened(Exception):
    """A blob is damaged, was moved, or was sealed with another key. It carries none of its data."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A subject's key for one retention class, in memory. Its repr leaves the key material out."""

    subject: str
    retention_class: str
    material: bytes

    def __repr__(self) -> str:
        return f"DataKey({self.retention_class})"


def seal(key: DataKey, pk: str, sk: str, fields: Mapping[str, Any]) -> bytes:
    """Returns the JSON object `fields` as a blob that opens only with this key at this place."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    # Random nonces are safe for 2^32 messages a key (SP 800-38D 8.3): a key is one subject's.
    nonce = os.urandom(_NONCE_BYTES)
    plain = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    sealed = AESGCM(key.material).encrypt(nonce, plain, _place(pk, sk))
    return _FORMAT + nonce + sealed


def unseal(key: DataKey, pk: str, sk: str, blob: bytes) -> dict[str, Any]:
    """Returns the fields in a blob. Raises NotOpened."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if blob[:1] != _FORMAT or len(blob) <= 1 + _NONCE_BYTES:
        raise NotOpened
    nonce, sealed = blob[1 : 1 + _NONCE_BYTES], blob[1 + _NONCE_BYTES :]
    try:
        plain = AESGCM(key.material).decrypt(nonce, sealed, _place(pk, sk))
    except InvalidTag:
        raise NotOpened from None
    fields: dict[str, Any] = json.loads(plain)
    return fields


def _place(pk: str, sk: str) -> bytes:
    return f"{pk}\n{sk}".encode()
