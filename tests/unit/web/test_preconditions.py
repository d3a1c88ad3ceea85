"""If-Match and the tags that it compares (RFC 9110, section 13.1.1)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.web.conditional import matches, tag_of

TAG = tag_of({"a": 1})
OTHER = tag_of({"a": 2})
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcè", max_size=3), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "if_match",
    [None, "*", TAG, f"{OTHER},{TAG}", f"{OTHER} ,\t{TAG}  ", f'W/"x", {TAG}', f",{TAG},"],
)
def test_what_allows_the_change(if_match: str | None) -> None:
    assert matches(if_match, TAG)


@pytest.mark.parametrize(
    "if_match",
    [
        "",
        " ",
        ",",
        OTHER,
        f"W/{TAG}",
        TAG.strip('"'),
        TAG[:-1],
        TAG.upper(),
        f"{OTHER}, W/{TAG}",
        f"x{TAG}",
        "* , x",
        '"*"',
        " " * 3_000 + TAG,
        "\x00",
    ],
)
def test_what_does_not(if_match: str) -> None:
    assert not matches(if_match, TAG)


@given(st.text(max_size=200))
def test_no_header_breaks_it(if_match: str) -> None:
    assert matches(if_match, TAG) is (if_match == "*")


def test_a_tag_has_its_form() -> None:
    assert re.fullmatch(r'"[0-9a-f]{32}"', TAG)


@given(JSON, JSON)
def test_tags_are_equal_when_what_they_stand_for_is(one: Any, other: Any) -> None:
    same = _exactly(one) == _exactly(other)
    assert (tag_of(one) == tag_of(other)) is same


def _exactly(value: Any) -> Any:
    """A value in which true is not one, as Python has it."""
    if isinstance(value, dict):
        return {name: _exactly(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_exactly(part) for part in value]
    return type(value).__name__, value


def test_the_order_of_members_is_no_content() -> None:
    assert tag_of({"a": 1, "b": {"c": "è", "d": None}}) == tag_of(
        {"b": {"d": None, "c": "è"}, "a": 1}
    )
    assert tag_of([1, 2]) != tag_of([2, 1])
