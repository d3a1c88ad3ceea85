"""What the organisation keeps and ends itself: told everywhere, and obeyed by the organisation."""

from __future__ import annotations

import copy
import csv
import io
import json
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices import access
from chalicelib.notices.compiler import NoticeRefused, compile_notice, load_published
from chalicelib.notices.model import Notice, UndeclaredField, UndeclaredRetention
from chalicelib.notices.processing import report_csv, report_json
from chalicelib.notices.rendering import render_markdown

YEAR = "from the end of the year"


@pytest.fixture
def document(association: dict[str, Any]) -> dict[str, Any]:
    """The association's document, with bills that its bookkeeper keeps."""
    association["records"].append(
        {"kind": "invoice", "title": {"en": "Bill"}, "fields": {"plot": ["number"]}}
    )
    rule = {
        "id": "bill_kept",
        "origin": "law",
        "title": {"en": "Bills"},
        "kind": "invoice",
        "from": "year_ended",
        "starts": {"en": YEAR},
        "period": {"years": 10},
        "ended_by": {"en": "our bookkeeper"},
    }
    association["retention"].append(rule)
    plot = next(one for one in association["categories"] if one["id"] == "plot")
    plot["retention"].setdefault("rules", []).append("bill_kept")
    return association


def _rule(document: dict[str, Any]) -> dict[str, Any]:
    rule: dict[str, Any] = document["retention"][-1]
    return rule


def _findings(document: dict[str, Any]) -> dict[str, str]:
    try:
        compile_notice(document, STORED)
    except NoticeRefused as refused:
        return {one.pointer: one.detail for one in refused.findings}
    return {}


def test_a_fact_is_told_and_no_rule(document: dict[str, Any]) -> None:
    notice = compile_notice(document, STORED)
    fact = notice.facts["bill_kept"]
    assert (fact.kind, fact.event, fact.period, fact.categories) == (
        *("invoice", "year_ended", {"years": 10}),
        ("plot",),
    )
    assert "bill_kept" not in notice.retention
    assert "invoice" not in notice.records
    with pytest.raises(UndeclaredRetention):
        notice.rule("invoice", "year_ended")
    with pytest.raises(UndeclaredField):
        notice.refuse_undeclared("invoice", ["number"])


def test_the_page_tells_who_ends_it(document: dict[str, Any]) -> None:
    page = render_markdown(compile_notice(document, STORED), "en")
    assert f"10 years {YEAR} (ended by our bookkeeper)" in page
    del _rule(document)["ended_by"]
    notice = compile_notice(document, STORED)
    name = notice.completed["controller"]["name"]
    assert f"(ended by {name})" in render_markdown(notice, "en")


def test_a_copy_tells_it_with_its_category(document: dict[str, Any]) -> None:
    notice = compile_notice(document, STORED)
    kept = access.category_kept(notice, "plot", "en")
    assert kept[-1] == f"Bills: 10 years {YEAR} (ended by our bookkeeper)"


def test_the_record_of_processing_tells_it(document: dict[str, Any]) -> None:
    notice = compile_notice(document, STORED)
    told = json.loads(report_json(notice, "en"))
    limits = [
        limit
        for activity in told["activities"]
        for category in activity["categories"]
        for limit in category["retention"]["limits"]
        if limit["rule"] == "bill_kept"
    ]
    assert limits[0] == {
        "rule": "bill_kept",
        "record": "Bill",
        "period": "10 years",
        "from": YEAR,
        "then": "erased, ended by our bookkeeper",
    }
    rows = list(csv.reader(io.StringIO(report_csv(notice, "en").decode())))
    assert any("Bill 10 years" in cell for row in rows for cell in row)


def test_what_decides_may_stand_in_place_of_a_time(document: dict[str, Any]) -> None:
    rule = _rule(document)
    del rule["period"]
    rule["criterion"] = {"en": "As long as the tax office may ask."}
    notice = compile_notice(document, STORED)
    assert access.category_kept(notice, "plot", "en")[-1] == (
        "Bills: As long as the tax office may ask (ended by our bookkeeper)"
    )
    assert "As long as the tax office may ask." in render_markdown(notice, "en")


def test_hours_are_told(document: dict[str, Any]) -> None:
    _rule(document)["period"] = {"hours": 72}
    notice = compile_notice(document, STORED)
    assert access.category_kept(notice, "plot", "en")[-1].startswith(f"Bills: 72 hours {YEAR}")


