"""The effects of approving a request, and what of them changed since an officer saw them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from chalicelib import clock
from chalicelib.desk.pages import titles
from chalicelib.desk.pages.dates import written
from chalicelib.notices import erasure
from chalicelib.notices.model import Period
from chalicelib.pages import formats
from chalicelib.pages.words import pair
from chalicelib.requests.preview import Item, read_items

if TYPE_CHECKING:
    from chalicelib.web.pages.visit import Visit

_LISTED: Final = frozenset({"erases", "needs", "corrects", "asks", "waits"})
"""The sorts of items that stand in one effect, listed by their titles."""

_KINDS: Final[Mapping[str, str]] = {
    "erases": "good",
    "corrects": "good",
    "decides": "good",
    "restricts": "care",
    "counts": "good",
    "beyond": "",
    "unreadable": "",
    "runs": "bad",
    "keeps": "care",
    "needs": "care",
    "holds": "bad",
    "asks": "now",
    "waits": "care",
    "written": "",
    "done": "",
}
"""The sorts of items -> the kind of their tag."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A thing that approving does: its word, the kind of its tag, and what it is about."""

    word: str
    kind: str
    text: str
    why: str = ""


def effects(shown: Sequence[Item], visit: Visit, said: Mapping[str, str]) -> Iterator[Effect]:
    """Yields what a preview shows; things of one sort that need no reason stand in one."""
    together: dict[str, list[str]] = {}
    counted = [_counted(one, visit) for one in shown if one.sort == "counts"]
    for item in shown:
        if item.sort in _LISTED:
            together.setdefault(item.sort, []).append(_name(item, visit))
    for sort, names in together.items():
        yield Effect(said[f"effect.{sort}"], _KINDS[sort], formats.listing(names, visit.language))
        if sort == "erases" and counted:
            yield Effect(said["effect.counts"], _KINDS["counts"], "; ".join(counted))
    for item in shown:
        if item.sort not in _LISTED and item.sort not in ("done", "counts"):
            effect = _effect(item, visit, said)
            if effect is not None:
                yield effect


def _effect(item: Item, visit: Visit, said: Mapping[str, str]) -> Effect | None:
    """Returns an item in words; None of one that a form made up."""
    with suppress(KeyError, IndexError, ValueError):
        word, kind = said[f"effect.{item.sort}"], _KINDS[item.sort]
        if item.sort == "keeps":
            stays = erasure.plan(visit.notice, erasure.REQUESTED).stays.get(item.names[0])
            why = visit.notice.text(stays.why, visit.language) if stays else ""
            return Effect(word, kind, _name(item, visit), why)
        if item.sort == "holds":
            until = datetime.fromisoformat(item.names[2].replace(".", ":", 2))
            day = written(until, visit)
            why = said[f"hold.{item.names[1]}"]
            return Effect(word, kind, said["until"].format(what=_name(item, visit), day=day), why)
        if item.sort == "counts":
            return Effect(word, kind, _counted(item, visit))
        if item.sort == "restricts" and item.names:
            uses = [titles.purpose(one, visit.notice, visit.language) for one in item.names]
            listed = formats.listing(uses, visit.language)
            return Effect(word, kind, said["restricts_uses"].format(uses=listed), said["restricts"])
        if item.sort == "decides":
            return Effect(word, kind, _name(item, visit), said[f"choice.{item.names[1]}"])
        if item.sort == "unreadable":
            years, months, days = map(int, item.names[0].split("-"))
            end = Period(days, months, years).after(clock.now().astimezone(visit.notice.zone))
            day = formats.day(end.date(), visit.language)
            return Effect(word, kind, said["unreadable"].format(day=day))
        if item.sort == "done":
            return Effect(word, kind, said[f"done.{item.names[0]}"])
        if item.sort == "written":
            return Effect(word, kind, said["written_times"].format(count=int(item.names[0])))
        return Effect(word, kind, _name(item, visit) if item.names else said[item.sort])
    return None


def _counted(item: Item, visit: Visit) -> str:
    """Returns how many records of a kind there are: `Interaction: 12`."""
    return pair(_name(item, visit), str(int(item.names[1])), visit.language)


def _name(item: Item, visit: Visit) -> str:
    """Returns the title of what an item is about."""
    notice, language, name = visit.notice, visit.language, item.names[0]
    match item.sort:
        case "erases" | "needs":
            return titles.category(name, notice, language)
        case "corrects":
            return titles.field(name, notice, language)
        case "decides":
            return titles.purpose(name, notice, language)
        case "asks" | "waits":
            return titles.recipient(name, notice, language)
    return titles.kind(name, notice, language)


def changes(
    shown: Sequence[Item], visit: Visit, said: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yields what is new in a preview, and what is gone, since an officer saw it."""
    if visit.refused is None or visit.refused.type != "preview-changed":
        return
    before = dict.fromkeys(read_items(visit.typed.get("seen", "")))
    for word, found in (
        ("new", [one for one in shown if one not in before]),
        ("gone", [one for one in before if one not in shown]),
    ):
        for one in found:
            effect = _effect(one, visit, said)
            if effect is not None:
                yield said[f"change_{word}"], pair(effect.word, effect.text, visit.language)


__all__ = ["changes", "effects"]
