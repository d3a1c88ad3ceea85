"""KMS as far as receipts use it, with the limits that it has."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ARN = "arn:aws:kms:eu-south-1:000000000000:key/receipts"


class Kms:
    """A key on P-256, those that follow it by ARN, and what was asked of them."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.keys: dict[str, ec.EllipticCurvePrivateKey] = {}
        self.calls: list[str] = []
        self.retired: list[dict[str, str]] = []

    def kept(self) -> list[dict[str, str]]:
        """The public keys in the table."""
        self.calls.append("keys")
        return list(self.retired)

    def sign(self, **asked: Any) -> dict[str, Any]:
        """A signature as AWS gives it: DER, over a digest of 32 bytes."""
        self.calls.append("sign")
        assert asked.keys() == {"KeyId", "Message", "MessageType", "SigningAlgorithm"}
        assert asked["MessageType"] == "DIGEST"
        assert asked["SigningAlgorithm"] == "ECDSA_SHA_256"
        assert len(asked["Message"]) == 32
        key = self._key(asked["KeyId"])
        return {"Signature": key.sign(asked["Message"], ec.ECDSA(Prehashed(SHA256())))}

    def get_public_key(self, KeyId: str) -> dict[str, Any]:  # noqa: N803
        """The public half: SubjectPublicKeyInfo in DER."""
        self.calls.append("get_public_key")
        public = self._key(KeyId).public_key()
        return {"PublicKey": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)}

    def _key(self, arn: str) -> ec.EllipticCurvePrivateKey:
        return self.key if arn == ARN else self.keys[arn]
