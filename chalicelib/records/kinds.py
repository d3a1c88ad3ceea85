"""Behaviour of the kinds of records that systems hand over, where it is not that of plain ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from chalicelib.catalogue import STORED
from chalicelib.kinds.model import Plain, Reader, Record
from chalicelib.notices.model import Words
from chalicelib.records import model


class HandedOver(Plain):
    """Records with an origin of their own: a person is told who gave them (GDPR art. 15(1)(g))."""

    def told(self, record: Record, reader: Reader) -> Iterable[Record]:
        """Yields the record, its origin and purpose by name where the notice knows them."""
        notice, fields = reader.notice, dict(record.fields)
        origin, purpose = fields.get("origin"), fields.get("purpose")
        sources = {one["id"]: one["title"] for one in notice.completed["sources"]}
        source = None
        if isinstance(origin, str):
            source = model.party(origin, notice)
            fields["origin"] = _named(reader, origin, sources.get(origin))
        if isinstance(purpose, str):
            known = notice.purposes.get(purpose)
            fields["purpose"] = _named(reader, purpose, None if known is None else known.title)
        yield replace(record, fields=fields, source=source)


def _named(reader: Reader, name: str, words: Words | None) -> str:
    return name if words is None else reader.notice.text(words, reader.locale)


HANDED_OVER: Final = tuple(HandedOver(STORED[kind]) for kind in model.KINDS)
