"""KMS as far as receipts use it, with the limits that it has."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ARN = "arn:aws:kms:eu-south-1:000000000000:key/receipts"


class Kms:
    """One key on P-256, and what was asked of it."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.calls: list[str] = []

    def sign(self, **asked: Any) -> dict[str, Any]:
        """A signature as AWS gives it: DER, over a digest of 32 bytes."""
        self.calls.append("sign")
        assert asked.keys() == {"KeyId", "Message", "MessageType", "SigningAlgorithm"}
        assert (asked["KeyId"], asked["MessageType"]) == (ARN, "DIGEST")
        assert asked["SigningAlgorithm"] == "ECDSA_SHA_256"
        assert len(asked["Message"]) == 32
        return {"Signature": self.key.sign(asked["Message"], ec.ECDSA(Prehashed(SHA256())))}

    def get_public_key(self, KeyId: str) -> dict[str, Any]:  # noqa: N803
        """The public half: SubjectPublicKeyInfo in DER."""
        self.calls.append("get_public_key")
        assert KeyId == ARN
        public = self.key.public_key()
        return {"PublicKey": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)}
