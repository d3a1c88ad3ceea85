"""Checks the document against its schema (JSON Schema 2020-12), with findings in plain words.

Every finding points at the member that is missing, not allowed or wrong, and repeats the schema's
own description of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from chalicelib.errors import Finding
from chalicelib.notices.compiler.conformance import Fitting, exact
from chalicelib.notices.compiler.reader import extend

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

_TYPES: Final = {
    "object": "an object",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "boolean": "true or false",
}

_ASKED: Final = {
    "const": "must be true.",
    "pattern": "does not have the right form.",
    "minLength": "must have at least {} characters.",
    "maxLength": "must have at most {} characters.",
    "maxItems": "must have at most {} members.",
    "maxProperties": "must have at most {} members.",
    "minimum": "must be at least {}.",
    "maximum": "must be at most {}.",
    "uniqueItems": "must not have the same member twice.",
}

_UNSEEN: Final = re.compile("[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]")
"""Control characters, line and paragraph separators, and marks of the direction of writing."""


@cache
def schema() -> dict[str, Any]:
    """Returns the schema of a notice document, as it ships beside this package."""
    import json
    from importlib.resources import files

    text = files("chalicelib.notices").joinpath("notice.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def _fitting() -> Fitting:
    return Fitting(schema())


@cache
def _validator() -> Validator:
    """Returns the validator of the schema, which looks only into members that have a defect."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError
    from jsonschema.validators import extend as extend_validator

    def pattern(_: Any, wanted: str, instance: object, __: Any) -> Iterator[ValidationError]:
        if isinstance(instance, str) and not exact(wanted).search(instance):
            yield ValidationError("pattern")

    def properties(
        validator: Any, wanted: dict[str, Any], instance: object, _: Any
    ) -> Iterator[ValidationError]:
        for name, inner in instance.items() if isinstance(instance, dict) else ():
            if name in wanted and not _fitting().of(wanted[name])(inner):
                yield from validator.descend(inner, wanted[name], path=name, schema_path=name)

    def items(validator: Any, part: Any, instance: object, _: Any) -> Iterator[ValidationError]:
        fits = _fitting().of(part)
        for index, inner in enumerate(instance if isinstance(instance, list) else ()):
            if not fits(inner):
                yield from validator.descend(inner, part, path=index)

    own = {"pattern": pattern, "properties": properties, "items": items}
    checker: type[Validator] = extend_validator(Draft202012Validator, own)
    return checker(schema())


def check(document: dict[str, Any], explained: Set[str]) -> Iterator[Finding]:
    """Yields everything in the document that does not fit the schema. The document is in bounds.

    `explained` are places whose absence another check has explained better, by the law's reason.
    """
    if _fitting().of(schema())(document):
        return
    for error in _validator().iter_errors(document):
        for inner in _of_its_form(error):
            missing = inner.validator in ("required", "dependentRequired")
            for finding in _findings(inner):
                if not (missing and finding.pointer in explained):
                    yield finding


def _of_its_form(error: ValidationError) -> Iterator[ValidationError]:
    """Yields the defects of a value by the one of several forms that is of its type.

    Where its type is that of none of them, or of more than one, the error itself.
    """
    forms: dict[Any, list[ValidationError]] = {}
    for inner in error.context or () if error.validator == "oneOf" else ():
        forms.setdefault(inner.schema_path[0], []).append(inner)
    fitting = [
        found
        for found in forms.values()
        if not any(one.validator == "type" and not one.path for one in found)
    ]
    if len(fitting) == 1:
        for inner in fitting[0]:
            yield from _of_its_form(inner)
    else:
        yield error


def _findings(error: ValidationError) -> Iterator[Finding]:
    pointer = ""
    for token in error.absolute_path:
        pointer = extend(pointer, token)
    keyword = str(error.validator)
    wanted: Any = error.validator_value
    instance: Any = error.instance
    described = error.schema if isinstance(error.schema, dict) else {}
    path = error.absolute_schema_path
    if len(path) > 1 and path[-2] == "propertyNames":
        text = _with_description("has a name that is not allowed.", described)
        yield Finding(extend(pointer, instance), text)
    elif keyword in ("required", "dependentRequired"):
        for name in _needed(keyword, wanted, instance):
            if name not in instance:
                member = described.get("properties", {}).get(name, {})
                yield Finding(extend(pointer, name), _with_description("is missing.", member))
    elif keyword == "additionalProperties":
        allowed = described.get("properties", {})
        for name in instance:
            if name not in allowed:
                yield Finding(extend(pointer, name), _not_allowed(allowed))
    else:
        unseen = _unseen(instance) if keyword == "pattern" else ""
        yield Finding(pointer, _with_description(unseen or _plain(keyword, wanted), described))


def _needed(keyword: str, wanted: Any, instance: dict[str, Any]) -> list[str]:
    """Lists the members that an object needs, of itself or because of others that it has."""
    if keyword == "required":
        return list(wanted)
    return list(dict.fromkeys(one for name in instance for one in wanted.get(name, ())))


def _unseen(instance: object) -> str:
    """Returns a finding's text for an invisible character that a pattern refuses; else ""."""
    found = _UNSEEN.search(instance) if isinstance(instance, str) else None
    if found is None:
        return ""
    return f"has the character U+{ord(found[0]):04X}, which this text may not have; remove it."


def _not_allowed(allowed: dict[str, Any]) -> str:
    return f"is not allowed here; remove it or use one of: {', '.join(sorted(allowed))}."


def _with_description(text: str, described: dict[str, Any]) -> str:
    description = described.get("description")
    return f"{text} {description}" if description else text


def _plain(keyword: str, wanted: Any) -> str:
    """Returns the words for a failed keyword of JSON Schema."""
    if keyword in ("minLength", "minItems", "minProperties") and wanted == 1:
        return "must not be empty."
    if keyword == "enum":
        return f"must be one of: {', '.join(wanted)}."
    if keyword == "type":
        return f"must be {_TYPES[wanted]}."
    return _ASKED.get(keyword, "does not have the right members.").format(wanted)
