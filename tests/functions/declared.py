"""Answers to whatever form a notice declares: a value of its type for each field."""

from __future__ import annotations

from chalicelib.notices.model import Field, FieldRef, Notice

REGISTRATION = "registration"
Profile = dict[str, dict[str, str]]

_VALUES = {
    "text": "Ada Lovelace",
    "long_text": "First line\nSecond line",
    "email": "office@example.com",
    "phone": "+390612345678",
    "country": "IT",
    "date": "1990-12-10",
    "time": "2026-11-22T16:00:00Z",
    "url": "https://example.com/ada",
    "number": "7",
    "code": "A-1815",
    "address": "192.0.2.1",
    "file": "portrait.jpg",
    "flag": "true",
}
"""A value of each type, in its normal form."""


def profile(notice: Notice, fields: frozenset[FieldRef]) -> Profile:
    """Values for these fields, save the address by which somebody registers."""
    found: Profile = {}
    for ref in sorted(fields):
        if ref != notice.forms[REGISTRATION].address:
            field = notice.categories[ref.category].fields[ref.field]
            found.setdefault(ref.category, {})[ref.field] = value(field)
    return found


def everything_asked(notice: Notice) -> Profile:
    """A profile with every field for which the registration asks."""
    form = notice.forms[REGISTRATION]
    return profile(notice, form.required | form.optional)


def value(field: Field) -> str:
    """A value that the field takes: of its type, and no longer than it may be."""
    return _VALUES[field.type][: field.maximum].rstrip()
