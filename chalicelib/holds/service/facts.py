"""Reads the holds that stand on the records of a subject now."""

from datetime import datetime

from chalicelib import clock
from chalicelib.holds import model, store
from chalicelib.holds.model import NOTHING_HELD, Held
from chalicelib.subjects.model import Standing


def held(subject: str, now: datetime | None = None) -> Held:
    """Returns the holds that stand on the records of a subject, in whatever state it is.

    One Query, strongly consistent. It asks no standing, so it answers of a tombstone too. A writer
    that depends on it commits under `guard.unchanged`, or `lifecycle.require_same_holds` with the
    flag that was read before.
    """
    found = [store.hold_of(item) for item in store.holds_of(subject)]
    return model.standing_at(found, clock.now() if now is None else now)


def held_beside(standing: Standing, now: datetime | None = None) -> Held:
    """Returns the same of a standing that was read: no call where its flag is not set."""
    return held(standing.subject, now) if standing.held else NOTHING_HELD
