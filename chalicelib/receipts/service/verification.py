"""Verifying a receipt, and publishing the key by which anybody else can."""

from typing import Any

from chalicelib.receipts.model import Verdict


def verify(receipt: str) -> Verdict:
    """Whether our key signed just this. No table is read; one KMS call in a process's life."""
    from chalicelib.receipts import signing

    return signing.verified(receipt)


def key_set() -> dict[str, Any]:
    """The keys by which receipts verify, as a JSON Web Key Set (RFC 7517, section 5)."""
    from chalicelib.receipts import signing

    return {"keys": [signing.public_jwk()]}