def test_a_purpose_has_times_of_its_own(document: dict[str, Any]) -> None:
    purpose = document["purposes"][0]
    purpose["retention"] = {
        "origin": "published",
        "rules": ["bill_kept"],
        "text": {"en": "Thirty days for safety."},
    }
    notice = compile_notice(document, STORED)
    named = access.purpose_named(notice, notice.purposes[purpose["id"]], "en")
    said = ["Thirty days for safety.", f"Bills: 10 years {YEAR} (ended by our bookkeeper)"]
    assert named["kept"] == said
    assert json.loads(report_json(notice, "en"))["activities"][0]["kept"] == said
    assert "Thirty days for safety." in render_markdown(notice, "en")


def test_the_end_of_a_contract_is_the_organisations_to_tell(
    association: dict[str, Any],
) -> None:
    rule = {"id": "contract", "origin": "published", "kind": "profile", "from": "contract_ended"}
    association["retention"].append({**rule, "period": {"years": 1}})
    notice = compile_notice(association, STORED)
    assert notice.facts["contract"].kind == "profile"
    assert notice.rule("profile", "ended")  # the software goes on ending it


_WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    ("an event without words", {"starts": None}, "starts", "the software has no words"),
    ("neither time nor criterion", {"period": None}, "period", "is missing: how long"),
    ("a warning", {"warn": [{"days": 7}]}, "warn", "warns nobody"),
    ("an account that is stopped", {"then": "deactivate"}, "then", "cannot be deactivate"),
]


@pytest.mark.parametrize(
    ("change", "member", "told"), [row[1:] for row in _WRONG], ids=[row[0] for row in _WRONG]
)
def test_a_fact_that_says_too_little_is_refused(
    document: dict[str, Any], change: dict[str, Any], member: str, told: str
) -> None:
    rule = _rule(document)
    for name, value in change.items():
        rule.pop(name, None) if value is None else rule.update({name: value})
    found = _findings(document)
    place = f"/retention/{len(document['retention']) - 1}/{member}"
    assert told in found[place]


_OURS: list[tuple[str, dict[str, Any], str]] = [
    ("words for an event that it knows", {"starts": {"en": "from then"}}, "starts"),
    ("a criterion", {"criterion": {"en": "As needed."}}, "criterion"),
    ("somebody who ends it", {"ended_by": {"en": "us"}}, "ended_by"),
    ("hours", {"period": {"hours": 2}}, "period/hours"),
    ("no time", {"period": None}, "period"),
]


@pytest.mark.parametrize(
    ("change", "member"), [row[1:] for row in _OURS], ids=[row[0] for row in _OURS]
)
def test_a_rule_of_the_software_is_no_fact(
    association: dict[str, Any], change: dict[str, Any], member: str
) -> None:
    index, rule = next(
        (index, one)
        for index, one in enumerate(association["retention"])
        if one["kind"] == "session"
    )
    for name, value in change.items():
        rule.pop(name, None) if value is None else rule.update({name: value})
    assert f"/retention/{index}/{member}" in _findings(association)


def test_a_kind_that_nobody_names_is_a_mistake(document: dict[str, Any]) -> None:
    del document["records"][-1]["title"]
    found = _findings(document)
    place = f"/records/{len(document['records']) - 1}/kind"
    assert "correct it, or say in title" in found[place]


def test_an_event_of_another_kind_is_a_mistake(association: dict[str, Any]) -> None:
    rule = {"id": "odd", "origin": "published", "kind": "session", "from": "registered"}
    association["retention"].append({**rule, "period": {"years": 1}})
    place = f"/retention/{len(association['retention']) - 1}/from"
    assert "or say in starts" in _findings(association)[place]


def test_a_form_cannot_ask_for_what_only_the_organisation_keeps(document: dict[str, Any]) -> None:
    record = next(one for one in document["records"] if one["kind"] == "profile")
    asked = copy.deepcopy(document)
    form = asked["forms"][0]
    field = "plot.number"
    stays = {one for names in record["fields"].values() for one in names}
    assert "number" in stays  # the profile keeps it until the next line
    for one in asked["records"]:
        if one["kind"] == "profile":
            one["fields"]["plot"] = [name for name in one["fields"]["plot"] if name != "number"]
    if field not in (*form["required"], *form["optional"]):
        form["optional"].append(field)
    assert any("declared by no record" in detail for detail in _findings(asked).values())


def test_a_category_may_stay_with_the_organisation(document: dict[str, Any]) -> None:
    plot = next(one for one in document["categories"] if one["id"] == "plot")
    plot["outcomes"]["erase"] = {"outcome": "kept", "text": {"en": "In the bills."}}
    assert _findings(document) == {}


def test_a_published_fact_is_read_again(document: dict[str, Any]) -> None:
    notice: Notice = load_published(document)
    assert [*notice.facts] == ["bill_kept"]
