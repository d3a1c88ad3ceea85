"""The desk's office with holds: people's records of several kinds, a sweep, and a restore."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.accounts.address_store import EmailChangeItem
from chalicelib.accounts.store import ProfileItem, profile_place
from chalicelib.consents import store as ledger
from chalicelib.desk import search
from chalicelib.holds import service as holds
from chalicelib.holds.model import Held
from chalicelib.holds.service import desk, lane, restoration
from chalicelib.holds.store import HoldItem
from chalicelib.requests.store import RequestItem, request_place
from chalicelib.retention import batch as retention
from chalicelib.storage import condition, due, keys, partition
from chalicelib.subjects import guard
from chalicelib.subjects.model import Life, Standing
from chalicelib.subjects.store import StandingItem, standing_place
from functions.http import desk_subjects
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.desk.office import OFFICER, Office
from tests.unit.retention.sweeping import sweep
from tests.unit.web.sample import Sent

IMPORTED = (desk, search, lane, restoration, ledger, retention, due)
"""Imported before tables take DynamoDB's place."""

HOLDS = "/v1/desk/holds"
DAY = timedelta(days=1)
REASON = "The claim of 3 November: file 2026-114."


class Keeper(Office):
    """The desk, with records of a person that the sweep will come to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        monkeypatch.setattr(partition, "remove", self._remove)
        monkeypatch.setattr(partition, "keys_of", lambda _: [])

    def _remove(self, pk: str, sks: list[str], *, from_keys: bool = False) -> None:
        self.steps("remove")
        for sk in sks:
            self.tables.items.pop((from_keys, pk, sk), None)

    def hook(self, before: Callable[[str], None] | None) -> None:
        """Has every call of the tables come to a function first; with None no more."""
        self.tables.steps = self.steps if before is None else before  # type: ignore[assignment]

    def closed(
        self, *ids: str, due_at: datetime = NOW + 10 * DAY, subject: str = SUBJECT
    ) -> list[str]:
        """Requests of a person that were answered long ago, due at a moment."""
        for one in ids:
            pk, sk = request_place(subject, one)
            item = RequestItem(
                pk=pk,
                sk=sk,
                kind="request",
                right="port",
                status="completed",
                received_at=NOW,
                channel="session",
                locale="en",
                history=[],
            )
            since = due_at - timedelta(days=5 * 365 + 1)
            item.schedule("rule", due_at, "closed", since)
            self.tables.put(item)
        return list(ids)

    def withdrawn(self, category: str, due_at: datetime = NOW + 10 * DAY) -> None:
        """A category of the person's data that no purpose may use any more, due at a moment."""
        pk, sk = profile_place(SUBJECT, category)
        item = ProfileItem(pk=pk, sk=sk, kind="profile")
        item.schedule("rule", due_at, "withdrawn", due_at - timedelta(days=14))
        self.tables.put(item)

    def moved(self, due_at: datetime = NOW + 10 * DAY) -> None:
        """The person has another address since lately, due at a moment."""
        item = EmailChangeItem(
            pk=keys.subject(SUBJECT),
            sk=keys.record("account", "email_change"),
            kind="email_change",
            former=b"f",
            target=b"t",
            requested_at=NOW,
        )
        item.schedule("rule", due_at, "created", due_at - timedelta(days=3))
        self.tables.put(item)

    def place(self, by: str = OFFICER, **members: Any) -> Sent:
        """What a hold is answered."""
        body = {
            "subject": SUBJECT,
            "ground": "claims",
            "reason": REASON,
            "until": (self.now + 100 * DAY).isoformat(),
            **({} if "records" in members else {"classes": ["evidence"]}),
            **members,
        }
        return self.call("POST", HOLDS, body, by=by, handler=desk_subjects.handler)

    def placed(self, **members: Any) -> str:
        """The public id of a hold that was placed."""
        sent = self.place(**members)
        assert sent.status == 201, (sent.status, sent.text)
        return str(sent.json["id"])

    def lift(self, hold: str, by: str = OFFICER) -> Sent:
        """What lifting a hold is answered."""
        return self.call(
            "DELETE",
            f"{HOLDS}/{{id}}",
            by=by,
            at={"id": hold},
            handler=desk_subjects.handler,
        )

    def holds(self, by: str = OFFICER, **query: str) -> Any:
        """A page of the list."""
        sent = self.call("GET", HOLDS, by=by, query=query, handler=desk_subjects.handler)
        assert sent.status == 200, sent.text
        return sent.json

    def held(self) -> Held:
        """What is held of the person now."""
        return holds.held(SUBJECT)

    def sweep(self) -> dict[str, int]:
        """One sweep; the counts that are not zero."""
        return {name: count for name, count in sweep(self.notice).told().items() if count}

    def lane_of(self, sk: str) -> str | None:
        """The lane of a record of the person; None where it is in none."""
        raw = self.tables.items[False, keys.subject(SUBJECT), sk]
        return raw["lane"]["S"].partition("#")[0] if "lane" in raw else None

    def there(self, sk: str) -> bool:
        """Whether a record of the person is there."""
        return (False, keys.subject(SUBJECT), sk) in self.tables.items

    def flag(self) -> int:
        """The flag in the person's standing."""
        return int(self.standing().held or 0)

    def standing(self) -> StandingItem:
        """The person's standing, as it lies in the table."""
        found: StandingItem = self.tables.one(StandingItem, *standing_place(SUBJECT))
        return found

    def mark(self, state: str) -> None:
        """Their life is another from now."""
        item = self.standing()
        item.state = state
        self.tables.put(item)

    def mark_if_unchanged(self, read: Standing) -> bool:
        """Marks the erasure of the person under the condition of every mark; whether it held."""
        state = StandingItem.state.set(str(Life.ERASING))
        return condition.held(
            lambda: self.standing().update(actions=[state], condition=guard.unchanged(read))
        )

    def stored_holds(self) -> list[HoldItem]:
        """The holds that lie in the table."""
        return self.tables.all(HoldItem)

    def dates(self) -> dict[str, Any]:
        """Every record of the person with a date, and its lane and date."""
        return {
            sk: (raw.get("lane"), raw["due_at"])
            for (_, pk, sk), raw in self.tables.items.items()
            if pk == keys.subject(SUBJECT) and "due_at" in raw and "#hold#" not in sk
        }


def sk_of(request: str) -> str:
    """The sort key of a request."""
    return request_place(SUBJECT, request)[1]
