"""Links that end mails as JSON, in the contract's form."""

from typing import TYPE_CHECKING

from chalicelib.instants import instant
from chalicelib.links import one_click
from chalicelib.web.contract import Json

if TYPE_CHECKING:
    from chalicelib.unsubscribe.service.links import Minted


def link_shown(link: "Minted") -> dict[str, Json]:
    """Returns the JSON of a link, with its end and the headers of a mail with it (RFC 8058)."""
    return {
        "url": link.url,
        "page": link.page,
        "expires_at": instant(link.expires_at),
        "headers": dict(one_click(link.url)),
    }
