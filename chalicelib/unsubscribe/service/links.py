"""Makes and reads the links that end mails. One KMS call each; the key never leaves KMS."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib import clock, settings
from chalicelib.links import page
from chalicelib.sessions import service as sessions
from chalicelib.storage import clients
from chalicelib.unsubscribe import model
from chalicelib.unsubscribe.model import Link, Scope

PATH = "/v1/unsubscribe"
PAGE = "/unsubscribe"


@dataclass(frozen=True, slots=True)
class Minted:
    """A link for a mail: the address of one click, the page's path and address, and their end.

    A mail program posts to `url` (RFC 8058); the text of the mail leads to the page.
    """

    url: str
    path: str
    page: str
    expires_at: datetime


def mint(subject: str, scope: Scope, locale: str | None = None) -> Minted:
    """Returns a new link of a subject; `locale` is the language of the page behind it."""
    link = model.new_link(subject, scope, clock.now())
    token = model.token(link, _mac(link))
    asked = "" if locale is None else f"?lang={locale}"
    path = f"{PAGE}/{token}"
    url = page(f"{PATH}/{token}") + asked
    return Minted(url, path, page(path) + asked, link.expires_at)


def open_link(token: str) -> Link:
    """Returns the link in a token. Raises Unprocessable for one that is forged, or too old."""
    link, spelled = _read(token)
    if not model.proves(spelled, _mac(link)):
        raise sessions.link_not_valid()
    return link


def looked_at(token: str) -> Link:
    """Returns the link in a token without checking its MAC, for the page that asks first. No call.

    Raises Unprocessable for a text of another form, and for a link that is too old.
    """
    return _read(token)[0]


def _read(token: str) -> tuple[Link, str]:
    found = model.read_token(token)
    if found is None or found[0].expires_at <= clock.now():
        raise sessions.link_not_valid()
    return found


def _mac(link: Link) -> bytes:
    answer = clients.kms().generate_mac(
        KeyId=settings.link_key(), MacAlgorithm="HMAC_SHA_256", Message=link.signed()
    )
    return answer["Mac"]
