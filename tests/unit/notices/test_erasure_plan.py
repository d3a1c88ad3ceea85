"""What an erasure leaves, by the notice: the plan, and what the compiler refuses about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import NoticeRefused, compile_notice, load_published
from chalicelib.notices.erasure import REQUESTED, beside, erased_categories, plan
from chalicelib.notices.model import Notice, UndeclaredRetention
from chalicelib.notices.rendering import render_html, render_markdown
from tests.unit.core.samples import association, association_document, shipped, shipped_in

NOW = datetime(2026, 11, 29, tzinfo=UTC)
DOCUMENTS = Path(__file__).parents[3] / "chalicelib" / "notices" / "documents"
EXAMPLES = sorted(DOCUMENTS.glob("*.json"))
NEVER = {"unused": "registered", "left": "last_decision", "disowned": "disowned"}


class Hold:
    """One record is held."""

    def covers(self, kind: str, retention_class: str, record_id: str) -> bool:
        return (kind, retention_class, record_id) == ("request", "evidence", "r1")

    def until(self, kind: str, retention_class: str, record_id: str) -> datetime | None:
        return NOW if self.covers(kind, retention_class, record_id) else None


def said(document: dict[str, Any]) -> dict[str, str]:
    """The findings about a document by place; none when it compiles."""
    try:
        compile_notice(document, STORED)
    except NoticeRefused as refused:
        return {one.pointer: one.detail for one in refused.findings}
    return {}


def requested(*kinds: str, **members: Any) -> dict[str, Any]:
    """A document's rule of what stays when somebody asks for erasure."""
    return {
        "id": "asked",
        "origin": "published",
        "kind": "standing",
        "from": "requested",
        "period": {"days": 0},
        "survives": [{"kind": kind, "why": {"en": "It proves."}} for kind in kinds],
        **members,
    }


class TestThePlan:
    def test_every_kind_goes_or_stays_or_is_out_of_reach(self) -> None:
        found = plan(shipped(), REQUESTED)
        proof = {"entry", "obligation", "told", "request", "disclosure", "erasure"}
        assert set(found.stays) == proof | {"transaction"}
        parts = {kind.name for kind in STORED.values() if found.stay(kind.name)}
        apart = {kind.name for kind in STORED.values() if kind.apart}
        assert {*found.goes, *parts, *apart} == STORED.keys()
        assert not parts & set(found.goes)

    @pytest.mark.parametrize(
        ("kind", "stays"),
        [
            ("entry", True),
            ("request", True),
            ("request_message", True),
            ("open_request", True),
            ("profile", False),
            ("claim", False),
            ("export", False),
            ("standing", False),
            ("restriction", False),
            ("no_such_kind", False),
        ],
    )
    def test_a_part_stays_with_its_whole(self, kind: str, stays: bool) -> None:
        assert plan(shipped(), REQUESTED).keeps(kind, "evidence", "r1.0001") is stays

    def test_what_stays_has_a_reason_and_an_end(self) -> None:
        found = plan(shipped(), REQUESTED).stays
        entry = found["entry"]
        assert entry.from_erasure
        assert entry.ends(NOW) == shipped().rule("entry", "ended").ends(NOW)
        assert entry.why["en"].startswith("It proves the choices")
        assert not found["request"].from_erasure
        assert found["request"].ends(NOW) is None
        assert found["request"].rule.event == "closed"

    @pytest.mark.parametrize("event", NEVER.values(), ids=NEVER.keys())
    def test_other_ends_of_a_subject_leave_what_their_own_rule_says(self, event: str) -> None:
        found = plan(shipped(), event)
        assert set(found.stays) == {"erasure"}
        assert {"entry", "request", "request_message"} <= set(found.goes)

    def test_no_subject_ends_from_an_unknown_event(self) -> None:
        with pytest.raises(UndeclaredRetention):
            plan(shipped(), "created")

    def test_what_is_held_stays_and_its_parts(self) -> None:
        found = plan(shipped(), "disowned", held=Hold())
        assert found.keeps("request", "evidence", "r1")
        assert found.keeps("request_message", "evidence", "r1.0003")
        assert not found.keeps("request", "evidence", "r2")
        assert not found.keeps("request_message", "evidence", "r2.0003")
        assert not found.keeps("entry", "evidence", "000000000001")

    def test_a_notice_says_what_stays(self) -> None:
        document = association_document()
        document["retention"].append(requested("entry", "request"))
        found = plan(compile_notice(document, STORED), REQUESTED)
        assert set(found.stays) == {"entry", "request"}
        assert {"obligation", "disclosure"} <= set(found.goes)
        assert found.stays["entry"].why == {"en": "It proves."}

    def test_a_version_from_before_the_rule_has_the_softwares(self) -> None:
        document = association_document()
        published = load_published(document)
        assert plan(published, REQUESTED).stays.keys() == plan(shipped(), REQUESTED).stays.keys()

    def test_only_what_goes_is_among_the_erased(self) -> None:
        assert set(shipped().categories) - set(erased_categories(shipped())) == {"evidence"}


