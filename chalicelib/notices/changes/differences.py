"""Lists every place at which two documents differ, without judging it.

Elements of lists are matched by their id, so that an inserted element is one difference only, and
lists of texts are sets. Another order is a difference of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from chalicelib.notices import parties
from chalicelib.notices.changes.model import ELEMENT, Act, Difference, Path
from chalicelib.notices.compiler.reader import extend
from chalicelib.notices.compiler.references import name_of
from chalicelib.notices.model import SOFTWARE, Notice

_WHICH_VERSION: Final = frozenset({"version", "effective_at"})
"""Members that identify the version and state nothing."""

FIRST: Final = "first"
"""The step in a path for the first of `locales`: the language in which a notice is authentic."""


_OTHERS: Final = "other_controllers"
"""The place of the controllers after the first, in a comparison."""

_AGAIN: Final = "'"
"""The mark of an element whose name an earlier one of its list has."""


class _Place(NamedTuple):
    """The same place in both documents."""

    path: Path
    before: str
    after: str

    def member(self, name: str) -> _Place:
        before, after = extend(self.before, name), extend(self.after, name)
        return _Place((*self.path, name), before, after)


_Indexed = Mapping[str, tuple[int, Any]]
"""The elements of a list by name, each with its index."""


def differences(before: Notice, after: Notice) -> Iterator[Difference]:
    """Yields the differences of the document of `after` from that of `before`.

    Both are compared with what they leave to this software, so that a document which states what
    the other leaves to it differs by what that changes. A text is compared in the languages that
    both have: a language that was added or removed is one difference, in `locales`, and not one at
    each text.
    """
    old, new = _called_alike(before.completed, after.completed)
    versions = {False: before.completed, True: after.completed}
    for one in _Walk(before, after).members(_Place((), "", ""), _parted(old), _parted(new)):
        stands = versions[one.act is not Act.REMOVED]
        yield replace(one, pointer=_among_controllers(one.pointer, stands))
    if before.locales[0] != after.locales[0]:
        path, languages = ("locales", FIRST), (before.locales[0], after.locales[0])
        yield Difference(path, Act.CHANGED, "/locales/0", *languages)


def _called_alike(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Both documents, with the software's rules called as the other document calls them.

    A rule is known by its kind and event: which of the two states it is no difference of the rule.
    """
    named = [{_of(rule): rule for rule in one["retention"]} for one in (before, after)]
    return _renamed(before, named[1]), _renamed(after, named[0])


