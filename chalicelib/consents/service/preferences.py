"""Preferences of an account, set together with the decisions that are among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib import clock
from chalicelib.consents import signals
from chalicelib.consents.clocks import Consequence
from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.service import frequency, withdrawal
from chalicelib.consents.service.act import Act, count, put_standing, record
from chalicelib.consents.service.context import Caller, load
from chalicelib.consents.service.filings import Found
from chalicelib.errors import Unauthenticated
from chalicelib.jobs import service as jobs
from chalicelib.limits.sample import Sampled
from chalicelib.notices.model import Notice
from chalicelib.storage.contention import patiently
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects.model import Standing


@dataclass(frozen=True, slots=True)
class Preferences:
    """The settings of an account: its language, and notifications turned off or on again."""

    locale: str | None = None
    muted: frozenset[str] = frozenset()
    unmuted: frozenset[str] = frozenset()

    def applied(self, standing: Standing) -> Standing:
        """The standing that follows, of a new revision."""
        return replace(
            standing,
            locale=self.locale or standing.locale,
            muted=(standing.muted | self.muted) - self.unmuted,
            revision=standing.revision + 1,
        )


@dataclass(frozen=True, slots=True)
class Preferred:
    """The standing after preferences were set, and the consequences of refusals for the data."""

    standing: Standing
    data: tuple[Consequence, ...]


def prefer(
    bearer: str | None,
    preferences: Preferences,
    choices: Mapping[str, Choice],
    shown: Shown,
    notice: Notice,
    *,
    gpc: bool = False,
    network: str | None = None,
) -> Preferred:
    """Sets preferences of an account; those about a purpose are decisions, recorded as all are.

    A browser's `Sec-GPC: 1` decides what its person does not (`consents.signals`). All in one
    transaction. Raises Unauthenticated, Conflict and TooManyRequests, as `capture`.
    """
    caller = Caller(bearer=bearer or "")
    signal = gpc and bool(signals.signalled(notice))
    act = Act(choices, shown)
    counting = frequency.counted(choices, network, clock.now())
    return patiently(lambda: _prefer_once(caller, preferences, act, signal, notice, counting))


def _prefer_once(
    caller: Caller,
    preferences: Preferences,
    act: Act,
    signal: bool,
    notice: Notice,
    counting: Sampled | None,
) -> Preferred:
    touched = act.choices.keys() | (signals.signalled(notice) if signal else frozenset())
    counters = () if counting is None else counting.places()
    loaded, now = load(caller, touched, notice, counters=counters), clock.now()
    before = loaded.standing
    if before is None:
        raise Unauthenticated("This account is gone.")
    if signal:
        act = act.heard(signals.heard(before, act.choices, act.shown.source, notice))
    write, after, asked = Transaction(notice), replace(before, last_activity_at=now), []
    found: Sequence[Found] | None = None
    if act.choices and frequency.settled(before, act.choices, counting, loaded, now) is None:
        if counting is not None:
            counting.count(write)
        recorded = record(write, loaded, before, act, notice, now)
        after, asked, found = recorded.standing, recorded.jobs, recorded.found
    after = preferences.applied(after)
    put_standing(write, before, after, notice, now)
    write.commit()
    if found is not None:
        count(before, after, act.choices)
    for job in asked:
        jobs.send(job)
    data = withdrawal.consequences(loaded.kept, touched, after, notice, now, found)
    return Preferred(after, data)
