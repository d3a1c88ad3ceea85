"""Signs closing receipts of erasures, and tells what of one is still kept."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from chalicelib import settings
from chalicelib.notices.model import Notice
from chalicelib.pages.frame import Frame
from chalicelib.pages.languages import spoken
from chalicelib.receipts.model import Closing, Kept
from chalicelib.subjects import burial
from chalicelib.subjects import service as subjects


def sign(closing: Closing) -> str:
    """Returns the signed receipt of an erasure. One KMS call, and one in a process's life."""
    from chalicelib.receipts import signature
    from chalicelib.receipts.closing import content

    said = content(closing, issuer=settings.public_url())
    return signature.signed(said, signature.CLOSING)


def content_of(receipt: str) -> dict[str, Any]:
    """Returns what a receipt says that was signed here and stored. No call.

    A text from anywhere else has to be verified (`verification.verify_closing`).
    """
    payload = receipt.split(".")[1]
    said: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return said


def document(
    receipt: str,
    notice: Notice,
    locale: Callable[[Sequence[str]], str],
    frame: Frame | None = None,
) -> tuple[str, str]:
    """Returns a stored receipt as an HTML document for its person, and the document's language.

    `locale` chooses the reader's language among those that the software and the notice in force
    have. The signed text stays as it is. With a `frame` it stands in the shell of pages. No call.
    """
    from chalicelib.receipts.closing_page import closing_page

    chosen = locale(spoken(notice.locales))
    return closing_page(receipt, content_of(receipt), notice, chosen, frame), chosen


def kept(content: Mapping[str, Any]) -> tuple[Kept, ...]:
    """Returns what a valid closing receipt names, and whether each is gone by now.

    One GetItem of the tombstone: without one all is gone. Of an erasure of some categories it is
    the standing, with which they stay, and the tombstone once the account is erased, too.
    """
    subject = content["subject"]
    standing = subjects.account_standing(subject) if "scope" in content else None
    stays: Collection[str] = [one["kind"] for one in content["kept"]]
    if standing is None or standing.erased:
        stone = burial.tombstone_of(subject)
        stays = () if stone is None else stone.stays
    return tuple(
        Kept(one["kind"], one["ground"], one["ends_at"], one["kind"] not in stays)
        for one in content["kept"]
    )
