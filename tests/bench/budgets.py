"""The budgets, and whether what was measured keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.book import Book, Row
from tests.bench.cold import BARE
from tests.bench.operations import PURPOSES
from tests.bench.prices import mails
from tests.bench.proof import DECISION
from tests.bench.telling import ALONE, TOLD
from tests.bench.using_rights import RESTRICTED

OWN_CPU, COLD_START, PACKAGE_MB = 1.3, 0.5, 16

DECISION_MS, FREQUENT_START = 1.2, 0.35
FREQUENT = ("consents", "decisions", "notices")
"""The functions that are called with every page."""

CALLS_OF_A_PAGE, UNITS_OF_A_PAGE = 6, 8
"""DynamoDB calls and write units of a page of a round, whatever is done with its people: the job
leased and deleted, the round read and taken on, the index and the people read."""

UNITS_OF_A_PERSON = 6
"""Write units of telling somebody: two for the obligation and two for the condition on the
standing, both in a transaction; one for the try and one for its success."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One budget."""

    what: str
    budget: str
    measured: str
    kept: bool


def verdicts(book: Book) -> list[Verdict]:
    """Every budget that applies to what exists."""
    return [
        *_counts(book),
        *_telling(book),
        *_cpu(book),
        *_lean(book),
        *_cold(book),
        *_growth(book),
    ]


def _counts(book: Book) -> Iterator[Verdict]:
    warm = sum(book.row("notice, warm").calls.values())
    yield Verdict("notice, warm: calls", "0", f"{warm}", warm == 0)
    known = sum(book.row("notice, not modified").calls.values())
    yield Verdict("notice, not modified: calls", "0", f"{known}", known == 0)
    captures = [row for row in book.rows if row.operation.name.startswith("capture")]
    most = max(row.calls["dynamodb"] for row in captures)
    yield Verdict("capture: DynamoDB calls", "2", f"{most}", most <= 2)
    for kind, budget in (("repeated", 4), ("first", 8), ("withdrawal", 10)):
        units = max(row.writes for row in captures if f", {kind}, " in row.operation.name)
        what = f"capture, {kind}, up to {PURPOSES} purposes: write units"
        yield Verdict(what, f"{budget}", f"{units:g}", units <= budget)
    calls = book.row("sign in").calls
    yield Verdict("sign in: DynamoDB calls", "2", f"{calls['dynamodb']}", calls["dynamodb"] <= 2)
    yield Verdict("sign in: KMS calls", "2", f"{calls['kms']}", calls["kms"] <= 2)
    queries = _queries(book.row("fulfil a copy"))
    yield Verdict("copy of less than 1 MB: Queries, one a table", "2", f"{queries}", queries <= 2)
    yield from _decision(book)
    idle = book.row("sweep, nothing due")
    calls_of_idle = sum(idle.calls.values())
    yield Verdict("sweep, nothing due: Queries", "16", f"{calls_of_idle}", calls_of_idle <= 16)


def _decision(book: Book) -> Iterator[Verdict]:
    """One strongly consistent call for the key and the standing, one more for restrictions."""
    row = book.row(DECISION)
    calls = sum(row.calls.values())
    yield Verdict("decision: calls", "1", f"{calls}", calls <= 1)
    yield Verdict("decision: read units", "2", f"{row.reads:g}", row.reads <= 2)
    row = book.row(RESTRICTED)
    calls = sum(row.calls.values())
    yield Verdict("decision, restricted: calls", "2", f"{calls}", calls <= 2)
    yield Verdict("decision, restricted: read units", "3", f"{row.reads:g}", row.reads <= 3)


def _telling(book: Book) -> Iterator[Verdict]:
    told, alone = book.row(TOLD), book.row(ALONE)
    people, page = told.operation.people, CALLS_OF_A_PAGE
    for row, what, budget, found in (
        (alone, "DynamoDB calls", page, alone.calls["dynamodb"]),
        (told, "DynamoDB calls", page + 2 + 2 * people, told.calls["dynamodb"]),
        (told, "KMS calls", people, told.calls["kms"]),
        (told, "mails", people, mails(told.local)),
        (told, "write units", UNITS_OF_A_PAGE + UNITS_OF_A_PERSON * people, told.writes),
    ):
        yield Verdict(f"{row.operation.name}: {what}", f"{budget}", f"{found:g}", found <= budget)


def _queries(row: Row) -> int:
    return sum(call.operation == "Query" for call in row.local.log)


def _cpu(book: Book) -> Iterator[Verdict]:
    measured = [row for row in book.rows if row.ratio is not None]
    plain = [row for row in measured if not row.operation.compiles]
    yield _ratio(f"own CPU of {len(plain)} warm operations, hashing apart", plain)
    compiling = [row for row in measured if row.operation.compiles]
    yield _ratio(f"own CPU of {len(compiling)} operations that compile a notice", compiling)


def _lean(book: Book) -> Iterator[Verdict]:
    """What is asked with every page: a decision of another system, and the functions' start."""
    spent = book.ways[DECISION].lean
    yield Verdict("decision: CPU", f"{DECISION_MS} ms", f"{spent:.2f} ms", spent <= DECISION_MS)
    for name in FREQUENT:
        ratio = book.cold.starts[f"functions.http.{name}"].ratio
        what, budget = f"cold start of {name}", f"{FREQUENT_START} x bare function from source"
        yield Verdict(what, budget, f"{ratio:.2f}", ratio <= FREQUENT_START)


def _ratio(what: str, rows: list[Row]) -> Verdict:
    over = [row for row in rows if (row.ratio or 0) > OWN_CPU]
    worst = max(rows, key=lambda row: row.ratio or 0)
    said = f"{len(rows) - len(over)} within, worst: {worst.operation.name} {worst.ratio:.2f}"
    return Verdict(what, f"{OWN_CPU} x bare calls", said, not over)


def _cold(book: Book) -> Iterator[Verdict]:
    ours = {name: one for name, one in book.cold.starts.items() if name != BARE}
    name, worst = max(ours.items(), key=lambda pair: pair[1].ratio)
    yield Verdict(
        "cold start of the slowest function",
        f"{COLD_START} x bare function from source",
        f"{name.rsplit('.', 1)[-1]} {worst.ratio:.2f}",
        worst.ratio <= COLD_START,
    )
    size = book.cold.package_bytes / 1_000_000
    yield Verdict("package", f"{PACKAGE_MB} MB zipped", f"{size:.1f} MB", size <= PACKAGE_MB)


def _growth(book: Book) -> Iterator[Verdict]:
    for name, sizes in book.growth.items():
        first, *others = [(local.calls, local.writes) for local, _ in sizes.values()]
        reads = {(official or local).computed_reads for local, official in sizes.values()}
        same = all(other == first for other in others) and len(reads) == 1
        among = " and ".join(f"{size:,}" for size in sizes)
        yield Verdict(
            f"{name}: calls and units among {among} subjects",
            "the same",
            "the same" if same else "not the same",
            same,
        )
