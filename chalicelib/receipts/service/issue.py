"""Issues a receipt, signed when it is fetched, so that nothing of it has to be stored."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from chalicelib import clock, settings
from chalicelib.consents.presentation import decisions_shown
from chalicelib.consents.service import view
from chalicelib.consents.service.context import Caller
from chalicelib.limits import sample
from chalicelib.notices import service as notices
from chalicelib.pages.frame import Frame
from chalicelib.pages.languages import spoken
from chalicelib.receipts.model import Issued
from chalicelib.subjects.model import Kind


def issue(caller: Caller, entry_id: str, network: str) -> Issued:
    """Returns the receipt of one of the caller's own entries; `network` is the caller's.

    It is in the language in which the person had the words, of the version that they decided on.
    One BatchGetItem, and another two reads for a version that this process does not know; one KMS
    call for the signature, and one more for an account's key. One signature in some is counted, by
    an UpdateItem (`limits.sample`). Raises Unauthenticated, NotFound and TooManyRequests.
    """
    from chalicelib.receipts import signature
    from chalicelib.receipts.content import content

    now = clock.now()
    in_force = notices.current()
    found = view.entry(caller, entry_id, lambda one: sample.signature(one, network, now), in_force)
    entry = found.entry
    notice = notices.version(entry.notice_version)
    said = content(
        entry,
        notice,
        str(entry.opened.get("locale", "")),
        issuer=settings.public_url(),
        issued_at=now,
    )
    standing = {}
    if found.standing is not None:
        about = entry.opened.get("decisions", {})
        standing = decisions_shown(found.standing, notices.current(), now, about)
    found.counted.note()
    stands = found.standing
    locale = stands.locale if stands is not None and stands.kind is Kind.ACCOUNT else None
    return Issued(entry, notice, said, signature.signed(said), standing, locale)


def document(issued: Issued, locale: Callable[[Sequence[str]], str]) -> tuple[str, str]:
    """Returns a receipt as an HTML document for its person, and the document's language.

    `locale` chooses the reader's language among those that the software and the notice have. The
    signed text stays in the language in which the person had the words.
    """
    chosen = locale(spoken(issued.notice.locales))
    return _written(issued, chosen), chosen


def page(issued: Issued, frame: Frame) -> str:
    """Returns the same document in the shell of the pages, in the language of the frame."""
    return _written(issued, frame.language, frame)


def _written(issued: Issued, chosen: str, frame: Frame | None = None) -> str:
    from chalicelib.receipts.content import content
    from chalicelib.receipts.pages import receipt_page

    said = content(
        issued.entry,
        issued.notice,
        chosen,
        issuer=issued.content["iss"],
        issued_at=datetime.fromtimestamp(issued.content["iat"], UTC),
    )
    return receipt_page(issued, said, chosen, frame)
