"""Names and values of changes in words: names instead of ids, texts instead of values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from chalicelib.notices.changes import Change, Effect
from chalicelib.notices.changes.differences import is_length, is_words
from chalicelib.notices.model import Notice, Words
from chalicelib.notices.rendering import bases
from chalicelib.notices.rendering.words import Wording
from chalicelib.pages import formats
from chalicelib.texts import one_line, without_links

_MANY: Final = 6
"""Most purposes that are named one by one to people who have nothing to decide."""

_SECTIONS: Final = {
    "site": "scope",
    "introduction": "title",
    "other_controllers": "controller",
    "arrangement": "controller",
    "fallback": "title",
    "announcements": "changes",
    "locales": "title",
    "text_date": "title",
    "headings": "title",
    "labels": "title",
    "$schema": "title",
}
"""Parts of the document without a section of the page -> the heading they stand under."""

_CODES: Final = {
    "condition_changed": "condition",
    "special_changed": "special",
    "automation_raised": "automation",
    "automation_lowered": "automation",
    "outcome_changed": "outcome",
    "role_changed": "role",
    "record_class_changed": "class",
    "source_changed": "party",
}
"""Kinds of changes whose values are codes -> the prefix of their labels."""

_SUBJECTS: Final = (
    "item",
    "purpose",
    "recipient",
    "rule",
    "record",
    "cookie",
    "cookie_class",
    "form",
    "notification",
    "source",
    "category",
    "right",
    "audience",
    "section",
)
"""The subjects of changes, the closest first."""


class Naming:
    """The names and values of changes between two versions, in one language.

    An element that the later version lacks has its name in the earlier one.
    """

    def __init__(self, before: Notice, after: Notice, locale: str) -> None:
        self.wording = Wording(after, locale)
        self._versions = (after, before)
        self._locales = frozenset(before.locales) | frozenset(after.locales)

    def about(self, change: Change) -> dict[str, str]:
        """Returns a name for each id in a change, and `subject`: the closest of them."""
        names = {
            what: self._name(what, name, change)
            for what, name in change.about.items()
            if what != "statement"
        }
        subject = next(what for what in _SUBJECTS if what in names)
        phrase = self.wording.label(f"subject_{subject}").format(name=names[subject])
        return {**names, "subject": phrase}

    def purposes(self, change: Change) -> str:
        """Returns the titles of a change's purposes, in the order of the notice.

        Many are only counted, unless people are asked about them. Titles may hold commas, so
        semicolons separate them.
        """
        names, known = change.purposes, list(self._versions[0].purposes)
        if len(names) > 1 and set(known) <= set(names):
            return self.wording.label("all_purposes")
        if len(names) > _MANY and change.effect is not Effect.MATERIAL:
            return self.wording.label("change_purposes_many").format(n=len(names))
        ordered = sorted(names, key=lambda name: known.index(name) if name in known else -1)
        return "; ".join(self._titled("purposes", name) for name in ordered)

    def value(self, change: Change, value: Any) -> str:
        """Returns a value of the document in words."""
        if value is None:
            return self.wording.label("mark_not_stated")
        if isinstance(value, list):
            return ", ".join(self.value(change, one) for one in value)
        if isinstance(value, Mapping):
            return self._compound(value)
        if change.kind in _CODES:
            return self.wording.label(f"{_CODES[change.kind]}_{value}")
        read = _READ.get(change.kind)
        return read(self.wording, change, value) if read else str(value)

    def text(self, words: Words) -> str:
        """Returns a text of either version in one line, without a full stop at its end."""
        text = words.get(self.wording.locale) or next(iter(words.values()))
        return one_line(without_links(text)).rstrip(" .")

    def bases(self, name: str) -> dict[str, str]:
        """Returns the legal bases of a purpose, `before` and `after`; "" where it was not there."""
        after, before = (notice.purposes.get(name) for notice in self._versions)
        return {
            "before": "" if before is None else bases.named(self.wording, before),
            "after": "" if after is None else bases.named(self.wording, after),
        }

    def recipient(self, name: str) -> dict[str, str]:
        """Returns the role, place and transfer tool of a recipient."""
        found = self._versions[0].recipients.get(name) or self._versions[1].recipients[name]
        place = self.wording.join(self.wording.country(code) for code in found.countries)
        tool = found.transfer_tool
        return {
            "role": self.wording.label(f"role_{found.role}"),
            "place": place or self.wording.label("country_not_stated"),
            "tool": self.wording.label(f"tool_{tool}" if tool else "mark_not_stated"),
        }

    def _compound(self, value: Mapping[str, Any]) -> str:
        if is_words(value, self._locales):
            return self.text(value)
        if is_length(value):
            return self.wording.lasting(value)
        if "outcome" in value:
            return self.wording.label(f"outcome_{value['outcome']}")
        if "text" in value:
            return self.text(value["text"])
        return str(value.get("name", ""))

    def _name(self, what: str, name: str, change: Change) -> str:
        if what == "section":
            return self.wording.heading(_SECTIONS.get(name, name))
        if what in ("channel", "signal"):
            return self.wording.label(f"{what}_{name}")
        if what == "country":
            return self.wording.country(name)
        if what == "locale":
            return formats.language_name(name, self.wording.locale)
        if what == "item":
            return self._item(change.about["category"], name)
        if what == "field":
            return self._item(*name.split(".", 1))
        return self._titled(_LISTS[what], name) if what in _LISTS else name

    def _item(self, category: str, name: str) -> str:
        for notice in self._versions:
            found = notice.categories.get(category)
            if found is not None and name in found.fields:
                return self.text(found.fields[name].title)
        return name

    def _titled(self, place: str, name: str) -> str:
        for notice in self._versions:
            found = _elements(notice, place).get(name)
            if found is not None:
                return self.text(found.get("title") or found["name"])
        return name


_LISTS: Final = {
    "purpose": "purposes",
    "category": "categories",
    "recipient": "recipients",
    "rule": "retention",
    "record": "records",
    "right": "rights",
    "source": "sources",
    "notification": "notifications",
    "cookie_class": "cookies/classes",
    "form": "forms",
    "audience": "audiences",
}
"""Kind of an element -> its list in the document. A cookie's name is its id."""


def _elements(notice: Notice, place: str) -> dict[str, Mapping[str, Any]]:
    found: Any = notice.completed
    for step in place.split("/"):
        found = found.get(step, {})  # what a version leaves out has no elements
    return {value.get("id") or value["kind"]: value for value in found}


def _days(wording: Wording, _: Change, value: Any) -> str:
    return wording.period({"days": value})


def _day(wording: Wording, _: Change, value: Any) -> str:
    return wording.date(date.fromisoformat(value))


def _of_the_controller(wording: Wording, change: Change, value: Any) -> str:
    return wording.country(value) if change.pointer.endswith("/country") else str(value)


def _language(wording: Wording, _: Change, value: Any) -> str:
    return formats.language_name(value, wording.locale)


_READ: Final[Mapping[str, Callable[[Wording, Change, Any], str]]] = {
    "recovery_longer": _days,
    "recovery_shorter": _days,
    "date_changed": _day,
    "controller_changed": _of_the_controller,
    "language_first": _language,
}
"""Kinds of changes whose values are written by a function of their own."""
