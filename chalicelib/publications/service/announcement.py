"""Tells people of a version: a page of a round, or one person who has just registered."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from chalicelib import clock
from chalicelib.jobs.model import Task
from chalicelib.jobs.rounds.model import LEFT, Deferred, Round, Visited
from chalicelib.mail import service as mail
from chalicelib.mail.model import Message
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice, version_order
from chalicelib.publications.model import Status
from chalicelib.publications.service import letters
from chalicelib.publications.service.concerned import Person, Version, oblige, people, version
from chalicelib.publications.service.delivery import (
    BOUNCED,
    REPEATED,
    SENT,
    Stopped,
    Telling,
    read_addresses,
)
from chalicelib.storage import keys
from chalicelib.storage.due import Due
from chalicelib.subjects import service as subjects

ANNOUNCE = "announce"

PAGE = 50
"""Items of the index a page: one BatchGetItem reads so many standings with their obligations."""

LATER, SOON = timedelta(hours=1), timedelta(minutes=5)
"""Pause of a page when the mail quota of the day is used up, or SES is throttling."""

_FOR_GOOD, SEEN = (SENT, REPEATED, BOUNCED), "seen"


class NotTold(RuntimeError):
    """A person could not be told now, for lack of quota or an answer; the job is tried again."""


def announce(stands: Round, entries: Sequence[Due]) -> Visited | Deferred:
    """Tells the people of one page, as far as the mail quota goes.

    Everybody gets an obligation before the first mail is sent, so that a page that was broken off
    can be done again and skips nobody.
    """
    told = version(stands.target, stands.about)
    found = [keys.subject_of(one.pk) for one in entries if one.kind == subjects.STANDING]
    concerned, alone = people(found, told)
    waiting = [one for one in concerned if _is_due(one)]
    quota = mail.quota() if waiting else mail.Quota(None, 1)
    notice = notices.current()
    obliged, failed = oblige(waiting, told, notice, clock.now())
    telling = _telling(told, notice, quota.a_second, obliged)
    try:
        for person in obliged[: quota.today]:
            telling.tell(person)
    except Stopped:
        return Deferred(SOON, _for_good(telling))
    if quota.today is not None and quota.today < len(obliged):
        return Deferred(LATER, _for_good(telling))
    return Visited(_for_good(telling), _figures(concerned, alone, failed, telling))


def tell(task: Task) -> None:
    """Tells one person of a version, or of its successor if it was called back.

    Raises NotTold, Stopped.
    """
    since, name = task.target.split(" ")
    notice = notices.current()
    if name != notice.version and notices.is_withdrawn(name):
        name = notices.waiting() or notice.version
        if version_order(name) <= version_order(since) or notices.is_withdrawn(name):
            return
    told = version(since, name)
    concerned, _ = people([task.subject], told)
    waiting = [one for one in concerned if _is_due(one)]
    if not waiting:
        return
    quota = mail.quota()
    obliged, failed = oblige(waiting, told, notice, clock.now())
    telling = _telling(told, notice, quota.a_second, obliged)
    if quota.today != 0:
        for person in obliged:
            telling.tell(person)
    if failed or quota.today == 0 or telling.counts[LEFT]:
        raise NotTold


def _telling(told: Version, notice: Notice, a_second: float, obliged: Sequence[Person]) -> Telling:
    def compose(person: Person, address: str) -> Message:
        return letters.compose(person.standing, address, person.concern, told.before, told.after)

    return Telling(compose, Status.DUE, notice, a_second, read_addresses(obliged, notice))


def _is_due(person: Person) -> bool:
    return person.obligation is None or person.obligation.status is Status.DUE


def _figures(
    concerned: Sequence[Person], alone: int, failed: int, telling: Telling
) -> dict[str, int]:
    """Counts the recorded obligations of a page and the new ones: exact after any crash."""
    known = [one.obligation for one in concerned if one.obligation is not None]
    figures = Counter(telling.counts)
    figures[SENT] += sum(one.sent_at is not None for one in known)
    figures[BOUNCED] += sum(one.bounced_at is not None for one in known)
    figures[REPEATED] += sum(one.tries > 1 and one.sent_at is not None for one in known)
    figures[SEEN] += sum(one.seen_at is not None for one in known)
    figures[LEFT] += failed
    return {"concerned": len(concerned), "alone": alone, **figures}


def _for_good(telling: Telling) -> dict[str, int]:
    return {name: telling.counts[name] for name in _FOR_GOOD if telling.counts[name]}
