"""Whatever people do in whatever order: only a grant grants, and the ledger says what stands."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.consents.model import EVENTS_KEPT, Choice, Entry, Shown, decide, verify
from chalicelib.subjects.model import Decision
from chalicelib.subjects.store import StandingItem, standing_item, standing_of
from tests.examples import examples
from tests.unit.core.samples import NOW, SHOWN, standing

PURPOSES = st.sampled_from(["offers_email", "surveys", "promotion", "site_measurement"])


class Decisions(RuleBasedStateMachine):
    """Decides about a few purposes, with clocks that jump and event ids that come again."""

    def __init__(self) -> None:
        super().__init__()
        self.standing = standing()
        self.entries: list[Entry] = []
        self.said: dict[str, Choice] = {}
        self.granted_once: set[str] = set()
        self.objected_once: set[str] = set()

    @rule(
        choices=st.dictionaries(PURPOSES, st.sampled_from(Choice), max_size=4),
        minutes=st.integers(-10_000, 10_000),
        event=st.sampled_from(["", "e1" * 10, "e2" * 10, "e3" * 10]),
        locale=st.sampled_from(["it", "en"]),
    )
    def decide(self, choices: dict[str, Choice], minutes: int, event: str, locale: str) -> None:
        self.standing, entry = decide(
            self.standing,
            choices,
            Shown(SHOWN.notice_version, SHOWN.notice_digest, locale, "api"),
            event=event,
            payload="0f" * 6,
            salt="s" * 26,
            now=NOW + timedelta(minutes=minutes),
        )
        self.entries.append(entry)
        self.said |= choices
        self.granted_once |= {key for key, said in choices.items() if said is Choice.GRANTED}
        self.objected_once |= {key for key, said in choices.items() if said is Choice.OBJECTED}

    @rule()
    def stored_and_read_again(self) -> None:
        item = standing_item(self.standing)
        read = StandingItem.from_raw_data(item.serialize())
        assert standing_of(read) == self.standing
        self.standing = standing_of(read)

    @invariant()
    def only_a_grant_grants(self) -> None:
        granted = {
            purpose
            for purpose, decided in self.standing.decisions.items()
            if decided.decision is Decision.GRANTED
        }
        assert granted == {key for key, said in self.said.items() if said is Choice.GRANTED}

    @invariant()
    def a_withdrawal_follows_a_grant(self) -> None:
        for purpose, decided in self.standing.decisions.items():
            said = self.said[purpose]
            if said is Choice.DENIED and decided.decision is Decision.WITHDRAWN:
                assert purpose in self.granted_once
            elif said is Choice.DENIED:
                assert purpose not in self.granted_once or purpose in self.objected_once
            else:
                assert str(decided.decision) == str(said)

    @invariant()
    def the_chain_verifies_and_says_what_stands(self) -> None:
        assert verify(self.entries, self.standing.head)
        replayed: dict[str, str] = {}
        for entry in self.entries:
            replayed |= entry.opened["decisions"]
        stands = {key: str(one.decision) for key, one in self.standing.decisions.items()}
        assert replayed == stands

    @invariant()
    def time_runs_forwards(self) -> None:
        times: list[datetime] = [entry.at for entry in self.entries]
        assert times == sorted(times)

    @invariant()
    def events_are_bounded(self) -> None:
        assert len(self.standing.events) <= EVENTS_KEPT


TestDecisions = Decisions.TestCase
TestDecisions.settings = settings(max_examples=examples(60), stateful_step_count=25, deadline=None)
