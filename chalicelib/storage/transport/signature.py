"""AWS's Signature Version 4 of a request in JSON, with the signing key of the day kept.

The source of the rules is AWS's "Signature Version 4 signing process". Every request here is a POST
of `/` without a query, so path and query are constants of the canonical request.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import NamedTuple

_ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials(NamedTuple):
    """An access key, its secret, and the session's token where there is one."""

    access_key: str
    secret_key: str
    token: str | None


class Signer:
    """Signs requests to one service in one region.

    The key that is derived from the secret holds for a day: it is kept until the day or the secret
    changes.
    """

    def __init__(self, service: str, region: str) -> None:
        self._service, self._region = service, region
        self._kept: tuple[tuple[str, str], bytes] = (("", ""), b"")

    def authorization(
        self, credentials: Credentials, signed: Mapping[str, str], body: bytes, stamp: str
    ) -> str:
        """Returns the value of the header `Authorization`.

        `signed` holds the headers to be signed, names in lower case, values without spaces at their
        ends; `stamp` is the time as in the header `X-Amz-Date`, such as `20150830T123600Z`.
        """
        day = stamp[:8]
        names = sorted(signed)
        listed = ";".join(names)
        lines = "".join([f"{name}:{signed[name]}\n" for name in names])
        content = hashlib.sha256(body).hexdigest()
        canonical = f"POST\n/\n\n{lines}\n{listed}\n{content}"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        scope = f"{day}/{self._region}/{self._service}/aws4_request"
        text = f"{_ALGORITHM}\n{stamp}\n{scope}\n{digest}"
        key = self._key(credentials.secret_key, day)
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        return (
            f"{_ALGORITHM} Credential={credentials.access_key}/{scope}, "
            f"SignedHeaders={listed}, Signature={signature}"
        )

    def _key(self, secret: str, day: str) -> bytes:
        made_for, key = self._kept  # read at once: another thread may replace it
        if made_for != (secret, day):
            key = f"AWS4{secret}".encode()
            for part in (day, self._region, self._service, "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._kept = ((secret, day), key)
        return key
