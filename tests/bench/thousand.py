"""What it costs to bring a version to people: figures for a thousand of them, from those of a page.

A round visits everybody twice. Whoever was told in the first pass is met again in the second one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.book import Book, Row
from tests.bench.counting import SERVICES
from tests.bench.desk import PUBLISH
from tests.bench.prices import MILLION, mails
from tests.bench.telling import AGAIN, ALONE, TOLD

PEOPLE = 1_000


@dataclass(frozen=True, slots=True)
class Sum:
    """So many invocations of some rows: calls by service, mails, units, dollars."""

    what: str
    invocations: int
    calls: tuple[int, ...]
    mails: int
    writes: float
    reads: float
    dollars: float


def sums(book: Book) -> Iterator[Sum]:
    """The publication, a thousand people told and a thousand left alone."""
    publish, told, again, alone = (book.row(name) for name in (PUBLISH, TOLD, AGAIN, ALONE))
    yield _sum("publish, once", (publish, 1))
    many = f"{PEOPLE:,} people"
    yield _sum(f"{many} told", (told, _pages(told)))
    yield _sum(f"the same {many} in the second pass", (again, _pages(again)))
    yield _sum(f"{many} told, both passes", (told, _pages(told)), (again, _pages(again)))
    yield _sum(f"{many} left alone, both passes", (alone, 2 * _pages(alone)))


def _pages(row: Row) -> int:
    return PEOPLE // row.operation.people


def _sum(what: str, *parts: tuple[Row, int]) -> Sum:
    return Sum(
        what,
        sum(times for _, times in parts),
        tuple(sum(times * row.calls[name] for row, times in parts) for name in SERVICES),
        sum(times * mails(row.local) for row, times in parts),
        sum(times * row.writes for row, times in parts),
        sum(times * row.reads for row, times in parts),
        sum(times * row.dollars.total for row, times in parts if row.dollars) / MILLION,
    )
