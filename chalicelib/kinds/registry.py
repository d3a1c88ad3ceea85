"""The registry: every kind of record by its name, with what its capability does for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from chalicelib.catalogue import STORED, Catalogue, Kind
from chalicelib.kinds.model import Plain, Reader, Record, RecordKind


class Registry:
    """Kinds of records by name; a kind without a behaviour of its own is a plain one."""

    def __init__(self, *behaviours: RecordKind, catalogue: Catalogue = STORED) -> None:
        known: dict[str, RecordKind] = {name: Plain(kind) for name, kind in catalogue.items()}
        known |= {behaviour.declared.name: behaviour for behaviour in behaviours}
        self._kinds: Mapping[str, RecordKind] = known

    def of(self, name: str) -> RecordKind:
        """Returns the kind of that name; a plain one for a name that no release knows."""
        return self._kinds.get(name) or Plain(Kind(name, ""))

    @property
    def catalogue(self) -> Catalogue:
        """The declarations of all kinds, by name."""
        return {name: kind.declared for name, kind in self._kinds.items()}

    def told(self, records: Iterable[Record], reader: Reader) -> Iterator[Record]:
        """Yields what a person is told of their records, without secrets and what is left out."""
        for record in records:
            for shown in self.of(record.kind).told(record, reader):
                declared = self.of(shown.kind).declared
                if declared.left_out is None:
                    untold = declared.secrets | declared.others
                    yield replace(shown, fields=_without(shown.fields, untold))


def _without(fields: Mapping[str, object], untold: frozenset[str]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if name not in untold}
