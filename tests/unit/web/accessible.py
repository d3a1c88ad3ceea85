"""A page as a browser reads it, and what every page of this software owes its readers."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

from chalicelib.pages.assets import script_name

VOID = {"meta", "input", "br", "link", "img", "hr"}


class Tree(HTMLParser):
    """Checks that tags close in order, and remembers what there is."""

    def __init__(self, page_text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(page_text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and not {"style", "script"} & set(self.open):
            self.said.append(data.strip())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def by_id(self, name: str) -> tuple[str, dict[str, str | None]]:
        (found,) = [one for one in self.tags if one[1].get("id") == name]
        return found


def check_accessible(page_text: str, locale: str) -> Tree:
    """Checks the whole page, and returns its contents."""
    tree = Tree(page_text)
    assert tree.all("html") == [{"lang": locale}]
    assert len(tree.all("h1")) == len(tree.all("main")) == len(tree.all("title")) == 1
    assert not [tag for tag in ("img", "iframe", "object") if tree.all(tag)]
    assert {one.get("rel") for one in tree.all("link")} <= {"alternate", "icon"}
    loaded = [value for _, attributes in tree.tags for value in [attributes.get("src")] if value]
    # The one script, by the address of its contents, in a page that stands in the shell.
    assert all(one.endswith(f"/assets/{script_name()}") for one in loaded)
    assert len(tree.all("script")) == len(loaded) <= 1
    assert not [name for _, one in tree.tags for name in one if name == "style"]
    assert not [name for _, one in tree.tags for name in one if name.startswith("on")]
    headings = [int(tag[1]) for tag, _ in tree.tags if tag in ("h1", "h2", "h3", "h4")]
    assert all(later - earlier <= 1 for earlier, later in pairwise(headings))
    assert all(cell.get("scope") for cell in tree.all("th"))
    assert len(tree.all("caption")) == len(tree.all("table"))
    labelled = {label.get("for") for label in tree.all("label")}
    shown = [one for one in tree.all("input") if one.get("type") != "hidden"]
    shown += [*tree.all("select"), *tree.all("textarea")]
    assert labelled == {one.get("id") for one in shown}
    for one in shown:
        for name in (one.get("aria-describedby") or "").split():
            tree.by_id(name)
    return contents(page_text)


def contents(page_text: str) -> Tree:
    """What is the page's own, without what stands around every page."""
    found = re.search(r"<main\b.*?</main>", page_text, re.DOTALL)
    assert found is not None
    return Tree(found[0])
