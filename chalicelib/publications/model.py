"""The effect of a version on one person, and the obligation to tell them: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.notices.changes import Change, Effect
from chalicelib.notices.model import Notice
from chalicelib.subjects.model import Decision, Standing

MOST_TRIES = 2
"""Most attempts to send a mail about a version: a second one when the first got no answer."""


IN_FLIGHT = timedelta(minutes=1)
"""After so long a try without an answer counts as dead: a worker waits 10 seconds for SES."""


class Status(StrEnum):
    """The state of telling one person."""

    DUE = "due"
    SENT = "sent"
    BOUNCED = "bounced"
    SEEN = "seen"
    WITHDRAWING = "withdrawing"
    """The person was told of a version that was called back, and has to be told of that."""
    WITHDRAWN = "withdrawn"
    """The version was called back, and the person was told so if they had been told of it."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """The obligation to tell one person of one version, and its state.

    `ask` are the purposes to be asked again about. `tries` counts the attempts to send the mail,
    the last one at `tried_at`: there is a second only when the outcome of the first is unknown.
    """

    subject: str
    version: str
    status: Status
    ask: tuple[str, ...]
    created_at: datetime
    effective_at: datetime
    sent_at: datetime | None
    bounced_at: datetime | None
    seen_at: datetime | None
    tries: int
    tried_at: datetime | None = None

    def in_flight(self, now: datetime) -> bool:
        """Tells whether a worker may be sending the mail at this moment."""
        waits = self.status in (Status.DUE, Status.WITHDRAWING)
        return waits and self.tried_at is not None and now - self.tried_at < IN_FLIGHT

    @property
    def shown(self) -> Status:
        """The status that the person sees: a version that was called back is WITHDRAWN at once."""
        return Status.WITHDRAWN if self.status is Status.WITHDRAWING else self.status

    @property
    def asks(self) -> tuple[str, ...]:
        """The purposes to ask the person again about; none once the version was called back."""
        return () if self.shown is Status.WITHDRAWN else self.ask

    @property
    def told(self) -> bool:
        """Whether the person was told of the version, or may have been, by an unanswered mail."""
        if self.status is Status.DUE:
            return self.tries > 0
        return self.status in (Status.SENT, Status.SEEN)


@dataclass(frozen=True, slots=True)
class Concern:
    """The part of a version that concerns one person: changes, and purposes to ask again about."""

    changes: tuple[Change, ...]
    ask: tuple[str, ...]

    @property
    def told(self) -> bool:
        """Whether the person has to be told."""
        return bool(self.changes)


def concern(standing: Standing, found: Iterable[Change], before: Notice, after: Notice) -> Concern:
    """Returns the changes from `before` to `after` that concern a person with these decisions.

    A purpose that rests on consent concerns only people who agreed to it: a refusal is left alone,
    also when the purpose asks for more. Every other purpose concerns everybody. A new purpose that
    rests on consent is not told: no data is used for it before the person says yes.
    """
    concerning, ask = [], set()
    for change in found:
        if change.effect is Effect.EDITORIAL:
            continue
        if change.effect is Effect.INFORMATIVE:
            if _touches(change, standing, before, after):
                concerning.append(change)
            continue
        asked = {name for name in change.purposes if _asked_again(name, standing, before)}
        if asked:
            concerning.append(change)
            ask |= asked
    return Concern(tuple(concerning), tuple(sorted(ask)))


def first_asked(found: Iterable[Change], before: Notice) -> tuple[str, ...]:
    """Lists the new purposes that rest on consent: everybody is asked, at the next occasion."""
    material = (change for change in found if change.effect is Effect.MATERIAL)
    names = {name for change in material for name in change.purposes}
    return tuple(sorted(names - before.purposes.keys()))


def concerns_anyone(found: Iterable[Change], before: Notice) -> bool:
    """Tells whether a version changes anything of which someone may have to be told."""
    return any(
        change.effect is Effect.INFORMATIVE
        or (change.effect is Effect.MATERIAL and before.purposes.keys() & set(change.purposes))
        for change in found
    )


def _touches(change: Change, standing: Standing, before: Notice, after: Notice) -> bool:
    if not change.purposes:
        return True
    return any(
        not _always_consent(name, before, after) or _granted(name, standing)
        for name in change.purposes
    )


def _asked_again(name: str, standing: Standing, before: Notice) -> bool:
    if name in before.choices:
        return _granted(name, standing)
    # The purpose had another basis so far: a person without a decision is asked, and so is one who
    # agreed to an earlier purpose of that name; it is not used until they answer.
    undecided = name not in standing.decisions or _granted(name, standing)
    return name in before.purposes and undecided


def _always_consent(name: str, before: Notice, after: Notice) -> bool:
    stated = [notice.purposes[name] for notice in (before, after) if name in notice.purposes]
    return all(purpose.needs_consent for purpose in stated)


def _granted(name: str, standing: Standing) -> bool:
    decided = standing.decisions.get(name)
    return decided is not None and decided.decision is Decision.GRANTED
