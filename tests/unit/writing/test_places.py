"""Where the members and elements of a document stand in its text."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Finding
from chalicelib.notices.compiler.reader import walk
from infra.notice_places import MAX_BYTES, MAX_DEPTH, NotJson, read

TEXT = """\
{
  "a": [1, {"b~/c": true}, []],

  "é": {"x": "}],:{\\"",
        "y": -1.5e3}
}
"""

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def test_a_member_stands_where_its_name_begins_an_element_where_it_does() -> None:
    source = read(TEXT.encode())
    assert source.document == json.loads(TEXT)
    assert source.places == {
        "": (1, 1),
        "/a": (2, 3),
        "/a/0": (2, 9),
        "/a/1": (2, 12),
        "/a/1/b~0~1c": (2, 13),
        "/a/2": (2, 28),
        "/é": (4, 3),
        "/é/x": (4, 9),
        "/é/y": (5, 9),
    }
    assert source.repeated == ()


@given(JSON_VALUES, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_every_value_has_a_place_at_which_it_is_written(
    value: Any, indent: int | str | None, ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    source = read(text.encode())
    assert source.document == value
    assert source.places.keys() == {pointer for pointer, _ in walk(value)}
    lines = text.split("\n")
    for pointer, found in walk(value):
        line, column = source.places[pointer]
        rest = lines[line - 1][column - 1 :]
        name = pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        if not rest.startswith(json.dumps(name, ensure_ascii=ascii_only) + ":"):
            start = json.dumps(found, ensure_ascii=ascii_only)
            assert rest.startswith(start[0] if isinstance(found, list | dict) else start)


def test_a_member_given_twice_is_found_and_those_inside_it_are_not() -> None:
    text = '{"a": {"b": [1, 2]},\n "c": 1,\n "a": {"b": [3]}, "a": 0}'
    source = read(text.encode())
    assert [(one.place, one.finding.pointer) for one in source.repeated] == [
        ((3, 2), "/a"),
        ((3, 19), "/a"),
    ]
    assert all("before in line 1" in one.finding.detail for one in source.repeated)


def test_the_same_name_in_other_objects_is_no_repetition() -> None:
    text = '{"a": {"a": 1}, "b": [{"a": 1}, {"a": 1}], "": {"": {"": 1}}}'
    assert read(text.encode()).repeated == ()


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("/a/1/b~0~1c", (2, 13)),
        ("/a/1/missing", (2, 12)),
        ("/a/7", (2, 3)),
        ("/no/such/thing", (1, 1)),
        ("", (1, 1)),
    ],
)
def test_what_is_missing_is_shown_where_it_would_belong(
    pointer: str, place: tuple[int, int]
) -> None:
    source = read(TEXT.encode())
    assert source.locate(Finding(pointer, "is missing.")).place == place


@pytest.mark.parametrize(
    ("body", "place", "said"),
    [
        (b"", (1, 1), "Expecting value"),
        (b'{"a": 1,\n  "b" 2}', (2, 7), "':' delimiter"),
        (b'{"a": 1,}', (1, 8), ""),
        (b'{"a": "\xc3\xa8\n"}', (1, 9), "control character"),
        (b'{"a": 1}\n\n{}', (3, 1), "Extra data"),
        ("{\n \"è\": '1'}".encode(), (2, 7), "Expecting value"),
        (b'\xef\xbb\xbf{"a": 1}', (1, 1), "BOM"),
        ('{\n"è": "'.encode() + b'\xff"}', (2, 7), "UTF-8"),
        (b"\xff", (1, 1), "UTF-8"),
        (b"[" * 1_000_000, (1, 1), "too deep"),
        (b"\n " + b"[" * 200 + b"]" * 200, (2, 2 + MAX_DEPTH), "100 levels"),
        (b" " * (MAX_BYTES + 1), (1, 1), "bytes"),
    ],
)
def test_what_is_no_json_is_refused_where_reading_stopped(
    body: bytes, place: tuple[int, int], said: str
) -> None:
    with pytest.raises(NotJson) as refused:
        read(body)
    assert refused.value.located.place == place
    assert refused.value.located.finding.pointer == ""
    assert said in refused.value.located.finding.detail


def test_a_number_of_any_length_can_be_read() -> None:
    document = read(b'{"a": ' + b"9" * 5000 + b', "b": 12, "c": NaN}').document
    assert isinstance(document, dict)
    assert document["a"] == float("inf")
    assert document["b"] == 12


@given(st.binary(max_size=60))
def test_whatever_the_bytes_are_they_are_read_or_refused(body: bytes) -> None:
    with suppress(NotJson):
        assert "" in read(body).places
