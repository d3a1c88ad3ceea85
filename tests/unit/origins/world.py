"""Somebody about whom others give data, with the mails to them, on tables in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from chalicelib.api_keys import service as api_keys
from chalicelib.limits import sample
from chalicelib.origins.store import ToldItem
from chalicelib.records import service
from chalicelib.records.model import Handed, Named
from chalicelib.records.store import RecordItem
from chalicelib.requests.service.deadlines import watch
from chalicelib.storage import due, keys
from chalicelib.subjects.store import standing_item
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem
from tests.unit.core.samples import NOW, SUBJECT, standing
from tests.unit.requests.world import World as Base

DAY: Final = timedelta(days=1)
NETWORK: Final = "192.0.2.0/24"
PARTNER: Final = "Partner Srl"
SECRET: Final = "Asked for an offer at the fair."

LEAD: Final = Handed(
    SUBJECT, "external", "third_parties", {"from_partners": SECRET}, PARTNER, NOW, None
)


class World(Base):
    """A system of the site has a key with the scope of records."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        monkeypatch.setattr(vault, "new_key", vault.new_visitor_key)
        sample.forget()
        self.system = api_keys.create("system", ["records"])[1]

    def keep(self, handed: Handed = LEAD, **changes: Any) -> Named:
        """A system hands a record over; its name."""
        named, _ = service.keep(self.system, replace(handed, **changes), NETWORK, self.notice)
        return named

    def end(self, named: Named) -> None:
        """A system ends a record."""
        service.end(self.system, named, SUBJECT, NETWORK)

    def duties(self) -> list[ToldItem]:
        """The duties to tell, as they are stored."""
        return self.tables.all(ToldItem)

    def duty(self) -> ToldItem:
        """The only duty."""
        (found,) = self.duties()
        return found

    def origin(self, item: ToldItem) -> str:
        """The origin that is sealed in a duty."""
        key = self.tables.one(DataKeyItem, item.pk, "evidence")
        return str(vault.open_item(item, vault.open_key(key))["origin"])

    def records(self) -> list[RecordItem]:
        """The records that are stored."""
        return [one for one in self.tables.all(RecordItem) if one.kind == "external"] or [
            RecordItem.from_raw_data(dict(raw))
            for raw in self.tables.items.values()
            if raw["kind"]["S"] == "external"
        ]

    def stands(self, **changes: Any) -> None:
        """The person's standing is another from now."""
        self.tables.put(standing_item(replace(standing(), **changes)))

    def run(self) -> dict[str, int]:
        """The schedule runs; what it answers."""
        return watch(self.notice, lambda: timedelta(minutes=5)).told()


def in_lane(world: World) -> list[str]:
    """The kinds of what waits in the lane of deadlines."""
    found = list[str]()
    for shard in keys.shards("deadline"):
        found += [one.kind for one in due.page(shard, world.now + 900 * DAY, None, 50)[0]]
    return found
