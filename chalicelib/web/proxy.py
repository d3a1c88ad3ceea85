"""The proxy in front (a CDN): where there is one, requests past it are refused.

A proxy's headers about its client, such as country and address, are believed only for that reason:
any client can send a header. The proxy proves itself by a secret in a header of its own, of which
this side knows the hash.
"""

import hashlib
import hmac
from collections.abc import Mapping

from chalicelib import settings
from chalicelib.errors import Forbidden

HEADER = "Riserbo-Proxy"
"""The request header in which the proxy sends its secret."""


def refuse_past_it(headers: Mapping[str, str]) -> None:
    """Raises Forbidden for a request that did not come through the proxy, where there is one."""
    known = settings.proxy_secret_hashes()
    if not known:
        return
    sent = hashlib.sha256(headers.get(HEADER, "").encode("utf-8", "surrogatepass")).hexdigest()
    if not any(hmac.compare_digest(sent, one) for one in known):
        raise Forbidden("This service is reached at its own domain only.")
