"""Behaviour of the kinds of records of a subject, where it is not that of a plain one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from chalicelib.catalogue import STORED
from chalicelib.instants import instant, optional_instant
from chalicelib.kinds.model import Plain, Reader, Record
from chalicelib.subjects import encoding
from chalicelib.subjects.restriction import Restriction


class Restrictions(Plain):
    """Restrictions of processing, which are stored packed."""

    def told(self, record: Record, reader: Reader) -> Iterable[Record]:
        """Yields the restrictions, each with its ground, its scope and its times."""
        del reader
        stored = map(encoding.restriction_in, record.fields["restrictions"])
        yield replace(record, fields={"restrictions": [_readable(one) for one in stored]})


def _readable(restriction: Restriction) -> dict[str, Any]:
    return {
        "request": restriction.request,
        "ground": None if restriction.ground is None else str(restriction.ground),
        "since": instant(restriction.since),
        "ends_at": optional_instant(restriction.ends_at),
        "everything": restriction.everything,
        "purposes": sorted(restriction.purposes),
        "categories": sorted(restriction.categories),
    }


RESTRICTIONS: Final = Restrictions(STORED["restriction"])
