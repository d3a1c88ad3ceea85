"""Signs messages as Standard Webhooks defines, so that recipients can verify with its libraries.

KMS generates the secrets, and only the wrapped form is stored.
"""

from collections.abc import Iterator
from datetime import datetime

from chalicelib import settings
from chalicelib.storage import clients, keys
from chalicelib.webhooks.store import EndpointItem

BYTES = 32
"""Bytes of a secret: Standard Webhooks asks for 24 to 64."""


def new_secret(recipient: str) -> tuple[bytes, bytes]:
    """Returns a new secret for a recipient, in the clear and wrapped. One KMS call."""
    answer = clients.kms().generate_data_key(
        KeyId=settings.callback_key(), NumberOfBytes=BYTES, EncryptionContext=_context(recipient)
    )
    return answer["Plaintext"], answer["CiphertextBlob"]


def headers(endpoint: EndpointItem, message: str, body: str, now: datetime) -> dict[str, str]:
    """Returns the headers with the message's id, time and signatures. One KMS call a secret.

    There are two signatures where the secret was changed lately, since the recipient decides when
    to use the new one.
    """
    from standardwebhooks import Webhook

    signatures = [Webhook(one).sign(message, now, body) for one in _secrets(endpoint, now)]
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _secrets(endpoint: EndpointItem, now: datetime) -> Iterator[bytes]:
    recipient = keys.endpoint_of(endpoint.sk)
    yield _unwrapped(recipient, endpoint.secret)
    if endpoint.former is not None and endpoint.former_until > now:
        yield _unwrapped(recipient, endpoint.former)


def _unwrapped(recipient: str, wrapped: bytes) -> bytes:
    answer = clients.kms().decrypt(
        KeyId=settings.callback_key(), CiphertextBlob=wrapped, EncryptionContext=_context(recipient)
    )
    return answer["Plaintext"]


def _context(recipient: str) -> dict[str, str]:
    """Returns the encryption context, which binds a wrapped secret to its recipient."""
    return {"recipient": recipient}
