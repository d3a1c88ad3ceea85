"""The HTML page: complete, well formed, accessible, and inert whatever its words are."""

from __future__ import annotations

import copy
import re
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest

import chalicelib.pages
from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import compile_notice, marks
from chalicelib.notices.model import Notice
from chalicelib.notices.rendering import render_html
from chalicelib.pages.assets import script_name
from tests.unit.rendering.conftest import HOSTILE, association
from tests.unit.rendering.reading import Html, squeezed, titles

CSS = Path(chalicelib.pages.__file__).parent / "style.css"

LOADING = {"src", "srcset", "action", "formaction", "data", "poster", "background", "style"}


@pytest.fixture(scope="session")
def html(rendered: tuple[Notice, str]) -> Html:
    return Html(render_html(*rendered))


def test_names_everything(rendered: tuple[Notice, str], html: Html) -> None:
    notice, locale = rendered
    missing = [w[locale] for w in titles(notice) if squeezed(w[locale]) not in html.text]
    assert not missing


def test_says_every_statement(rendered: tuple[Notice, str], html: Html) -> None:
    notice, locale = rendered
    statements = _texts(notice.document, locale)
    assert len(statements) > 10
    assert [text for text in statements if squeezed(text) not in html.text] == []


def _texts(value: Any, locale: str) -> list[str]:
    """Every `text` of the document with an origin: what somebody states."""
    if isinstance(value, dict):
        own = [value["text"][locale]] if "origin" in value and "text" in value else []
        return own + [
            text for name, v in value.items() if name != "banner" for text in _texts(v, locale)
        ]
    return [text for v in value for text in _texts(v, locale)] if isinstance(value, list) else []


LINKED = (
    "site/scope",
    "site/linked_sites",
    "introduction",
    "controller/contact",
    "automated_decisions",
    "minors",
    "purposes/0/logic",
    "recipients/0",
    "sources/0",
)


@pytest.mark.parametrize("place", LINKED)
def test_a_statement_a_recipient_and_a_source_lead_to_more(place: str) -> None:
    document = copy.deepcopy(association().document)
    *outer, name = place.split("/")
    holder: Any = document
    for step in outer:
        holder = holder[int(step) if step.isdigit() else step]
    address = "https://more.example/read"
    if name.isdigit():
        holder[int(name)]["url"] = address
    else:
        words = {"en": "Read more elsewhere."}
        holder[name] = {"origin": "published", "text": words, "url": address}
    html = Html(render_html(compile_notice(document, STORED), "en"))
    assert [link.attributes["href"] for link in html.all("a")].count(address) == 1


def test_says_by_which_number_the_controller_is_registered() -> None:
    document = copy.deepcopy(association().document)
    document["controller"]["registration"] = "Charities Register 20012345"
    html = Html(render_html(compile_notice(document, STORED), "en"))
    assert "Charities Register 20012345" in html.text


def test_says_which_text_it_is(rendered: tuple[Notice, str], html: Html) -> None:
    notice, _ = rendered
    assert notice.digest in html.text
    assert notice.version in html.text
    assert str(notice.text_date.year) in html.text


def test_tags_balance(html: Html) -> None:
    assert html.problems == []
    assert html.source.startswith("<!doctype html>")


def test_has_language_and_title(rendered: tuple[Notice, str], html: Html) -> None:
    assert [e.attributes["lang"] for e in html.all("html")] == [rendered[1]]
    assert html.title.strip()


