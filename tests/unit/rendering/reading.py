"""How the tests read a rendered page: as a browser's parser and a Markdown parser would."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

from chalicelib.notices.model import Notice, Words
from chalicelib.notices.rendering.data import shown_records

VOID = {"meta", "link", "br", "hr", "img", "input", "source", "wbr"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]


@dataclass
class Html(HTMLParser):
    """What a page holds, as it is read out; `problems` are tags that do not balance.

    A sign is read out by its label, which stands in brackets in the text.
    """

    source: str
    elements: list[Element] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    text: str = ""
    title: str = ""
    sign: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.feed(self.source)
        self.close()
        self.problems += [f"{tag} is never closed" for tag in self.open]
        self.text = squeezed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))
        if len({name for name, _ in attrs}) != len(attrs):
            self.problems.append(f"{tag} has an attribute twice")
        if tag not in VOID:
            self.open.append(tag)
        self.text += " "
        if tag == "span" and ("role", "img") in attrs:
            self.text += f"({dict(attrs)['aria-label']})"
            self.sign = True

    def handle_endtag(self, tag: str) -> None:
        self.text += " "
        self.sign = False
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"{tag} is closed out of order")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "title":
            self.title += data
        elif "style" not in self.open and not self.sign:
            self.text += data

    def hints(self) -> list[str]:
        """The remarks of its signs."""
        signs = (one.attributes for one in self.all("span") if one.attributes.get("role") == "img")
        return [str(one["aria-label"]) for one in signs]

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]


@dataclass
class Markdown:
    """What a Markdown text holds once parsed, HTML being allowed in it."""

    source: str
    tokens: list[Token] = field(default_factory=list)

    def __post_init__(self) -> None:
        parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
        for token in parser.parse(self.source):
            self.tokens += [token, *(token.children or ())]

    @property
    def text(self) -> str:
        parts = (token.content for token in self.tokens if token.type == "text")
        return squeezed("".join(parts))

    @property
    def kinds(self) -> set[str]:
        return {token.type for token in self.tokens}

    def attributes(self, kind: str, name: str) -> set[str]:
        return {str(token.attrs.get(name)) for token in self.tokens if token.type == kind}

    def rows(self) -> list[list[int]]:
        """The number of cells of each row, table by table."""
        tables: list[list[int]] = []
        for token in self.tokens:
            if token.type == "table_open":
                tables.append([])
            elif token.type == "tr_open":
                tables[-1].append(0)
            elif token.type in ("td_open", "th_open"):
                tables[-1][-1] += 1
        return tables


def squeezed(text: str) -> str:
    """`text` with every run of white space as one space; no-break spaces stay, as in a browser."""
    return re.sub(r"[^\S\u00a0\u202f]+", " ", text).strip()


def titles(notice: Notice) -> list[Words]:
    """Everything of a notice that its page has to name."""
    named: list[Words] = list(notice.document["headings"].values())
    named += [purpose.title for purpose in notice.purposes.values()]
    named += [purpose.description for purpose in notice.purposes.values()]
    for category in notice.categories.values():
        named += [category.title, *(item.title for item in category.fields.values())]
    named += [recipient.name for recipient in notice.recipients.values()]
    kept = shown_records(notice)
    named += [rule.title for rule in notice.retention.values() if rule.kind in kept]
    named += [notice.records[kind].title for kind in kept]
    named += [right.title for right in notice.rights.values()]
    named += [cookie.title for cookie in notice.cookies.values()]
    named += [cookie_class.title for cookie_class in notice.cookie_classes.values()]
    named += [form.consequence for form in notice.forms.values()]
    named += [told.title for told in notice.notifications.values()]
    named += [told.description for told in notice.notifications.values()]
    return named
