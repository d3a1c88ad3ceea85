"""Whatever a document is, it compiles or it is refused: nothing else comes out."""

from __future__ import annotations

import copy
import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import MAX_FINDINGS, NoticeRefused, compile_notice
from chalicelib.notices.compiler.bounds import MAX_MEMBERS
from chalicelib.notices.model import Notice
from tests.examples import examples

DOCUMENT = json.loads(Path(__file__).with_name("association.json").read_text("utf-8"))


def outcome(document: object) -> Notice | NoticeRefused:
    """What comes out; anything but these two is let through and fails the test."""
    try:
        return compile_notice(document, STORED)
    except NoticeRefused as refusal:
        return refusal


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (holder, key) of a JSON value."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    found: list[tuple[Any, Any]] = [(value, key) for key in keys]
    for key in keys:
        if isinstance(value[key], (dict, list)):
            found.extend(places(value[key]))
    return found


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["en", "member", "membership", "technical", "id", "1", "controller_choice"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=8) | st.sampled_from(["id", "kind", "en", "fields", "basis", "codes"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=examples(250), deadline=None)
@given(st.data())
def test_a_damaged_document_compiles_or_is_refused(data: st.DataObject) -> None:
    document = copy.deepcopy(DOCUMENT)
    for _ in range(data.draw(st.integers(1, 4))):
        holder, key = data.draw(st.sampled_from(places(document)))
        action = data.draw(st.sampled_from(["delete", "replace", "rename", "double", "swap"]))
        if isinstance(holder, list) and key >= len(holder):
            continue
        if action == "delete":
            del holder[key]
        elif action == "replace":
            holder[key] = data.draw(JSON)
        elif action == "rename" and isinstance(holder, dict):
            holder[data.draw(st.text(max_size=10))] = holder.pop(key)
        elif action == "double" and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
        else:
            other, place = data.draw(st.sampled_from(places(document)))
            holder[key] = copy.deepcopy(other[place])
    outcome(document)


def test_every_single_member_can_be_missing_or_of_any_type() -> None:
    pristine = json.dumps(DOCUMENT)
    count = len(places(DOCUMENT))
    # Every place would take minutes; a fixed sample covers all kinds of place.
    sample = random.Random(20250301).sample(range(count), 60)
    damages: list[Any] = [None, True, -1, 1.5, "", "x", [], [[]], {}, {"id": {}}, [{"id": []}]]
    for number, index in enumerate(sample):
        for value in damages[number % 3 :: 3]:  # each value at twenty places of the sample
            document = json.loads(pristine)
            holder, key = places(document)[index]
            holder[key] = value
            outcome(document)


@settings(max_examples=examples(200), deadline=None)
@given(JSON)
def test_any_json_value_is_refused(document: object) -> None:
    assert isinstance(outcome(document), NoticeRefused)


def nested(depth: int, kind: str) -> Any:
    """A value nested as deep as asked, made without recursion."""
    value: Any = "end"
    for _ in range(depth):
        value = [value] if kind == "list" else {"en": value}
    return value


@pytest.mark.parametrize("kind", ["list", "object"])
@pytest.mark.parametrize("member", ["purposes", "headings", "colour"])
def test_deep_nesting_is_a_finding(kind: str, member: str) -> None:
    refusal = outcome({**DOCUMENT, member: nested(50_000, kind)})
    assert isinstance(refusal, NoticeRefused)
    assert refusal.findings[0].pointer.startswith(f"/{member}")
    assert "too deep" in refusal.findings[0].detail


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ([None] * (MAX_MEMBERS + 1), "/purposes"),
        ({str(number): 1 for number in range(MAX_MEMBERS + 1)}, "/purposes"),
        ([[["x"] * 300] * 100] * 3, ""),
        (["x" * 2_000_001], ""),
        (["\ud800"], "/purposes/0"),
        (["a\x00b"], "/purposes/0"),
        ([{"\udfff": 1}], "/purposes/0"),
        ([float("nan")], "/purposes/0"),
        ([float("inf")], "/purposes/0"),
        ([2**53], "/purposes/0"),
        ([b"bytes"], "/purposes/0"),
        ([{1: 2}], "/purposes/0"),
        (({},), "/purposes"),
    ],
    ids=[
        "wide",
        "members",
        "many",
        "long",
        "surrogate",
        "nul",
        "name",
        "nan",
        "infinite",
        "large",
        "bytes",
        "number name",
        "tuple",
    ],
)
def test_what_cannot_be_checked_is_refused_first(value: Any, place: str) -> None:
    refusal = outcome({**DOCUMENT, "purposes": value})
    assert isinstance(refusal, NoticeRefused)
    assert [finding.pointer for finding in refusal.findings] == [place]


@pytest.mark.parametrize("document", [None, True, 7, "notice", [], [DOCUMENT], (), object()])
def test_only_an_object_is_a_document(document: object) -> None:
    refusal = outcome(document)
    assert isinstance(refusal, NoticeRefused)
    assert [finding.pointer for finding in refusal.findings] == [""]


def test_a_document_at_its_bounds_is_refused_in_bounded_time() -> None:
    odd = [{"id": [number], "kind": {}, "text": {"en": number}} for number in range(300)]
    full = dict.fromkeys(DOCUMENT, odd)
    started = time.process_time()
    refusal = outcome(full)
    assert isinstance(refusal, NoticeRefused)
    assert time.process_time() - started < 10
    assert len(refusal.findings) == MAX_FINDINGS + 1
    assert refusal.findings[-1].pointer == ""


@pytest.mark.parametrize(
    "odd",
    [
        {"purposes": {"n" * 200_000: [[0] * 300] * 190}},
        {"n" * 200_000: [[0] * 300] * 190},
        {"locales": ["it", "l" * 200_000], "purposes": [{"title": {"it": "x"}}] * 300},
        {
            "locales": [f"{one}{two}" for one in "abcdefghijklmno" for two in "abcdefghijklmno"],
            "purposes": [[{"it": "x"}] * 300] * 60,
        },
    ],
    ids=["a long name", "a long name on top", "a long locale", "many locales"],
)
def test_what_is_told_of_a_document_is_no_larger_than_what_is_wrong(odd: dict[str, Any]) -> None:
    started = time.process_time()
    refusal = outcome({**DOCUMENT, **odd})
    assert isinstance(refusal, NoticeRefused)
    assert time.process_time() - started < 10
    assert sum(len(one.pointer) + len(one.detail) for one in refusal.findings) < 1_000_000
