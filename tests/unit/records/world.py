"""Somebody about whom systems of the site hand over records, on tables in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from chalicelib.api_keys import service as api_keys
from chalicelib.consents.model import Choice
from chalicelib.limits import sample
from chalicelib.notices.model import Notice
from chalicelib.records import service, store
from chalicelib.records.model import Clock, Handed, Named
from chalicelib.records.store import RecordItem
from chalicelib.storage import keys
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem
from tests.unit.consents.lives import ACCOUNTS, Lives
from tests.unit.consents.versions import PARTNERS
from tests.unit.core.samples import NOW, shipped

ADA: Final = ACCOUNTS[0]
NETWORK: Final = "192.0.2.0/24"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

CALL: Final = Handed(
    ADA, "call", "support", {"phone_number": "+390612345678"}, "support_contact", NOW, None
)
RECORDING: Final = replace(CALL, kind="recording", fields={"call_recording": "calls/17"})
DEVICE: Final = Handed(ADA, "device", "device", {"browser_type": "Firefox"}, "devices", NOW, None)
EXTERNAL: Final = Handed(
    ADA, "external", "third_parties", {"from_partners": "A lead."}, "Partner Srl", NOW, None
)
TRANSACTION: Final = Handed(
    ADA, "transaction", "transaction", {"payment_information": "ref 17"}, "services_use", NOW, None
)
EACH: Final = (CALL, RECORDING, DEVICE, EXTERNAL, TRANSACTION)


class World(Lives):
    """Ada proved her address; a system has a key with the scope of records."""

    def __init__(self) -> None:
        super().__init__()
        self.patch.setattr(vault, "new_key", vault.new_visitor_key)
        sample.forget()
        self.register(ADA, {PARTNERS: Choice.GRANTED})
        self.verify(ADA)
        self.sign_in(ADA, None)
        key, item = vault.new_visitor_key(ADA, "account", NOW)
        self.tables.put(item)
        self.account_key = key
        self.system = api_keys.create("system", ["records"])[1]

    @property
    def known(self) -> Notice:
        """The notice of the tests, whoever decided what by which version."""
        return shipped()

    def keep(self, handed: Handed, **changes: Any) -> tuple[Named, Clock]:
        return service.keep(self.system, replace(handed, **changes), NETWORK, self.known)

    def move(self, named: Named, event: str, at: Any = None) -> Any:
        told = (ADA, event, at or self.now)
        return service.move(self.system, named, told, NETWORK, self.known)

    def end(self, named: Named) -> None:
        service.end(self.system, named, ADA, NETWORK)

    def records(self) -> list[RecordItem]:
        """All records that were handed over."""
        return [one for kind in store.ITEMS.values() for one in self.tables.all(kind)]

    def record(self, named: Named) -> RecordItem | None:
        found: RecordItem | None = self.tables.one(*store.record_at(ADA, named))
        return found

    def classes(self) -> set[str]:
        """The classes of which Ada has a data key."""
        return {one.sk for one in self.tables.all(DataKeyItem) if one.pk == keys.subject(ADA)}

    def opened(self, named: Named) -> dict[str, Any]:
        """What is sealed in a record."""
        item = self.record(named)
        assert item is not None
        key = self.tables.one(DataKeyItem, item.pk, item.CLASS)
        return vault.open_item(item, vault.open_key(key))

    def whole(self) -> None:
        """No record is without its key, no key of theirs without a record."""
        sealed = {one.CLASS for one in self.records()}
        assert sealed <= self.classes()
        assert self.classes() - sealed <= {"account", "evidence"}
