"""Activity as its person is told it: event by event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from chalicelib.activity import model
from chalicelib.catalogue import STORED
from chalicelib.kinds.model import Plain, Reader, Record


class Activity(Plain):
    """Events of a day, which lie in one record."""

    def told(self, record: Record, reader: Reader) -> Iterable[Record]:
        """Yields each event with its purpose, type, moment and fields, all with the day's end."""
        del reader
        purpose = record.fields.get("purpose")
        for event in record.fields.get("events", ()):
            said = {"purpose": purpose, "type": event["type"], "at": event["at"]}
            yield replace(record, fields={**event["fields"], **said})


ACTIVITY: Final = Activity(STORED[model.KIND])
