"""The erasure of some categories of a person's data, which leaves the account.

Each step can be repeated: whatever breaks off is taken up again by the job.

1. All that goes is counted, and one transaction begins: the request cannot be cancelled any more
   and remembers the count, recipients that were given one of the categories are asked to be told
   (GDPR art. 19), and consents whose data goes end.
2. The log of erasures is written, before anything is removed.
3. The records go, and all copies of the data with their bodies, on condition that no hold and no
   profile was written since they were read. All that the notice lets stay, or that is held, stays.
4. Everything is read again, and one transaction closes the request with its receipt, on condition
   that no profile was written since: what is written meanwhile goes, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from chalicelib import clock, logs
from chalicelib.consents.service import ledger
from chalicelib.consents.service.context import Loaded
from chalicelib.disclosures import service as disclosures
from chalicelib.erasure import model, store
from chalicelib.erasure.model import Noted, NotErased, PartFound
from chalicelib.erasure.service import log, removal
from chalicelib.holds import service as holds
from chalicelib.holds.model import NOTHING_HELD, Held
from chalicelib.jobs import service as jobs
from chalicelib.jobs.model import Task
from chalicelib.jobs.store import JobItem
from chalicelib.kinds.registry import Registry
from chalicelib.notices import erasure as plans
from chalicelib.notices.erasure import Part
from chalicelib.notices.model import Notice
from chalicelib.receipts.model import Closing, Stays
from chalicelib.receipts.service import closing
from chalicelib.requests.service import effects, erasures
from chalicelib.requests.service.effects import Concerned
from chalicelib.storage.contention import Contended, patiently
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Decision, Standing
from chalicelib.vault import service as vault

if TYPE_CHECKING:
    from chalicelib.requests.store import RequestItem

_COPY: Final = "copy in the making"
"""A worker has read what is erased and will write it: the erasure looks again once it has."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """An erasure that has begun: its facts, and its entry of the log."""

    noted: Noted
    entry: log.Entry


def fulfil(task: Task, notice: Notice, kinds: Registry) -> list[JobItem]:
    """Carries out the request of a job, and closes it; returns the job of the mail, to be sent.

    Nothing is left to do where the request is gone or closed, and where everything about its person
    is being erased. Raises NotErased, and Contention.
    """
    begun = patiently(lambda: _begin(task, notice))
    if begun is None:
        return []
    store.log(task.subject, begun.noted.since, begun.entry)
    removed = patiently(lambda: _remove(task, notice, kinds))
    logs.log("erasure.removed", rule=plans.REQUESTED, count=removed)
    return patiently(lambda: _close(task, begun, notice, kinds))


def _remove(task: Task, notice: Notice, kinds: Registry) -> int:
    """Removes what goes as things stand now; nothing where everything is being erased."""
    item, standing = erasures.read(task.subject, task.target)
    if item is None or not erasures.is_partial(item) or _ends(standing):
        return 0
    alive, part, _ = _planned(item, standing, notice)
    return removal.remove_part(task.subject, part, kinds, alive)


def _planned(
    item: RequestItem, standing: Standing | None, notice: Notice
) -> tuple[Standing | None, Part, Held]:
    """Returns the account, None without one, what goes of it as things stand, and what is held."""
    alive = None if standing is None or standing.erased else subjects.completed(standing)
    held = NOTHING_HELD if alive is None else holds.held_beside(alive)
    return alive, plans.part(notice, (item.categories or "").split(), held=held), held


def _begin(task: Task, notice: Notice) -> _Begun | None:
    item, standing = erasures.read(task.subject, task.target)
    if item is None or not erasures.is_partial(item) or _ends(standing):
        return None
    alive, part, _ = _planned(item, standing, notice)
    if item.erasing is not None:
        noted = model.noted_in(item.erasing)
    else:
        noted = _note(item, alive, part, task, notice)
    revision = None if alive is None else alive.revision
    entry = log.part_begun(task.subject, task.target, noted, part, revision)
    return _Begun(noted, entry)


def _note(
    item: RequestItem, alive: Standing | None, part: Part, task: Task, notice: Notice
) -> Noted:
    """Begins: notes in the request what goes, has recipients told, and ends consents, once."""
    found, now = removal.met(task.subject, part), clock.now()
    write, asked = Transaction(notice), list[JobItem]()
    told, withdrawn = tuple[str, ...](), tuple[str, ...]()
    if alive is not None:
        told = _recipients(alive, part)
        withdrawn = ending(alive, part.ended(notice))
        asked += _told(write, alive, part, told, notice, now)
        asked += end_consents(write, alive, withdrawn, notice, now)
    noted = Noted(now, notice.version, found.counts, told, withdrawn)
    erasures.begin(write, item, notice, now, erasures.noting(noted.packed()))
    write.commit()
    for one in asked:
        jobs.send(one)
    return noted


def ending(alive: Standing, purposes: Iterable[str]) -> tuple[str, ...]:
    """Returns those of some purposes to which a yes stands."""
    decisions = alive.decisions
    return tuple(
        sorted(
            one
            for one in purposes
            if one in decisions and decisions[one].decision is Decision.GRANTED
        )
    )


def end_consents(
    write: Transaction, alive: Standing, withdrawn: Iterable[str], notice: Notice, now: datetime
) -> list[JobItem]:
    """Adds the end of consents, and the check or write of the standing; returns the jobs.

    One GetItem, and one KMS call, where there are any.
    """
    named = tuple(withdrawn)
    key = vault.stored_key(alive.subject, ledger.LEDGER_CLASS) if named else None
    person = Concerned(Loaded(alive.subject, alive, key))
    return list(effects.withdraw(write, person, named, notice, now).jobs)


def _told(
    write: Transaction,
    alive: Standing,
    part: Part,
    told: tuple[str, ...],
    notice: Notice,
    now: datetime,
) -> list[JobItem]:
    """Adds the word to recipients which were given one of the categories; returns its jobs."""
    from chalicelib.webhooks import service as webhooks

    event = webhooks.Event.ERASED_PARTLY
    return webhooks.notify(
        write, alive, event, notice, now, recipients=told, categories=part.erased
    )


def _close(task: Task, begun: _Begun, notice: Notice, kinds: Registry) -> list[JobItem]:
    """Looks again, and closes the request in one transaction with a revision of the profile."""
    item, standing = erasures.read(task.subject, task.target)
    if item is None or not erasures.waits(item) or _ends(standing):
        return []
    alive, part, held = _planned(item, standing, notice)
    found = removal.met(task.subject, part)
    if found.counts and removal.remove_part(task.subject, part, kinds, alive):
        raise Contended
    if found.counts or found.copied:
        raise NotErased(found.counts or {_COPY: 1})
    removal.settle(task.subject)
    now, write = clock.now(), Transaction(notice)
    facts = _closing(item, task, begun.noted, part, found, notice, now)
    if found.held:
        facts = replace(facts, holds=[(str(one.ground), one.until) for one in held.holds])
    receipt = closing.sign(facts)
    mail = erasures.answer(write, item, receipt, notice, now)
    revision = None
    if alive is not None:
        revision = alive.revision + 1
        lifecycle.begin_revision(write, alive, None, alive)
    store.log(task.subject, now, log.part_closed(begun.entry, now, receipt, revision))
    write.commit()
    return [mail]


def _closing(
    item: RequestItem,
    task: Task,
    noted: Noted,
    part: Part,
    found: PartFound,
    notice: Notice,
    now: datetime,
) -> Closing:
    """Returns the facts of the closing receipt. One Query where other systems were asked."""
    return Closing(
        request=task.target,
        subject=task.subject,
        received_at=item.received_at,
        begun_at=noted.since,
        closed_at=now,
        readable_until=plans.BACKUPS.after(now),
        categories=model.by_category(noted.counts),
        records=model.by_kind(noted.counts),
        stays=[
            Stays(kind, _ground(kind, part, notice, item.locale), until)
            for kind, until in sorted(found.stays.items())
        ],
        told=noted.told,
        answers=erasures.answers(item),
        holds=(),
        scope=tuple(sorted(part.erased)),
        needed=part.needed,
        withdrawn=noted.withdrawn,
    )


def _ground(kind: str, part: Part, notice: Notice, locale: str) -> str:
    """Returns why a kind stays, in the words of the notice; what is held stays for its hold."""
    stay = part.plan.stay(kind)
    return "hold" if stay is None else notice.text(stay.why, locale)


def _recipients(alive: Standing, part: Part) -> tuple[str, ...]:
    """Returns the recipients that were given one of the categories. No call where nobody was."""
    if not alive.disclosed:
        return ()
    return tuple(sorted(disclosures.recipients(alive.subject, part.erased)))


def _ends(standing: Standing | None) -> bool:
    """Tells whether everything about a person is being erased at this moment."""
    return standing is not None and standing.erasing and not standing.erased
