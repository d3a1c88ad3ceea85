"""The Markdown text: complete, and made of what the template wrote alone."""

from __future__ import annotations

import pytest

from chalicelib.notices.model import Notice
from chalicelib.notices.rendering import render_markdown
from chalicelib.notices.rendering.blocks import OPEN_SIGN
from chalicelib.notices.rendering.markdown import escaped
from chalicelib.pages.words import words
from tests.unit.rendering.conftest import HOSTILE, association
from tests.unit.rendering.reading import Markdown, squeezed, titles


@pytest.fixture(scope="session")
def markdown(rendered: tuple[Notice, str]) -> Markdown:
    return Markdown(render_markdown(*rendered))


def test_names_everything(rendered: tuple[Notice, str], markdown: Markdown) -> None:
    notice, locale = rendered
    missing = [w[locale] for w in titles(notice) if squeezed(w[locale]) not in markdown.text]
    assert not missing


def test_says_which_text_it_is(rendered: tuple[Notice, str], markdown: Markdown) -> None:
    assert rendered[0].digest in markdown.text
    assert rendered[0].version in markdown.text


def test_has_one_title_and_a_section_each(rendered: tuple[Notice, str], markdown: Markdown) -> None:
    tags = [token.tag for token in markdown.tokens if token.type == "heading_open"]
    assert tags.count("h1") == 1
    assert set(tags) == {"h1", "h2"}
    assert tags.count("h2") > 10


def test_tables_are_whole(markdown: Markdown) -> None:
    tables = markdown.rows()
    assert len(tables) >= 8
    assert all(len(set(rows)) == 1 for rows in tables)


def test_marks(shipped: Notice) -> None:
    text = Markdown(render_markdown(shipped, "it")).text
    assert text.count(OPEN_SIGN) > len(shipped.purposes)
    assert words("notice", "it")["legend_open"].format(sign=OPEN_SIGN) in text
    assert "Non indicato dal titolare" in text


@pytest.mark.parametrize(
    ("locale", "rule", "notification"),
    [
        (
            "it",
            "Account disconosciuto: subito quando è disconosciuto: cancellazione",
            "diverso da quello dell’ultimo accesso. | sì, nell’account |",
        ),
        (
            "en",
            "Account disowned: at once when it is disowned: erased",
            "other than that of the last sign-in. | yes, in the account |",
        ),
    ],
)
def test_rows_of_what_goes_at_once_and_of_what_can_be_turned_off(
    shipped: Notice, locale: str, rule: str, notification: str
) -> None:
    source = render_markdown(shipped, locale)
    assert source.count(rule) == 1
    theirs = render_markdown(association(), "en")
    assert theirs.count("| when it is disowned | at once | erased |") == 1
    assert source.count(notification) == 1


def test_links_are_the_notice_s_own(shipped: Notice) -> None:
    assert Markdown(render_markdown(shipped, "en")).attributes("link_open", "href") == {
        "?lang=it",
        "mailto:privacy@kaveripoint.example",
        "https://cookies.example.org",
        "https://measuring.example/privacy",
    }


def test_hostile_words_change_nothing_but_words(hostile: Notice, shipped: Notice) -> None:
    """The page has the same structure as with harmless words: same rows, lists and headings."""
    found = Markdown(render_markdown(hostile, "it"))
    harmless = Markdown(render_markdown(shipped, "it"))
    assert found.kinds <= harmless.kinds
    assert not found.kinds & {"html_inline", "html_block", "image", "code_inline", "fence"}
    assert [len(set(rows)) for rows in found.rows()] == [1] * len(harmless.rows())
    # The controller of the hostile document has a website, in a line of its own.
    for kind, more in (("heading_open", 0), ("list_item_open", 1)):
        assert _count(found, kind) == _count(harmless, kind) + more
    assert squeezed(HOSTILE) in found.text


def test_hostile_links_are_no_links(hostile: Notice) -> None:
    hrefs = Markdown(render_markdown(hostile, "it")).attributes("link_open", "href")
    assert all(href.startswith(("?lang=", "mailto:")) for href in hrefs)


def _count(markdown: Markdown, kind: str) -> int:
    return sum(token.type == kind for token in markdown.tokens)


@pytest.mark.parametrize(
    "text",
    [
        "# no heading",
        "- no item",
        "+ no item",
        "* no item",
        "1. no number",
        "23) no number",
        "> no quote",
        "=====",
        "---",
        "    no code",
        "```no fence",
        "[no](https://evil.example)",
        "![no](https://evil.example)",
        "<b>no</b>",
        "<https://evil.example>",
        "&amp; stays",
        "a | b",
        "two\nlines  \nand a break",
        "_no_ *no* ~~no~~",
        "ends in a backslash \\",
    ],
)
def test_escaped_text_is_one_plain_paragraph(text: str) -> None:
    parsed = Markdown(escaped(text))
    kinds = {token.type for token in parsed.tokens} - {"text", "inline", "text_special"}
    assert kinds == {"paragraph_open", "paragraph_close"}
    assert parsed.text == squeezed(text)


@pytest.mark.parametrize("text", ["a | b", "| a | b |", "\\| a", HOSTILE], ids=range(4))
def test_escaped_text_stays_in_its_cell(text: str) -> None:
    parsed = Markdown(f"| a | b |\n| --- | --- |\n| {escaped(text)} | last |\n")
    cells = [token.content for token in parsed.tokens if token.type == "inline"]
    assert cells[-1] == "last"
    assert parsed.rows() == [[2, 2]]
    assert squeezed(text) in parsed.text
