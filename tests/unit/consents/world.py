"""An account and a browser on tables in memory: what the services of consent do with them."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest

from chalicelib import clock
from chalicelib.accounts.store import ProfileItem, profile_place
from chalicelib.consents.model import Choice, Entry, Shown
from chalicelib.consents.service import account_join, capture
from chalicelib.consents.service.capture import Caller, Captured
from chalicelib.consents.store import EntryItem, entry_of, is_event
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.sessions.model import Opened
from chalicelib.sessions.service import new_session
from chalicelib.storage import keys
from chalicelib.subjects.model import Standing
from chalicelib.subjects.store import StandingItem, standing_item, standing_of, standing_place
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem
from tests.unit.core.samples import NOW, SUBJECT, association, standing
from tests.unit.storage.tables import Tables

BROWSER = "b" * 43


class World:
    """Whoever is signed in, their browser, and a clock that moves when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, notice: Notice, stands: Standing) -> None:
        self.notice, self.now = notice, NOW
        self.sent: list[JobItem] = []
        self.browser = Caller(visitor=BROWSER)
        _, ledger = vault.new_visitor_key(SUBJECT, EntryItem.CLASS, NOW)
        self.tables = Tables(standing_item(stands), ledger)
        self.sign_in()
        self.tables.play(monkeypatch)
        monkeypatch.setattr(clock, "now", lambda: self.now)
        monkeypatch.setattr(time, "sleep", lambda _: None)
        monkeypatch.setattr(jobs, "send", self.sent.append)

    def sign_in(self) -> None:
        """The account's person has a session that begins now."""
        token, session = new_session(SUBJECT, Opened(), 0, self.notice, self.now)
        self.tables.put(session)
        self.account = Caller(bearer=str(token))

    def later(self, days: int) -> None:
        """Some days go by."""
        self.now += timedelta(days=days)

    def keep(self, category: str) -> None:
        """The account keeps data of a category."""
        key, _ = vault.new_visitor_key(SUBJECT, ProfileItem.CLASS, NOW)
        pk, sk = profile_place(SUBJECT, category)
        item = ProfileItem(pk=pk, sk=sk, kind=ProfileItem.KIND)
        vault.seal_item(item, key, {"flowers": "dahlias"})
        self.tables.put(item)

    def kept(self, category: str) -> ProfileItem | None:
        """What is kept of it."""
        found: ProfileItem | None = self.tables.one(ProfileItem, *profile_place(SUBJECT, category))
        return found

    def goes_at(self, category: str) -> datetime | None:
        """When that goes."""
        found = self.kept(category)
        return None if found is None else found.due_at

    def decide(
        self,
        caller: Caller,
        source: str = "banner",
        gpc: bool = False,
        event: str | None = None,
        **choices: Choice,
    ) -> Captured:
        """Somebody decides."""
        shown = Shown(self.notice.version, self.notice.digest, self.notice.locales[0], source)
        return capture.capture(caller, choices, shown, event, self.notice, gpc=gpc)

    def join(self, token: str = BROWSER) -> str | None:
        """The account's person signs in with the browser; the token it has from now on."""
        return account_join.join(SUBJECT, token, self.notice)

    def standing(self, subject: str = SUBJECT) -> Standing:
        """What stands about somebody."""
        return standing_of(self.tables.one(StandingItem, *standing_place(subject)))

    def entries(self, subject: str = SUBJECT) -> list[Entry]:
        """Somebody's ledger, opened."""
        key_item = self.tables.one(DataKeyItem, keys.subject(subject), EntryItem.CLASS)
        key = vault.open_key(key_item)
        stored = [one for one in self.tables.all(EntryItem) if not is_event(one.sk)]
        found = [one for one in stored if one.pk == keys.subject(subject)]
        found.sort(key=lambda one: int(one.seq))
        return [entry_of(item, vault.open_item(item, key)) for item in found]


def gardener(monkeypatch: pytest.MonkeyPatch) -> World:
    """A member of the association, whose notice has data that only a consent uses."""
    return World(monkeypatch, association(), standing())
