"""Behaviour of the kind of record that a hold is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from chalicelib.catalogue import STORED
from chalicelib.kinds.model import Plain, Reader, Record

_OF_THE_DESK: Final = frozenset({"by", "reason"})
"""Fields that are about a case of the controller's, and about the member of the desk."""


class Holds(Plain):
    """Holds, which keep other records as long as they stand."""

    def told(self, record: Record, reader: Reader) -> Iterable[Record]:
        """Yields what is held, on which ground and until when; no reason, and nobody of the desk.

        The reason of a hold is part of the case that it is for (GDPR art. 15(4)).
        """
        del reader
        shown = {name: one for name, one in record.fields.items() if name not in _OF_THE_DESK}
        yield replace(record, fields=shown)

    def release(self, subject: str, record: Record) -> None:
        """Has the records that it kept come due again, at their own dates, once it is over."""
        from chalicelib.holds import service

        service.release(subject, record.id)


HOLDS: Final = Holds(STORED["hold"])
