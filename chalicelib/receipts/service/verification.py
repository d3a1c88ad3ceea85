"""Verifies receipts, and publishes the keys with which anyone else can."""

from typing import Any

from chalicelib.errors import Conflict
from chalicelib.receipts.model import Judged, Reason, Sort, Verdict
from chalicelib.receipts.service import closing


def judge(text: str) -> Judged:
    """Returns the verdict about any text: a receipt, one of an erasure, or a root of retention.

    One KMS call in a process's life; one GetItem for a former key, and one or two more for what is
    still kept of an erasure.
    """
    verdict = verify(text)
    if verdict.reason is not Reason.TYPE:
        return Judged(verdict, Sort.DECISION)
    ended = verify_closing(text)
    if ended.content is not None:
        return Judged(ended, Sort.CLOSING, closing.kept(ended.content))
    if ended.reason is not Reason.TYPE:
        return Judged(ended, Sort.CLOSING)
    return Judged(verify_root(text), Sort.RETENTION)


def verify_closing(receipt: str) -> Verdict:
    """Returns the same verdict about the receipt of an erasure, which is of another type."""
    from chalicelib.receipts import signature

    return signature.verified(receipt, signature.CLOSING)


def verify_root(root: str) -> Verdict:
    """Returns the same verdict about the root of a report on retention, of a type of its own."""
    from chalicelib.receipts import signature

    return signature.verified(root, signature.RETENTION)


def verify(receipt: str) -> Verdict:
    """Returns the verdict whether a key of this deployment, in use or former, signed this text.

    One KMS call in a process's life; one GetItem for a former key that the process does not know.
    """
    from chalicelib.receipts import signature

    return signature.verified(receipt)


def key_set() -> dict[str, Any]:
    """Returns the keys by which receipts verify, as a JSON Web Key Set (RFC 7517, section 5).

    The one in use and its predecessors, oldest first. One GetItem a minute in a process.
    """
    from chalicelib.receipts import keyring, signature

    return {"keys": keyring.published(signature.public_jwk())}


def introduce(arn: str) -> str:
    """Stores the public keys of the KMS key in use and of its successor, at `arn`.

    Returns the successor's id. From then on receipts signed by either verify, and both keys are
    published. Idempotent. Two KMS calls, one GetItem, one PutItem. Raises Conflict.
    """
    from chalicelib.receipts import keyring, signature, store

    before = store.public_keys()
    successor = signature.public_jwk(arn)
    known = {one["kid"]: one for one in (*before, signature.public_jwk(), successor)}
    if not store.put_public_keys(list(known.values()), before):
        raise Conflict("Somebody changed the keys at the same moment.")
    keyring.forget()
    return successor["kid"]
