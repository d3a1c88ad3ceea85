"""Checks a value against its closed schema, with all findings at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from chalicelib.errors import BadRequest, Finding
from chalicelib.web.contract import Schema
from chalicelib.web.json_body import pointer

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_NUMBER = 12
"""Digits from which on a text may be the number of a card, an account or a phone."""

MAX_FINDINGS = 100
"""Most findings of one answer; a body with more is not an honest mistake."""

_DATE_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})\Z", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_EMAIL = re.compile(r"[^\S\n\r]*[^\s@]{1,64}@[^\s@]{1,255}[^\S\n\r]*\Z")
"""An address with the spaces that a keyboard leaves around it, which use cases remove."""
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#@]{1,255}(?:[/?#]\S*)?\Z", re.IGNORECASE)

_TYPES = {
    "object": "an object",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}

_DETAILS = {
    "const": "must be {}",
    "minLength": "must have at least {} characters",
    "maxLength": "must have at most {} characters",
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "minItems": "must have at least {} entries",
    "maxItems": "must have at most {} entries",
    "minProperties": "must have at least {} entries",
    "maxProperties": "must have at most {} entries",
    "uniqueItems": "must not repeat an entry",
    "format": "must have the form of: {}",
    "pattern": "does not have the expected form",
    "oneOf": "must be one of the forms that are allowed here",
    "anyOf": "must be one of the forms that are allowed here",
}

_REASONS = {
    "const": "choice",
    "enum": "choice",
    "oneOf": "choice",
    "anyOf": "choice",
    "minLength": "too_short",
    "maxLength": "too_long",
    "minimum": "too_small",
    "maximum": "too_large",
    "format": "format",
    "pattern": "format",
    "type": "format",
}
"""The word of a defect, by the keyword of the schema that found it."""

_PLAIN = frozenset(
    {
        "type",
        "const",
        "enum",
        "pattern",
        "format",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "description",
    }
)
"""Keywords that hold no schema and refer to none, so that they ask nothing of a validator but
types and formats."""

Source = Schema | Callable[[], Schema]
"""A schema, or a function that returns it when its validator has yet to be built."""


def validate(schema: Source, value: Any, key: str | None = None, prefix: str = "") -> None:
    """Raises BadRequest (type `validation`) with all findings, unless the value fits.

    `key` names the schema for as long as it stays the same (operation and notice digest), so that
    its validator is built once; `prefix` is put before every pointer. The findings never repeat a
    value, and name an unknown member only by its pointer.
    """
    found = findings(schema, value, key, prefix)
    if found:
        raise unfit(found)


def unfit(found: tuple[Finding, ...]) -> BadRequest:
    """Returns the refusal with these findings."""
    return BadRequest(
        "The request does not fit what is expected here.", type="validation", findings=found
    )


def findings(
    schema: Source, value: Any, key: str | None = None, prefix: str = ""
) -> tuple[Finding, ...]:
    """Lists everything in the value that does not fit, in the order of its pointers."""
    validator = _remembered(key, schema) if key else _validator(schema)
    errors = islice(validator.iter_errors(value), MAX_FINDINGS)
    found = dict.fromkeys(one for error in errors for one in _explained(error, prefix))
    return tuple(sorted(found, key=lambda finding: finding.pointer))[:MAX_FINDINGS]


_validators: dict[str, Validator] = {}


def _remembered(key: str, schema: Source) -> Validator:
    known = _validators.get(key)
    if known is None:
        if len(_validators) >= 200:  # notices come and go in a long-lived process
            _validators.clear()
        known = _validators[key] = _validator(schema)
    return known


def _validator(source: Source) -> Validator:
    schema = source() if callable(source) else source
    return _validator_class()(schema, format_checker=_format_checker())


@lru_cache(maxsize=1)
def _validator_class() -> Callable[..., Validator]:
    """Returns JSON Schema 2020-12 whose costly keywords skip a value that breaks a length bound.

    The time for a hostile value is bounded by the schema's own bounds, not by the body's. A member
    whose schema has plain keywords alone is checked by these, without a validator of its own, which
    jsonschema makes for each member; one that does not fit gets it, for the place of its errors.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    standard = Draft202012Validator.VALIDATORS

    def bounded(name: str) -> Callable[..., Iterator[Any]]:
        def check(validator: Any, keyword: Any, instance: Any, schema: Any) -> Iterator[Any]:
            if not _too_long(instance, schema):
                yield from standard[name](validator, keyword, instance, schema) or ()

        return check

    def pattern(validator: Any, keyword: str, instance: Any, schema: Any) -> Iterator[Any]:
        # ECMA 262 `$` is the very end of the text; Python's also lets a line feed follow.
        exact = keyword[:-1] + r"\Z" if keyword.endswith("$") else keyword
        if not _too_long(instance, schema):
            yield from standard["pattern"](validator, exact, instance, schema) or ()

    def properties(validator: Any, known: Schema, instance: Any, _: Any) -> Iterator[Any]:
        if isinstance(instance, dict):
            for name, member in known.items():
                if name in instance and not _fits_plainly(validator, member, instance[name]):
                    yield from validator.descend(instance[name], member, name, name)

    names = ("items", "prefixItems", "uniqueItems", "contains", "format", "additionalProperties")
    checks = {name: bounded(name) for name in (*names, "propertyNames")}
    made: Callable[..., Validator] = extend(
        Draft202012Validator, {**checks, "pattern": pattern, "properties": properties}
    )
    return made


