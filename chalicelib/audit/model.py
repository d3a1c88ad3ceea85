"""The entries of the audit, each of which holds the hash of the one before. Pure.

An entry holds ids and codes and nothing else: no reason in words, no address that was searched for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from chalicelib.chain import GENESIS, NOTHING, Head, Link, digest, first_break, first_fault
from chalicelib.instants import instant

__all__ = [
    "GENESIS",
    "NOTHING",
    "Act",
    "Action",
    "Entry",
    "Filter",
    "Head",
    "Link",
    "Outcome",
    "fault_in",
    "first_fault",
    "following",
]


class Action(StrEnum):
    """A look at somebody's data, or an act, of a member of the desk."""

    REQUEST_READ = "request_read"
    REQUEST_RECORDED = "request_recorded"
    REQUEST_APPROVED = "request_approved"
    REQUEST_REFUSED = "request_refused"
    REQUEST_EXTENDED = "request_extended"
    REQUEST_PAUSED = "request_paused"
    REQUEST_RESUMED = "request_resumed"
    REQUEST_LIFTED = "request_lifted"
    REQUEST_COMPLETED = "request_completed"
    REQUEST_NOTED = "request_noted"
    MESSAGES_READ = "messages_read"
    SUBJECT_SEARCHED = "subject_searched"
    SUBJECT_READ = "subject_read"
    """The page of a person was opened."""
    DECISIONS_RECORDED = "decisions_recorded"
    CALLBACKS_READ = "callbacks_read"
    CALLBACK_SENT = "callback_sent"
    """A callback was sent again."""
    LETTERS_SENT = "letters_sent"
    """Dead letters of a queue were sent again."""
    HOLD_PLACED = "hold_placed"
    HOLD_RENEWED = "hold_renewed"
    HOLD_LIFTED = "hold_lifted"
    HOLDS_READ = "holds_read"
    REVIEW_KEPT = "review_kept"
    REVIEW_ERASED = "review_erased"
    DRAFT_SAVED = "draft_saved"
    DRAFT_DELETED = "draft_deleted"
    NOTICE_PROPOSED = "notice_proposed"
    NOTICE_PUBLISHED = "notice_published"
    NOTICE_WITHDRAWN = "notice_withdrawn"
    RULE_CONFIRMED = "rule_confirmed"


class Outcome(StrEnum):
    """The outcome of an act."""

    DONE = "done"
    """It was done, or shown."""
    UNCHANGED = "unchanged"
    """Nothing had to be changed."""
    JOINED = "joined"
    """It was added to an open request of the same right."""
    NOT_FOUND = "not_found"
    """There is no such person or request."""


@dataclass(frozen=True, slots=True)
class Act:
    """An act before it has its place in the chain: `by` is the subject of the desk's member.

    `subject` and `request` are the ids of the person and of the request that it is about; None
    where it is about none. `hold` are the facts of a hold, without its reason: ids, codes and
    dates, so that holds can be restored from the audit.
    """

    by: str
    action: Action
    subject: str | None = None
    request: str | None = None
    outcome: Outcome = Outcome.DONE
    hold: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Entry:
    """An entry of the chain. `action` and `outcome` are codes, which a later release may not know.

    `stored` is the hash that was written with it; None for an entry that is being made.
    """

    seq: int
    at: datetime
    by: str
    action: str
    subject: str | None
    request: str | None
    outcome: str
    previous: str
    stored: str | None = None
    hold: Mapping[str, Any] | None = None

    @cached_property
    def hash(self) -> str:
        """The entry's place in the chain: SHA-256, in hex, over its canonical JSON (RFC 8785)."""
        return digest(self.content())

    def content(self) -> dict[str, Any]:
        """Returns what is hashed: everything that is shown of the entry but its hash.

        An entry that is about no hold says nothing of one, as those that were written before.
        """
        about = {} if self.hold is None else {"hold": dict(self.hold)}
        return {
            "seq": self.seq,
            "at": instant(self.at),
            "by": self.by,
            "action": self.action,
            "subject": self.subject,
            "request": self.request,
            "outcome": self.outcome,
            "previous": self.previous,
            **about,
        }


@dataclass(frozen=True, slots=True)
class Filter:
    """The entries that are asked for; None means any. `since` and `until` are both included."""

    since: datetime | None = None
    until: datetime | None = None
    by: str | None = None
    subject: str | None = None
    request: str | None = None
    action: str | None = None

    @property
    def picks(self) -> bool:
        """Tells whether it leaves out entries for other reasons than their time."""
        return any((self.by, self.subject, self.request, self.action))

    def fits(self, entry: Entry) -> bool:
        """Tells whether an entry of that time is asked for."""
        wanted = (
            (self.by, entry.by),
            (self.subject, entry.subject),
            (self.request, entry.request),
            (self.action, entry.action),
        )
        return all(one is None or one == found for one, found in wanted)

    def could_end_at(self, at: datetime) -> bool:
        """Tells whether a page of these entries could have ended at a time."""
        return (self.since is None or self.since <= at) and (self.until is None or at <= self.until)


def following(head: Head, act: Act, now: datetime) -> Entry:
    """Returns the entry of an act after the chain's last one.

    Its time is `now`, or the last entry's where a clock is behind: times never go back, so that
    the order of times is that of numbers.
    """
    return Entry(
        seq=head.last.seq + 1,
        at=now if head.at is None else max(now, head.at),
        by=act.by,
        action=str(act.action),
        subject=act.subject,
        request=act.request,
        outcome=str(act.outcome),
        previous=head.last.hash,
        hold=act.hold,
    )


def fault_in(
    part: Sequence[Entry], head: Head, *, whole_start: bool, whole_end: bool
) -> int | None:
    """Returns the number of the first entry of a part that is not as it was written, or None.

    `part` are entries that lie together in the chain, oldest first. With `whole_start` nothing that
    was not pruned lies before them, and with `whole_end` they reach the head: then an entry that
    lacks there is a fault too.
    """
    if not part:
        return head.last.seq if whole_end and head.last.seq > head.pruned.seq else None
    before = Link(part[0].seq - 1, part[0].previous)
    if whole_start or before.seq == head.pruned.seq:
        before = head.pruned
    fault, last = first_break(part, before)
    if fault is not None:
        return fault
    if whole_end and last.seq < head.last.seq:
        return last.seq + 1
    own = next((entry for entry in part if entry.seq == head.last.seq), None)
    return None if own is None or own.hash == head.last.hash else own.seq
