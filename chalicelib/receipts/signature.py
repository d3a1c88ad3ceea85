"""Signs and verifies receipts: JSON Web Signatures whose private key never leaves KMS.

ES256 (RFC 7518, section 3.4). The key's id is its thumbprint (RFC 7638), so that it names exactly
one key. Only this module knows how a receipt is signed.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from jwt.algorithms import ECAlgorithm
from jwt.api_jws import PyJWS
from jwt.exceptions import InvalidTokenError
from jwt.utils import base64url_encode, der_to_raw_signature

from chalicelib import settings
from chalicelib.receipts import keyring
from chalicelib.receipts.model import Reason, Verdict
from chalicelib.storage import clients

ALGORITHM = "ES256"
TYPE = "consent-receipt+jwt"
"""The type in a receipt's header, so that no other text signed by a key can pass for a receipt."""

CLOSING = "closing-receipt+jwt"
"""The type of the receipt of an erasure: neither passes for the other."""

RETENTION = "retention-root+jwt"
"""The type of the root of a report on retention, which is nobody's receipt."""


class _ByKms(ECAlgorithm):
    """ES256 with a private key in KMS, given by its ARN."""

    def __init__(self) -> None:
        super().__init__(ECAlgorithm.SHA256, SECP256R1)

    def prepare_key(self, key: Any) -> Any:
        return key

    def sign(self, msg: bytes, key: Any) -> bytes:
        # The digest and not the message, of which KMS takes 4096 bytes at most.
        answer = clients.kms().sign(
            KeyId=key,
            Message=hashlib.sha256(msg).digest(),
            MessageType="DIGEST",
            SigningAlgorithm="ECDSA_SHA_256",
        )
        return der_to_raw_signature(answer["Signature"], SECP256R1())


def signed(content: Mapping[str, Any], kind: str = TYPE) -> str:
    """Returns `content` as a signed receipt of a type: its canonical JSON (RFC 8785).

    One KMS call.
    """
    jws = PyJWS(algorithms=())
    jws.register_algorithm(ALGORITHM, _ByKms())
    headers = {"typ": kind, "kid": key_id()}
    return jws.encode(rfc8785.dumps(dict(content)), settings.receipt_key(), ALGORITHM, headers)


def verified(receipt: str, kind: str = TYPE) -> Verdict:
    """Returns the verdict about a text as a receipt of a type. Its header is not trusted before.

    The key that it names must be the one in use, or a former one. One KMS call in a process's life
    for the key in use; one GetItem for a former key that the process does not know.
    """
    if not receipt.isascii():
        return Verdict(Reason.FORMAT, None)
    jws = PyJWS(algorithms=(ALGORITHM,))
    try:
        header = jws.get_unverified_header(receipt)
    except InvalidTokenError:
        return Verdict(Reason.FORMAT, None)
    for name, expected, reason in (
        ("alg", ALGORITHM, Reason.ALGORITHM),
        ("typ", kind, Reason.TYPE),
    ):
        if header.get(name) != expected:
            return Verdict(reason, None)
    key = _key_named(header.get("kid"))
    if key is None:
        return Verdict(Reason.KEY, None)
    try:
        payload = jws.decode(receipt, key, algorithms=(ALGORITHM,))
    except InvalidTokenError:
        return Verdict(Reason.SIGNATURE, None)
    return Verdict(None, json.loads(payload))


def public_jwk(arn: str | None = None) -> dict[str, str]:
    """Returns the public key in use, or the one at `arn`, as a JSON Web Key (RFC 7517).

    With its use, its algorithm and its id.
    """
    key = _load(arn or settings.receipt_key())
    return {**_coordinates(key), "use": "sig", "alg": ALGORITHM, "kid": _thumbprint(key)}


def key_id() -> str:
    """Returns the id of the key in use: its thumbprint (RFC 7638, section 3.2)."""
    return _thumbprint(_load(settings.receipt_key()))


def _key_named(kid: object) -> EllipticCurvePublicKey | None:
    """Returns the public key of that id, or None where this deployment never had it."""
    if not isinstance(kid, str):
        return None
    if kid == key_id():
        return _load(settings.receipt_key())
    jwk = keyring.retired(kid)
    key = None if jwk is None else ECAlgorithm.from_jwk(jwk)
    return key if isinstance(key, EllipticCurvePublicKey) else None


def _thumbprint(key: EllipticCurvePublicKey) -> str:
    """Returns the SHA-256 of a key's required members, in base64url."""
    digest = hashlib.sha256(rfc8785.dumps(_coordinates(key))).digest()
    return base64url_encode(digest).decode()


def _coordinates(key: EllipticCurvePublicKey) -> dict[str, str]:
    return dict(ECAlgorithm.to_jwk(key, as_dict=True))


@cache
def _load(arn: str) -> EllipticCurvePublicKey:
    """Returns a key's public half: it never changes, so a process asks KMS once."""
    key = load_der_public_key(clients.kms().get_public_key(KeyId=arn)["PublicKey"])
    if not isinstance(key, EllipticCurvePublicKey):
        raise TypeError("the key for receipts is on no elliptic curve")
    return key
