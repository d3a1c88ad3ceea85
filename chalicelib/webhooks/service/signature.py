"""Signs messages as Standard Webhooks says: recipients verify them with the libraries it has.

Secrets are made by KMS, and stored only as KMS wrapped them.
"""

from collections.abc import Iterator
from datetime import datetime

from chalicelib import settings
from chalicelib.storage import clients, keys
from chalicelib.webhooks.store import EndpointItem

BYTES = 32
"""Of a secret: between 24 and 64, as Standard Webhooks asks."""


def new_secret(recipient: str) -> tuple[bytes, bytes]:
    """A fresh secret for a recipient, in the clear and wrapped. One KMS call."""
    answer = clients.kms().generate_data_key(
        KeyId=settings.callback_key(), NumberOfBytes=BYTES, EncryptionContext=_context(recipient)
    )
    return answer["Plaintext"], answer["CiphertextBlob"]


def headers(endpoint: EndpointItem, message: str, body: str, now: datetime) -> dict[str, str]:
    """What says which message this is, when it was sent, and by whom. One KMS call a secret.

    There are two signatures where the secret was changed lately: it is the recipient who decides
    when to take up the new one.
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
    """Binds a wrapped secret to its recipient: laid at another's place, it does not open."""
    return {"recipient": recipient}
