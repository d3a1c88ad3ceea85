"""Writes a copy as a page that opens from a disk: without network, script or other files. Pure.

The records are written one after the other; what is said of all of them stands before them on the
page, and is known after them. So the page has two parts around the records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from html import escape
from typing import Any, Final

from chalicelib.copies.document import Put
from chalicelib.copies.information import WORDS
from chalicelib.copies.model import Order
from chalicelib.notices import anchors
from chalicelib.notices.model import Words, category_of
from chalicelib.pages import formats
from chalicelib.pages.page import document
from chalicelib.pages.words import words

NAME: Final = "index.html"

_MARK: Final = "<!-- the records -->"
"""The place of the records in the template; no value can hold it, since values are escaped."""

_PURPOSES: Final = frozenset({"decisions", "purposes", "purpose", "ask", "muted"})
_CATEGORIES: Final = frozenset({"categories", "category", "changes"})
"""Fields whose values, or names of values, are ids of the notice."""

_CODED: Final = frozenset(
    {
        "state",
        "decision",
        "recorded",
        "origin",
        "status",
        "by",
        "channel",
        "event",
        "suppressed",
        "then",
        "unreached",
    }
)
"""Fields whose values are codes of the software, with words of their own."""


class Listing:
    """The records of a copy as HTML, given to `put` in pieces."""

    def __init__(self, order: Order, put: Put) -> None:
        self._put, self._order = put, order
        self._said = words(WORDS, order.locale)
        self._kind: str | None = None
        self._sections = 0
        self.contents: list[tuple[str, str]] = []
        """The anchors of the sections and their titles."""

    def record(
        self,
        kind: str,
        about: Callable[[], Mapping[str, Any]],
        item: Mapping[str, Any],
        party: str,
    ) -> None:
        """Adds a record, under a heading where another kind begins. `party` names who gave it."""
        if kind != self._kind:
            said = about()
            self._begin(kind, said["title"], said["kept"])
        self._record(kind, item, party)

    def system(self, name: str, status: str) -> None:
        """Begins the answer of another system; `status` says in words what it answered."""
        self._begin("", name, [status])

    def added(self, item: Mapping[str, Any]) -> None:
        """Adds a record of another system's answer."""
        rows = "".join(self._row(name, name, value) for name, value in item.items())
        self._put(f'<dl class="record">{rows}</dl>\n')

    def end(self) -> None:
        """Ends the last section."""
        if self._kind is not None:
            self._put("</section>\n")
            self._kind = None

    def _begin(self, kind: str, title: str, lines: Sequence[str]) -> None:
        self.end()
        self._kind, self._sections = kind, self._sections + 1
        anchor = f"records-{self._sections}"
        self.contents.append((anchor, title))
        said = "".join(f"<li>{escape(line)}</li>" for line in lines)
        listed = f"<ul>{said}</ul>" if said else ""
        self._put(
            f'<section aria-labelledby="{anchor}"><h3 id="{anchor}">{escape(title)}</h3>{listed}\n'
        )

    def _record(self, kind: str, item: Mapping[str, Any], party: str) -> None:
        titles = _titles(self._order, kind, item.get("id", ""))
        said, rows = self._said, list[str]()
        if "id" in item:
            rows.append(self._row(said["id"], "id", item["id"]))
        for name, value in item["fields"].items():
            title = titles.get(name) or said.get(f"field.{name}", name)
            rows.append(self._row(title, name, value))
        rows.append(self._row(said["source"], "", party))
        if "kept_until" in item:
            rows.append(self._row(said["kept_until"], "", item["kept_until"]))
        self._put(f'<dl class="record">{"".join(rows)}</dl>\n')

    def _row(self, title: str, name: str, value: Any) -> str:
        return f"<div><dt>{escape(title)}</dt><dd>{self._value(name, value)}</dd></div>"

    def _value(self, name: str, value: Any) -> str:
        if value is None or value in ("", [], {}):
            return escape(self._said["nothing"])
        if isinstance(value, Mapping):
            inside = "".join(
                self._row(self._named(name, key), "decision" if name in _PURPOSES else key, one)
                for key, one in value.items()
            )
            return f"<dl>{inside}</dl>"
        if isinstance(value, (list, tuple)):
            listed = "".join(f"<li>{self._value(name, one)}</li>" for one in value)
            return f"<ul>{listed}</ul>"
        return escape(self._text(name, value))

    def _named(self, name: str, key: str) -> str:
        """Returns the title of a value in a group: an id of the notice, or a field."""
        known = self._id(name, key)
        return self._said.get(f"field.{key}", key) if known is None else known

    def _text(self, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return self._said["yes" if value else "no"]
        if not isinstance(value, str):
            return str(value)
        known = self._id(name, value)
        if known is not None:
            return known
        moment = _moment(value)
        if moment is not None:
            local = moment.astimezone(self._order.notice.zone)
            return f"{_day(local.date(), self._order.locale)}, {local:%H:%M:%S}"
        return self._said.get(f"value.{value}", value) if name in _CODED else value

    def _id(self, name: str, value: str) -> str | None:
        notice, found = self._order.notice, None
        if name in _PURPOSES and value in notice.purposes:
            found = notice.purposes[value].title
        elif name in _CATEGORIES and value in notice.categories:
            found = notice.categories[value].title
        elif name == "right" and value in notice.rights:
            found = notice.rights[value].title
        return None if found is None else notice.text(found, self._order.locale)


def around(
    order: Order,
    contents: Sequence[tuple[str, str]],
    held: Mapping[str, Any],
    information: Mapping[str, Any],
    left_out: Sequence[Mapping[str, Any]],
    notice_address: str,
) -> tuple[str, str]:
    """Returns the page before and after the records, in the order's language.

    `notice_address` is that of the page of the order's notice, in that language.
    """
    locale, notice = order.locale, order.notice
    page = document(
        "copies/index.html.j2",
        words(WORDS, locale)[f"title.{order.scope}"],
        words={**words(WORDS, locale), "colon": words("pages", locale)["colon"]},
        locale=locale,
        site=notice.site_name,
        zone=notice.zone,
        order=order,
        made_at=formats.moment(order.made_at, locale, notice.zone),
        contents=contents,
        held=held,
        information=information,
        left_out=left_out,
        notice_address=notice_address,
        anchors=anchors,
        day=lambda text: _day(date.fromisoformat(text), locale),
        mark=_MARK,
    )
    before, _, after = page.partition(_MARK)
    return before, after


def _titles(order: Order, kind: str, record_id: str) -> Mapping[str, str]:
    """Returns the titles of the fields of a kind that the notice names as items of categories."""
    declared = order.notice.records.get(kind)
    if declared is None:
        return {}
    own = category_of(record_id, declared.groups)
    chosen = list(declared.groups) if own is None else [own]
    return {
        name: order.notice.text(title, order.locale)
        for group in chosen
        for name, title in _items(order, group)
        if name in declared.groups[group]
    }


def _items(order: Order, group: str) -> Iterator[tuple[str, Words]]:
    category = order.notice.categories.get(group)
    if category is not None:
        yield from ((one.id, one.title) for one in category.fields.values())


def _moment(text: str) -> datetime | None:
    """Returns the moment that a text writes as the tables do; None for any other text."""
    if len(text) < 20 or text[10:11] != "T" or not text.endswith("Z"):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _day(value: date, language: str) -> str:
    return formats.day(value, language)