def _fits_plainly(validator: Any, schema: Any, value: object) -> bool:
    """Tells whether a schema has plain keywords alone, and the value breaks none of them."""
    if not isinstance(schema, dict) or not schema.keys() <= _PLAIN:
        return False
    checks = validator.VALIDATORS
    for keyword, expected in schema.items():
        check = checks.get(keyword)
        if check is not None and any(check(validator, expected, value, schema) or ()):
            return False
    return True


def _too_long(instance: Any, schema: Any) -> bool:
    for kind, keyword in ((str, "maxLength"), (list, "maxItems"), (dict, "maxProperties")):
        if isinstance(instance, kind) and keyword in schema:
            return len(instance) > int(schema[keyword])
    return False


@lru_cache(maxsize=1)
def _format_checker() -> Any:
    from jsonschema import FormatChecker

    checker = FormatChecker(formats=())
    patterns = {"uuid": _UUID, "email": _EMAIL, "uri": _WEB_ADDRESS}
    for name, expression in patterns.items():
        checker.checkers[name] = (_matcher(expression), ())
    checker.checkers["date-time"] = (_is_date_time, ())
    checker.checkers["date"] = (_is_date, ())
    return checker


def _matcher(expression: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or expression.match(value) is not None


def _is_date_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    if not _DATE_TIME.match(value):
        return False
    try:
        datetime.fromisoformat(value.upper())
    except ValueError:
        return False
    return True


def _is_date(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return _DATE.match(value) is not None and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _explained(error: Any, prefix: str) -> Iterator[Finding]:
    """Yields findings for one error of the validator, whose own message would quote the value."""
    at = prefix
    for step in error.absolute_path:
        at = pointer(at, step)
    keyword, expected, instance = error.validator, error.validator_value, error.instance
    if keyword == "required":
        missing = [name for name in expected if name not in instance]
        yield from (Finding(pointer(at, name), "is required", "required") for name in missing)
    elif keyword == "dependentRequired":
        for name, others in expected.items():
            missing = [other for other in others if name in instance and other not in instance]
            detail = f"is required together with {name}"
            yield from (Finding(pointer(at, other), detail, "required") for other in missing)
    elif keyword in ("additionalProperties", "unevaluatedProperties") and expected is False:
        known = error.schema.get("properties", {})
        unknown = islice((name for name in instance if name not in known), MAX_FINDINGS)
        yield from (
            Finding(pointer(at, _unquoted(name)), "is not known here", "unknown")
            for name in unknown
        )
    else:
        limit = expected if isinstance(expected, int) else None
        yield Finding(at, _detail(keyword, expected), _reason(keyword, expected), limit)


def _reason(keyword: str, expected: object) -> str:
    """Returns a defect as one word, by the keyword of the schema and what it expects."""
    if keyword == "minLength" and expected == 1:
        return "required"
    if keyword == "format" and expected == "email":
        return "email"
    return _REASONS.get(keyword, "")


def _unquoted(name: str) -> str:
    """Returns the name of an unknown member, with its digits left out where it may be a number.

    Somebody may have written a value in the place of a name, such as the number of a card.
    """
    numbers = sum(character.isdecimal() for character in name)
    return name if numbers < _NUMBER else re.sub(r"\d", "#", name)


def _detail(keyword: str, expected: Any) -> str:
    if keyword == "type":
        kinds = [expected] if isinstance(expected, str) else expected
        return "must be " + " or ".join(_TYPES[kind] for kind in kinds)
    if keyword == "enum":
        return "must be one of: " + ", ".join(str(one) for one in expected)
    if keyword == "minLength" and expected == 1:
        return "must not be empty"
    return _DETAILS.get(keyword, "does not fit what is expected here").format(expected)
