"""Records disclosures that the decision point permits."""

from collections.abc import Collection
from dataclasses import replace

from chalicelib import clock, ids
from chalicelib.api_keys import service as api_keys
from chalicelib.decisions.permission import Answer, Question, Reason, not_permitted, permission
from chalicelib.disclosures import model, store
from chalicelib.disclosures.model import Disclosure
from chalicelib.errors import Conflict
from chalicelib.notices.model import Notice
from chalicelib.storage import pages
from chalicelib.storage.contention import patiently
from chalicelib.storage.pages import Page
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import disclosure as disclosing
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing

SCOPE = "disclosures"
"""The scope that an API key needs."""


def record(bearer: str | None, disclosure: Disclosure, notice: Notice) -> str:
    """Records a disclosure, after which its recipient is told of changes; returns the record's id.

    One strongly consistent BatchGetItem of the key and the standing, and one transaction on
    condition that no decision was recorded meanwhile; both are repeated when one was.

    Raises Unauthenticated, Forbidden (a key without the scope), and Conflict where the decision is
    no, where the notice does not let the recipient have a field, and where a race was lost for five
    seconds.
    """
    return patiently(lambda: _record_once(bearer, disclosure, notice))


def recipients(subject: str, categories: Collection[str]) -> frozenset[str]:
    """Returns the recipients that were given one of these categories of a subject's data.

    One Query a MB.
    """
    found = store.disclosures(subject)
    return frozenset(one.recipient for one in found if one.category in categories)


def listed(subject: str, after: str | None, limit: int) -> Page[Disclosure]:
    """Lists up to `limit` disclosures of a subject's data, by their ids, after one. One Query."""
    return pages.collect(store.page_of(subject, after, limit), store.disclosure_of)


def _record_once(bearer: str | None, disclosure: Disclosure, notice: Notice) -> str:
    now = clock.now()
    standing, answer = ask(bearer, disclosure, notice)
    disclosure_id = ids.new_id()
    made = replace(disclosure, disclosed_at=min(disclosure.disclosed_at, now))
    given = model.given(disclosure, notice)
    entry = answer.evidence[0] if answer.evidence else None
    write = Transaction(notice)
    write.put(store.disclosure_item(disclosure_id, made, given, entry))
    disclosing.disclose(write, standing, disclosure.recipient, disclosure.purpose)
    write.commit()
    return disclosure_id


def ask(bearer: str | None, disclosure: Disclosure, notice: Notice) -> tuple[Standing, Answer]:
    """Returns the subject's standing, and the decision that permits the disclosure.

    One strongly consistent BatchGetItem of the key and the standing, and where the person has
    something restricted a GetItem of that. Raises Unauthenticated and Forbidden (the key), and
    Conflict where the decision is no or a field is undeclared.
    """
    now, subject = clock.now(), disclosure.subject
    place = subjects.standing_at(subject)
    _, (item,) = api_keys.authenticate_and_read(bearer, SCOPE, [place])
    standing = None if item is None else subjects.completed(subjects.standing_of(item))
    asked = Question(subject, disclosure.purpose, disclosure.category, disclosure.recipient)
    answer = permission(asked, standing, notice, now)
    if standing is None or not answer.allowed:
        raise not_permitted(answer)
    _refuse_undeclared(disclosure, notice)
    return standing, answer


def _refuse_undeclared(disclosure: Disclosure, notice: Notice) -> None:
    undeclared = model.undeclared(disclosure, notice)
    if undeclared:
        raise Conflict(
            "The notice does not let this recipient have these fields.",
            type="not-permitted",
            findings=undeclared,
            members={"reasons": [str(Reason.UNDECLARED)]},
        )
