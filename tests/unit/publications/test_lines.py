"""The line of each pointer in a JSON text, however it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.publications.lines import lines
from chalicelib.publications.pages.findings import found_in
from chalicelib.web.json_body import pointer
from tests.unit.core.samples import association_document

TEXT = """{
  "a": {"b": [1,
    {"c": "} ] , : \\" x"},
    [],
    true]},
  "d/e~": null,
  "": 5
}"""


@pytest.mark.parametrize(
    ("at", "line"),
    [
        ("", 1),
        ("/a", 2),
        ("/a/b", 2),
        ("/a/b/0", 2),
        ("/a/b/1", 3),
        ("/a/b/1/c", 3),
        ("/a/b/2", 4),
        ("/a/b/3", 5),
        ("/d~1e~0", 6),
        ("/", 7),
        ("/a/b/1/missing", 3),
        ("/a/b/9/x/y", 2),
        ("/nowhere", 1),
    ],
)
def test_a_value_stands_on_its_line_and_a_missing_one_on_that_around_it(at: str, line: int) -> None:
    assert lines(TEXT, [at]) == {at: line}


def pointers(value: Any, at: str = "") -> Iterator[str]:
    yield at
    if isinstance(value, dict):
        for name, part in value.items():
            yield from pointers(part, pointer(at, name))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from pointers(part, pointer(at, index))


def test_every_value_of_a_document_is_found() -> None:
    """In one line, all stand on the first; indented, each begins on a line that names it."""
    document = association_document()
    every = list(pointers(document))
    assert set(lines(json.dumps(document), every).values()) == {1}
    written = json.dumps(document, indent=1, ensure_ascii=False)
    shown, found = written.splitlines(), lines(written, every)
    for at in every[1:]:
        name = at.rpartition("/")[2]
        assert name.isdigit() or shown[found[at] - 1].lstrip().startswith(f'"{name}":'), at


@pytest.mark.parametrize("text", ["", "{", '"', "[1,,", "}]", "\ud800", "nul"])
def test_a_text_that_is_no_json_has_findings_of_the_whole(text: str) -> None:
    from chalicelib.errors import Finding

    (found,) = found_in(text, [Finding("", "is not JSON at line 7, column 2")])
    assert found.line == 7
    assert found_in(text, [Finding("", "is empty")])[0].line is None
