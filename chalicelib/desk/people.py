"""Reads one person for the desk: their standing, and what was done about them, in pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chalicelib import clock
from chalicelib.audit import service as audit
from chalicelib.audit.model import Act, Action
from chalicelib.disclosures import service as disclosures
from chalicelib.errors import NotFound
from chalicelib.holds.service import desk as holds
from chalicelib.notices.model import Notice
from chalicelib.origins.service import desk as origins
from chalicelib.requests.machine import Status
from chalicelib.requests.model import Request, Timed, timed
from chalicelib.requests.service import register
from chalicelib.storage import reads
from chalicelib.storage.contention import patiently
from chalicelib.storage.pages import Page
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Kind, Life, Standing, is_visitor

if TYPE_CHECKING:
    from chalicelib.disclosures.model import Disclosure
    from chalicelib.holds.model import Hold
    from chalicelib.origins.model import Told
    from chalicelib.vault.store import DataKeyItem

SHOWN: Final = 25
"""Most things of each list on a page of a person."""

NOBODY: Final = "There is no such person."

_ID: Final = re.compile("[a-z2-7]{26,40}")


@dataclass(frozen=True, slots=True)
class After:
    """The places in a person's lists after which a page of each begins; None for the first."""

    requests: str | None = None
    disclosures: str | None = None
    origins: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the desk sees them.

    `standing` is None for somebody without an account, whose request has the person's id. `holds`
    are those that stand, with their reasons (None where they cannot be read any more). The lists
    are pages of up to SHOWN, in the order of ids.
    """

    subject: str
    kind: Kind
    life: Life
    standing: Standing | None
    holds: tuple[tuple[Hold, str | None], ...]
    requests: Page[Timed]
    disclosures: Page[Disclosure]
    origins: Page[Told]

    @property
    def erasing(self) -> bool:
        """Whether the erasure has begun or is over: nothing is recorded any more, nothing held."""
        return self.life in (Life.ERASING, Life.ERASED)


def read(by: str, subject: str, after: After, notice: Notice) -> Person:
    """Returns a person for a member of the desk, whose subject is `by`.

    The look is an entry of the audit before anything is shown. One BatchGetItem of standing,
    restrictions, key and audit's head, one transaction of the audit, a Query of each list, and of
    the holds where the standing's flag says that there are some or there is no account; one KMS
    call where a hold has a reason; for an id without a standing one Query more. Raises NotFound for
    nobody, and Contention.
    """
    if not _ID.fullmatch(subject):
        raise NotFound(NOBODY)
    known, key = patiently(lambda: _recorded(by, subject, notice))
    standing = known if isinstance(known, Standing) else None
    flagged = standing is None or standing.held or standing.erased
    now = clock.now()
    found = register.page_of(subject, after.requests, SHOWN, notice)
    return Person(
        subject=subject,
        kind=_kind(subject, standing),
        life=standing.life if standing is not None else _life(known),
        standing=standing,
        holds=holds.opened(subject, key) if flagged else (),
        requests=Page(tuple(timed(one, notice, now) for one in found.items), found.next),
        disclosures=disclosures.listed(subject, after.disclosures, SHOWN),
        origins=origins.told_to(subject, after.origins, SHOWN),
    )


def _recorded(
    by: str, subject: str, notice: Notice
) -> tuple[Standing | Request, DataKeyItem | None]:
    """Returns who a subject is, after the look was recorded, and the key of their proof."""
    item, restrictions, key, head = reads.batch(
        [
            subjects.standing_at(subject),
            subjects.restrictions_at(subject),
            holds.key_at(subject),
            audit.head_at(),
        ]
    )
    known: Standing | Request
    if item is not None:
        known = subjects.with_restrictions(subjects.standing_of(item), restrictions)
    else:
        known = _of_contact(subject, notice)
    write = Transaction(notice)
    audit.follow(write, Act(by, Action.SUBJECT_READ, subject), notice, clock.now(), head)
    write.commit()
    return known, key


def _of_contact(subject: str, notice: Notice) -> Request:
    """Returns the request by which somebody without an account is known. Raises NotFound."""
    own = (one for one in register.requests_of(subject, 1, notice) if one.id == subject)
    found = next(own, None)
    if found is None:
        raise NotFound(NOBODY)
    return found


def _kind(subject: str, standing: Standing | None) -> Kind:
    if standing is None:
        return Kind.CONTACT
    return Kind.VISITOR if is_visitor(subject) else Kind.ACCOUNT


def _life(known: Standing | Request) -> Life:
    if isinstance(known, Request) and known.status is Status.AWAITING_VERIFICATION:
        return Life.PENDING
    return Life.ACTIVE


__all__ = ["NOBODY", "SHOWN", "After", "Person", "read"]
