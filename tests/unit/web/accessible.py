"""A page as a browser reads it, and what every page of this software owes its readers."""

from __future__ import annotations

from html.parser import HTMLParser
from itertools import pairwise

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
        if data.strip() and "style" not in self.open:
            self.said.append(data.strip())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def by_id(self, name: str) -> tuple[str, dict[str, str | None]]:
        (found,) = [one for one in self.tags if one[1].get("id") == name]
        return found


def check_accessible(page_text: str, locale: str) -> Tree:
    tree = Tree(page_text)
    assert tree.all("html") == [{"lang": locale}]
    assert len(tree.all("h1")) == len(tree.all("main")) == len(tree.all("title")) == 1
    assert tree.all("script") == []
    assert not [tag for tag in ("img", "link", "iframe", "object") if tree.all(tag)]
    loaded = [value for _, attributes in tree.tags for value in [attributes.get("src")] if value]
    assert loaded == []
    assert not [name for _, one in tree.tags for name in one if name.startswith("on")]
    headings = [int(tag[1]) for tag, _ in tree.tags if tag in ("h1", "h2", "h3", "h4")]
    assert all(later - earlier <= 1 for earlier, later in pairwise(headings))
    assert all(cell.get("scope") for cell in tree.all("th"))
    assert len(tree.all("caption")) == len(tree.all("table"))
    labelled = {label.get("for") for label in tree.all("label")}
    shown = [one for one in tree.all("input") if one.get("type") != "hidden"]
    assert labelled == {one.get("id") for one in shown}
    for one in shown:
        for name in (one.get("aria-describedby") or "").split():
            tree.by_id(name)
    return tree
