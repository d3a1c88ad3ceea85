"""Sends the mail to one person: twice at most, the second time only if the first had no answer.

The attempt is counted before the mail is sent, and its acceptance recorded after: a worker that
dies in between leaves an attempt without an answer. Then the mail is sent once more, and counted;
it is not sent a third time, which is logged as `announcement.uncertain`: the person finds the
change in the account and on the site.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from chalicelib import clock, logs
from chalicelib.accounts.service.contents import address_at, open_address
from chalicelib.decisions.notifications import NOTICE_CHANGES, may_notify
from chalicelib.jobs.rounds.model import LEFT, UNCERTAIN
from chalicelib.mail import service as mail
from chalicelib.mail.model import Message
from chalicelib.mail.service import Rendered
from chalicelib.notices.model import Notice
from chalicelib.publications import store
from chalicelib.publications.model import MOST_TRIES, Obligation, Status
from chalicelib.publications.service.concerned import Person
from chalicelib.storage import reads
from chalicelib.vault.service import KeyDestroyed

SENT, REPEATED, BOUNCED = "sent", "repeated", "bounced"

IN_A_ROW = 3
"""After so many failures in a row the cause is not the single mail."""


def read_addresses(persons: Sequence[Person], notice: Notice) -> Mapping[str, tuple[Any, Any]]:
    """Returns key and address of up to 50 people, both sealed, by subject. One BatchGetItem."""
    found = [one.standing.subject for one in persons]
    places = [place for subject in found for place in address_at(subject, notice)]
    read = iter(reads.batch(places) if places else ())
    return dict(zip(found, zip(read, read, strict=True), strict=True))


Compose: TypeAlias = Callable[[Person, str], Message]
"""Composes the mail for a person, to an address."""


class Stopped(Exception):
    """Mails cannot be sent at the moment, to anyone."""


@dataclass
class Telling:
    """Sends one mail to each person, no faster than the quota allows, and counts the outcomes.

    `compose` makes the mail for a person and an address. Only obligations in the status `waiting`
    are mailed. `sealed` holds each person's sealed address and key: one is opened at a time.
    """

    compose: Compose
    waiting: Status
    notice: Notice
    a_second: float
    sealed: Mapping[str, tuple[Any, Any]]
    counts: Counter[str] = field(default_factory=Counter)
    _last: float = 0.0
    _in_a_row: int = 0

    def tell(self, person: Person) -> None:
        """Mails one person, unless the mail was sent already or is no longer due.

        Raises Stopped.
        """
        obligation = person.obligation
        if obligation is None or obligation.status is not self.waiting:
            return
        if not may_notify(person.standing, NOTICE_CHANGES, self.notice, clock.now()):
            # No mail reaches them, or they opted out: the account and the site show the change.
            store.mark_bounced(obligation, clock.now())
            self.counts[BOUNCED] += 1
            return
        if obligation.tries >= MOST_TRIES:
            logs.log("announcement.uncertain", subject=obligation.subject)
            self.counts[UNCERTAIN] += 1
            return
        if obligation.in_flight(clock.now()):  # another worker is sending it
            self.counts[LEFT] += 1
            return
        composed = self._compose(person, obligation)
        if composed is None:
            return
        if not store.begin_try(obligation, clock.now()):  # seen, or sent by another worker
            self.counts[LEFT] += 1
            return
        self._send(composed, obligation)

    def _compose(self, person: Person, obligation: Obligation) -> Rendered | None:
        """Returns the mail; None for a person being erased, or whose mail fails, which is logged.

        A failure with one person does not stop the mails to others.
        """
        try:
            address = open_address(*self.sealed[obligation.subject], self.notice)
            return mail.rendered(self.compose(person, address), self.notice)
        except KeyDestroyed:
            return None
        except Exception as error:  # noqa: BLE001 - counted, and tried again by another pass
            logs.failure("announcement.not_composed", error, subject=obligation.subject)
            self.counts[LEFT] += 1
            return None

    def _send(self, composed: Rendered, obligation: Obligation) -> None:
        self._keep_pace()
        try:
            mail.send_once(composed)
        except mail.Refused as refused:
            self._refused(obligation, refused)
        except Exception as error:  # noqa: BLE001 - after any other error the outcome is unknown
            logs.failure("announcement.failed", error, subject=obligation.subject)
            self.counts[LEFT] += 1
            self._stop_after_trouble()
        else:
            self._in_a_row = 0
            store.mark_sent(obligation, clock.now())
            self.counts[SENT] += 1
            if obligation.tries:
                self.counts[REPEATED] += 1
                logs.log("announcement.repeated", subject=obligation.subject)

    def _refused(self, obligation: Obligation, refused: mail.Refused) -> None:
        if refused.final:
            store.mark_bounced(obligation, clock.now())
            self.counts[BOUNCED] += 1
            return
        store.take_back_try(obligation)
        self.counts[LEFT] += 1
        logs.log("announcement.refused", subject=obligation.subject, reason=refused.reason)
        self._stop_after_trouble()

    def _stop_after_trouble(self) -> None:
        """Raises Stopped after several failures in a row, so that no others lose an attempt."""
        self._in_a_row += 1
        if self._in_a_row >= IN_A_ROW:
            raise Stopped

    def _keep_pace(self) -> None:
        pause = self._last + 1 / self.a_second - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        self._last = time.monotonic()
