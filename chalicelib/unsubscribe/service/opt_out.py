"""Issues links that end mails to the site's own mailing system, and ends the mails of a link."""

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
from chalicelib.unsubscribe.model import Kind, Link, Scope, refusal
from chalicelib.unsubscribe.service import links
from chalicelib.unsubscribe.service.links import Minted

SCOPE = "decisions"
"""The scope that an API key needs to get a link: the same as for asking whether to write at all."""

SOURCE = "link"
"""The source of a link's refusal in the ledger."""


def issue(
    bearer: str | None, subject: str, purpose: str, locale: str | None, notice: Notice
) -> Minted:
    """Returns a link for a mail that the site is about to send, for a purpose that can be refused.

    The decision point is asked first: a person who may not be written to gets no mail, and so no
    link. One BatchGetItem of API key and standing, one KMS call. Raises Unauthenticated and
    Forbidden (the API key), and Conflict with the reasons of a no.
    """
    _, (item,) = api_keys.authenticate_and_read(bearer, SCOPE, [subjects.standing_at(subject)])
    standing = None if item is None else subjects.completed(subjects.standing_of(item))
    question = Question(subject, purpose, channel=EMAIL)
    answer = permission(question, standing, notice, clock.now())
    if not answer.allowed:
        raise not_permitted(answer)
    return links.mint(subject, Scope(Kind.PURPOSE, purpose), locale)


def end(token: str, locale: str, notice: Notice) -> None:
    """Ends the mails of a link: refuses its purpose in the ledger, or mutes its notification.

    The link alone is enough: no session and no cookie is needed. Used again, or for an erased
    subject, it changes nothing and succeeds. `locale` is the language of the page.

    Raises Unprocessable for a link that does not work, Conflict when it kept losing races with
    other writes.
    """
    link = links.open_link(token)
    if link.scope.kind is Kind.PURPOSE:
        _refuse(link, locale, notice)
    else:
        patiently(lambda: _mute(link, notice))


def _refuse(link: Link, locale: str, notice: Notice) -> None:
    name = link.scope.name
    purpose = notice.purposes.get(name)
    # A purpose that the notice dropped, or that rests on another basis by now, is refused too: it
    # may come back, and the refusal has to hold then.
    choice = (None if purpose is None else refusal(purpose)) or Choice.DENIED
    shown = Shown(notice.version, notice.digest, locale, SOURCE)
    try:
        capture.capture(Caller(subject=link.subject), {name: choice}, shown, None, notice)
    except (NotFound, Unauthenticated):  # erased, or about to be: no mail is sent any more
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
