"""The parts of pages, all on one page (`gallery.html.j2`), and the weight of what pages carry."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

import chalicelib.pages
from chalicelib.pages import formats
from chalicelib.pages.assets import script, script_name, style_sources
from chalicelib.pages.environment import environment
from chalicelib.pages.frame import Frame
from chalicelib.pages.languages import languages
from chalicelib.pages.navigation import ACCOUNT
from chalicelib.pages.page import around, contact, render
from chalicelib.pages.words import words
from tests.unit.core.samples import NOW, shipped_in
from tests.unit.web.accessible import Tree, check_accessible

ROOM = Path(chalicelib.pages.__file__).parent
GALLERY = Path(__file__).with_name("gallery.html.j2").read_text("utf-8")
HOSTILE = "<script>alert('x')</script>{{ 7*7 }}\" onclick=\"x" + "w" * 4000 + " שלום"
ERRORS = [("email", "Wrong."), ("", "Too much.")]
LOCALES = languages()
NOTICE = shipped_in(*LOCALES)


def framed(locale: str, *, signed_in: bool = True, done: str = "", tab: str = "profile") -> Frame:
    token = "the-token" if signed_in else ""
    path = "/account/profile"
    return Frame(NOTICE, locale, path, signed_in=signed_in, token=token, done=done, tab=tab)


def gallery(locale: str, frame: Frame | None = None) -> str:
    shown = around(frame or framed(locale)) | {
        "title": "Parts",
        "words": {"done_saved": "It is saved."},
        "errors": ERRORS,
        "refused": True,
        "hostile": HOSTILE,
        "at": NOW,
    }
    return environment().from_string(GALLERY).render(shown)


@pytest.mark.parametrize("locale", LOCALES)
def test_all_parts_are_accessible_and_escape_what_they_are_given(locale: str) -> None:
    text = gallery(locale)
    check_accessible(text, locale)
    assert text.count("<script") == 1
    script = text.partition("/assets/")[2].partition('"')[0]
    assert "49" not in text.replace(script, ""), "words are no templates"
    assert text.count("never shown") == 0, "a password is not sent back"


def test_no_template_takes_a_method_of_a_dict_for_a_word() -> None:
    # `shell.copy` is how a dict is copied; `shell["copy"]` is the word.
    taken = re.compile(rf"\b(?:words|shell)\.(?:{'|'.join(vars(dict))})\b")
    templates = sorted(ROOM.parent.rglob("*.j2"))
    assert templates
    assert [one.name for one in templates if taken.search(one.read_text("utf-8"))] == []


def test_every_macro_stands_in_the_gallery() -> None:
    source = (ROOM / "components.html.j2").read_text("utf-8")
    macros = set(re.findall(r"{% macro ([a-z]\w*)\(", source))
    used = set(re.findall(r"\b(\w+)\(", GALLERY))
    # These stand in others, or in the layout.
    assert macros - used == {"crumb", "mark", "refusal", "summary"}


def test_a_choice_is_never_made_for_anybody() -> None:
    tree = check_accessible(gallery("en"), "en")
    chosen = [one for one in tree.all("input") if "checked" in one]
    assert [(one["name"], one["value"]) for one in chosen] == [
        ("purposes.phone", "granted"),
        ("purposes.ads", "denied"),
        ("categories", "a"),
    ]
    pairs = [one["value"] for one in tree.all("input") if one.get("name") == "purposes.email"]
    assert pairs == ["denied", "granted"]


def test_forms_carry_the_token_of_the_session_and_what_makes_them_unique() -> None:
    hidden = [
        (one["name"], one["value"])
        for one in check_accessible(gallery("en"), "en").all("input")
        if one["type"] == "hidden"
    ]
    assert hidden == [("form", "the-token"), ("once", "o"), ("a", HOSTILE), ("form", "the-token")]
    strangers = gallery("en", framed("en", signed_in=False))
    assert 'name="form"' not in strangers


def test_a_refusal_is_said_first_in_title_and_summary() -> None:
    text = gallery("it")
    assert "<title>Errore: Parts ·" in text
    tree = check_accessible(text, "it")
    assert [one["class"] for one in tree.all("div") if one.get("role") == "alert"] == ["summary"]
    assert [one["href"] for one in tree.all("a")][:1] == ["#field-email"]
    assert tree.by_id("field-email")[1]["aria-describedby"] == "errors-email"
    assert text.index('role="alert"') < text.index("<h1>")


@pytest.mark.parametrize(("done", "said"), [("saved", 1), ("", 0), ("unknown", 0)])
def test_what_was_done_is_said_in_words_of_the_page_alone(done: str, said: int) -> None:
    assert gallery("en", framed("en", done=done)).count("It is saved.") == said


def test_tabs_stand_where_somebody_is_signed_in() -> None:
    text = gallery("en")
    here = [
        (one["href"], one["aria-current"]) for one in Tree(text).all("a") if one.get("aria-current")
    ]
    profile = "https://privacy.example/account/profile"
    assert here == [(profile, "page"), (profile, "page")]
    assert 'action="https://privacy.example/sign-out"' in text
    out = gallery("en", framed("en", signed_in=False))
    assert "/sign-out" not in out
    assert "/account/choices" not in Tree(out).said
    assert 'href="https://privacy.example/sign-in"' in out


def test_every_tab_and_page_has_words() -> None:
    for locale in LOCALES:
        said = words("shell", locale)
        for tab in ACCOUNT:
            assert said[f"tab_{tab.name}"]
            assert all(said[f"page_{name}"] for name, _ in tab.pages)


def test_the_footer_says_who_is_responsible_and_where_to_complain() -> None:
    text = gallery("it")
    footer = text[text.index("<footer") :]
    assert NOTICE.controller_name in footer
    assert contact(NOTICE).address in footer
    assert "autorità" in footer


def test_style_and_script_are_light() -> None:
    assert len(gzip.compress((ROOM / "style.css").read_bytes())) <= 6 * 1024
    assert len(gzip.compress(script())) <= 4 * 1024


def test_the_script_s_name_is_that_of_its_contents() -> None:
    assert re.fullmatch(r"[0-9a-f]{32}\.js", script_name())
    assert f'src="https://privacy.example/assets/{script_name()}"' in gallery("en")


def test_the_policy_of_a_page_names_its_style() -> None:
    page = "<head><style>a</style></head><body><style>b</style>"
    assert style_sources(page) == "'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='"
    assert style_sources("<head></head>") == "'none'"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (18, "Mancano 18 giorni"),
        (1, "Manca un giorno"),
        (0, "Scade oggi"),
        (-1, "In ritardo di un giorno"),
        (-3, "In ritardo di 3 giorni"),
    ],
)
def test_days_until_a_day_in_words(days: int, said: str) -> None:
    assert formats.due_in(days, "it") == said


def test_a_page_of_a_template_gets_what_stands_around_it() -> None:
    text = render(
        "pages/page.html.j2",
        framed("fr"),
        "Titre",
        words={},
        paragraphs=["Un."],
        forms=(),
        ways=(),
        known=(),
        kept=None,
    )
    check_accessible(text, "fr")
    assert 'hreflang="de"' in text
