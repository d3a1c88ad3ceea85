"""The notice's forms say what a message may hold; a document with other ones does not compile."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.messages import model
from chalicelib.notices.compiler import NoticeRefused, compile_notice
from tests.product import product_document
from tests.unit.core.samples import association, shipped

GOOD: dict[str, Any] = {"kind": "feedback", "text": "Well.", "fields": {"rating": "7"}}


def pointers(**changes: Any) -> set[str]:
    found = model.findings({**GOOD, **changes}, shipped())
    return {finding.pointer for finding in found}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"text": "x" * 4000}, set()),
        ({"text": "x" * 4001}, {"/text"}),
        ({"text": " \u200b\n"}, {"/text"}),
        ({"text": "a\x00b"}, {"/text"}),
        ({"text": "two\r\nlines\tand a tab"}, set()),
        ({"fields": {"rating": "\x07"}}, {"/fields/rating"}),
        ({"fields": {"topic": "  "}}, {"/fields/topic"}),
        ({"fields": {"topic": "two\nlines"}}, {"/fields/topic"}),
        ({"kind": "support", "fields": {"rating": "7"}}, {"/fields/rating"}),
        ({"kind": "survey", "fields": {}}, {"/fields/rating"}),
        ({"fields": {f"f{number}": "x" for number in range(51)}}, {"/fields"}),
        ({"kind": 7, "fields": {"rating": "7"}}, set()),
        ({"kind": "registration"}, set()),
        ({"text": None, "fields": "x"}, set()),
    ],
)
def test_what_a_schema_cannot_say(changes: dict[str, Any], expected: set[str]) -> None:
    assert pointers(**changes) == expected


@pytest.mark.parametrize("body", [None, [], "x", 7])
def test_whatever_comes_is_looked_at(body: object) -> None:
    assert list(model.findings(body, shipped())) == []


def test_a_notice_without_such_a_form_has_no_message() -> None:
    assert model.forms(association()) == {}
    assert list(model.forms(shipped())) == ["contest", "feedback", "support", "survey"]


def form(document: dict[str, Any], name: str = "feedback") -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in document["forms"] if one["id"] == name)
    return found


def refusal(document: dict[str, Any]) -> str:
    with pytest.raises(NoticeRefused) as refused:
        compile_notice(document, STORED)
    return " ".join(f"{one.pointer} {one.detail}" for one in refused.value.findings)


def test_a_form_has_to_require_the_text() -> None:
    document = product_document()
    form(document)["required"] = ["support.rating"]
    form(document)["optional"] = ["support.text"]
    place = document["forms"].index(form(document))
    assert f"/forms/{place}/required has no field text" in refusal(document)


def test_a_form_asks_for_one_category() -> None:
    document = product_document()
    form(document)["optional"].append("company.sector")
    said = refusal(document)
    assert "is of another category" in said
    assert "declared by no record" in said


def test_a_field_has_no_name_that_each_message_has() -> None:
    document = product_document()
    support = next(one for one in document["categories"] if one["id"] == "support")
    support["items"].append({**support["items"][0], "id": "locale"})
    form(document)["optional"].append("support.locale")
    kept = next(one for one in document["records"] if one["kind"] == "message")
    kept["fields"]["support"].append("locale")
    assert "has the name of a field" in refusal(document)


def test_without_a_word_the_record_holds_what_the_forms_ask_for() -> None:
    document = product_document()
    document["records"] = [one for one in document["records"] if one["kind"] != "message"]
    notice = compile_notice(document, STORED)
    groups = notice.records["message"].groups
    assert groups["support"] == {"text", "topic", "rating"}
    assert "support" not in notice.records["profile"].groups


def test_a_version_without_the_field_refuses_it_from_its_first_second() -> None:
    document = product_document()
    form(document)["optional"] = []
    notice = compile_notice(document, STORED)
    found = {one.pointer for one in model.findings(GOOD, notice)}
    assert found == {"/fields/rating"}
