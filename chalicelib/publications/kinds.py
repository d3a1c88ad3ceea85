"""Behaviour of the kinds of records of publications, where it is not that of a plain one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from chalicelib.catalogue import STORED
from chalicelib.kinds.model import Plain, Reader, Record


class Obligations(Plain):
    """Obligations to tell somebody of a version."""

    def told(self, record: Record, reader: Reader) -> Iterable[Record]:
        """Yields the obligation, with the purposes that it asks about as a list."""
        del reader
        asked = str(record.fields["ask"]).split()
        yield replace(record, fields={**record.fields, "ask": asked})


OBLIGATIONS: Final = Obligations(STORED["obligation"])
