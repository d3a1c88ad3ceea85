"""What a refused body says all the same."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.web.loose_json import Repeated, loose_json


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a": "no"}', {"a": "no"}),
        (b'\xef\xbb\xbf{"a": "no"}', {"a": "no"}),
        (b'{"a": 1e999, "b": ' + b"9" * 5_000 + b"}", {"a": float("inf"), "b": float("inf")}),
        (b'{"a": "\\u0000\\ud800"}', {"a": "\0\ud800"}),
        (b"[]", []),
        (b"", None),
        (b"{", None),
        (b"a=no", None),
        (b"\xe9\xff", None),
        (b"[" * 40, None),
    ],
)
def test_what_is_json_is_read_whatever_else_is_wrong(raw: bytes, value: Any) -> None:
    assert loose_json(raw) == value


def test_a_member_given_twice_has_all_its_values() -> None:
    found = loose_json(b'{"a": "yes", "a": "no", "a": null, "b": 1}')
    assert found == {"a": ["yes", "no", None], "b": 1}
    assert isinstance(found["a"], Repeated)
    assert not isinstance(loose_json(b'{"a": ["x"]}')["a"], Repeated)
