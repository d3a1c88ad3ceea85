"""People in tables in memory: they decide, sign in, stop and go, and workers die meanwhile.

The use cases are as they are. Played are DynamoDB, the clock, the queues and the log of erasures;
data keys lie unwrapped, so that KMS is not needed.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.api_keys import service as api_keys
from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.service import account_join, capture, ledger
from chalicelib.consents.service.context import Caller, visitor_subject
from chalicelib.copies import store as bodies
from chalicelib.decisions import service as decisions
from chalicelib.decisions.permission import Question, may_write
from chalicelib.disclosures import service as disclosures
from chalicelib.disclosures.model import Disclosure
from chalicelib.disclosures.store import DisclosureItem
from chalicelib.erasure import store as erasure_store
from chalicelib.errors import Problem
from chalicelib.jobs import service as jobs
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import Opened
from chalicelib.storage import contention, partition
from chalicelib.storage.partition import Stored
from chalicelib.storage.transaction import ConditionFailed, Contended
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects import store as consents_store
from chalicelib.subjects.model import Life, Standing
from chalicelib.subjects.store import StandingItem
from chalicelib.vault import service as vault
from tests.unit.consents.versions import PURPOSES, Versions
from tests.unit.core.samples import NOW
from tests.unit.retention import sweeping
from tests.unit.storage.tables import Killed, Tables

ACCOUNTS = ("a" * 26, "v" + "b" * 25)
TOKENS = ("browser-one-" * 2, "browser-two-" * 2)
VISITORS = tuple(visitor_subject(token) for token in TOKENS)
PEOPLE = (*ACCOUNTS, *VISITORS)


Pair = tuple[str, str]
"""A person and a purpose."""


class Outcome(Enum):
    """What whoever acted knows."""

    DONE = "acknowledged"
    REFUSED = "nothing happened"
    UNKNOWN = "it may have happened"


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with an act: the worker dies before a call, or its answer gets lost."""

    dies_before: int | None = None
    answer_is_lost: bool = False