def test_headings_descend_one_by_one(html: Html) -> None:
    levels = [int(element.tag[1]) for element in html.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_has_landmarks(html: Html) -> None:
    for tag in ("header", "main", "footer"):
        assert len(html.all(tag)) == 1, tag
    for nav in html.all("nav"):
        assert nav.attributes.keys() & {"aria-label", "aria-labelledby"}


def test_skip_link_comes_first_and_links_lead_somewhere(html: Html) -> None:
    ids = [e.attributes["id"] for e in html.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    inside = [str(e.attributes["href"]) for e in html.all("a")]
    assert inside[0] == "#content"
    assert all(href[1:] in ids for href in inside if href.startswith("#"))


def test_tables_have_captions_and_scopes(html: Html) -> None:
    tables = html.all("table")
    assert len(tables) >= 4
    assert len(html.all("caption")) == len(tables)
    assert {e.attributes.get("scope") for e in html.all("th")} == {"col", "row"}


def test_cells_carry_the_head_of_their_column(html: Html) -> None:
    """On a narrow screen rows are stacked and a cell is known by its label."""
    assert all(cell.attributes.get("data-label") for cell in html.all("td"))


def test_loads_and_runs_nothing_but_the_script_of_all_pages(html: Html) -> None:
    assert not html.all("img", "iframe", "object", "embed", "form", "base")
    (script,) = html.all("script")
    assert str(script.attributes.pop("src")).endswith(f"/assets/{script_name()}")
    assert {e.attributes.get("rel") for e in html.all("link")} <= {"alternate", "icon"}
    for element in html.elements:
        assert not element.attributes.keys() & LOADING
        assert not [name for name in element.attributes if name.startswith("on")]
    assert "url(" not in html.source
    assert "@import" not in html.source


def test_links_to_the_other_language(shipped: Notice) -> None:
    html = Html(render_html(shipped, "it"))
    others = [e for e in html.all("a") if e.attributes.get("hreflang")]
    assert [(e.attributes["href"], e.attributes["lang"]) for e in others] == [("?lang=en", "en")]


def test_unknown_language_becomes_the_first(shipped: Notice) -> None:
    assert render_html(shipped, "fr") == render_html(shipped, "it")


@pytest.mark.parametrize(
    ("locale", "chosen", "missing", "waiting"),
    [
        ("it", "scelta del titolare, da confermare", "Non indicato dal titolare", "da confermare"),
        ("en", "controller’s choice, to confirm", "Not stated by the controller", "to confirm"),
    ],
)
def test_marks(shipped: Notice, locale: str, chosen: str, missing: str, waiting: str) -> None:
    html = Html(render_html(shipped, locale))
    bases = len(shipped.purposes)
    assert html.text.count(f"({chosen})") > bases
    assert missing in html.text
    assert f"Malabar Archive ({waiting})" in html.text


@pytest.mark.parametrize(
    ("locale", "in_the_details", "in_the_categories"),
    [
        (
            "it",
            "Account disconosciuto: subito quando è disconosciuto: cancellazione",
            "Account disconosciuto: subito quando è disconosciuto",
        ),
        (
            "en",
            "Account disowned: at once when it is disowned: erased",
            "Account disowned: at once when it is disowned",
        ),
    ],
)
def test_what_goes_at_once_says_so(
    shipped: Notice, locale: str, in_the_details: str, in_the_categories: str
) -> None:
    text = Html(render_html(shipped, locale)).text
    assert in_the_details in text
    assert text.count(in_the_categories) > text.count(in_the_details)
    assert "when it is disowned at once erased" in Html(render_html(association(), "en")).text
    assert re.search(r"\b0 (giorni|days)", text) is None


@pytest.mark.parametrize(
    ("locale", "optional", "always"),
    [
        ("it", "ultimo accesso. sì, nell’account", "risposta. no, arriva sempre"),
        ("en", "last sign-in. yes, in the account", "answer. no, it is always sent"),
    ],
)
def test_notifications_say_whether_they_can_be_turned_off(
    shipped: Notice, locale: str, optional: str, always: str
) -> None:
    html = Html(render_html(shipped, locale))
    assert optional in html.text
    assert always in html.text
    ids = [str(e.attributes["id"]) for e in html.all("h2") if "id" in e.attributes]
    assert ids.index("notifications") == ids.index("marketing") + 1


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("it", "almeno 15 giorni prima. Dopo l’entrata in vigore il sito lo mostra per 30 giorni."),
        ("en", "at least 15 days beforehand. After it has taken effect the site shows it for 30"),
    ],
)
def test_says_how_long_beforehand_people_are_told(shipped: Notice, locale: str, told: str) -> None:
    assert told in Html(render_html(shipped, locale)).text
    document = {name: v for name, v in shipped.document.items() if name != "announcements"}
    silent = Html(render_html(compile_notice(document, STORED), locale))
    assert told not in silent.text
    assert {"it": "almeno {}", "en": "at least {}"}[locale].format("15") not in silent.text


def test_confirmed_items_lose_their_mark(shipped: Notice) -> None:
    everything = marks.confirmations(shipped.document)
    confirmed = compile_notice(shipped.document, STORED, everything)
    text = Html(render_html(confirmed, "it")).text
    assert "da confermare" not in text
    assert "(scelta del titolare)" in text


def test_one_confirmation_changes_one_mark(shipped: Notice) -> None:
    purposes = shipped.document["purposes"]
    basis = next(one["basis"] for one in purposes if one["id"] == "surveys")
    entry = marks.confirmation("purposes/surveys/basis", basis)
    one = compile_notice(shipped.document, STORED, {entry})
    chosen = "(scelta del titolare, da confermare)"
    before, after = (
        Html(render_html(notice, "it")).text.count(chosen) for notice in (shipped, one)
    )
    assert before - after == 1


def test_hostile_words_stay_words(hostile: Notice) -> None:
    html = Html(render_html(hostile, "it"))
    assert html.problems == []
    assert not html.all("img", "b")
    assert len(html.all("script")) == 1
    assert not [n for e in html.elements for n in e.attributes if n.startswith("on")]
    assert squeezed(HOSTILE) in html.text


def test_hostile_links_are_no_links(hostile: Notice) -> None:
    html = Html(render_html(hostile, "it"))
    hrefs = {str(e.attributes["href"]) for e in html.all("a")}
    ours = ("#", "?lang=", "mailto:", "https://privacy.example/")
    assert not [href for href in hrefs if not href.startswith(ours)]
    mail = [href for href in hrefs if href.startswith("mailto:")]
    assert mail == ["mailto:a@b.example%3Fsubject%3Dx%29%5D%28javascript%3Aalert%281%29"]


def _luminance(color: str) -> float:
    digits = "".join(one * 2 for one in color) if len(color) == 3 else color
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        *product(["ink", "quiet", "accent", "hover", "good", "care", "bad"], ["paper", "card"]),
        *product(["ink"], ["tint", "wash", "good-wash", "care-wash", "bad-wash"]),
        *[("good", "good-wash"), ("care", "care-wash"), ("bad", "bad-wash")],
        *[("on", "accent"), ("on", "hover"), ("card", "ink")],
    ],
)
def test_contrast(theme: int, ink: str, paper: str) -> None:
    """WCAG 2.2, success criterion 1.4.3: at least 4.5 to 1."""
    root = re.findall(r":root \{([^}]*)\}", CSS.read_text("utf-8"))[theme]
    colors = dict(re.findall(r"--([\w-]+): #([0-9a-f]+);", root))
    light, dark = sorted((_luminance(colors[ink]), _luminance(colors[paper])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