def _parted(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document with its first controller apart from others, whether it lists them or not.

    So one that gets company, or another name, is still the one that it was.
    """
    first, *others = parties.controllers(document)
    return {**document, "controller": first, **({_OTHERS: others} if others else {})}


def _among_controllers(pointer: str, document: Mapping[str, Any]) -> str:
    """Returns a pointer into a document as it stands, from one into its parted form."""
    place, slash, rest = pointer[1:].partition("/")
    if place == _OTHERS:
        index, slash, rest = rest.partition("/")
        return f"/controller/{int(index) + 1}{slash}{rest}" if index else "/controller"
    if place == "controller" and isinstance(document["controller"], list):
        return f"/controller/0{slash}{rest}"
    return pointer


def _of(rule: Mapping[str, Any]) -> tuple[str, str]:
    return rule["kind"], rule["from"]


def _renamed(
    document: Mapping[str, Any], others: Mapping[tuple[str, str], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """The document without what tells which version it is, its software's rules renamed."""
    said = {name: value for name, value in document.items() if name not in _WHICH_VERSION}
    taken = {rule["id"] for rule in document["retention"]}
    new = {
        rule["id"]: name
        for rule in document["retention"]
        if _by_software(rule)
        and _of(rule) in others
        and (name := others[_of(rule)]["id"]) not in taken
    }
    if not new:
        return said
    said["retention"] = [
        {**rule, "id": new.get(rule["id"], rule["id"])} for rule in document["retention"]
    ]
    said["categories"] = [_with_rules(one, new) for one in document["categories"]]
    return said


def _with_rules(category: Mapping[str, Any], new: Mapping[str, str]) -> Mapping[str, Any]:
    kept = category["retention"]
    if not new.keys() & set(kept.get("rules", ())):
        return category
    rules = [new.get(name, name) for name in kept["rules"]]
    return {**category, "retention": {**kept, "rules": rules}}


def _by_software(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get("origin") == SOFTWARE


class _Walk:
    """A walk through two documents at once."""

    def __init__(self, before: Notice, after: Notice) -> None:
        self._locales = frozenset(before.locales) | frozenset(after.locales)
        self._shared = frozenset(before.locales) & frozenset(after.locales)

    def members(
        self, place: _Place, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> Iterator[Difference]:
        for name in dict.fromkeys((*after, *before)):
            inner = place.member(name)
            if name not in before:
                yield from self._came(inner, after[name])
            elif name not in after:
                yield from self._went(inner, before[name])
            else:
                yield from self._value(inner, before[name], after[name])

    def _value(self, place: _Place, before: Any, after: Any) -> Iterator[Difference]:
        if before == after:
            return
        if self._is_words(before) and self._is_words(after):
            if self._said(before) != self._said(after):
                yield Difference(place.path, Act.CHANGED, place.after, before, after)
        elif _has_members(before) and _has_members(after):
            yield from self.members(place, before, after)
        elif isinstance(before, list) and isinstance(after, list):
            yield from self._elements(place, _named(before), _named(after))
        else:
            yield Difference(place.path, Act.CHANGED, place.after, before, after)

    def _elements(self, place: _Place, before: _Indexed, after: _Indexed) -> Iterator[Difference]:
        for name, (index, value) in after.items():
            path = (*place.path, ELEMENT + name)
            if name in before:
                was, old = before[name]
                inner = _Place(path, f"{place.before}/{was}", f"{place.after}/{index}")
                yield from self._value(inner, old, value)
            else:
                yield Difference(path, Act.ADDED, f"{place.after}/{index}", None, value)
        for name, (index, value) in before.items():
            if name not in after:
                path = (*place.path, ELEMENT + name)
                yield Difference(path, Act.REMOVED, f"{place.before}/{index}", value, None)
        # The software's elements follow the author's: their order says nothing.
        said = {
            name
            for name in before.keys() & after.keys()
            if not _by_software(before[name][1]) and not _by_software(after[name][1])
        }
        kept = [name for name in before if name in said]
        now = [name for name in after if name in said]
        if kept != now:
            yield Difference(place.path, Act.MOVED, place.after, kept, now)

    def _came(self, place: _Place, value: Any) -> Iterator[Difference]:
        """Yields the differences of a new member; a missing list counts as an empty one."""
        if isinstance(value, list) and value:
            yield from self._elements(place, {}, _named(value))
        else:
            yield Difference(place.path, Act.ADDED, place.after, None, value)

    def _went(self, place: _Place, value: Any) -> Iterator[Difference]:
        if isinstance(value, list) and value:
            yield from self._elements(place, _named(value), {})
        else:
            yield Difference(place.path, Act.REMOVED, place.before, value, None)

    def _said(self, words: Mapping[str, str]) -> Mapping[str, str]:
        shared = {name: text for name, text in words.items() if name in self._shared}
        return shared or words

    def _is_words(self, value: Any) -> bool:
        return is_words(value, self._locales)


def is_words(value: Any, locales: frozenset[str]) -> bool:
    """True for a text by locale."""
    return isinstance(value, dict) and bool(value) and value.keys() <= locales


def is_length(value: Any) -> bool:
    """True for a length of time, such as {"days": 7} or {"session": True}, also from a moment."""
    if not isinstance(value, dict):
        return False
    counts = [count for name, count in value.items() if name != "from"]
    return bool(counts) and all(isinstance(count, (int, float)) for count in counts)


def _has_members(value: Any) -> bool:
    """True for an object whose members are compared one by one; a length of time is one value."""
    return isinstance(value, dict) and not is_length(value)


def _named(values: list[Any]) -> _Indexed:
    """Returns the elements by id, or texts by themselves, each with its index.

    Two legal bases of one kind have one name: the later is told apart by a mark.
    """
    found: dict[str, tuple[int, Any]] = {}
    for index, value in enumerate(values):
        name = name_of(value) or str(value)
        while name in found:
            name += _AGAIN
        found[name] = index, value
    return found
