"""Each defect of a document is refused at its own place, and all of them at once."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.catalogue import STORED, Catalogue, StoredKind
from chalicelib.notices.compiler import NoticeRefused, compile_notice
from chalicelib.notices.compiler.elements import ELEMENTS
from tests.unit.notices.defects import REFUSALS
from tests.unit.notices.edits import GONE, edit


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
    if element.path == "controller/representative":
        association["controller"]["country"] = "US"
    else:
        edit(association, {f"/{element.path}": GONE})
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


def test_the_catalogue_decides_what_has_to_be_declared(association: dict[str, Any]) -> None:
    claim = STORED["claim"]
    wider = {
        **STORED,
        "diary": StoredKind("core", frozenset({"page"})),
        "claim": claim._replace(fields=claim.fields | {"colour"}),
        "link": STORED["link"]._replace(retention_class="account"),
    }
    assert refused(association, wider) == ["/records", "/records/1/fields", "/records/6/class"]


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
