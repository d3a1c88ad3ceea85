"""The refusals of a password or a code that a form asks for again, beside their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chalicelib.pages.words import pair
from chalicelib.web.pages.visit import Visit

PASSWORD: Final = "current_password"
CODE: Final = "code"
"""The fields for the password and the code of the second factor that the account has now."""

_FIELDS: Mapping[str, str] = {
    "wrong-password": PASSWORD,
    "second-factor-needed": CODE,
    "second-factor-wrong": CODE,
}
"""The field that a refusal without findings is about, by the refusal's type."""


def errors_of(visit: Visit, *fields: str) -> dict[str, tuple[str, ...]]:
    """Returns why each of the fields that the page shows was refused, by its name."""
    found = {name: visit.errors(name) for name in fields}
    name = _FIELDS.get("" if visit.refused is None else visit.refused.type)
    if name in found:
        found[name] = (*found[name], *visit.general_errors(*fields))
    return found


def summary_of(visit: Visit, labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Returns the same for the top of the page, in the order of `labels`, what is of none first.

    Each text of a field begins with its label, so that it can be understood alone.
    """
    errors = errors_of(visit, *labels)
    beside = {text for texts in errors.values() for text in texts}
    whole = tuple(("", text) for text in visit.general_errors(*labels) if text not in beside)
    return whole + tuple(
        (name, pair(label, text, visit.language))
        for name, label in labels.items()
        for text in errors[name]
    )
