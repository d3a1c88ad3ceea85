"""The preview of an approval: what it would do, by the right and the notice. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from chalicelib.catalogue import STORED
from chalicelib.consents.model import Choice
from chalicelib.holds import model as holds
from chalicelib.holds.model import Held
from chalicelib.instants import instant
from chalicelib.notices import erasure
from chalicelib.notices.erasure import Part
from chalicelib.notices.model import Notice
from chalicelib.requests import scope
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import CLOSED, Action
from chalicelib.requests.model import Request

AT_ONCE, BY_JOB, BY_HAND = "at_once", "by_job", "by_hand"

_BY_JOB: Final = frozenset({Right.COPY, Right.PORT, Right.RECTIFY, Right.ERASE})
_DECIDED: Final = frozenset({Right.OBJECT, Right.RESTRICT})


@dataclass(frozen=True, slots=True)
class Preview:
    """The effects of an approval.

    `decisions` are refusals by purpose, `corrects` fields (`category.field`), `erased` the notice's
    categories and `kept` its kinds of records that an erasure leaves for a while. `needed` are the
    categories that were asked for and that the account cannot be without.
    """

    done: str
    decisions: Mapping[str, Choice] = field(default_factory=dict)
    restricts: bool = False
    corrects: tuple[str, ...] = ()
    erased: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


def preview(
    request: Request, said: Mapping[str, Any], notice: Notice, *, browser: bool = False
) -> Preview | None:
    """Returns what approving a request would do; None for one that is closed.

    `said` are its sealed fields; of a `browser` without an account an erasure leaves less.
    """
    if request.status in CLOSED:
        return None
    right = Right(request.right)
    at_once = right in scope.AT_ONCE or right in _DECIDED
    erases = right is Right.ERASE
    part = erasure.part(notice, request.categories) if erases and request.categories else None
    return Preview(
        AT_ONCE if at_once else BY_JOB if right in _BY_JOB else BY_HAND,
        decisions=_decisions(right, request, notice),
        restricts=right is Right.RESTRICT,
        corrects=request.fields or tuple(scope.named(said.get("changes", {}))),
        erased=_erased(part, notice) if erases else (),
        kept=_kept(part, notice, browser=browser) if erases else (),
        needed=() if part is None else tuple(part.needed),
    )


def _erased(part: Part | None, notice: Notice) -> tuple[str, ...]:
    return erasure.erased_categories(notice) if part is None else tuple(sorted(part.erased))


def _decisions(right: Right, request: Request, notice: Notice) -> dict[str, Choice]:
    if right is Right.OBJECT:
        weighed = scope.weighed(request.purposes, notice)
        return scope.objected(request.purposes, notice) | dict.fromkeys(
            sorted(weighed), Choice.OBJECTED
        )
    return scope.opted_out(notice) if right is Right.OPT_OUT else {}


def _kept(part: Part | None, notice: Notice, *, browser: bool) -> tuple[str, ...]:
    """Returns the kinds of records that stay for a while after the person's data is erased.

    Of some categories alone they are those that hold something of these.
    """
    if part is not None:
        return tuple(sorted(kind for kind in part.plan.stays if part.concerned(kind, "")))
    stays = erasure.plan(notice, erasure.REQUESTED, browser=browser).stays
    return tuple(sorted(stays))


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a preview shows: its sort, and the notice's names that it is about."""

    sort: str
    names: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The item as one word, by which two previews are compared."""
        return ":".join((self.sort, *self.names))


_WRITTEN: Final = frozenset({Action.JOIN, Action.ANSWER, Action.MESSAGE})
"""The events by which a person adds to an open request."""


@dataclass(frozen=True, slots=True)
class Stock:
    """The records of a person that an erasure is about, as they were read.

    `going` is the number of those that would go, by kind; `more` tells that there are others beyond
    what was read. `runs` tells that a transaction of theirs is open.
    """

    going: Mapping[str, int] = field(default_factory=dict)
    more: bool = False
    runs: bool = False


NO_STOCK: Final = Stock()


def going(
    records: Iterable[Record], request: Request, held: Held, notice: Notice, *, browser: bool
) -> dict[str, int]:
    """Returns how many of a person's records an erasure would take, by kind, as it would choose.

    Kinds that hold nothing of the notice's categories are this software's own, and not counted.
    """
    some = request.categories and not erasure.is_everything(notice, request.categories)
    part = erasure.part(notice, request.categories, held=held) if some else None
    plan = erasure.plan(notice, erasure.REQUESTED, held=held, browser=browser)
    found, personal = dict[str, int](), erasure.personal(notice)
    for one in records:
        if one.kind not in personal:
            continue
        if part is None:
            goes = not plan.keeps(one.kind, one.retention_class, one.id)
        else:
            goes = part.goes(one.kind, one.retention_class, one.id, one.form)
        if goes:
            found[one.kind] = found.get(one.kind, 0) + 1
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Record:
    """A person's record as an erasure chooses it: its kind, class, id, and the form it is of."""

    kind: str
    retention_class: str
    id: str
    form: str = ""


