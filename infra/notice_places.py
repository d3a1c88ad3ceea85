"""Reads a JSON document so that a finding can be shown at its place in the text.

JSON parsers do not keep the places of values. Python's parser reads the document here; a second,
small pass over the same text, which is valid by then, records the places and finds members given
twice.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from chalicelib.errors import Finding
from chalicelib.notices.compiler.reader import extend

MAX_BYTES: Final = 8_000_000
"""Most bytes of a file: more than the longest document that compiles."""

MAX_DEPTH: Final = 100
"""Deepest nesting of lists and objects; a deeper document is refused for its depth."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_LONGEST_INTEGER: Final = 20


class Place(NamedTuple):
    """The place at which a value begins in a text: line and column in characters, both from 1."""

    line: int
    column: int


class Located(NamedTuple):
    """A finding and its place."""

    place: Place
    finding: Finding


class NotJson(Exception):
    """A file that holds no JSON value; `located` has the reason and the place of the error."""

    def __init__(self, place: Place, detail: str) -> None:
        self.located = Located(place, Finding("", detail))
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Source:
    """A document's value, and the place of each pointer (RFC 6901) in its text.

    The place of a member is where its name begins. `repeated` are members given twice, at their
    later place.
    """

    document: object
    places: Mapping[str, Place]
    repeated: tuple[Located, ...]

    def locate(self, finding: Finding) -> Located:
        """Returns the finding with its place; a missing member has the place of its parent."""
        pointer = finding.pointer
        while pointer not in self.places:
            pointer = pointer.rpartition("/")[0]
        return Located(self.places[pointer], finding)


def read(body: bytes) -> Source:
    """Reads the document in the bytes of a file. Raises NotJson where there is none."""
    text = _text(body)
    try:
        document = json.loads(text, parse_int=_integer)
    except json.JSONDecodeError as broken:
        place = Place(broken.lineno, broken.colno)
        raise NotJson(place, f"is not JSON: {broken.msg}.") from None
    except RecursionError:
        raise NotJson(Place(1, 1), "is nested too deep.") from None
    walk = _Walk(text)
    return Source(document, walk.places, tuple(walk.repeated))


def _text(body: bytes) -> str:
    if len(body) > MAX_BYTES:
        raise NotJson(Place(1, 1), f"is longer than {MAX_BYTES} bytes; a notice is shorter.")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as broken:
        lines = body[: broken.start].decode("utf-8").split("\n")
        raise NotJson(Place(len(lines), len(lines[-1]) + 1), "is not UTF-8.") from None


def _integer(digits: str) -> int | float:
    """Returns a whole number; one with too many digits as a float, which the compiler refuses."""
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)


@dataclass(slots=True)
class _Open:
    """An object or list whose end was not read yet; `pointer` is its own, `next` that of a value.

    `names` are the members of an object so far, None for a list; `index` counts its elements.
    """

    pointer: str
    names: dict[str, Place] | None
    next: str
    index: int = 0

    @property
    def expects_name(self) -> bool:
        return self.names is not None and not self.next


class _Walk:
    """One pass over a JSON text: records each value's place, and the members given twice."""

    def __init__(self, text: str) -> None:
        self.places: dict[str, Place] = {}
        self.repeated: list[Located] = []
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self._open: list[_Open] = []
        for token in _TOKEN.finditer(text):
            self._take(token[0], token.start())

    def _take(self, token: str, start: int) -> None:
        top = self._open[-1] if self._open else None
        if token in ("}", "]"):
            self._open.pop()
        elif top is None:
            self.places[""] = self._place(start)
            self._enter(token, "", start)
        elif token == ",":
            top.index += 1
            top.next = "" if top.names is not None else f"{top.pointer}/{top.index}"
        elif top.expects_name:
            self._name(top, json.loads(token), self._place(start))
        elif token != ":":
            if top.names is None:
                self.places[top.next] = self._place(start)
            self._enter(token, top.next, start)

    def _name(self, top: _Open, name: str, place: Place) -> None:
        top.next = extend(top.pointer, name)
        if top.names is not None and name in top.names:
            detail = f"is given twice, before in line {top.names[name].line}; keep one of them."
            self.repeated.append(Located(place, Finding(top.next, detail)))
        elif top.names is not None:
            top.names[name] = place
        self.places[top.next] = place

    def _enter(self, token: str, pointer: str, start: int) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise NotJson(self._place(start), f"is nested deeper than {MAX_DEPTH} levels.")
        if token == "{":
            self._open.append(_Open(pointer, {}, ""))
        elif token == "[":
            self._open.append(_Open(pointer, None, f"{pointer}/0"))

    def _place(self, start: int) -> Place:
        line = bisect_right(self._lines, start)
        return Place(line, start - self._lines[line - 1] + 1)
