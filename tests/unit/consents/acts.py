"""Acts of people in tables in memory, each with what may go wrong, seen by a witness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from chalicelib.consents.model import Choice, event_hash
from chalicelib.consents.service.context import Caller
from chalicelib.consents.store import event_at
from chalicelib.subjects.model import Life
from tests.unit.consents.lives import ACCOUNTS, PEOPLE, TOKENS, VISITORS, Fault, Lives, Outcome
from tests.unit.consents.versions import ADVERTISING, PARTNERS, PROMOTION, SURVEYS
from tests.unit.consents.witness import Witness

CONSENTED = (SURVEYS, PROMOTION, ADVERTISING, PARTNERS)


class Acts(RuleBasedStateMachine):
    """What rules are made of: nothing here is done by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.lives = Lives()
        self.witness = Witness()
        self.acts: list[tuple[str, dict[str, Choice], str, str | None, bool, bool]] = []
        self.events: dict[str, list[str]] = {one: [] for one in PEOPLE}

    def teardown(self) -> None:
        self.lives.close()

    def verify(self, subject: str, fault: Fault) -> None:
        """Whose address it is, is proven: mail comes there."""
        if self.lives.attempt(lambda: self.lives.verify(subject), fault) is not Outcome.REFUSED:
            self.witness.unproven.discard(subject)
            self.witness.bounced.discard(subject)

    def disown(self, subject: str, fault: Fault) -> None:
        """Somebody says that the account was opened in their name."""
        outcome = self.lives.attempt(lambda: self.lives.disown(subject), fault)
        self.witness.sees_stop(subject, self.witness.disowned, outcome)

    def bounce(self, subject: str, fault: Fault) -> None:
        """A mail comes back for good."""
        outcome = self.lives.attempt(lambda: self.lives.suppress(subject), fault)
        self.witness.sees_stop(subject, self.witness.bounced, outcome)

    def sign_in(
        self, subject: str, browser: int | None, fault: Fault, *meanwhile: Callable[[], object]
    ) -> None:
        """Signs in; the choices of a browser join, whose refusals fill what nobody chose."""
        token = None if browser is None else TOKENS[browser]
        outcome = self.lives.attempt(lambda: self.lives.sign_in(subject, token), fault, *meanwhile)
        if browser is not None:
            self.witness.sees_join(subject, VISITORS[browser], outcome, self.lives.notice)

    def sweep(self, fault: Fault) -> None:
        """Retention runs."""
        self.lives.attempt(self.lives.sweep, fault)
        self._look_who_is_gone()

    def _capture(
        self,
        subject: str,
        choices: dict[str, Choice],
        source: str,
        event: str | None,
        gpc: bool,
        first: bool,
        fault: Fault,
        *meanwhile: Callable[[], object],
    ) -> None:
        """Decides; of a browser `first` is what it says of its token, be it so or not."""
        known = self._remembers(subject, event)
        caller = replace(self.lives.caller(subject), first=first)
        outcome = self.lives.attempt(
            lambda: self.lives.capture(caller, choices, source, event, gpc), fault, *meanwhile
        )
        if outcome is Outcome.REFUSED or known:
            return
        if event is not None:
            made = outcome is Outcome.DONE and self._is_stored(subject, event)
            self.events[subject] += [event] if made else []
        self.witness.sees_capture(subject, choices, source, gpc, outcome, self.lives.notice)
        if outcome is Outcome.DONE and not meanwhile and not gpc:
            self._check_liveness(subject, choices)

    def _remembers(self, subject: str, event: str | None) -> bool:
        """Whether an event was recorded before; it has to be where it was acknowledged lately."""
        known = event is not None and self._is_stored(subject, event)
        assert known or event not in self.events[subject], "an act would be done twice"
        return known

    def _is_stored(self, subject: str, event: str) -> bool:
        """Whether an act left an entry: a signal that changes nothing leaves none."""
        standing, known = self.lives.stands(subject), event_hash(event)
        if standing is None:
            return False
        let_go = self.lives.tables.one(*event_at(subject, known))
        return standing.event(known) is not None or let_go is not None

    def _refuse(
        self,
        subject: str,
        purpose: str,
        choice: Choice,
        desk: bool,
        fault: Fault,
        *meanwhile: Callable[[], object],
    ) -> None:
        source = "desk" if desk else "link"
        outcome = self.lives.attempt(
            lambda: self.lives.capture(Caller(subject=subject), {purpose: choice}, source),
            fault,
            *meanwhile,
        )
        if outcome is not Outcome.REFUSED:
            self.witness.sees_own(subject, {purpose: choice}, outcome)

    def _check_liveness(self, subject: str, choices: dict[str, Choice]) -> None:
        """A yes is a yes, or all of this would prove nothing."""
        if self.witness.reached(subject):
            allowed, _ = self.lives.ask()
            said = {one for one, choice in choices.items() if choice is Choice.GRANTED}
            assert said <= {purpose for person, purpose in allowed if person == subject}

    def _look_who_is_gone(self) -> None:
        for subject in PEOPLE:
            standing = self.lives.stands(subject)
            if subject in ACCOUNTS and (standing is None or standing.life is Life.ERASING):
                self.witness.gone.add(subject)
            elif standing is None:
                self.witness.forgets(subject)
                self.events[subject] = []

    def _others(self, data: st.DataObject, subject: str) -> tuple[Callable[[], Any], ...]:
        """What is done right before the commit of an act: nothing, or something about the same."""
        which = data.draw(st.sampled_from(["nothing", "refuses", "agrees", "sweep"]))
        if which == "nothing":
            return ()
        if which == "sweep":
            return (lambda: self.sweep(Fault()),)
        said = Choice.DENIED if which == "refuses" else Choice.GRANTED
        choices = {one: said for one in CONSENTED if one in self.lives.notice.choices}
        act = subject, choices, "preference_centre", None, False, False
        return (lambda: self._capture(*act, Fault(), lambda: None),)
