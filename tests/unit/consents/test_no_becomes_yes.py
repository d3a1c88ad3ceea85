"""Nothing turns a person's no into a yes, save their own later grant, proven to be theirs.

People decide, refuse by link or through the desk, browse with a signal, sign in, stop, disown and
are erased; versions follow one another and change on what a purpose rests; clocks move; workers die
before any call, answers get lost, acts are repeated and meet each other at the commit. After each
step the decision point is asked about everybody and everything. What must be no is reckoned here by
rules of this test's own: it knows acts and acknowledgements, and nothing of how they are stored.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)

from chalicelib.consents.model import Choice
from chalicelib.consents.service.context import Caller
from chalicelib.errors import Unauthenticated
from chalicelib.subjects.model import Life
from tests.examples import examples
from tests.unit.consents.acts import CONSENTED, Acts
from tests.unit.consents.lives import (
    ACCOUNTS,
    PEOPLE,
    VISITORS,
    Fault,
    Outcome,
)
from tests.unit.consents.versions import (
    EDITS,
    INTEREST,
    PROMOTION,
    PURPOSES,
    SURVEYS,
)

ASKED = st.sampled_from(CONSENTED)
CHOICES = st.dictionaries(ASKED, st.sampled_from([Choice.GRANTED, Choice.DENIED]), max_size=3)
SOURCES = st.sampled_from(["banner", "preference_centre", "api"])
SOMEBODY, OWNER = st.sampled_from(PEOPLE), st.sampled_from(ACCOUNTS)
FAULTS = st.one_of(
    st.just(Fault()),
    st.just(Fault()),
    st.just(Fault()),
    st.builds(Fault, dies_before=st.integers(0, 6)),
    st.just(Fault(answer_is_lost=True)),
)
IN_A_SWEEP = st.just(Fault()) | st.builds(Fault, dies_before=st.integers(7, 37))
"""Where a sweep dies in the middle of an erasure: before, it looks into some shards."""


class NoBecomesYes(Acts):
    """People, what goes wrong, and what must be no."""

    @initialize(
        registered=st.tuples(CHOICES, st.just({})),
        proven=st.sampled_from([1, 0, 2, 2]),
        browsed=st.lists(CHOICES, min_size=2, max_size=2),
    )
    def begin(
        self,
        registered: tuple[dict[str, Choice], ...],
        proven: int,
        browsed: list[dict[str, Choice]],
    ) -> None:
        for subject, said in zip(ACCOUNTS, registered, strict=True):
            self.lives.register(subject, said)
            self.witness.sees_own(subject, said, Outcome.DONE)
        for subject in ACCOUNTS[:proven]:
            self.verify(subject, Fault())
            self.sign_in(subject, None, Fault())
        for subject, said in zip(VISITORS, browsed, strict=True):
            if said:
                self._capture(subject, said, "banner", None, False, True, Fault())

    @rule(
        subject=SOMEBODY,
        choices=CHOICES,
        source=SOURCES,
        event=st.sampled_from([None, "e1", "e2", "e3", "e4", "e5", "e6", "e7", "e8", "e9", "e10"]),
        gpc=st.booleans(),
        first=st.booleans(),
        fault=FAULTS,
        meanwhile=st.data(),
    )
    def decide(
        self,
        subject: str,
        choices: dict[str, Choice],
        source: str,
        event: str | None,
        gpc: bool,
        first: bool,
        fault: Fault,
        meanwhile: st.DataObject,
    ) -> None:
        asked = {one: said for one, said in choices.items() if one in self.lives.notice.choices}
        if asked or (gpc and source != "api"):
            act = (subject, asked, source if asked else "signal", event, gpc, first)
            self.acts = [*self.acts, act][-5:]
            self._capture(*act, fault, *self._others(meanwhile, subject))

    @rule(subject=OWNER, choices=CHOICES, gpc=st.booleans(), fault=FAULTS, data=st.data())
    def prefer(
        self,
        subject: str,
        choices: dict[str, Choice],
        gpc: bool,
        fault: Fault,
        data: st.DataObject,
    ) -> None:
        notice = self.lives.notice
        asked = {one: said for one, said in choices.items() if one in notice.choices}
        others = self._others(data, subject)
        outcome = self.lives.attempt(lambda: self.lives.prefer(subject, asked, gpc), fault, *others)
        if outcome is not Outcome.REFUSED:
            self.witness.sees_capture(subject, asked, "preferences", gpc, outcome, notice)

    @precondition(lambda self: self.acts)
    @rule(data=st.data(), fault=FAULTS)
    def repeat(self, data: st.DataObject, fault: Fault) -> None:
        self._capture(*data.draw(st.sampled_from(self.acts)), fault)

    @rule(subject=SOMEBODY, purpose=ASKED, desk=st.booleans(), fault=FAULTS, data=st.data())
    def refuse(
        self, subject: str, purpose: str, desk: bool, fault: Fault, data: st.DataObject
    ) -> None:
        """By the link of a mail, or by a letter to the desk."""
        if purpose in self.lives.notice.choices:
            self._refuse(subject, purpose, Choice.DENIED, desk, fault, *self._others(data, subject))

    @rule(subject=SOMEBODY, fault=FAULTS, purpose=st.sampled_from([INTEREST, SURVEYS, PROMOTION]))
    def objects(self, subject: str, purpose: str, fault: Fault) -> None:
        if purpose in self.lives.notice.purposes:
            self._refuse(subject, purpose, Choice.OBJECTED, True, fault)

    @rule(subject=OWNER, fault=FAULTS, what=st.sampled_from(["verify", "disown", "bounce"]))
    def by_mail(self, subject: str, fault: Fault, what: str) -> None:
        """The link of the first mail is followed, or the other one, or the mail comes back."""
        getattr(self, what)(subject, fault)

    @rule(
        subject=OWNER,
        browser=st.sampled_from([0, 1]),
        choices=CHOICES,
        fault=FAULTS,
        data=st.data(),
    )
    def browse_and_sign_in(
        self,
        subject: str,
        browser: int,
        choices: dict[str, Choice],
        fault: Fault,
        data: st.DataObject,
    ) -> None:
        """The session is made by the first commit; by the second the browser's choices join."""
        visitor = VISITORS[browser]
        asked = {one: said for one, said in choices.items() if one in self.lives.notice.choices}
        if asked:
            self._capture(visitor, asked, "banner", None, False, True, Fault())
        self.sign_in(subject, browser, fault, lambda: None, *self._others(data, visitor))

    @rule(subject=OWNER, stop=st.booleans(), fault=FAULTS, data=st.data())
    def stop_or_return(self, subject: str, stop: bool, fault: Fault, data: st.DataObject) -> None:
        life = Life.DEACTIVATED if stop else Life.ACTIVE
        outcome = self.lives.attempt(
            lambda: self.lives.change_life(subject, life), fault, *self._others(data, subject)
        )
        if stop:
            self.witness.sees_stop(subject, self.witness.stopped, outcome)
        elif outcome is not Outcome.REFUSED:
            self.witness.stopped.discard(subject)

    @rule(subject=SOMEBODY, purpose=st.sampled_from(PURPOSES), fault=FAULTS, data=st.data())
    def disclose(self, subject: str, purpose: str, fault: Fault, data: st.DataObject) -> None:
        if purpose not in self.lives.notice.purposes:
            return
        before = self.lives.disclosed()
        outcome = self.lives.attempt(
            lambda: self.lives.disclose(subject, purpose), fault, *self._others(data, subject)
        )
        if outcome is Outcome.DONE:
            self.witness.checks_yes((subject, purpose), self.lives.notice)
        elif outcome is Outcome.REFUSED and not self.witness.gone:
            assert self.lives.disclosed() == before

    @rule(name=st.sampled_from(sorted(EDITS)))
    def publish(self, name: str) -> None:
        before = self.lives.notice
        self.lives.versions.publish(name)
        self.witness.sees_version(before, self.lives.notice)

    @rule(hours=st.integers(-48, 72) | st.integers(1, 24 * 420), fault=IN_A_SWEEP)
    def time_passes(self, hours: int, fault: Fault) -> None:
        self.lives.now += timedelta(hours=hours)
        self.sweep(fault)

    @rule(subject=SOMEBODY, purpose=ASKED)
    def strangers_grant(self, subject: str, purpose: str) -> None:
        """Nobody says yes for somebody else: not a link, not the desk, no made-up session."""
        yes = {purpose: Choice.GRANTED}
        with pytest.raises(ValueError, match="in another's name"):
            self.lives.capture(Caller(subject=subject), yes, "link")
        with pytest.raises(Unauthenticated):
            self.lives.capture(Caller(bearer=f"{subject}.{'x' * 43}"), yes, "api")

    @invariant()
    def what_must_be_no_is_no(self) -> None:
        self._look_who_is_gone()
        allowed, written = self.lives.ask()
        for pair in allowed:
            self.witness.checks_yes(pair, self.lives.notice)
        for pair in written:
            self.witness.checks_mail(pair)


TestNoBecomesYes = NoBecomesYes.TestCase
TestNoBecomesYes.settings = settings(
    max_examples=examples(350),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
