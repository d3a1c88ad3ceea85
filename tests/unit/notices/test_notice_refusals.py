"""Each defect of a document is refused at its own place, and all of them at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.catalogue import STORED, Catalogue, Kind
from chalicelib.notices.compiler import NoticeRefused, compile_notice
from chalicelib.notices.compiler.completion import completed
from chalicelib.notices.compiler.elements import ELEMENTS, check
from tests.unit.notices.defects import REFUSALS
from tests.unit.notices.edits import GONE, edit

SUPPLIED = {"retention", "rights", "requests", "complaint"}
"""Elements that the software states by itself where the document leaves them out."""


def refused(document: object, catalogue: Catalogue = STORED) -> list[str]:
    """The places of all findings."""
    with pytest.raises(NoticeRefused) as caught:
        compile_notice(document, catalogue)
    assert all(finding.detail.endswith(".") for finding in caught.value.findings)
    return [finding.pointer for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("edits", "places"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
def test_a_defect_is_refused_at_its_place(
    association: dict[str, Any], edits: dict[str, Any], places: set[str]
) -> None:
    assert set(refused(edit(association, edits))) == places


@pytest.mark.parametrize("element", ELEMENTS, ids=[element.path for element in ELEMENTS])
def test_every_element_of_articles_13_and_14_is_asked_for(
    association: dict[str, Any], element: Any
) -> None:
    edit(association, {f"/{element.path}": GONE})
    if element.path in SUPPLIED:
        whole = completed(association, STORED)
        assert whole[element.path]
        assert not list(check(whole))
        return
    with pytest.raises(NoticeRefused) as caught:
        compile_notice(association, STORED)
    told = [found for found in caught.value.findings if found.pointer == f"/{element.path}"]
    assert len(told) == 1
    assert f"GDPR art. {element.article}" in told[0].detail


@pytest.mark.parametrize("right", range(7))
def test_every_right_is_asked_for(association: dict[str, Any], right: int) -> None:
    name = association["rights"].pop(right)["id"]
    with pytest.raises(NoticeRefused) as caught:
        compile_notice(association, STORED)
    assert [f.pointer for f in caught.value.findings if f" {name} (GDPR" in f.detail] == ["/rights"]


def test_withdrawal_is_asked_for_only_where_there_is_consent(association: dict[str, Any]) -> None:
    del association["rights"][6]
    for category in association["categories"]:
        del category["outcomes"]["withdraw"]
    assert refused(association) == ["/rights"]
    association["purposes"][1]["basis"]["kind"] = "contract"
    association["forms"][0]["optional"].remove("interests.topics")
    compile_notice(association, STORED)


def test_a_second_locale_asks_for_its_words_everywhere(association: dict[str, Any]) -> None:
    association["locales"] = ["en", "ga"]
    places = refused(association)
    assert {place.rpartition("/")[2] for place in places} == {"ga"}
    assert {
        "/headings/title/ga",
        "/forms/0/consequence/ga",
        "/retention/1/survives/0/why/ga",
        "/purposes/2/basis/interest/ga",
        "/categories/1/outcomes/erase/text/ga",
        "/recipients/1/transfer/text/ga",
        "/rights/4/limits/0/text/ga",
    } <= set(places)


def test_a_release_that_stores_more_breaks_nobodys_notice(association: dict[str, Any]) -> None:
    claim = STORED["claim"]
    wider = {
        **STORED,
        "diary": Kind("diary", "core", plain=frozenset({"page"})),
        "claim": replace(claim, plain=claim.plain | {"colour"}),
    }
    notice = compile_notice(association, wider)
    notice.refuse_undeclared("diary", {"page"})
    notice.refuse_undeclared("claim", {"colour"})
    assert notice.records["diary"].title == {"en": "Diary"}


def test_a_field_of_an_earlier_release_may_still_be_named(association: dict[str, Any]) -> None:
    claim = STORED["claim"]
    narrower = {**STORED, "claim": replace(claim, plain=claim.plain - {"country"})}
    place = association["records"][1]["fields"]["technical"].index("country")
    assert refused(association, narrower) == [f"/records/1/fields/technical/{place}"]
    narrower["claim"] = replace(narrower["claim"], former=frozenset({"country"}))
    assert "country" not in compile_notice(association, narrower).records["claim"].fields


def test_a_kind_keeps_the_class_that_seals_it(association: dict[str, Any]) -> None:
    other = {**STORED, "link": replace(STORED["link"], retention_class="account")}
    assert refused(association, other) == ["/records/6/class"]
    del association["records"][6]["class"]
    assert compile_notice(association, other).records["link"].retention_class == "account"


def test_all_defects_are_told_at_once(association: dict[str, Any]) -> None:
    rows = [
        row
        for row in REFUSALS
        if row[0]
        in {
            "no act",
            "no interest",
            "no transfer",
            "empty time",
            "no such day",
            "unknown member",
            "cookie without class",
            "blank words",
        }
    ]
    for _, edits, _ in rows:
        edit(association, edits)
    assert set(refused(association)) == set().union(*(places for _, _, places in rows))


def test_findings_do_not_repeat_what_was_written(association: dict[str, Any]) -> None:
    secret = "tom.bailey@example.org"
    association["version"] = association["purposes"][0]["automated"] = secret
    association["purposes"][0]["categories"] = [secret]
    association["controller"]["email"] = [secret]
    with pytest.raises(NoticeRefused) as caught:
        compile_notice(association, STORED)
    assert len(caught.value.findings) >= 4
    assert not any(secret in finding.detail for finding in caught.value.findings)
