"""Writes the data of a copy as JSON, record after record, in one pass. Pure.

The form is that of `copy.schema.json`, which goes with every copy.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from chalicelib.copies.model import Order
from chalicelib.instants import instant

SCHEMA: Final = "copy.schema.json"
"""The name of the schema, in this room and in the ZIP."""

Put = Callable[[str], object]
"""Takes a piece of text."""


class Document:
    """The JSON of a copy, given to `put` in pieces: none of them is longer than one record."""

    def __init__(self, order: Order, put: Put) -> None:
        self._put = put
        self._kind: str | None = None
        self._comma = ""
        head = {
            "$schema": SCHEMA,
            "request": {
                "id": order.request,
                "right": str(order.scope),
                "received_at": instant(order.received_at),
            },
            "made_at": instant(order.made_at),
            "language": order.locale,
            "notice": {"version": order.notice.version, "digest": order.notice.digest},
        }
        put(_json(head)[:-1] + ', "records": [')

    def record(self, kind: str, about: Callable[[], Mapping[str, Any]], item: Any) -> None:
        """Adds a record. `about` returns what is said of its kind where another kind begins."""
        if kind != self._kind:
            self._end_of_kind()
            opened = _json({"kind": kind, **about()})
            self._put(f'{self._comma}\n{opened[:-1]}, "items": [')
            self._kind, self._comma = kind, ""
        self._put(f"{self._comma}\n {_json(item)}")
        self._comma = ","

    def systems(self) -> None:
        """Ends the records, and begins the answers of other systems."""
        self._end_of_kind()
        self._put('\n], "systems": [')
        self._comma = ""

    def system(self, about: Mapping[str, Any]) -> None:
        """Begins the answer of a system, whose records follow."""
        self._end_of_kind()
        self._put(f'{self._comma}\n{_json(about)[:-1]}, "items": [')
        self._kind, self._comma = "", ""

    def added(self, item: Any) -> None:
        """Adds a record of a system's answer."""
        self._put(f"{self._comma}\n {_json(item)}")
        self._comma = ","

    def end(
        self,
        held: Mapping[str, Any],
        information: Mapping[str, Any],
        left_out: Sequence[Mapping[str, Any]],
    ) -> None:
        """Ends the document with what is said of all records."""
        self._end_of_kind()
        last = {"held": held, "information": information, "left_out": left_out}
        self._put(f"\n], {_json(last)[1:]}\n")

    def _end_of_kind(self) -> None:
        if self._kind is not None:
            self._put("\n]}")
            self._kind, self._comma = None, ","


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_written)


def _written(value: object) -> str:
    """Returns a value that JSON has no form for: bytes in hex, all else as its text."""
    return value.hex() if isinstance(value, bytes) else str(value)
