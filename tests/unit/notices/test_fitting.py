"""The fast look at a document takes nothing that JSON Schema refuses, and prunes no finding."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from itertools import cycle
from time import process_time
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.compiler.conformance import KNOWN, SAID, TOGETHER, Fitting
from chalicelib.notices.compiler.schema import check, schema
from tests.unit.notices.leaves import leaves

ODD: tuple[Any, ...] = (
    None,
    "",
    0,
    [],
    {},
    True,
    1.5,
    "x" * 5000,
    ["a", "a"],
    {"en": ""},
    "a\nb",
    -1,
    7.0,
)


def keywords(part: Any) -> Iterator[str]:
    if not isinstance(part, dict):
        return
    yield from part
    for holder in ("properties", "$defs"):
        for inner in part.get(holder, {}).values():
            yield from keywords(inner)
    for name in ("items", "additionalProperties", "propertyNames", "if", "then", "else"):
        yield from keywords(part.get(name))
    for name in ("oneOf", "anyOf"):
        for inner in part.get(name, ()):
            yield from keywords(inner)


def test_every_keyword_of_the_schema_is_known() -> None:
    assert set(keywords(schema())) <= KNOWN.keys() | SAID | TOGETHER


def test_an_unknown_keyword_is_left_to_the_long_look() -> None:
    part = {"type": "string", "contentEncoding": "base64"}
    assert not Fitting(part).of(part)("YQ==")


def edited(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The document with one value changed, at a place of each kind."""
    seen, odd = set(), cycle(ODD)
    for place in leaves(document):
        kind = tuple(step for step in place if isinstance(step, str))
        if kind in seen:
            continue
        seen.add(kind)
        changed = copy.deepcopy(document)
        holder: Any = changed
        for step in place[:-1]:
            holder = holder[step]
        holder[place[-1]] = next(odd)
        yield changed


def test_it_agrees_with_json_schema(association: dict[str, Any]) -> None:
    fits, plain = Fitting(schema()).of(schema()), Draft202012Validator(schema())
    assert fits(association)
    answers = [(fits(one), plain.is_valid(one)) for one in edited(association)]
    assert len(answers) > 80
    assert {taken for taken, _ in answers} == {True, False}
    assert all(valid for taken, valid in answers if taken)
    assert all(taken for taken, valid in answers if valid)


def test_every_defect_is_found_among_many(association: dict[str, Any]) -> None:
    association["recipients"][1]["role"] = 7
    association["purposes"][2]["title"]["en"] = ""
    association["cookies"]["cookies"][0]["lifetime"] = {"days": 0}
    association["colour"] = "red"
    found = {one.pointer for one in check(association, set())}
    assert {"/recipients/1/role", "/purposes/2/title/en", "/colour"} <= found
    assert any(one.startswith("/cookies/cookies/0/lifetime") for one in found)


@pytest.mark.parametrize("size", [256 * 1024])
def test_a_long_document_compiles_fast(association: dict[str, Any], size: int) -> None:
    """Own CPU: 0.1 s were measured on a quiet machine for 256 KiB; the bound leaves room."""
    note = {"origin": "published", "text": {"en": "n" * 300}}
    number, grown = 0, 0
    while grown < size:
        recipient = copy.deepcopy(association["recipients"][0])
        recipient |= {"id": f"r{number}", "purposes": ["membership"]}
        recipient["notes"] = [{**note, "id": f"n{inner}"} for inner in range(3)]
        association["recipients"].append(recipient)
        number, grown = number + 1, grown + 1400
    for purpose in association["purposes"]:
        purpose["recipients"] = []
    for recipient in association["recipients"]:
        recipient["purposes"] = ["membership"]
    spent = []
    for _ in range(3):
        start = process_time()
        compile_notice(association, STORED)
        spent.append(process_time() - start)
    assert min(spent) < 1
