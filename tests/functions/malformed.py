"""Classes of malformed writes: each makes requests to refuse out of one that is accepted.

A class is about one mistake or one attack. What it makes depends on the operation: there is no
wrong visitor token where none is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from chalicelib.web.contract import Auth, Operation, Schema
from tests.functions.api import JSON
from tests.functions.bodies import Accepted
from tests.functions.members import Pointer, changed, members, schema_at

A = TypeVar("A")
B = TypeVar("B")

UNFIT: Final = frozenset({400, 422})
AS_JSON: Final = (("Content-Type", JSON),)
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Target:
    """An operation, a request that it accepts, and the schema of its body."""

    operation: Operation
    accepted: Accepted
    schema: Schema

    @property
    def valid(self) -> dict[str, Any]:
        """The body that is accepted."""
        return self.accepted.body

    def members(self, *kinds: type) -> Iterator[tuple[Pointer, Any]]:
        """The members of the body at any depth that are of these types."""
        for place, value in members(self.valid):
            if not kinds or type(value) in kinds:
                yield place, value

    def texts(self) -> Iterator[tuple[Pointer, str]]:
        """The members that are texts of a certain form."""
        for place, value in self.members(str):
            if place not in self.accepted.free:
                yield place, value

    def like(self, keyword: str) -> Iterator[tuple[Pointer, Any]]:
        """The members whose schema has this keyword."""
        for place, value in self.members():
            if keyword in schema_at(self.schema, place):
                yield place, value


@dataclass(frozen=True, slots=True)
class Sent:
    """A request to refuse: body, headers beside those of the credentials, and with what status."""

    body: bytes
    headers: Headers = AS_JSON
    expected: frozenset[int] = UNFIT
    credentials: bool = True


Class = Callable[[Target], Iterator[Sent]]
CLASSES: dict[str, Class] = {}
"""Every class by its name."""


def kind(name: str) -> Callable[[Class], Class]:
    """Names a class."""

    def named(made: Class) -> Class:
        assert name not in CLASSES, name
        CLASSES[name] = made
        return made

    return named


def of_values(name: str, values: Iterable[Any], *instead_of: type) -> None:
    """The class that puts each of these values in the place of each member of these types."""
    wrong = list(values)

    @kind(name)
    def made(target: Target) -> Iterator[Sent]:
        for place, value in target.members(*instead_of):
            for one in wrong:
                if one is None and place in target.accepted.nullable:
                    continue
                if type(one) is not type(value):
                    yield as_json(changed(target.valid, place, one))


def of_texts(name: str, texts: Iterable[str]) -> None:
    """The class that puts these in the place of texts of a certain form, in turn."""
    wrong = list(texts)

    @kind(name)
    def made(target: Target) -> Iterator[Sent]:
        for (place, _), one in in_turn(list(target.texts()), wrong):
            yield as_json(changed(target.valid, place, one))


def of_names(name: str, names: Iterable[str]) -> None:
    """The class that adds members of these names to each object."""
    unknown = list(names)

    @kind(name)
    def made(target: Target) -> Iterator[Sent]:
        for place, value in (("", target.valid), *target.members(dict)):
            if place in target.accepted.open:
                continue
            for one in unknown:
                more = {**value, one: next(iter(value.values()))}
                yield as_json(changed(target.valid, place, more))


def of_bodies(name: str, bodies: Iterable[bytes]) -> None:
    """The class of these bodies, whatever the operation takes."""
    wrong = list(bodies)

    @kind(name)
    def made(_: Target) -> Iterator[Sent]:
        for one in wrong:
            yield Sent(one)


def of_raw_values(name: str, values: Iterable[str]) -> None:
    """The class that writes these, as they are, where members stand in turn, and beside them."""
    raw = list(values)

    @kind(name)
    def made(target: Target) -> Iterator[Sent]:
        marker = "\u2603"
        for (place, _), one in in_turn(list(target.members(str, int, float)), raw):
            text = json.dumps(changed(target.valid, place, marker))
            yield Sent(text.replace(json.dumps(marker), one).encode("utf-8", "surrogatepass"))
        for one in raw:
            text = f'{json.dumps(target.valid)[:-1]}, "zzz": {one}}}'
            yield Sent(text.encode("utf-8", "surrogatepass"))


def of_content_types(name: str, types: Mapping[str | None, Callable[[Target], bytes]]) -> None:
    """The class of bodies of these types, `None` for a body of which nothing is said."""

    @kind(name)
    def made(target: Target) -> Iterator[Sent]:
        for media_type, body in types.items():
            headers = () if media_type is None else (("Content-Type", media_type),)
            yield Sent(body(target), headers, frozenset({415}))


def in_turn(first: Sequence[A], second: Sequence[B]) -> Iterator[tuple[A, B]]:
    """Pairs in which each of both comes at least once."""
    if first and second:
        for number in range(max(len(first), len(second))):
            yield first[number % len(first)], second[number % len(second)]


def as_json(value: Any) -> Sent:
    """A value as a JSON body."""
    return Sent(json.dumps(value).encode())


def good(target: Target) -> bytes:
    """The body that is accepted."""
    return json.dumps(target.valid).encode()


def required(target: Target) -> Iterator[Pointer]:
    """The members that have to be there."""
    for place, _ in target.members():
        parent, _, name = place.rpartition("/")
        if name in schema_at(target.schema, parent).get("required", ()):
            yield place


def is_instant(place: Pointer) -> bool:
    """Whether a member says when something was, or which day's version."""
    return re.search(r"(_at|version)$", place) is not None


def reads_bearer(operation: Operation) -> bool:
    """Whether an operation looks at the Authorization header."""
    return operation.auth in (
        Auth.SESSION,
        Auth.REQUEST,
        Auth.SERVICE,
        Auth.STAFF,
        Auth.VISITOR_OR_SESSION,
    )
