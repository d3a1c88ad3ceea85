"""The page on paper: whole tables with their heads, black on white, links that can be read."""

from __future__ import annotations

import re
from pathlib import Path

import chalicelib.pages

CSS = (Path(chalicelib.pages.__file__).parent / "style.css").read_text("utf-8")


def media(condition: str) -> str:
    """The rules under one media query."""
    (found,) = re.findall(rf"^@media {re.escape(condition)} \{{\n(.*?)^}}", CSS, re.M | re.S)
    return str(found)


def hidden(rules: str) -> set[str]:
    found = re.findall(r"^ *([^{\n]+) \{[^}]*display: none", rules, re.MULTILINE)
    return {name.strip() for names in found for name in names.split(",")}


def test_only_a_screen_stacks_the_cells_of_a_row() -> None:
    """A sheet of A4 is narrower than many a screen, and its width counts in a media query."""
    narrow = [one for one in re.findall(r"@media ([^{]*max-width[^{]*) \{", CSS) if "39" in one]
    assert set(narrow) == {"screen and (max-width: 39.99rem)"}
    assert "display: block" in media("screen and (max-width: 39.99rem)")


def test_the_head_of_a_table_comes_again_on_every_sheet() -> None:
    printed = media("print")
    assert "thead { display: table-header-group; }" in printed
    assert re.search(r"tr, li \{ break-inside: avoid; }", printed)
    assert "h2 { break-after: avoid; }" in printed


def test_nothing_but_navigation_and_buttons_are_left_out() -> None:
    assert hidden(media("print")) == {
        *(".skip", ".top .bar", ".tabs", ".crumb", ".contents", ".foot li", ".button", ".acts"),
        # What unfolds is unfolded, so that its words and its arrow tell nothing.
        *(".fold > summary", ".entry > summary::before"),
    }


def test_it_is_dark_on_white_whatever_the_screen_prefers() -> None:
    """The rules for paper come after those for a dark screen, and name every colour of theirs."""
    dark = "(prefers-color-scheme: dark)"
    assert CSS.index("@media print") > CSS.index(f"@media {dark}")
    names = r"--([\w-]+): #"
    printed = media("print")
    assert set(re.findall(names, printed)) >= set(re.findall(names, media(dark)))
    assert "--ink: #000" in printed
    assert "--paper: #fff" in printed


def test_a_link_is_written_out() -> None:
    assert 'a[href^="https:"]::after { content: " (" attr(href) ")"; }' in media("print")
