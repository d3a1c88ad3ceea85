"""The one source of identifiers and secrets: random, and safe in a URL, a key or a header."""

import base64
import hashlib
import secrets
import uuid


def new_id() -> str:
    """Returns a new id: 128 random bits as 26 characters of lower-case base32 (RFC 4648)."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def new_secret() -> str:
    """Returns a new secret for a token: 256 random bits as 43 characters of base64url."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Returns a new code of eight digits, for people to type; it needs a limit on tries."""
    return f"{secrets.randbelow(10**8):08d}"


def new_uuid() -> str:
    """Returns a random UUID (RFC 9562, version 4) in its text form, of 36 characters."""
    return str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))


def new_draw() -> float:
    """Returns a new unpredictable number from 0 up to, but not including, 1."""
    return secrets.randbelow(2**53) / 2**53


def fingerprint(secret: str) -> str:
    """Returns the hash stored in place of a secret: 160 bits of its SHA-256, as base32.

    The input must hold at least 128 random bits: then no salt is needed, and a reader of the table
    can neither guess the secret nor use the hash.
    """
    return base64.b32encode(hashlib.sha256(secret.encode()).digest()[:20]).decode().lower()
