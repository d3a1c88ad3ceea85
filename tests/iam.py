"""What IAM would answer to a call, from the statements of a role's policies.

The rules are those of the IAM User Guide: "Policy evaluation logic", "IAM JSON policy elements:
Condition operators" and "Multivalued context keys", as far as the policies of this project use
them; what they do not use is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

Json = dict[str, Any]
Context = Mapping[str, str | list[str]]


class Answer(StrEnum):
    """Denied is stronger than allowed; what no statement is about may not be done either."""

    ALLOWED = "allowed"
    DENIED = "denied"
    SILENT = "no statement is about it"


def answer(
    statements: Iterable[Json], action: str, resource: str = "*", context: Context | None = None
) -> Answer:
    """What the statements say of one call. Raises ValueError for what is not known here."""
    found = {
        one["Effect"]
        for one in statements
        if _about(one, action, resource)
        and _holds(
            one.get("Condition", {}), {key.lower(): of for key, of in (context or {}).items()}
        )
    }
    if "Deny" in found:
        return Answer.DENIED
    return Answer.ALLOWED if "Allow" in found else Answer.SILENT


def listed(value: Any) -> list[Any]:
    """A list of what a policy may say alone or in a list."""
    return value if isinstance(value, list) else [value]


def _about(statement: Json, action: str, resource: str) -> bool:
    if {"NotAction", "NotResource", "NotPrincipal"} & statement.keys():
        raise ValueError(f"a statement by exclusion is not known: {statement}")
    return any(
        _like(action.lower(), pattern.lower()) for pattern in listed(statement["Action"])
    ) and any(_like(resource, pattern) for pattern in listed(statement["Resource"]))


def _like(text: str, pattern: str) -> bool:
    """Whether a text fits a pattern, in which `*` is any text and `?` one character."""
    parts = re.split(r"([*?])", pattern)
    wild = {"*": ".*", "?": "."}
    return re.fullmatch("".join(wild.get(one, re.escape(one)) for one in parts), text) is not None


def _holds(conditions: Json, context: Context) -> bool:
    return all(
        _one(operator, context.get(key.lower()), listed(wanted))
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _one(operator: str, value: str | list[str] | None, wanted: list[str]) -> bool:
    """Whether one condition holds; `value` is None for a key that the call does not have."""
    quantifier, _, test = operator.rpartition(":")
    negated = "Not" in test
    if test not in (
        *("StringEquals", "StringLike", "StringNotLike"),
        *("ArnEquals", "ArnLike", "ArnNotLike"),
    ):
        raise ValueError(f"{operator} is not known")

    def fits(one: str) -> bool:
        # The operators of ARNs take patterns both ways.
        if test == "StringEquals":
            return one in wanted
        return any(_like(one, pattern) for pattern in wanted)

    if value is None:
        return quantifier == "ForAllValues" or (negated and quantifier == "")
    values = listed(value)
    if quantifier == "":
        return any(map(fits, values)) != negated
    return (all if quantifier == "ForAllValues" else any)(fits(one) != negated for one in values)
