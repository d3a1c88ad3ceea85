"""Finds the lines of a JSON text on which the values of its pointers stand. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from chalicelib.web.json_body import pointer

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)


@dataclass(slots=True)
class _Container:
    """An object or a list that is being read.

    `index` counts the entries of a list; it is None for an object, where `name` is the member
    that is being read, None before it is known.
    """

    pointer: str
    index: int | None
    name: str | None = None

    @property
    def within(self) -> str:
        """The pointer of the value that is being read."""
        return pointer(self.pointer, self.name or "" if self.index is None else self.index)


def lines(text: str, pointers: Iterable[str]) -> Mapping[str, int]:
    """Returns, by JSON Pointer (RFC 6901), the line of its value in a text that is JSON, from 1.

    A pointer to a value that is not there gets the line of the nearest value around it. A member's
    value counts as standing where its name stands.
    """
    places = dict(_places(text))
    found: dict[str, int] = {}
    for one in pointers:
        near = one
        while near not in places and near:
            near = near.rpartition("/")[0]
        found[one] = text.count("\n", 0, places.get(near, 0)) + 1
    return found


def _places(text: str) -> Iterator[tuple[str, int]]:
    """Yields the pointer of every value, with its place in the text."""
    around: list[_Container] = []
    for token in _TOKEN.finditer(text):
        mark, at = token[0], token.start()
        inside = around[-1] if around else None
        if mark in "]}":
            around.pop()
        elif mark == ",":
            _next(around[-1])
        elif mark == ":":
            continue
        elif inside is not None and inside.index is None and inside.name is None:
            inside.name = str(json.loads(mark))
            yield inside.within, at
        else:
            place = "" if inside is None else inside.within
            if inside is None or inside.index is not None:
                yield place, at
            if mark in "[{":
                around.append(_Container(place, 0 if mark == "[" else None))


def _next(container: _Container) -> None:
    """Goes on to the next entry or member."""
    if container.index is None:
        container.name = None
    else:
        container.index += 1
