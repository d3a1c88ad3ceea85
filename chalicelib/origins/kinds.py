"""Behaviour of the records of what people were told of origins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from chalicelib.catalogue import STORED
from chalicelib.kinds.model import Plain, Reader, Record


class Told(Plain):
    """Duties to tell of origins: a person sees by name who gave data (GDPR art. 15(1)(g))."""

    def told(self, record: Record, reader: Reader) -> Iterable[Record]:
        """Yields the duty, its origin by name where the notice knows it."""
        fields, notice = dict(record.fields), reader.notice
        for source in notice.completed["sources"]:
            if source["id"] == fields.get("origin"):
                fields["origin"] = notice.text(source["title"], reader.locale)
        yield replace(record, fields=fields)


TOLD: Final = Told(STORED["told"])
