"""What stands in one line of a notice is one line, wherever the schema has such a text."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.notices.compiler.reader import extend
from chalicelib.notices.compiler.schema import check, schema

SEVERAL = "words"
"""The one definition whose texts may have several lines."""

EVERYWHERE = [
    *(chr(code) for code in range(0x20) if chr(code) != "\n"),
    *(chr(code) for code in range(0x7F, 0xA0)),
    "\u2028",
    "\u2029",
    *(chr(code) for code in range(0x202A, 0x202F)),
    *(chr(code) for code in range(0x2066, 0x206A)),
]


def texts(part: Any, value: Any, place: str = "", name: str = "") -> Iterator[tuple[str, str]]:
    """The places of all texts of a document, each with the definition that it follows."""
    while isinstance(part, dict) and ("$ref" in part or "oneOf" in part):
        if "oneOf" in part:
            part = next(one for one in part["oneOf"] if _is_of(one, value))
            continue
        name = part["$ref"].rpartition("/")[2]
        part = schema()["$defs"][name]
    if isinstance(value, str):
        if isinstance(part, dict) and "enum" not in part and "const" not in part:
            yield place, name
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            known = part.get("properties", {}).get(key, part.get("additionalProperties"))
            yield from texts(known, inner, extend(place, key), name)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(part.get("items"), inner, extend(place, index), name)


def _is_of(part: Any, value: Any) -> bool:
    """Whether one of several forms is for a value of this type."""
    while "$ref" in part:
        part = schema()["$defs"][part["$ref"].rpartition("/")[2]]
    types = {"object": dict, "array": list, "string": str}
    return "type" not in part or isinstance(value, types[part["type"]])


def place_of(document: Any, pointer: str) -> tuple[Any, Any]:
    """What holds a value, and its name or index there."""
    *way, last = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    holder = document
    for token in way:
        holder = holder[int(token)] if isinstance(holder, list) else holder[token]
    return holder, int(last) if isinstance(holder, list) else last


def some(document: dict[str, Any]) -> dict[str, str]:
    """One place for each kind of place (its way without indexes and names) and its definition."""
    kinds: dict[str, tuple[str, str]] = {}
    for place, name in texts(schema(), document):
        kinds.setdefault(re.sub(r"/\d+", "/*", place), (place, name))
    return dict(kinds.values())


def test_every_form_of_text_is_met(association: dict[str, Any]) -> None:
    """What is tried below is every text that the schema has a member for, where the sample does."""
    assert len(some(association)) > 80
    assert {"words", "title", "id", "email", "url"} <= set(some(association).values())


@pytest.mark.parametrize("character", ["\n", "\r\n", "\u2028", "\u0085", "\u202e", "\x00", "\t"])
def test_no_text_of_one_line_takes_more_than_a_line(
    association: dict[str, Any], character: str
) -> None:
    places = some(association)
    document = copy.deepcopy(association)
    wanted = set()
    for place, name in places.items():
        if name == SEVERAL and character == "\n":
            continue
        holder, key = place_of(document, place)
        holder[key] = holder[key][:2] + character + holder[key][2:]
        wanted.add(place)
    assert wanted <= {one.pointer for one in check(document, set())}


LINES = ("/site/name", "/purposes/0/title/en")
SEVERAL_LINES = "/purposes/0/description/en"


def test_which_characters_they_are(association: dict[str, Any]) -> None:
    """Each character is tried in three texts of one document at once: a check takes long."""
    texts_at = {one: place_of(association, one) for one in (*LINES, SEVERAL_LINES)}
    before = {one: holder[key] for one, (holder, key) in texts_at.items()}

    def said(text: Callable[[str], str]) -> dict[str, list[str]]:
        for one, (holder, key) in texts_at.items():
            holder[key] = text(before[one])
        findings = list(check(association, set()))
        return {at: [one.detail for one in findings if one.pointer == at] for at in texts_at}

    for character in EVERYWHERE:
        for written in (lambda text: text + character, lambda text: character + text):  # noqa: B023
            answers = said(written)
            assert all(len(one) == 1 for one in answers.values()), (character, answers)
            for (detail,) in answers.values():
                assert f"U+{ord(character):04X}" in detail
    assert not any(said(lambda text: f"{text}\u200f\u00a0\u00e8\U0001f331").values())
    lines = said(lambda text: f"{text}\n{text}")
    assert {one for one, details in lines.items() if details} == set(LINES)


def test_the_schema_has_no_other_text_of_several_lines() -> None:
    """A member that is added with a pattern which takes a line feed fails here."""

    def patterns(part: Any, place: str = "") -> Iterator[tuple[str, Any]]:
        if isinstance(part, dict):
            if part.get("type") == "string":
                yield place, part.get("pattern", "")
            for name, inner in part.items():
                yield from patterns(inner, f"{place}/{name}")

    for place, pattern in patterns(schema()):
        if place == f"/$defs/{SEVERAL}/additionalProperties":
            continue
        exact = pattern[:-1] + r"\Z"
        for character in ("\n", *EVERYWHERE):
            for text in (f"a{character}", f"{character}a", f"https://a.b/{character}"):
                assert pattern, place
                assert not re.search(exact, text), (place, character)