def items(
    request: Request,
    held: Held,
    notice: Notice,
    *,
    browser: bool = False,
    stock: Stock = NO_STOCK,
) -> tuple[Item, ...]:
    """Returns what a preview shows of an approval, each thing once; nothing of a closed request.

    `stock` is what was read of the person's records for an erasure. The items depend on facts alone
    that are read without opening what is sealed, so that the approval itself compares them with
    what an officer saw. Of the person's later words they hold the number.
    """
    seen = preview(request, {}, notice, browser=browser)
    return () if seen is None else tuple(_items(seen, request, held, notice, stock))


def read_items(codes: str) -> tuple[Item, ...]:
    """Returns the items that `fingerprint` wrote; of another text whatever it resembles."""
    parts = (one.split(":") for one in codes.split(" ") if one)
    return tuple(Item(sort, tuple(names)) for sort, *names in parts)


def fingerprint(shown: tuple[Item, ...]) -> str:
    """Returns a preview as one text, which a form carries and `read_items` reads."""
    return " ".join(sorted({one.code for one in shown}))


def _items(
    seen: Preview, request: Request, held: Held, notice: Notice, stock: Stock
) -> Iterator[Item]:
    yield Item("done", (seen.done,))
    yield from (Item("decides", (one, str(how))) for one, how in seen.decisions.items())
    if seen.restricts:
        yield Item("restricts", request.purposes)
    yield from (Item("corrects", (one,)) for one in seen.corrects)
    yield from (Item("erases", (one,)) for one in seen.erased)
    yield from (Item("counts", (kind, str(count))) for kind, count in stock.going.items())
    if stock.more:
        yield Item("beyond")
    if request.right == Right.ERASE:
        lasts = erasure.readable_for(notice, request.categories)
        yield Item("unreadable", (f"{lasts.years}-{lasts.months}-{lasts.days}",))
    if stock.runs:
        yield Item("runs")
    yield from (Item("keeps", (one,)) for one in seen.kept)
    yield from (Item("needs", (one,)) for one in seen.needed)
    for kind, ground, until in held_kinds(held):
        yield Item("holds", (kind, ground, instant(until).replace(":", ".")))
    if request.right == Right.ERASE:
        # Imported here: a person's page of a request previews one too, and asks nobody.
        from chalicelib.systems.model import asked_of

        asked = asked_of(request.right, request.categories, notice)
        yield from (Item("asks", (one,)) for one in asked)
    yield from (Item("waits", (one,)) for one in request.waiting)
    written = sum(one.event in _WRITTEN for one in request.history)
    if written:
        yield Item("written", (str(written),))


def held_kinds(held: Held) -> list[tuple[str, str, datetime]]:
    """Lists the kinds of records that holds keep: kind, ground, and the end of the last hold."""
    last: dict[tuple[str, str], datetime] = {}
    for name in holds.kinds():
        for one in held.holds:
            named = {record.kind for record in one.records}
            if STORED[name].retention_class in one.classes or name in named:
                last[name, str(one.ground)] = one.until
    return sorted((kind, ground, until) for (kind, ground), until in last.items())
