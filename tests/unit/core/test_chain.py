"""The canonical form of a chain's records is that of RFC 8785, by whichever way it is written."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.chain import canonical

TEXTS = st.text(st.characters(codec="utf-8")) | st.text(st.characters(max_codepoint=127))
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(1 - 2**53, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner)
)


@given(VALUES)
def test_it_is_the_canonical_form(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [
        {"\x7f": '\x00\x1f\b\t\n\f\r"\\/\x7f', "a": [], "A": {}, "": None},
        {"é": 1, "e": 2, "\U0001f600": 3, "\ufb33": 4},
        {"at": 1.0, "of": 1e21, "or": -0.0, "whole": 2**53 - 1},
        [True, False, None, 0, -1, "1"],
    ],
)
def test_it_is_so_where_forms_differ_most(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value", [2**53, float("nan"), float("inf"), "\ud800", {1: "a"}, {"a": {2}}]
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical({"value": value})
