"""The changes of a version in words: as JSON, and as a page like that of the notice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from string import Formatter
from typing import Any, Final, TypeAlias

from chalicelib.instants import instant
from chalicelib.notices.changes import Change, Effect, changes
from chalicelib.notices.model import Notice
from chalicelib.notices.rendering.blocks import (
    Block,
    Items,
    Line,
    Page,
    Paragraphs,
    Section,
)
from chalicelib.notices.rendering.names import Naming
from chalicelib.notices.rendering.words import Wording
from chalicelib.pages.languages import Alternate

_SECTIONS: Final = (Effect.MATERIAL, Effect.INFORMATIVE, Effect.EDITORIAL)

_MARKS: Final[Mapping[str, str]] = {"before": "del", "after": "ins"}
"""Fields of a sentence -> the elements of HTML that mark what was taken out and what came in."""

Parts: TypeAlias = tuple[tuple[str, str], ...]
"""A sentence in parts: the element of HTML that marks each, empty for none, and its text."""

_TEMPLATE_LABELS: Final = ("skip", "contents", "other_language")


def changes_told(before: Notice, after: Notice, locale: str) -> dict[str, Any]:
    """Returns all changes as a JSON object, each with a text in one language."""
    naming = Naming(before, after, locale)
    return {
        "from": before.version,
        "to": after.version,
        "effective_at": instant(after.effective_at),
        "changes": [
            {
                "effect": change.effect.value,
                "kind": change.kind,
                "pointer": change.pointer,
                "purposes": list(change.purposes),
                "text": _sentence(change, after, naming),
            }
            for change in changes(before, after)
        ],
    }


def changes_page(before: Notice, after: Notice, locale: str) -> Page:
    """Returns the page of all changes, by effect; equal sentences come once."""
    naming = Naming(before, after, locale)
    wording, found = naming.wording, changes(before, after)
    return Page(
        locale=wording.locale,
        title=wording.label("changes_title"),
        site=after.site_name,
        facts=[
            (wording.label("changes_from"), before.version),
            (wording.label("changes_to"), after.version),
            (wording.label("changes_effective"), wording.date(after.effective_day)),
        ],
        alternates=[
            Alternate(one, Wording(after, one).language(), f"?since={before.version}&lang={one}")
            for one in after.locales
            if one != wording.locale
        ],
        introduction=_introduction(before, after, naming, nothing=not found),
        sections=[
            _section(effect, told, after, naming)
            for effect in _SECTIONS
            if (told := [change for change in found if change.effect is effect])
        ],
        labels=wording.labels(_TEMPLATE_LABELS),
    )


def sentences(
    before: Notice, after: Notice, told: Iterable[Change], locale: str
) -> tuple[str, ...]:
    """Returns sentences for changes between two versions, in their order; equal ones come once."""
    naming = Naming(before, after, locale)
    return tuple(dict.fromkeys(_sentence(change, after, naming) for change in told))


def _introduction(before: Notice, after: Notice, naming: Naming, *, nothing: bool) -> list[Block]:
    wording = naming.wording
    text = wording.label("changes_introduction").format(
        date=wording.date(after.effective_day),
        **{"from": before.version, "to": after.version},
    )
    links = [
        Line(
            wording.label("changes_read").format(version=notice.version),
            href=f"../{notice.version}?lang={wording.locale}",
        )
        for notice in (after, before)
    ]
    said = wording.label("changes_none") if nothing else text
    return [Paragraphs([Line(said)]), Items(links)]


def _section(effect: Effect, told: list[Change], after: Notice, naming: Naming) -> Section:
    name = f"changes_{effect.value}"
    said = {_text(parts): parts for change in told if (parts := _parts(change, after, naming))}
    means = Paragraphs([Line(naming.wording.label(f"{name}_means"))])
    blocks: list[Block] = [means, Items([_line(text, parts) for text, parts in said.items()])]
    return Section(effect.value, naming.wording.label(name), blocks)


def _sentence(change: Change, after: Notice, naming: Naming) -> str:
    """Returns the sentence of a change, with its purposes where they matter and are not named."""
    return _text(_parts(change, after, naming))


def _text(parts: Parts) -> str:
    return "".join(text for _, text in parts)


def _line(text: str, parts: Parts) -> Line:
    return Line(text, marked=parts if any(name for name, _ in parts) else ())


def _parts(change: Change, after: Notice, naming: Naming) -> Parts:
    """Returns the sentence of a change in parts: those of its old and its new words are marked."""
    pattern = naming.wording.label(f"change_{change.kind}")
    words = _words(change, after, naming)
    found = list(_filled(pattern, words))
    if _text(tuple(found)).endswith(".."):  # a name may end in a full stop, too
        mark, last = found.pop()
        found.append((mark, last[:-1]))
    if change.effect is not Effect.EDITORIAL and change.purposes and "{purpose" not in pattern:
        concerns = naming.wording.label("change_concerns").format(purposes=words["purposes"])
        found.append(("", f" {concerns}"))
    return tuple(found)


def _filled(pattern: str, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yields the parts of a pattern that is filled in.

    Words are marked where the pattern holds the old and the new ones: only then they differ.
    """
    fields = list(Formatter().parse(pattern))
    marks = _MARKS if {name for _, name, _, _ in fields} >= _MARKS.keys() else {}
    for text, name, _, _ in fields:
        if text:
            yield "", text
        if name is not None:
            yield marks.get(name, ""), words[name]


def _words(change: Change, after: Notice, naming: Naming) -> dict[str, str]:
    """Returns all words that a sentence about the change may hold."""
    words = {
        "before": naming.value(change, change.before),
        "after": naming.value(change, change.after),
        "purposes": naming.purposes(change),
        "statement": naming.value(change, change.after or change.before),
        "act": naming.wording.label(
            "change_act_removed" if change.after is None else "change_act_added"
        ),
        **naming.about(change),
    }
    if "recipient" in change.about:
        words |= naming.recipient(change.about["recipient"])
    if "purpose" in change.about:
        words |= _of_purpose(change.about["purpose"], after, naming)
    if change.kind.startswith("basis_"):
        words |= naming.bases(change.about["purpose"])
    if change.kind == "retention_added":
        words |= _of_rule(change.about["rule"], after, naming)
    if change.kind == "cookie_added":
        words["lifetime"] = naming.wording.period(change.after["lifetime"])
    return words


def _of_rule(name: str, after: Notice, naming: Naming) -> dict[str, str]:
    """Returns from when a new rule runs, and how long."""
    fact = after.facts.get(name)
    if fact is not None:
        start = "" if fact.period is None else naming.wording.fact_start(fact)
        return {"start": start, "length": naming.wording.fact_period(fact)}
    rule = after.retention[name]
    return {
        "start": naming.wording.start(rule.kind, rule.event),
        "length": naming.wording.period(asdict(rule.period)),
    }


def _of_purpose(name: str, after: Notice, naming: Naming) -> dict[str, str]:
    purpose = after.purposes.get(name)
    if purpose is None:
        return {}
    recorded = purpose.basis_change
    return {
        "basis": naming.wording.label(f"basis_{purpose.basis}"),
        "ground": naming.text(recorded.ground)
        if recorded
        else naming.wording.label("mark_not_stated"),
    }
