"""The page in layers: what readers see before they unfold anything, and where links lead."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import chalicelib.notices
from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import compile_notice, load_published, marks
from chalicelib.notices.model import Announced, Notice
from chalicelib.notices.rendering import render_html, render_markdown
from chalicelib.notices.rendering.blocks import CHOSEN_SIGN, OPEN_SIGN
from chalicelib.pages.words import words
from tests.unit.core.samples import NOW
from tests.unit.rendering.conftest import association
from tests.unit.rendering.reading import VOID, Html, squeezed
from tests.unit.rendering.test_tables import inside

DOCUMENTS = Path(chalicelib.notices.__file__).parent / "documents"
BEFORE = 7_600
"""Words that were in sight of the longest shipped page before it had layers."""


@dataclass
class Sight(HTMLParser):
    """The text of a page that is in sight while all that folds is folded."""

    source: str
    text: str = ""
    whole: str = ""
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.source[self.source.index("<body") : self.source.index("</html>")])
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()
        self.text += " "
        self.whole += " "

    def handle_data(self, data: str) -> None:
        self.whole += data
        if self.open.count("details") == self.open.count("summary"):
            self.text += data


def count(text: str) -> int:
    return len(text.split())


def answer(source: str) -> str:
    (found,) = re.findall(r'<section class="answer".*?</section>', source, re.DOTALL)
    return str(found)


def objection(source: str) -> list[str]:
    return re.findall(r'<section class="objection".*?</section>', source, re.DOTALL)


def shipped_document(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((DOCUMENTS / f"{name}.json").read_text("utf-8"))
    return document


@pytest.mark.parametrize("name", sorted(path.stem for path in DOCUMENTS.glob("*.json")))
def test_at_most_half_is_in_sight_before_unfolding(name: str) -> None:
    notice = compile_notice(shipped_document(name), STORED)
    for locale in notice.locales:
        sight = Sight(render_html(notice, locale))
        assert count(sight.text) <= BEFORE / 2
        assert count(sight.text) <= count(sight.whole) / 2


def test_the_answer_comes_first_and_names_who_what_choices_and_contact(
    rendered: tuple[Notice, str],
) -> None:
    notice, locale = rendered
    source = render_html(notice, locale)
    assert source.index('class="answer"') < source.index('<nav class="contents"')
    told = Html(answer(source))
    assert notice.completed["controller"]["name"] in told.text
    assert notice.contact in told.text
    hrefs = {str(one.attributes["href"]) for one in told.all("a")}
    assert {"#controller", f"mailto:{notice.contact}"} <= hrefs
    assert {f"#right-{name}" for name in notice.rights} <= hrefs
    named = {href.removeprefix("#purpose-") for href in hrefs if href.startswith("#purpose-")}
    assert named <= set(notice.purposes)
    assert named & set(notice.choices)
    assert named - set(notice.choices)
    asked = words("notice", locale)["answer_asked"]
    assert squeezed(asked) in told.text


def test_the_answer_tells_a_change_and_without_one_since_when(shipped: Notice) -> None:
    announced = Announced("2027-03-08", "2026-11-22", "informative", NOW, NOW)
    changes = "/notice/2027-03-08/changes?since=2026-11-22&amp;lang=en"
    assert changes in answer(render_html(shipped, "en", announced))
    plain = answer(render_html(shipped, "en"))
    assert changes not in plain
    assert "In force since 22 November 2026" in plain


def test_the_right_to_object_stands_by_itself(rendered: tuple[Notice, str]) -> None:
    """GDPR art. 21(4): clearly, and apart from any other information."""
    notice, locale = rendered
    source = render_html(notice, locale)
    reached = {
        name
        for name, one in notice.purposes.items()
        if one.basis == "legitimate_interest" or one.marketing
    }
    assert reached
    (own,) = objection(source)
    assert "<details" not in own
    hrefs = [str(one.attributes["href"]) for one in Html(own).all("a")]
    assert {href.removeprefix("#purpose-") for href in hrefs if "purpose" in href} == reached
    has = "object" in notice.rights
    assert ("#right-object" in hrefs) == has
    assert source.index(own) < source.index('<nav class="contents"')


def test_without_anything_to_object_to_there_is_no_such_part() -> None:
    document = copy.deepcopy(dict(association().document))
    for one in document["purposes"]:
        one["marketing"] = False
        if one["basis"]["kind"] == "legitimate_interest":
            one["basis"] = {"origin": "published", "kind": "contract"}
    assert objection(render_html(load_published(document), "en")) == []


def test_links_within_the_page_lead_to_places_on_it(rendered: tuple[Notice, str]) -> None:
    html = Html(render_html(*rendered))
    ids = [str(one.attributes["id"]) for one in html.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    hrefs = {str(one.attributes["href"]) for one in html.all("a")}
    assert {href[1:] for href in hrefs if href.startswith("#")} <= set(ids)


def test_a_leading_place_keeps_its_address_when_its_words_change(shipped: Notice) -> None:
    document = copy.deepcopy(dict(shipped.document))
    for one in document["purposes"]:
        one["title"] = dict.fromkeys(one["title"], f"Another name of {one['id']}")
    before, after = (
        re.findall(r'id="(purpose-[^"]+)"', render_html(notice, "en"))
        for notice in (shipped, load_published(document))
    )
    assert before == after


def test_one_sign_and_a_legend_instead_of_remarks(rendered: tuple[Notice, str]) -> None:
    notice, locale = rendered
    source = render_html(notice, locale)
    html, sight = Html(source), Sight(source)
    said = words("notice", locale)
    for name in ("mark_choice_unconfirmed", "mark_choice"):
        assert f"({said[name]})" not in sight.whole
    assert len(html.hints()) >= len(notice.unconfirmed)
    for sign, name in ((OPEN_SIGN, "legend_open"), (CHOSEN_SIGN, "legend_chosen")):
        told = said[name].format(sign=sign)
        assert (told in html.text) == (sign in source)
        assert (told in render_markdown(notice, locale)) == (sign in source)


def test_a_confirmed_choice_has_the_other_sign(shipped: Notice) -> None:
    confirmed = compile_notice(shipped.document, STORED, marks.confirmations(shipped.document))
    for render in (render_html, render_markdown):
        assert OPEN_SIGN in render(shipped, "en")
        assert OPEN_SIGN not in render(confirmed, "en")
        assert CHOSEN_SIGN in render(confirmed, "en")


def test_details_of_technology_stand_apart_and_last(rendered: tuple[Notice, str]) -> None:
    notice, locale = rendered
    source = render_html(notice, locale)
    last = inside(source, "records")
    assert source.index(last) > max(
        source.index(f'id="{name}"') for name in ("purposes", "rights", "retention")
    )
    assert '<details class="fold">' in last
    assert source.index(notice.digest) > source.index(last)


def test_headings_are_in_order_and_folded_names_are_headings(
    rendered: tuple[Notice, str],
) -> None:
    html = Html(render_html(*rendered))
    names = [one.tag for one in html.all("h1", "h2", "h3", "h4")]
    assert names.count("h1") == 1
    assert names.index("h3") > names.index("h2") > names.index("h1")
    assert "h4" not in names
    assert len(html.all("summary")) == len(html.all("details"))
    assert names.count("h3") == sum(
        one.attributes.get("class") == "entry" for one in html.all("details")
    )
