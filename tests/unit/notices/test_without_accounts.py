"""A notice without a form of registration: no accounts, but those of staff, told to nobody."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue import OF_ACCOUNTS, STORED
from chalicelib.notices import presentation
from chalicelib.notices.compiler import NoticeRefused, compile_notice, load_published
from chalicelib.notices.model import REGISTRATION
from chalicelib.notices.processing import report_json
from chalicelib.notices.rehearsal import rehearse
from chalicelib.notices.rendering import render_html, render_markdown
from chalicelib.web.contract import JSON

MINIMAL = Path(__file__).parents[2] / "documents" / "minimal.json"


@pytest.fixture
def minimal() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(MINIMAL.read_text("utf-8"))
    return found


@pytest.fixture
def document(association: dict[str, Any]) -> dict[str, Any]:
    """The association's document without a form."""
    association["forms"] = []
    return association


def test_staff_register_with_an_address_alone(document: dict[str, Any]) -> None:
    notice = compile_notice(document, STORED)
    assert not notice.registers
    form = notice.forms[REGISTRATION]
    assert form.address is not None
    assert (form.required, form.optional) == (frozenset({form.address}), frozenset())
    assert notice.categories[form.address.category].fields[form.address.field].type == "email"
    assert rehearse(notice) == ()
    assert not load_published(document).registers


def test_a_form_of_its_own_opens_accounts(association: dict[str, Any]) -> None:
    notice = compile_notice(association, STORED)
    assert notice.registers
    assert len(notice.completed["forms"]) == len(association["forms"])


def test_other_forms_open_no_accounts(association: dict[str, Any]) -> None:
    form = association["forms"][0]
    association["forms"] = [{**form, "id": "visit"}]
    notice = compile_notice(association, STORED)
    assert not notice.registers
    assert {*notice.forms} == {"visit", REGISTRATION}
    assert form["title"]["en"] in render_markdown(notice, "en")


def test_the_page_tells_nothing_of_accounts(document: dict[str, Any]) -> None:
    notice = compile_notice(document, STORED)
    for page in (render_markdown(notice, "en"), render_html(notice, "en")):
        for word in ("Registration of staff", "Ask from your account", "Sign-in from another"):
            assert word not in page
    told = json.loads(presentation.in_force(notice, "en", JSON))
    kinds = {one["kind"] for one in told["technical_detail"]}
    unused = {kind.name for kind in STORED.values() if kind.by_notice or kind.forms}
    assert kinds == STORED.keys() - OF_ACCOUNTS - unused
    assert STORED.keys() > OF_ACCOUNTS
    assert told["document"]["forms"] == []
    assert not any("sign in" in one for one in told["software_statements"])


def test_the_record_of_processing_names_no_holders_of_accounts(document: dict[str, Any]) -> None:
    told = json.loads(report_json(compile_notice(document, STORED), "en"))
    subjects = {name for activity in told["activities"] for name in activity["subjects"]}
    assert subjects == {"people who are in touch with us", "visitors to the site"}


def test_without_any_address_staff_could_not_sign_in(document: dict[str, Any]) -> None:
    for category in document["categories"]:
        for item in category["items"]:
            if item["type"] == "email":
                item["type"] = "text"
    with pytest.raises(NoticeRefused) as refused:
        compile_notice(document, STORED)
    assert {one.pointer for one in refused.value.findings} >= {"/forms"}


@pytest.mark.parametrize(
    ("basis", "left_out"),
    [
        ("legal_obligation", {"port", "withdraw"}),
        ("public_task", {"port", "withdraw"}),
        ("contract", {"withdraw"}),
        ("consent", set()),
    ],
)
def test_a_right_that_does_not_reach_a_category_may_be_left_out(
    minimal: dict[str, Any], basis: str, left_out: set[str]
) -> None:
    act = {"act": {"en": "Act 1"}} if basis in ("legal_obligation", "public_task") else {}
    minimal["purposes"][0]["basis"] = {"kind": basis, "origin": "law", **act}
    minimal["purposes"][1]["categories"] = ["other"]
    other = {**minimal["categories"][0], "id": "other", "items": []}
    other["items"] = [{"id": "name", "title": {"en": "Name"}, "type": "text", "max": 99}]
    minimal["categories"] = [copy.deepcopy(minimal["categories"][0]), other]
    for right in ("port", "withdraw"):
        del minimal["categories"][0]["outcomes"][right]
    told = _missing(minimal)
    assert told == {f"/categories/0/outcomes/{right}" for right in {"port", "withdraw"} - left_out}


def _missing(document: dict[str, Any]) -> set[str]:
    try:
        notice = compile_notice(document, STORED)
    except NoticeRefused as refused:
        return {one.pointer for one in refused.findings}
    outcomes = notice.categories["member"].outcomes
    assert {outcomes[right].outcome for right in ("port", "withdraw")} == {"not_applicable"}
    return set()
