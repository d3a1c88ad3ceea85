"""Handing out a link that ends mails to the site's own mailing system, and doing what one says."""

from chalicelib import clock, logs
from chalicelib.api_keys import service as api_keys
from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.service import capture
from chalicelib.consents.service.capture import Caller
from chalicelib.decisions.permission import EMAIL, Question, not_permitted, permission
from chalicelib.errors import NotFound, Unauthenticated
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage.contention import patiently
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.unsubscribe.model import REFUSALS, Kind, Link, Scope
from chalicelib.unsubscribe.service import links
from chalicelib.unsubscribe.service.links import Minted

SCOPE = "decisions"
"""What an API key needs to be handed a link: what it needs to ask whether to write at all."""

SOURCE = "link"
"""Where what a link did comes from, as the ledger records it."""


def issue(
    bearer: str | None, subject: str, purpose: str, locale: str | None, notice: Notice
) -> Minted:
    """A link for a mail that is about to be sent to somebody, for a purpose that they may refuse.

    The decision point is asked first: who may not be written to gets no mail, so needs no link.
    One BatchGetItem of API key and standing, one KMS call. Raises Unauthenticated and Forbidden
    (the API key), and Conflict with the reasons why not.
    """
    _, (item,) = api_keys.authenticate_and_read(bearer, SCOPE, [subjects.standing_at(subject)])
    standing = None if item is None else subjects.standing_of(item)
    question = Question(subject, purpose, channel=EMAIL)
    answer = permission(question, standing, notice, clock.now())
    if not answer.allowed:
        raise not_permitted(answer)
    return links.mint(subject, Scope(Kind.PURPOSE, purpose), locale)


def end(token: str, locale: str, notice: Notice) -> None:
    """Does what a link says: refuses its purpose in the ledger, or turns its notification off.

    Whoever holds the link may do so, and nothing is asked of them: no session, no cookie. Done
    again, or for somebody who is gone, it is done already. `locale` is the language of the page.

    Raises Unprocessable for a link that does not work, Conflict when others write all the time.
    """
    link = links.open_link(token)
    if link.scope.kind is Kind.PURPOSE:
        _refuse(link, locale, notice)
    else:
        patiently(lambda: _mute(link, notice))


def _refuse(link: Link, locale: str, notice: Notice) -> None:
    name = link.scope.name
    purpose = notice.purposes.get(name)
    # Also where the notice has dropped the purpose, or rests it on something else by now: it may
    # come back, and who refused it refused it.
    choice = Choice.DENIED if purpose is None else REFUSALS.get(purpose.basis, Choice.DENIED)
    shown = Shown(notice.version, notice.digest, locale, SOURCE)
    try:
        capture.capture(Caller(subject=link.subject), {name: choice}, shown, None, notice)
    except (NotFound, Unauthenticated):  # erased, or about to be: nobody is written to
        logs.log("unsubscribe.nothing_left", subject=link.subject)


def _mute(link: Link, notice: Notice) -> None:
    notification = notice.notifications.get(link.scope.name)
    if notification is not None and not notification.optional:
        raise sessions.link_not_valid()
    standing = subjects.account_standing(link.subject)
    if notification is None or standing is None or standing.erasing:
        logs.log("unsubscribe.nothing_left", subject=link.subject)
        return
    if notification.id in standing.muted:
        return
    write = Transaction(notice)
    lifecycle.mute(write, standing, notification.id)
    write.commit()
