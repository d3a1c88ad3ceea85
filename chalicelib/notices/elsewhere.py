"""The information to a person about data that others gave (GDPR art. 14(1) and (2)). Pure.

The sentences are those of the notice's page, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from chalicelib.notices import access
from chalicelib.notices.model import Notice, Purpose, Recipient
from chalicelib.notices.rendering import people
from chalicelib.notices.rendering.blocks import Block, Entries, Line, Named, Table
from chalicelib.notices.rendering.words import Wording
from chalicelib.texts import one_line

_PUBLIC = "public"
_AUTOMATED = frozenset({"assisted", "solely"})


def told(notice: Notice, origin: str, categories: Collection[str], locale: str) -> dict[str, Any]:
    """Returns the words of the mail about an origin, each a text of one line or a list of them.

    `categories` are those of which it gives data. Statements that a notice lacks are empty lists,
    or None. Nothing of the data itself is in them.
    """
    wording, concerned = Wording(notice, locale), frozenset(categories)
    purposes = [one for one in notice.purposes.values() if not concerned.isdisjoint(one.categories)]
    return {
        "controller": _lines(people.controller(notice, wording), wording),
        **_origin(notice, origin, wording),
        "categories": [
            one_line(notice.text(one.title, wording.locale))
            for one in notice.categories.values()
            if one.id in concerned
        ],
        "purposes": [_purpose(notice, one, wording) for one in purposes],
        "recipients": [
            _recipient(notice, one, wording)
            for one in notice.recipients.values()
            if _receives(one, purposes, concerned)
        ],
        "kept": list(_kept(notice, concerned, wording)),
        "rights": [
            one_line(notice.text(one.title, wording.locale)) for one in notice.rights.values()
        ],
        "how": one_line(wording.words(notice.completed["requests"]["how"]["text"])),
        "complaint": _lines(people.complaint(notice, wording), wording),
        "automated": _automated(notice, purposes, wording),
    }


def _origin(notice: Notice, origin: str, wording: Wording) -> dict[str, Any]:
    """Returns who gave the data, more about it, and whether the source is public (2)(f)."""
    known = next((one for one in notice.completed["sources"] if one["id"] == origin), None)
    if known is None:
        return {"origin": one_line(origin), "source": None, "public": False}
    described = [wording.words(known["description"])] if "description" in known else []
    named = [known[one] for one in ("name", "url") if one in known]
    text = " ".join([*named[:1], *described, *named[1:]])
    return {
        "origin": one_line(wording.words(known["title"])),
        "source": one_line(text) or None,
        "public": known["party"] == _PUBLIC,
    }


def _purpose(notice: Notice, purpose: Purpose, wording: Wording) -> str:
    """Returns a purpose with its basis, and the interest or the act (14(1)(c), (2)(b))."""
    named = access.purpose_named(notice, purpose, wording.locale)
    said = [named["basis_words"], *(named[one] for one in ("interest", "act") if one in named)]
    return one_line(wording.pair(named["title"], ". ".join(one.rstrip(" .") for one in said)))


def _receives(recipient: Recipient, purposes: Iterable[Purpose], concerned: frozenset[str]) -> bool:
    for purpose in purposes:
        if recipient.id in purpose.recipients:
            items = recipient.items_for(purpose.id)
            if items is None or any(one.category in concerned for one in items):
                return True
    return False


def _recipient(notice: Notice, recipient: Recipient, wording: Wording) -> str:
    """Returns a recipient with its place, and what protects the data outside (14(1)(e), (f))."""
    named = access.recipient_named(notice, recipient, wording.locale)
    said = dict.fromkeys(one.rstrip(" .") for one in (named["place"], named["transfer_words"]))
    return one_line(wording.pair(named["name"], " – ".join(one for one in said if one)))


def _kept(notice: Notice, concerned: frozenset[str], wording: Wording) -> Iterator[str]:
    """Yields how long the data is kept, with the category where there are several (14(2)(a))."""
    for one in notice.categories.values():
        if one.id in concerned:
            title = notice.text(one.title, wording.locale)
            for line in access.category_kept(notice, one.id, wording.locale):
                yield one_line(line if len(concerned) == 1 else wording.pair(title, line))


def _automated(notice: Notice, purposes: Iterable[Purpose], wording: Wording) -> list[str]:
    """Returns the statement on automated decisions, and the purposes that have any (14(2)(g))."""
    said = [wording.words(notice.completed["automated_decisions"]["text"])]
    for one in purposes:
        if one.automated in _AUTOMATED:
            how = wording.label(f"automated_{one.automated}")
            said.append(wording.pair(wording.words(one.title), how))
    return [one_line(one) for one in said]


def _lines(blocks: Iterable[Block], wording: Wording) -> list[str]:
    """Returns the texts of blocks: a line, or a name with the lines that it stands for."""
    found = list[str]()
    for block in blocks:
        if isinstance(block, Named):
            found += [wording.pair(name, _told(lines)) for name, lines in block.pairs]
        elif isinstance(block, (Table, Entries)):
            for name, *cells in block.rows:
                found.append(
                    wording.pair(name[0].text, _told(line for one in cells for line in one))
                )
        else:
            found += [line.text for line in block.lines]
    return [one_line(one) for one in found]


def _told(lines: Iterable[Line]) -> str:
    *before, last = [line.text for line in lines]
    return ". ".join([*(one.rstrip(" .") for one in before), last])
