"""Signing receipts and verifying them: JSON Web Signatures whose private key never leaves KMS.

ES256 (RFC 7518, section 3.4). The key's id is its thumbprint (RFC 7638), so that it says by itself
which key it names. Only this module knows how a receipt is signed.
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
from chalicelib.receipts.model import Reason, Verdict
from chalicelib.storage import clients

ALGORITHM = "ES256"
TYPE = "consent-receipt+jwt"
"""What a receipt says it is, so that nothing else that a key signs can pass for one."""


class _ByKms(ECAlgorithm):
    """ES256 whose private key is one of KMS's, given by its ARN."""

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


def signed(content: Mapping[str, Any]) -> str:
    """`content` as a signed receipt: its canonical JSON (RFC 8785). One KMS call."""
    jws = PyJWS(algorithms=())
    jws.register_algorithm(ALGORITHM, _ByKms())
    headers = {"typ": TYPE, "kid": key_id()}
    return jws.encode(rfc8785.dumps(dict(content)), settings.receipt_key(), ALGORITHM, headers)


def verified(receipt: str) -> Verdict:
    """What a receipt that somebody shows is found to be. Nothing of it is believed beforehand.

    No call but for the key, once in a process.
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
        ("typ", TYPE, Reason.TYPE),
        ("kid", key_id(), Reason.KEY),
    ):
        if header.get(name) != expected:
            return Verdict(reason, None)
    try:
        payload = jws.decode(receipt, _public_key(), algorithms=(ALGORITHM,))
    except InvalidTokenError:
        return Verdict(Reason.SIGNATURE, None)
    return Verdict(None, json.loads(payload))


def public_jwk() -> dict[str, str]:
    """The public key as a JSON Web Key (RFC 7517), with its use, algorithm and id."""
    return {**_coordinates(), "use": "sig", "alg": ALGORITHM, "kid": key_id()}


def key_id() -> str:
    """The key's thumbprint: the SHA-256 of its required members (RFC 7638, section 3.2)."""
    digest = hashlib.sha256(rfc8785.dumps(_coordinates())).digest()
    return base64url_encode(digest).decode()


def _coordinates() -> dict[str, str]:
    return dict(ECAlgorithm.to_jwk(_public_key(), as_dict=True))


def _public_key() -> EllipticCurvePublicKey:
    return _load(settings.receipt_key())


@cache
def _load(arn: str) -> EllipticCurvePublicKey:
    """A key's public half: it never changes, so a process asks KMS once."""
    key = load_der_public_key(clients.kms().get_public_key(KeyId=arn)["PublicKey"])
    if not isinstance(key, EllipticCurvePublicKey):
        raise TypeError("the key for receipts is on no elliptic curve")
    return key
