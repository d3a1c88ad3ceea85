"""The normal form of each type of field that a notice may give one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def kept(kind: str, value: str) -> str | None:
    """A value in its normal form; None where it is refused."""
    found = read(kind, value)
    return found.profile[FIELD.category][FIELD.field] if isinstance(found, Registration) else None


NEAR = {
    "email": st.emails() | st.sampled_from([" Ada@EXAMPLE.com ", "ada@XN--MNCHEN-3YA.de"]),
    "country": st.text("iIt\u0131\u0130T ", min_size=1, max_size=3),
    "date": st.dates().map(str) | st.text("0123456789-W ", min_size=8, max_size=10),
    "url": st.text("htps:/.?#@%[]aA1\u00e8 ", max_size=30).map("https://example.org/{}".format),
    "text": st.text(max_size=30),
    "long_text": st.text(max_size=30) | st.text("a\r\n\t ", min_size=1, max_size=12),
}


@pytest.mark.parametrize("kind", NEAR)
@given(data=st.data())
def test_a_normal_form_is_its_own_and_says_the_same(kind: str, data: st.DataObject) -> None:
    said = data.draw(NEAR[kind])
    stored = kept(kind, said)
    if stored is None:
        return
    assert kept(kind, stored) == stored
    if kind == "date":
        assert stored == said.strip() == date.fromisoformat(stored).isoformat()
    elif kind == "country":
        assert stored == said.strip().upper()
    elif kind == "email":
        assert stored.partition("@")[0] == said.strip().partition("@")[0]
    else:
        assert stored.split() == said.split()
