"""A text in one line: white space at which a line may be broken is one space."""

from __future__ import annotations

import pytest

from chalicelib.texts import one_line


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ""),
        (" \n\t", ""),
        (" one\r\n\r\ntwo\tthree ", "one two three"),
        ("one\u2028two\x0bthree", "one two three"),
        ("« Nom »\u202f: Ada", "« Nom »\u202f: Ada"),
        ("«\u00a0Nom\u00a0»\n", "«\u00a0Nom\u00a0»"),
        ("\u202f: Ada", "\u202f: Ada"),
    ],
)
def test_no_break_spaces_stay(text: str, told: str) -> None:
    assert one_line(text) == told
