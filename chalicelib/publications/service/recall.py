"""Tells people that a version which they were told of was called back: a page of a round.

A person who was told gets one mail, sent as carefully as the first; others are left alone. Either
way their obligation ends, and nothing is asked for the version any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib import clock
from chalicelib.jobs.rounds.model import LEFT, UNCERTAIN, Deferred, Round, Visited
from chalicelib.mail import service as mail
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.publications import store
from chalicelib.publications.model import Concern, Obligation, Status
from chalicelib.publications.service import letters
from chalicelib.publications.service.announcement import LATER, SOON
from chalicelib.publications.service.concerned import Person, version
from chalicelib.publications.service.delivery import (
    BOUNCED,
    REPEATED,
    SENT,
    Compose,
    Stopped,
    Telling,
    read_addresses,
)
from chalicelib.storage import keys, reads
from chalicelib.storage.due import Due
from chalicelib.subjects import service as subjects

RECALL = "recall"

PAGE = 50
"""Items of the index a page: one BatchGetItem reads so many standings with their obligations."""

_NOTHING = Concern((), ())
_FOR_GOOD = (SENT, REPEATED, BOUNCED)


def recall(stands: Round, entries: Sequence[Due]) -> Visited | Deferred:
    """Mails the people of one page who had been told, as far as the mail quota goes.

    A page that was broken off can be done again: the recall is recorded before the first mail is
    sent, and its end after it.
    """
    told, notice = version(stands.target, stands.about), notices.current()
    found = [keys.subject_of(one.pk) for one in entries if one.kind == subjects.STANDING]
    page = _sorted(_people(found, stands.about), clock.now())
    quota = mail.quota() if page.persons else mail.Quota(None, 1)
    sealed = read_addresses(page.persons, notice)
    telling = Telling(_letter(told.after), Status.WITHDRAWING, notice, quota.a_second, sealed)
    try:
        for person in page.persons[: quota.today]:
            telling.tell(person)
    except Stopped:
        return Deferred(SOON, _for_good(telling))
    if quota.today is not None and quota.today < len(page.persons):
        return Deferred(LATER, _for_good(telling))
    telling.counts[LEFT] += page.left
    return Visited(_for_good(telling), {name: telling.counts[name] for name in (LEFT, UNCERTAIN)})


def _letter(version: Notice) -> Compose:
    return lambda person, address: letters.recall(person.standing, address, version)


@dataclass
class _Page:
    """The people to be mailed, and the number of those that could not be judged yet."""

    persons: list[Person] = field(default_factory=list)
    left: int = 0


def _people(found: Sequence[str], name: str) -> list[Person]:
    """Lists the usable accounts among some subjects with an obligation about a version.

    One BatchGetItem.
    """
    places = [
        place
        for subject in found
        for place in (subjects.standing_at(subject), store.obligation_at(subject, name))
    ]
    read = iter(reads.batch(places) if places else ())
    persons = []
    for item, obligation in zip(read, read, strict=True):
        if item is None or obligation is None:
            continue
        standing = subjects.standing_of(item)
        if standing.usable:
            persons.append(Person(standing, _NOTHING, store.obligation_of(obligation)))
    return persons


def _sorted(persons: Sequence[Person], now: datetime) -> _Page:
    """Picks the people to mail, and ends the other obligations. One UpdateItem a person, once."""
    page = _Page()
    for person in persons:
        obligation = person.obligation
        if obligation is None or obligation.status is Status.WITHDRAWN:
            continue
        if obligation.status is Status.WITHDRAWING:
            page.persons.append(person)
        elif obligation.in_flight(now):  # in a minute it shows whether this person is told
            page.left += 1
        elif not obligation.told:
            page.left += not store.end_recall(obligation)
        elif store.begin_recall(obligation):
            page.persons.append(replace(person, obligation=_begun(obligation)))
        else:
            page.left += 1
    return page


def _begun(obligation: Obligation) -> Obligation:
    return replace(obligation, status=Status.WITHDRAWING, tries=0, tried_at=None)


def _for_good(telling: Telling) -> dict[str, int]:
    return {name: telling.counts[name] for name in _FOR_GOOD if telling.counts[name]}
