"""Handing over the mail to one person: twice at most, and only if nobody knows of the first time.

The try is counted before the mail is handed over and its acceptance recorded after: a worker that
dies in between leaves a try without an answer. Then the mail is sent once more, and counted; a
third time it is not, and that is told loudly: the person finds the change in the account and on
the site.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from chalicelib import clock, logs
from chalicelib.accounts.service.profile import address_at, open_address
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
"""So many mails that go wrong one after the other are not the mails' fault."""


def read_addresses(persons: Sequence[Person], notice: Notice) -> Mapping[str, tuple[Any, Any]]:
    """Key and address of up to 50 people, both sealed, by subject. One BatchGetItem."""
    found = [one.standing.subject for one in persons]
    places = [place for subject in found for place in address_at(subject, notice)]
    read = iter(reads.batch(places) if places else ())
    return dict(zip(found, zip(read, read, strict=True), strict=True))


Compose: TypeAlias = Callable[[Person, str], Message]
"""Makes the mail for a person, to their address."""


class Stopped(Exception):
    """Mails cannot be sent for the moment, whoever they are for."""


@dataclass
class Telling:
    """Sends people one mail each, no faster than the quota allows; counts what became of it.

    `compose` makes the mail for a person and an address. It goes to those who are in the state
    `waiting`. `sealed` holds what was read of each person's address: it is opened for one at a
    time.
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
        """Sends one person the mail, unless it was sent already, or is not due any more.

        Raises Stopped.
        """
        obligation = person.obligation
        if obligation is None or obligation.status is not self.waiting:
            return
        if not may_notify(person.standing, NOTICE_CHANGES, self.notice, clock.now()):
            # No mail reaches them, or they want none: the account and the site show the change.
            store.mark_bounced(obligation, clock.now())
            self.counts[BOUNCED] += 1
            return
        if obligation.tries >= MOST_TRIES:
            logs.log("announcement.uncertain", subject=obligation.subject)
            self.counts[UNCERTAIN] += 1
            return
        if obligation.in_flight(clock.now()):  # another worker is at it
            self.counts[LEFT] += 1
            return
        composed = self._compose(person, obligation)
        if composed is None:
            return
        if not store.begin_try(obligation, clock.now()):  # seen meanwhile, or another was faster
            self.counts[LEFT] += 1
            return
        self._send(composed, obligation)

    def _compose(self, person: Person, obligation: Obligation) -> Rendered | None:
        """The mail; None for who is being erased, and for who cannot be written to, loudly.

        One person of whom something is broken does not keep the others from being told.
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
        except Exception as error:  # noqa: BLE001 - whatever it was, the answer is not known
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
        """One mail may go wrong by itself; several in a row do not: nobody else loses a try."""
        self._in_a_row += 1
        if self._in_a_row >= IN_A_ROW:
            raise Stopped

    def _keep_pace(self) -> None:
        pause = self._last + 1 / self.a_second - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        self._last = time.monotonic()
