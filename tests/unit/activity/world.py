"""A browser and an account about which pages tell events, on tables in memory."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib import ids
from chalicelib.activity import model, service
from chalicelib.activity.model import Judged
from chalicelib.activity.service import Caller
from chalicelib.activity.store import ActivityItem
from chalicelib.consents.model import Choice
from chalicelib.consents.service.context import Caller as Decider
from chalicelib.instants import instant
from chalicelib.limits import sample
from chalicelib.storage import keys
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem
from tests.unit.consents.lives import ACCOUNTS, TOKENS, VISITORS, Lives
from tests.unit.core.samples import NOW

ADA: Final = ACCOUNTS[0]
BROWSER: Final = VISITORS[0]
NETWORK: Final = "192.0.2.0/24"
SITE, PROMOTION = "site_measurement", "promotion"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def event(at: datetime = NOW, purpose: str = SITE, **fields: Any) -> dict[str, Any]:
    """An event as a page tells it."""
    said = fields or {"search_terms": "timetable"}
    return {"purpose": purpose, "type": "search", "at": instant(at), "fields": said}


class World(Lives):
    """Ada is signed in; she and a browser said yes to the measurement of the site."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[str] = []
        self.patch.setattr(vault, "new_key", self._new_key)
        self.patch.setattr(ids, "new_draw", lambda: 0.99)  # no act is a sample
        sample.forget()
        self.register(ADA, {SITE: Choice.GRANTED})
        self.verify(ADA)
        self.sign_in(ADA, None)
        self.decide(BROWSER, Choice.GRANTED)

    def _new_key(self, subject: str, retention_class: str, now: datetime) -> Any:
        self.tables.steps("kms")
        return vault.new_visitor_key(subject, retention_class, now)

    def decide(self, subject: str, choice: Choice, purpose: str = SITE) -> None:
        """Somebody says yes or no."""
        caller = Decider(visitor=TOKENS[0]) if subject == BROWSER else self.caller(subject)
        self.capture(caller, {purpose: choice}, "banner")

    def who(self, subject: str) -> Caller:
        """The caller that a browser or an account is."""
        if subject in VISITORS:
            return Caller(visitor=TOKENS[VISITORS.index(subject)])
        return Caller(bearer=self.bearers[subject])

    def tell(self, subject: str, *told: dict[str, Any]) -> Judged:
        """A page tells events, through the operation's own rules."""
        body = {"events": list(told)}
        assert list(model.findings(body, self.notice, self.now)) == []
        batch = model.events(body, self.notice, self.now)
        return service.take(self.who(subject), batch, NETWORK, self.notice)

    def stored(self, subject: str | None = None) -> list[ActivityItem]:
        """The records of activity, in the order of their first moments."""
        found = self.tables.all(ActivityItem)
        own = [one for one in found if subject is None or one.pk == keys.subject(subject)]
        return sorted(own, key=lambda one: one.occurred_at)

    def key_of(self, subject: str) -> DataKeyItem | None:
        """The key of the class."""
        found: DataKeyItem | None = self.tables.one(
            DataKeyItem, keys.subject(subject), ActivityItem.CLASS
        )
        return found

    def opened(self, item: ActivityItem) -> list[dict[str, Any]]:
        """The events that are sealed in a record."""
        key = self.key_of(keys.subject_of(item.pk))
        assert key is not None
        events: list[dict[str, Any]] = vault.open_item(item, vault.open_key(key))["events"]
        return events
