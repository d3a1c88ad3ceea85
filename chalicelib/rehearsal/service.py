"""Answers the rehearsal of a deployment about people whose address is the mailbox simulator's.

Amazon SES gives the addresses at `simulator.amazonses.com` to nobody: mail to them is taken, or
comes back, and nobody reads it (SES Developer Guide, "Using the mailbox simulator"). So a link for
such an address opens no account of a person, and no other address is answered here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from chalicelib import clock, logs
from chalicelib.accounts.service import addresses, claims, letters, mails, newcomers
from chalicelib.consents.filings import DATE
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices import service as notices
from chalicelib.requests.service import own_erasure
from chalicelib.sessions import service as sessions
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Life
from chalicelib.vault import service as vault
from chalicelib.webhooks.service import signature

DOMAIN: Final = "@simulator.amazonses.com"

VALID: Final = timedelta(minutes=15)
"""The time that a link of a rehearsal works."""


class NotRehearsed(ValueError):
    """A question that is not answered: of another form, or about an address of a person."""


def answer(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Does what the member `do` names, about the address in `email`, and returns what came of it.

    `do` is `admit`, `proof`, `disavowal`, `state`, `work`, `keys` or `begin`; `begin` names a
    `request` too. Raises NotRehearsed for anything else, for an address outside the simulator, and
    where nobody, or more than one, holds or waits for the address.
    """
    do, email, request = (asked.get(name) for name in ("do", "email", "request"))
    if not isinstance(email, str) or not addresses.spelled(email).endswith(DOMAIN):
        raise NotRehearsed("the address is not the mailbox simulator's")
    if do == "begin" and isinstance(request, str):
        return _begin(email, request)
    if do not in _ANSWERS:
        raise NotRehearsed("there is no such act")
    return _ANSWERS[do](email)


def _admit(email: str) -> dict[str, Any]:
    """Deletes the count of mails to the simulator's mailbox, which all its sub-addresses share.

    Otherwise a fourth deployment of a day would be refused, and anybody could use the mails up.
    """
    attempt = addresses.mail_attempt(email, addresses.keyed(email), "", clock.now())
    attempt.forget()
    return {}


def _link(email: str, action: str) -> dict[str, Any]:
    """Returns the token of a link such as the mail to a registered address has."""
    subject, now, notice = _subject(email), clock.now(), notices.current()
    token, item = sessions.new_link(subject, action, addresses.keyed(email), notice, now, VALID)
    write = Transaction(notice)
    write.put(item)
    lifecycle.require_account(write, subject, Life.PENDING)
    write.commit()
    logs.log("rehearsal.link", subject=subject, reason=action)
    return {"token": str(token)}


def _state(email: str) -> dict[str, Any]:
    """Returns the subject, why it gets no mail, and the queues of the work that waits for it.

    All are empty once nobody holds the address or waits for it.
    """
    found = claims.known_by(addresses.keyed(email), clock.now())
    if not found:
        return {"subject": None, "suppressed": None, "waiting": []}
    standing = subjects.account_standing(found[0])
    suppressed = None if standing is None else standing.suppressed
    return {"subject": found[0], "suppressed": suppressed, "waiting": jobs.waiting(found[0])}


def _work(email: str) -> dict[str, Any]:
    """Asks for work of the two queues that no act of a person alone is sure to use.

    Both jobs change nothing: records get the dates that they have, and the person is told of a
    change from the version in force to itself, which concerns nobody.
    """
    subject, now, notice = _subject(email), clock.now(), notices.current()
    write, asked = Transaction(notice), list[JobItem]()
    for queue, action, target in (
        (newcomers.QUEUE, newcomers.TELL, f"{notice.version} {notice.version}"),
        ("propagation", DATE, ""),
    ):
        asked.append(jobs.new_job(subject, queue, action, target, now))
        write.put(asked[-1])
    write.commit()
    for job in asked:
        jobs.send(job)
    return {"queues": sorted(job.queue for job in asked)}


def _keys(email: str) -> dict[str, Any]:
    """Has a data key made by the key of each class, and a secret by that of callbacks.

    Nothing is stored. A notice need not have a door to each class, and a stage need not have a
    callback, so the acts of a person are not sure to use these keys.
    """
    subject, now = _subject(email), clock.now()
    for retention_class in vault.CLASSES:
        vault.new_key(subject, retention_class, now)
    signature.new_secret(subject)
    return {"classes": sorted(vault.CLASSES)}


def _begin(email: str, request: str) -> dict[str, Any]:
    """Has an erasure that waits for its three days begin at the next run of `deadlines`."""
    begun = own_erasure.begin_now(_subject(email), request, notices.current())
    if not begun:
        raise NotRehearsed("the request does not wait to begin")
    return {}


def _subject(email: str) -> str:
    found = claims.known_by(addresses.keyed(email), clock.now())
    if len(found) != 1:
        raise NotRehearsed(f"{len(found)} subjects have the address")
    return found[0]


_ANSWERS: Final[Mapping[Any, Callable[[str], dict[str, Any]]]] = {
    "admit": _admit,
    "proof": lambda email: _link(email, mails.VERIFY),
    "disavowal": lambda email: _link(email, letters.DISAVOW),
    "state": _state,
    "work": _work,
    "keys": _keys,
}
