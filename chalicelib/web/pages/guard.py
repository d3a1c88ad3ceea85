"""The guard of forms: one that another site sends is refused before anything is read.

Browsers say in `Sec-Fetch-Site` where a request comes from (W3C, Fetch Metadata). An older one says
it in `Origin`, which is `null` for a page without a referrer: so `null` alone proves nothing.
"""

from urllib.parse import urlsplit

from chalicelib import settings
from chalicelib.errors import Forbidden
from chalicelib.web.request import Headers

FOREIGN = "foreign-form"
"""The type of the problem."""


def refuse_foreign(headers: Headers) -> None:
    """Raises Forbidden for a form that was not sent by a page of this software."""
    site = headers.get("Sec-Fetch-Site")
    ours = headers.get("Origin") == _own_origin() if site is None else site == "same-origin"
    if not ours:
        raise Forbidden("This form has to be sent from its own page.", type=FOREIGN)


def _own_origin() -> str:
    address = urlsplit(settings.public_url())
    return f"{address.scheme}://{address.netloc}"