class TestTheCompiler:
    @pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
    def test_examples_say_what_their_rules_do(self, path: Path) -> None:
        assert not {
            place: detail
            for place, detail in said(json.loads(path.read_text("utf-8"))).items()
            if "erase" in place
        }

    def test_data_that_stays_needs_a_kind_that_stays(self) -> None:
        document = association_document()
        plot = next(one for one in document["categories"] if one["id"] == "plot")
        place = f"/categories/{document['categories'].index(plot)}/outcomes/erase/outcome"
        plot["outcomes"]["erase"]["outcome"] = "anonymised"
        assert "profile" in said(document)[place]

    def test_a_kind_that_a_rule_lets_stay_does(self) -> None:
        document = association_document()
        document["retention"].append(requested("entry", "request", "profile"))
        document["categories"][1]["outcomes"]["erase"]["outcome"] = "kept"
        assert said(document).keys() == {"/categories/3/outcomes/erase/outcome"}
        document["categories"][3]["outcomes"]["erase"]["text"] = {"en": "It stays for a year."}
        assert said(document) == {}
        assert plan(compile_notice(document, STORED), REQUESTED).keeps("profile", "account", "plot")

    def test_erased_is_told_with_what_stays_in_the_words_of_the_rule(self) -> None:
        document = association_document()
        del document["categories"][0]["outcomes"]["erase"]["text"]
        document["retention"].append(requested("entry", "request"))
        notice = compile_notice(document, STORED)
        category = document["categories"][0]["id"]
        assert [one.kind for one in beside(notice, category)] == ["request"]
        page = render_markdown(notice, "en")
        assert "erased. What stays: " in page
        assert "It proves." in page.partition("erased. What stays: ")[2].partition("\n")[0]
        document["categories"][0]["outcomes"]["erase"]["text"] = {"en": "All but requests."}
        assert beside(compile_notice(document, STORED), category) == ()

    def test_nothing_is_erased_where_everything_stays(self) -> None:
        document = association_document()
        document["retention"].append(requested("entry", "request", "profile", "session", "message"))
        for category in document["categories"]:
            category["outcomes"]["erase"] = {"outcome": "erased"}
        details = said(document)
        assert "all that holds it stays" in details["/categories/1/outcomes/erase/outcome"]

    def test_doors_cannot_outlive_their_person(self) -> None:
        document = association_document()
        document["retention"].append(requested("entry", "claim", "request", "link"))
        place = f"/retention/{len(document['retention']) - 1}/survives"
        assert said(document).keys() == {f"{place}/1/kind", f"{place}/3/kind"}

    def test_the_request_itself_stays(self) -> None:
        document = association_document()
        document["retention"].append(requested("entry"))
        place = f"/retention/{len(document['retention']) - 1}/survives"
        assert "request" in said(document)[place]

    def test_what_was_asked_for_is_neither_reviewed_nor_put_off(self) -> None:
        document = association_document()
        rule = requested("entry", "request", then="review", period={"months": 2})
        document["retention"].append(rule)
        place = f"/retention/{len(document['retention']) - 1}"
        assert said(document).keys() == {f"{place}/then", f"{place}/period"}


@pytest.mark.parametrize(
    ("notice", "locale", "caption", "until"),
    [
        (shipped, "en", "If you ask for erasure, this stays", "5 years from the erasure"),
        (shipped, "it", "Se chiede la cancellazione, resta questo", "5 anni dalla cancellazione"),
        (association, "en", "If you ask for erasure, this stays", "2 years from closing"),
    ],
)
def test_the_page_says_what_stays_and_why(
    notice: Callable[[], Notice], locale: str, caption: str, until: str
) -> None:
    assert caption in render_html(notice(), locale)
    assert f"| {until} |" in render_markdown(notice(), locale)


@pytest.mark.parametrize("locale", ["de", "fr", "es"])
def test_the_page_says_it_in_every_language(locale: str) -> None:
    notice: Notice = shipped_in(locale)
    page = render_markdown(notice, locale)
    assert all(one.why[locale] in page for one in plan(notice, REQUESTED).stays.values())
