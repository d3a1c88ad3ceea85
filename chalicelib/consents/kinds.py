"""Behaviour of the kinds of records of the ledger, and of profiles, where it is not plain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from chalicelib.catalogue import STORED
from chalicelib.consents import clocks
from chalicelib.kinds.model import Plain, Reader, Record
from chalicelib.links import page
from chalicelib.notices.model import Notice
from chalicelib.subjects.model import entry_id


class Entries(Plain):
    """Entries of the ledger. An item that only helps to find one is not told beside it."""

    def told(self, record: Record, reader: Reader) -> Iterable[Record]:
        """Yields an entry with its receipt's address.

        It yields nothing for an event's item, which says no more than its entry.
        """
        if record.id.isdigit():  # entries are numbered
            address = page(f"/account/receipts/{entry_id(reader.subject, int(record.id))}")
            yield replace(record, fields={**record.fields, "receipt": address})


class Profiles(Plain):
    """Profiles: a category that was due since a consent ended may be used again."""

    def is_used(
        self, subject: str, record_id: str, event: str, notice: Notice, now: datetime
    ) -> bool:
        """Tells whether data that was due since a consent ended is used again, by the decisions.

        A new consent removes the date by itself; another version of the notice, or a restore, does
        not. One GetItem.
        """
        from chalicelib.consents.service import withdrawal

        if event != clocks.WITHDRAWN:
            return False
        return withdrawal.is_used(subject, record_id, notice, now)


ENTRIES: Final = Entries(STORED["entry"])
PROFILES: Final = Profiles(STORED[clocks.KEPT])
