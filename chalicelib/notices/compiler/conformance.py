"""Tells fast whether a value fits a part of the schema, so that only defects cost a long look.

A part of the schema is made once into a function of a value. It is never true of what JSON Schema
refuses. It may be false of what JSON Schema takes: in rare cases, and under a keyword that it does
not know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, TypeAlias

Fits: TypeAlias = Callable[[Any], bool]
"""Tells whether a value fits."""

SAID: Final = frozenset({"$schema", "$id", "$defs", "title", "description"})
"""Keywords that ask nothing of a value."""

TOGETHER: Final = frozenset({"then", "else", "propertyNames"})
"""Keywords that another one reads, or that is read with the members."""


class Fitting:
    """The functions of the parts of one schema, by the identity of the part."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._made: dict[int, Fits] = {}

    def of(self, part: Any) -> Fits:
        """Returns the function of a part of the schema."""
        known = self._made.get(id(part))
        if known is None:
            # A definition may lead to itself: until it is made, it is looked up when it is used.
            self._made[id(part)] = partial(self._later, id(part))
            known = self._made[id(part)] = self._part(part)
        return known

    def _later(self, part: int, value: Any) -> bool:
        return self._made[part](value)

    def _part(self, part: Any) -> Fits:
        if isinstance(part, bool):
            return lambda _: part
        checks = [
            KNOWN.get(keyword, _unknown)(self, wanted, part)
            for keyword, wanted in part.items()
            if keyword not in SAID | TOGETHER
        ]
        if "propertyNames" in part:
            checks.append(_names(self, part["propertyNames"], part))
        if len(checks) == 1:
            return checks[0]
        return lambda value: all(check(value) for check in checks)

    def definition(self, reference: str) -> Fits:
        """Returns the function of the definition that a reference names."""
        return self.of(self._root["$defs"][reference.removeprefix("#/$defs/")])


_Maker: TypeAlias = Callable[[Fitting, Any, Mapping[str, Any]], Fits]

_TYPES: Final[Mapping[str, Fits]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: (
        (isinstance(value, int) and not isinstance(value, bool))
        or (isinstance(value, float) and value.is_integer())
    ),
}


def _type(_: Fitting, wanted: str, __: Mapping[str, Any]) -> Fits:
    return _TYPES[wanted]


def _reference(fitting: Fitting, wanted: str, _: Mapping[str, Any]) -> Fits:
    return fitting.definition(wanted)


def _properties(fitting: Fitting, wanted: Mapping[str, Any], _: Mapping[str, Any]) -> Fits:
    members = {name: fitting.of(part) for name, part in wanted.items()}

    def fits(value: Any) -> bool:
        if not isinstance(value, dict):
            return True
        return all(members[name](inner) for name, inner in value.items() if name in members)

    return fits


def _others(fitting: Fitting, wanted: Any, part: Mapping[str, Any]) -> Fits:
    known, fits_other = part.get("properties", {}).keys(), fitting.of(wanted)

    def fits(value: Any) -> bool:
        if not isinstance(value, dict):
            return True
        return all(fits_other(inner) for name, inner in value.items() if name not in known)

    return fits


def _names(fitting: Fitting, wanted: Any, _: Mapping[str, Any]) -> Fits:
    fits_name = fitting.of(wanted)
    return lambda value: not isinstance(value, dict) or all(map(fits_name, value))


def _items(fitting: Fitting, wanted: Any, _: Mapping[str, Any]) -> Fits:
    fits_item = fitting.of(wanted)
    return lambda value: not isinstance(value, list) or all(map(fits_item, value))


def _required(_: Fitting, wanted: list[str], __: Mapping[str, Any]) -> Fits:
    names = frozenset(wanted)
    return lambda value: not isinstance(value, dict) or names <= value.keys()


def _dependent(_: Fitting, wanted: Mapping[str, list[str]], __: Mapping[str, Any]) -> Fits:
    def fits(value: Any) -> bool:
        if not isinstance(value, dict):
            return True
        return all(value.keys() >= set(needed) for name, needed in wanted.items() if name in value)

    return fits


def _pattern(_: Fitting, wanted: str, __: Mapping[str, Any]) -> Fits:
    search = exact(wanted).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def exact(pattern: str) -> re.Pattern[str]:
    """Returns a pattern of JSON Schema for Python.

    In ECMA 262, whose patterns JSON Schema has, `$` is the end of the text alone; in Python it also
    stands before a last line feed.
    """
    return re.compile(pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern)


def _unique(_: Fitting, wanted: bool, __: Mapping[str, Any]) -> Fits:
    def fits(value: Any) -> bool:
        if not wanted or not isinstance(value, list):
            return True
        if all(isinstance(one, str) for one in value):
            return len(set(value)) == len(value)
        return all(one not in value[:index] for index, one in enumerate(value))

    return fits


def _enumerated(_: Fitting, wanted: list[str], __: Mapping[str, Any]) -> Fits:
    names = frozenset(wanted)
    return lambda value: isinstance(value, str) and value in names


def _constant(_: Fitting, wanted: Any, __: Mapping[str, Any]) -> Fits:
    return lambda value: type(value) is type(wanted) and value == wanted


def _one_of(fitting: Fitting, wanted: list[Any], _: Mapping[str, Any]) -> Fits:
    forms = [fitting.of(part) for part in wanted]
    return lambda value: sum(fits(value) for fits in forms) == 1


def _any_of(fitting: Fitting, wanted: list[Any], _: Mapping[str, Any]) -> Fits:
    forms = [fitting.of(part) for part in wanted]
    return lambda value: any(fits(value) for fits in forms)


def _unknown(_: Fitting, __: Any, ___: Mapping[str, Any]) -> Fits:
    return lambda _: False


def _conditional(fitting: Fitting, wanted: Any, part: Mapping[str, Any]) -> Fits:
    meant = fitting.of(wanted)
    then, otherwise = fitting.of(part.get("then", True)), fitting.of(part.get("else", True))
    return lambda value: then(value) if meant(value) else otherwise(value)


def _sized(kind: type[Any] | tuple[type[Any], ...], within: Callable[[Any, Any], bool]) -> _Maker:
    def make(_: Fitting, wanted: int, __: Mapping[str, Any]) -> Fits:
        return lambda value: not isinstance(value, kind) or within(value, wanted)

    return make


KNOWN: Final[Mapping[str, _Maker]] = {
    "type": _type,
    "$ref": _reference,
    "properties": _properties,
    "additionalProperties": _others,
    "items": _items,
    "required": _required,
    "dependentRequired": _dependent,
    "pattern": _pattern,
    "uniqueItems": _unique,
    "enum": _enumerated,
    "const": _constant,
    "oneOf": _one_of,
    "anyOf": _any_of,
    "if": _conditional,
    "minLength": _sized(str, lambda value, wanted: len(value) >= wanted),
    "maxLength": _sized(str, lambda value, wanted: len(value) <= wanted),
    "minItems": _sized(list, lambda value, wanted: len(value) >= wanted),
    "maxItems": _sized(list, lambda value, wanted: len(value) <= wanted),
    "minProperties": _sized(dict, lambda value, wanted: len(value) >= wanted),
    "maxProperties": _sized(dict, lambda value, wanted: len(value) <= wanted),
    "minimum": _sized((int, float), lambda value, wanted: value >= wanted),
    "maximum": _sized((int, float), lambda value, wanted: value <= wanted),
}
"""Keyword -> what makes its function."""
