"""Verifying a receipt, and publishing the keys by which anybody else can."""

from typing import Any

from chalicelib.errors import Conflict
from chalicelib.receipts.model import Verdict


def verify(receipt: str) -> Verdict:
    """Whether a key of ours signed just this: the one in use, or one before it.

    One KMS call in a process's life; a GetItem for a key that is not in use and not known yet.
    """
    from chalicelib.receipts import signature

    return signature.verified(receipt)


def key_set() -> dict[str, Any]:
    """The keys by which receipts verify, as a JSON Web Key Set (RFC 7517, section 5).

    The one in use and all before it, oldest first. One GetItem a minute in a process.
    """
    from chalicelib.receipts import keyring, signature

    return {"keys": keyring.published(signature.public_jwk())}


def introduce(arn: str) -> str:
    """Keeps the public keys of the KMS key in use and of its successor, at `arn`; its id.

    From then on receipts of both verify and both are published, whichever signs. Repeating it
    changes nothing. Two KMS calls, one GetItem, one PutItem. Raises Conflict.
    """
    from chalicelib.receipts import keyring, signature, store

    before = store.public_keys()
    successor = signature.public_jwk(arn)
    known = {one["kid"]: one for one in (*before, signature.public_jwk(), successor)}
    if not store.put_public_keys(list(known.values()), before):
        raise Conflict("Somebody changed the keys at the same moment.")
    keyring.forget()
    return successor["kid"]
