"""The recipients who received a person's data, gathered from the disclosures of a copy. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from chalicelib.catalogue import STORED
from chalicelib.kinds.model import Record

DISCLOSURE: Final = STORED["disclosure"].name


class Received:
    """Recipients with category, purpose and fields, and the days of giving (art. 15(1)(c)).

    It grows with the number of different recipients and days, and not with that of disclosures,
    each of which is a record of the copy as well.
    """

    def __init__(self) -> None:
        self._days: dict[tuple[str, str, str, str], set[str]] = {}
        self._times: dict[tuple[str, str, str, str], int] = {}

    def see(self, record: Record) -> None:
        """Adds a record as it is stored, by the ids of the notice; others are passed over."""
        if record.kind != DISCLOSURE:
            return
        fields = record.fields
        key = (
            str(fields.get("category")),
            str(fields.get("recipient")),
            str(fields.get("purpose")),
            str(fields.get("fields_given") or ""),
        )
        self._days.setdefault(key, set()).add(str(fields.get("disclosed_at"))[:10])
        self._times[key] = self._times.get(key, 0) + 1

    @property
    def categories(self) -> frozenset[str]:
        """The categories of which somebody received something."""
        return frozenset(category for category, *_ in self._days)

    def of(self, category: str) -> Iterator[Mapping[str, Any]]:
        """Yields what was given of a category, by ids: one value for each kind of giving."""
        for key in sorted(self._days):
            if key[0] == category:
                _, recipient, purpose, given = key
                yield {
                    "recipient": recipient,
                    "purpose": purpose,
                    "fields": given.split(),
                    "days": sorted(self._days[key]),
                    "times": self._times[key],
                }
