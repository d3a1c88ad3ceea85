"""What a version means for one person, and that they have to be told: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.notices.changes import Change, Effect
from chalicelib.notices.model import Notice
from chalicelib.subjects.model import Decision, Standing

MOST_TRIES = 2
"""How often a mail about a version is handed over, when the answer to the first time was lost."""


IN_FLIGHT = timedelta(minutes=1)
"""After so long a try without an answer is one whose worker died: SES is waited for 10 seconds."""


class Status(StrEnum):
    """How far it has come with telling somebody."""

    DUE = "due"
    SENT = "sent"
    BOUNCED = "bounced"
    SEEN = "seen"
    WITHDRAWING = "withdrawing"
    """Was told of a version that was called back, and is to be told that it will not come."""
    WITHDRAWN = "withdrawn"
    """The version was called back: whoever had been told of it was told that, too."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """That one person has to be told of one version, and what became of it.

    `ask` are the purposes to be asked again about. `tries` counts how often the mail was handed
    over to be sent, the last time at `tried_at`: twice only when nobody knows of the first.
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
        """Whether somebody may be handing the mail over at this moment."""
        waits = self.status in (Status.DUE, Status.WITHDRAWING)
        return waits and self.tried_at is not None and now - self.tried_at < IN_FLIGHT

    @property
    def shown(self) -> Status:
        """The status as its person sees it: a version that was called back is that at once."""
        return Status.WITHDRAWN if self.status is Status.WITHDRAWING else self.status

    @property
    def asks(self) -> tuple[str, ...]:
        """What the person is asked again about: nothing, once the version was called back."""
        return () if self.shown is Status.WITHDRAWN else self.ask

    @property
    def told(self) -> bool:
        """Whether its person learned of the version, or may have: a mail without an answer."""
        if self.status is Status.DUE:
            return self.tries > 0
        return self.status in (Status.SENT, Status.SEEN)


@dataclass(frozen=True, slots=True)
class Concern:
    """What of a version concerns one person: the changes, and the purposes to ask again about."""

    changes: tuple[Change, ...]
    ask: tuple[str, ...]

    @property
    def told(self) -> bool:
        """Whether the person has to be told."""
        return bool(self.changes)


def concern(standing: Standing, found: Iterable[Change], before: Notice, after: Notice) -> Concern:
    """What the changes from `before` to `after` mean for somebody with these decisions.

    A purpose that rests on consent concerns who agreed to it, and nobody else: whoever refused is
    left alone, also when it comes to ask for more. Everything else concerns everybody. A purpose
    that is new and rests on consent is no news: nothing is done before the person says yes.
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
    """The purposes that are new and rest on consent: everybody is asked, at the next occasion."""
    material = (change for change in found if change.effect is Effect.MATERIAL)
    names = {name for change in material for name in change.purposes}
    return tuple(sorted(names - before.purposes.keys()))


def concerns_anyone(found: Iterable[Change], before: Notice) -> bool:
    """Whether a version changes anything of which somebody may have to be told."""
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
    # On another basis until now: whoever was never asked is, and whoever agreed to something else
    # long ago; until they answer nothing is done.
    undecided = name not in standing.decisions or _granted(name, standing)
    return name in before.purposes and undecided


def _always_consent(name: str, before: Notice, after: Notice) -> bool:
    stated = [notice.purposes[name] for notice in (before, after) if name in notice.purposes]
    return all(purpose.needs_consent for purpose in stated)


def _granted(name: str, standing: Standing) -> bool:
    decided = standing.decisions.get(name)
    return decided is not None and decided.decision is Decision.GRANTED