class Lives:
    """The people, and everything that can be done by them and to them."""

    def __init__(self) -> None:
        self.patch = pytest.MonkeyPatch()
        self.versions = Versions()
        self.tables = Tables()
        self.now = NOW
        self._play()
        self.key = api_keys.create("site", ["decisions", "disclosures"])[1]
        self.bearers: dict[str, str] = {}

    def close(self) -> None:
        """Everything is as it was."""
        self.patch.undo()

    @property
    def notice(self) -> Any:
        """The version in force."""
        return self.versions.notice

    def attempt(
        self, act: Callable[[], object], fault: Fault, *meanwhile: Callable[[], object]
    ) -> Outcome:
        """An act, what goes wrong with it, and what others do right before each of its commits."""
        steps, before = self.tables.steps, dict(self.tables.items)
        if fault.dies_before is not None:
            steps.kill_before(fault.dies_before)
        else:
            steps.meanwhile["commit"] = list(meanwhile)
        try:
            act()
        except (Problem, ConditionFailed, Contended):
            return Outcome.REFUSED
        except Killed:
            return Outcome.REFUSED if self.tables.items == before else Outcome.UNKNOWN
        finally:
            steps.revive()
            steps.meanwhile.clear()
        return Outcome.UNKNOWN if fault.answer_is_lost else Outcome.DONE

    def register(self, subject: str, choices: Mapping[str, Choice]) -> None:
        """Somebody registers: nobody has proven the address yet."""
        write = self._write()
        key, item = vault.new_visitor_key(subject, ledger.LEDGER_CLASS, self.now)
        write.put(item)
        shown = self.shown("registration")
        ledger.open_ledger(write, subject, key, choices, shown, self.notice, self.now)
        write.commit()

    def verify(self, subject: str) -> None:
        """The address is proven."""
        item, write = consents_store.get_standing(subject), self._write()
        if item is not None:
            lifecycle.activate(write, item, "ab" * 32, self.notice, self.now)
            write.commit()

    def disown(self, subject: str) -> None:
        """Somebody says that the account was opened in their name."""
        standing, write = self._standing(subject), self._write()
        lifecycle.disown(write, standing, self.notice, self.now)
        write.commit()

    def change_life(self, subject: str, life: Life) -> None:
        """The person stops the account, or comes back."""
        signed_in, write = (
            sessions.authenticate(self.bearers.get(subject)),
            self._write(),
        )
        lifecycle.change_life(write, signed_in.standing, life, self.now)
        write.commit()

    def sign_in(self, subject: str, browser: str | None) -> None:
        """The person signs in, in a browser whose choices join. Raises where that did not work."""
        standing = self._standing(subject)
        token, session = sessions.new_session(
            subject, Opened(), standing.generation, self.notice, self.now
        )
        write = self._write()
        write.put(session)
        lifecycle.record_activity(write, subject, self.now, standing.generation)
        write.commit()
        self.bearers[subject] = str(token)
        if browser is not None and account_join.join(subject, browser, self.notice) is None:
            raise Contended

    def caller(self, subject: str) -> Caller:
        """The person as they prove who they are: by session, or by their browser's token."""
        if subject in VISITORS:
            return Caller(visitor=TOKENS[VISITORS.index(subject)])
        return Caller(bearer=self.bearers.get(subject, "none"))

    def capture(
        self,
        caller: Caller,
        choices: Mapping[str, Choice],
        source: str,
        event: str | None = None,
        gpc: bool = False,
    ) -> None:
        """A decision, by whoever."""
        shown = self.shown(source)
        capture.capture(caller, choices, shown, event, self.notice, gpc=gpc)

    def prefer(self, subject: str, choices: Mapping[str, Choice], gpc: bool) -> None:
        """The account's preferences, with decisions among them or without."""
        preferences = capture.Preferences(muted=frozenset({"new_sign_in"}))
        shown = self.shown("preferences")
        bearer = self.bearers.get(subject)
        capture.prefer(bearer, preferences, choices, shown, self.notice, gpc=gpc)

    def disclose(self, subject: str, purpose: str) -> None:
        """The site gives data to a recipient of the purpose, if it may."""
        known = self.notice.purposes[purpose]
        given = Disclosure(subject, known.recipients[0], known.categories[0], purpose, (), self.now)
        disclosures.record(self.key, given, self.notice)

    def disclosed(self) -> int:
        """How many disclosures were recorded that are still there."""
        return len(self.tables.all(DisclosureItem))

    def sweep(self) -> None:
        """Retention runs."""
        sweeping.sweep(self.notice)

    def suppress(self, subject: str) -> None:
        """A mail came back for good."""
        write = self._write()
        lifecycle.suppress(write, self._standing(subject), "bounce")
        write.commit()

    def ask(self) -> tuple[set[Pair], set[Pair]]:
        """For whom and what the decision point says yes, and our own mail would go out."""
        asked = [
            Question(subject, purpose)
            for subject in PEOPLE
            for purpose in PURPOSES
            if purpose in self.notice.purposes
        ]
        answers = decisions.decide(self.key, asked, self.notice).answers
        found = zip(asked, answers, strict=True)
        yes = {(one.subject, one.purpose) for one, answer in found if answer.allowed}
        return yes, {(one.subject, one.purpose) for one in asked if self._may_write(one)}

    def _may_write(self, question: Question) -> bool:
        standing = self.stands(question.subject)
        return standing is not None and may_write(
            standing, question.purpose, self.notice, self.now, asked_for=True
        )

    def stands(self, subject: str) -> Standing | None:
        """What is stored about somebody, seen without a call."""
        item = self.tables.one(StandingItem, *consents_store.standing_place(subject))
        return None if item is None else consents_store.standing_of(item)

    def shown(self, source: str) -> Shown:
        """The words in force."""
        return Shown(self.notice.version, self.notice.digest, "it", source)

    def _write(self) -> Any:
        return self.tables.transaction(self.notice)

    def _standing(self, subject: str) -> Standing:
        standing = subjects.account_standing(subject)
        if standing is None:
            raise Contended
        return standing

    def _play(self) -> None:
        self.tables.play(self.patch)
        passed = types.SimpleNamespace(at=0.0)
        waiting = types.SimpleNamespace(
            monotonic=lambda: passed.at,
            sleep=lambda seconds: setattr(passed, "at", passed.at + seconds + 0.5),
        )
        for module, name, value in (
            (clock, "now", lambda: self.now),
            (contention, "time", waiting),
            (jobs, "send", lambda _: self.tables.steps("send")),
            (partition, "read", self._read),
            (partition, "keys_of", self._keys_of),
            (partition, "remove", self._remove),
            (erasure_store, "log", lambda *_: self.tables.steps("log")),
            (bodies, "objects_of", lambda _: []),
        ):
            self.patch.setattr(module, name, value)

    def _read(self, pk: str, tables: object = None) -> list[Stored]:
        self.tables.steps("partition")
        return [
            Stored(pk, sk, raw["kind"]["S"], {}, None)
            for (of_keys, part, sk), raw in sorted(self.tables.items.items())
            if (of_keys, part) == (False, pk)
        ]

    def _keys_of(self, pk: str) -> list[str]:
        self.tables.steps("partition")
        return [sk for of_keys, part, sk in self.tables.items if (of_keys, part) == (True, pk)]

    def _remove(self, pk: str, sks: list[str], *, from_keys: bool = False) -> None:
        for sk in sks:
            self.tables.steps("remove")
            self.tables.items.pop((from_keys, pk, sk), None)
