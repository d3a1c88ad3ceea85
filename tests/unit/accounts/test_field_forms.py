"""The normal form of each type of field that a notice may give one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.accounts.model import Registration, read_registration
from chalicelib.errors import Finding
from chalicelib.notices.model import FieldRef, Notice
from tests.unit.core.samples import shipped

FIELD = FieldRef("company", "services")


def with_type(kind: str) -> Notice:
    """The shipped notice, in which the field is of that type."""
    notice = shipped()
    category = notice.categories[FIELD.category]
    field = replace(category.fields[FIELD.field], type=kind)
    fields = {**category.fields, FIELD.field: field}
    return replace(
        notice,
        categories={**notice.categories, FIELD.category: replace(category, fields=fields)},
    )


def read(kind: str, value: str) -> Registration | tuple[Finding, ...]:
    notice = with_type(kind)
    profile = {FIELD.category: {FIELD.field: value}}
    body = {"email": "ada@example.com", "profile": profile}
    return read_registration(notice, notice.forms["registration"], body)


@pytest.mark.parametrize(
    ("kind", "value", "normal"),
    [
        ("country", "it", "IT"),
        ("date", "2024-02-29", "2024-02-29"),
        ("url", " https://example.com/a?b ", "https://example.com/a?b"),
        ("url", "http://example.com:8080", "http://example.com:8080"),
        ("long_text", "one\ntwo", "one\ntwo"),
    ],
)
def test_normal_forms(kind: str, value: str, normal: str) -> None:
    found = read(kind, value)
    assert isinstance(found, Registration)
    assert found.profile[FIELD.category][FIELD.field] == normal


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("country", "ITA"),
        ("country", "1t"),
        ("country", "ìt"),
        ("date", "2023-02-29"),
        ("date", "29/02/2024"),
        ("url", "javascript:alert(1)"),
        ("url", "https://?"),
        ("url", "https://exa mple.com"),
        ("url", "https://example.com:99999"),
        ("url", "https://[::1"),
        ("text", "one\ntwo"),
        ("text", "\u200b"),
        ("long_text", "one\u2028two"),
    ],
)
def test_other_forms_are_found(kind: str, value: str) -> None:
    found = read(kind, value)
    assert isinstance(found, tuple)
    assert [one.pointer for one in found] == ["/profile/company/services"]
    assert value not in found[0].detail
