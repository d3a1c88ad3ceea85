"""The cost book as text: what is printed, and the document."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping, Sequence

from chalicelib.limits.model import limit
from chalicelib.pages.assets import script
from chalicelib.publications.service.announcement import PAGE
from tests.bench import rates, ways
from tests.bench.book import CHART, Book, Row
from tests.bench.budgets import verdicts
from tests.bench.cold import BARE
from tests.bench.counting import SERVICES, Count
from tests.bench.cpu import SAMPLES as REPETITIONS
from tests.bench.dynamodb_local import PACKAGE, VERSION
from tests.bench.engines import kms_keys
from tests.bench.load import INVOCATIONS, MANY_INVOCATIONS, ROUNDS, Phase
from tests.bench.million import FEW, SAMPLES, Grown
from tests.bench.office import LISTED
from tests.bench.prices import COLUMNS, DELIVERY, MEMORY_OF_ONE_CPU, WAIT_MS, Dollars, table
from tests.bench.rates import Counted
from tests.bench.thousand import PEOPLE, sums

_TOTALS = {
    "consents of browsers seen first": ("capture, visitor, first, 1",),
    "consents of browsers, repeated": ("capture, visitor, repeated, 1",),
    "consents of accounts": ("capture, account, repeated, 1",),
    "sign-ins": ("sign in",),
    "copies: asked for, made, mailed, fetched": (
        "request a copy",
        "fulfil a copy",
        "copy-ready mail",
        "export address",
    ),
}

Table = Sequence[Sequence[str]]
Grew = Mapping[str, Mapping[int, Grown]]

_NAMES = {"dynamodb": "DynamoDB", "kms": "KMS", "sqs": "SQS", "ses": "SES", "s3": "S3"}


def document(book: Book) -> str:
    """`docs/performance.md`."""
    return "\n".join(_lines(book))


def printed(book: Book) -> str:
    """What `make bench` shows: totals, budgets and the cost book."""
    parts = [_totals(book), _thousand(book), _budgets(book), _costs(book), _cold(book), _load(book)]
    parts += _among_many(book.million, book.shelf)
    return _together(parts)


def among_many(million: Grew, shelf: Grew) -> str:
    """What `--among-many` shows: the operations among many subjects and many requests."""
    return _together(_among_many(million, shelf))


_NOTICE = (
    "The notice is that of the product's tests, `tests/documents/product.json`: as many purposes, "
    "categories and kilobytes as the example's, and nobody's facts."
)


def _lines(book: Book) -> Iterator[str]:
    yield "# Performance and cost"
    yield ""
    yield "Written by `make bench`; run it again rather than editing. Measured on"
    yield from _where(book)
    yield ""
    yield _NOTICE
    for title, words, found in _sections(book):
        yield from ("", f"## {title}", "")
        if words:
            yield from (words, "")
        yield from _markdown(found)
    yield ""


def _sections(book: Book) -> Iterator[tuple[str, str, Table]]:
    yield "Dollars per million", _assumptions(), _totals(book)
    yield f"Telling {PEOPLE:,} people of a version", _THOUSAND, _thousand(book)
    yield rates.TITLE, rates.words(), rates.table(lambda name: _counted(book.row(name)))
    yield "Budgets", "", _budgets(book)
    yield "The cost book", _COSTS + f"\n\n![The same as a chart]({CHART.name})", _costs(book)
    yield "With the lean transport and without it", _WAYS, ways.rows(book.ways)
    yield "Which engine counted what", _engines(book), _checks(book)
    yield "Among few and among many", _GROWTH, _growth(book)
    if book.million:
        yield "Among a million", _MILLION, _grew(book.million, "subjects")
        yield "The desk among a hundred thousand requests", _SHELF, _grew(book.shelf, "requests")
    yield "Cold starts", _COLD.format(rounds=book.cold.rounds), _cold(book)
    yield "Pages", _PAGES, _pages(book)
    yield "Under load", _LOAD, _load(book)


def _counted(row: Row) -> Counted:
    """The figures of a row as the cost book shows them, so that a reader can reckon the same."""
    cpu = row.cpu
    own, hashing = (cpu.own, cpu.hashing or 0.0) if cpu else (0.0, 0.0)
    return Counted(row.calls, float(f"{row.writes:g}"), round(own, 2) + round(hashing, 1))


_YES, _RECEIPT = limit("capture.network"), limit("signature.person")
_COSTS = (
    "One warm invocation of one function, which runs in the measuring process. Calls are counted "
    "by events of the real clients; W and R are write and read units. CPU is milliseconds, the "
    f"least of up to {REPETITIONS} invocations: own is the function with its calls, watched by "
    "nobody, bare the very same requests sent again through plain botocore clients as botocore "
    "makes them, and password hashing stands apart. "
    "A process reads the pointer to the notice in force "
    "again when it is a minute old (1 call, 1 R), and asks KMS for a notice's evidence once an "
    "hour for each language: neither is in these rows, save in the cold one. Nor is what counts by "
    f"samples: of a yes one in {_YES.step} adds 2 W and 2 R for its network (IPv6: two more "
    f"widths, one in {_YES.times(2).step} and one in {_YES.times(20).step}), with no call; of a "
    f"receipt one in {_RECEIPT.step} adds a call, 1 W and 1 R."
)
_WAYS = (
    "The same operations with the lean transport of frequent calls, as they are deployed, and with "
    "all calls through botocore's clients (`RISERBO_TRANSPORT=botocore`): the function with its "
    f"calls, password hashing not, the least of {ways.ROUNDS} rounds of {ways.SAMPLES} in which "
    "both take turns. `python -m tests.bench.ways` measures this table alone."
)
_THOUSAND = (
    f"Reckoned from the rows below, at the same prices: pages of {PAGE} people, as they are when "
    "nothing but accounts stands in that lane of the due index. A round visits everybody twice, so "
    "that nobody is missed whose record moved meanwhile; mails go out once. SES's calls are one "
    "more a page than mails: it is asked for the quota, for nothing. Lambda also bills the time "
    "that a page waits for the quota, which is not in it."
)
_GROWTH = (
    "Subjects are written directly: a standing in the due index and a claim each. Of a sweep, ten "
    "accounts are due and all others are not."
)
_MILLION = (
    "A browser's capture as the first subject, the thousandth and the millionth of a table of its "
    "own, the schedule that watches the clocks of requests among them, and a sweep of a thousand "
    "records that are due, on DynamoDB Local in "
    f"memory; milliseconds are the median of {SAMPLES}, of a sweep of {FEW}, over loopback, "
    "function and engine together. The engine is a Java program that gets faster as it runs, so "
    "the smallest table, which comes first, is the slowest. W are by DynamoDB's rules, since that "
    "engine charges every transaction the same; so are R of Queries that find nothing, for which "
    "it charges nothing."
)
_SHELF = (
    f"The first page of {LISTED} of the desk's list, and the schedule that watches the clocks of "
    "requests, among so many open ones, of which none is due; measured likewise, on a table of "
    "their own."
)
_COLD = (
    "Imports and the first DynamoDB client, from the unzipped package and its compiled modules, "
    "in a fresh process. The bare function imports chalice, pynamodb and jsonschema as pip "
    "installs them, of which nothing is compiled, and does the same. Medians of {rounds} rounds, "
    "in which all take turns; the ratio is that of CPU time within a round. What a function "
    "imports only at its first request is not in it."
)
_PAGES = (
    "Bytes of a page's HTML, in which its style stands, so that a first page takes one answer: as "
    "they are, and as gzip leaves them, which API Gateway sends. The script that all pages share "
    f"is {len(gzip.compress(script())):,} bytes zipped, and is kept for a year. What each costs is "
    "in the cost book."
)
_LOAD = (
    f"{INVOCATIONS} invocations for each line ({MANY_INVOCATIONS} where nothing is called), by "
    "one or eight worker processes on DynamoDB Local, "
    f"over loopback, in {ROUNDS} turns of our function and the bare calls that it makes. The "
    "engines share the cores with the workers, so latencies say how the two compare, not what AWS "
    "answers in. A CPU second is one second of one core in the workers."
)


def _where(book: Book) -> Iterator[str]:
    machine = book.machine
    yield (
        f"{machine.at:%Y-%m-%d %H:%M} UTC, {machine.processor}, {machine.cores} cores, "
        f"{machine.system}, Python {machine.python}; load average {machine.busy:.1f} at the start."
    )


def _assumptions() -> str:
    prices, waits = table(), ", ".join(f"{name} {ms:g}" for name, ms in WAIT_MS.items())
    return (
        f"Computed from the counts below and `infra/prices.json` ({prices['source']}; "
        f"{prices['region']}, as of {prices['as_of']}). Lambda's time is reckoned, not measured: "
        f"the CPU time of this machine, stretched to the share of a processor that the function's "
        f"memory buys ({MEMORY_OF_ONE_CPU} MB are one), and an assumed wait of milliseconds a call "
        f"({waits}). A queue's message costs {DELIVERY} SQS requests more to be delivered, an "
        f"object stored under a KMS key one KMS request more. Not in it: storage, logs, "
        f"data transfer, polling of idle queues, the download itself, and {kms_keys()} KMS keys at "
        f"{prices['kms_key_month']:g} dollar a month each."
    )


def _totals(book: Book) -> Table:
    found = [["a million", *COLUMNS, "total"]]
    for name, operations in _TOTALS.items():
        total = _sum([book.row(one) for one in operations])
        found.append([name, *(f"{part:.2f}" for part in total.parts), f"**{total.total:.2f}**"])
    return found


def _sum(rows: list[Row]) -> Dollars:
    total = Dollars((0.0,) * len(COLUMNS))
    for row in rows:
        total += row.dollars or total
    return total


def _thousand(book: Book) -> Table:
    head = ["what", "invocations", *(_NAMES[name] for name in SERVICES), "mails", "W", "R", "$"]
    rows = [
        [
            one.what,
            *(f"{number:,}" for number in (one.invocations, *one.calls, one.mails)),
            f"{one.writes:,.0f}",
            f"{one.reads:,.0f}",
            f"{one.dollars:.5f}",
        ]
        for one in sums(book)
    ]
    return [head, *rows]


def _budgets(book: Book) -> Table:
    rows = [
        [one.what, one.budget, one.measured, "yes" if one.kept else "**no**"]
        for one in verdicts(book)
    ]
    return [["what", "budget", "measured", "kept"], *rows]


def _costs(book: Book) -> Table:
    head = ["operation", *(_NAMES[name] for name in SERVICES), "W", "R"]
    head += ["own ms", "bare ms", "ratio", "hashing ms", "$ a million"]
    return [head, *(_cost(row) for row in book.rows)]


def _cost(row: Row) -> list[str]:
    cpu, cost = row.cpu, row.dollars
    return [
        row.operation.name,
        *(str(row.calls[service]) for service in SERVICES),
        f"{row.writes:g}",
        f"{row.reads:g}",
        f"{cpu.own:.2f}" if cpu else "",
        f"{cpu.bare:.2f}" if cpu and row.local.log else "",
        f"{row.ratio:.2f}" if row.ratio else "",
        f"{cpu.hashing:.1f}" if cpu and cpu.hashing else "",
        f"{cost.total:.2f}" if cost else "",
    ]


def _engines(book: Book) -> str:
    if book.without_official:
        return (
            f"**DynamoDB Local could not run here: {book.without_official}.** Read units are "
            "therefore computed from DynamoDB's published rules, not counted. Writes and "
            "transactions were counted by the local AWS engine and checked against the rules."
        )
    return (
        "Write units and transactions: the local AWS engine. Read units: DynamoDB Local "
        f"(`{PACKAGE}` {VERSION}), which charges every transaction that writes a fixed number and "
        "an empty Query nothing, where AWS charges half a unit: there the rules' figure is used. "
        f"{_same_calls(book)} Rules are DynamoDB's published ones, applied to the items "
        "before and after each call. These are the operations in which any of the figures differ."
    )


def _same_calls(book: Book) -> str:
    pairs = [(row.operation.name, row.local, row.official) for row in book.rows if row.official]
    others = [name for name, local, official in pairs if official and local.calls != official.calls]
    if others:
        return f"Calls differ between the engines in: {', '.join(others)}."
    return "Calls were the same on both."


def _checks(book: Book) -> Table:
    rows = [["operation", "W counted", "W by rules", "R counted", "R by rules"]]
    for row in book.rows:
        local, official = row.local, row.official
        counted = official.reads if official else None
        if local.writes == local.computed_writes and counted in (None, local.computed_reads):
            continue
        rows.append(
            [
                row.operation.name,
                f"{local.writes:g}",
                f"{local.computed_writes:g}",
                "" if counted is None else f"{counted:g}",
                f"{local.computed_reads:g}",
            ]
        )
    return rows if len(rows) > 1 else [*rows, ["none", "", "", "", ""]]


def _growth(book: Book) -> Table:
    found = [["operation", "subjects", "calls", "W", "R counted", "R by rules"]]
    for name, sizes in book.growth.items():
        for size, (local, official) in sizes.items():
            found.append(
                [name, f"{size:,}", str(sum(local.calls.values())), *_units(local, official)]
            )
    return found


def _units(local: Count, official: Count | None) -> list[str]:
    rules = (official or local).computed_reads
    return [f"{local.writes:g}", f"{official.reads:g}" if official else "", f"{rules:g}"]


def _among_many(million: Grew, shelf: Grew) -> list[Table]:
    found = ((million, "subjects"), (shelf, "requests"))
    return [_grew(operations, among) for operations, among in found if operations]


def _grew(operations: Grew, among: str) -> Table:
    found = [["operation", among, "calls", "W by rules", "R", "ms"]]
    for name, sizes in operations.items():
        for size, grown in sizes.items():
            counted, writes = grown.count, grown.count.computed_writes
            reads = max(counted.reads, counted.computed_reads)
            cells = f"{writes:g}", f"{reads:g}", f"{grown.milliseconds:.1f}"
            found.append([name, f"{size:,}", str(sum(counted.calls.values())), *cells])
    return found


def _cold(book: Book) -> Table:
    found = [["function", "CPU ms", "wall ms", "CPU to bare"]]
    for name, one in book.cold.starts.items():
        label = "bare, from source: chalice, pynamodb, jsonschema" if name == BARE else name
        found.append([label, f"{one.cpu:.0f}", f"{one.wall:.0f}", f"{one.ratio:.2f}"])
    return found


def _pages(book: Book) -> Table:
    rows = [[name, f"{one.plain:,}", f"{one.zipped:,}"] for name, one in book.pages.items()]
    return [["page", "bytes", "zipped"], *rows]


def _load(book: Book) -> Table:
    head = ["operation", "workers", "a second", "a CPU second", "p50 ms", "p95 ms"]
    found = [[*head, "CPU to bare", "p50 to bare", "p95 to bare"]]
    for (name, workers), one in book.load.items():
        phases = [(name, one.ours), ("the same, hashing apart", one.hashing_apart)]
        for label, phase in [*phases, ("its bare calls", one.bare)]:
            if phase is not None:
                bare = None if phase is one.bare else one.bare
                found.append([label, str(workers), *_phase(phase, bare)])
    return found


def _phase(phase: Phase, bare: Phase | None) -> list[str]:
    shown = [
        f"{phase.per_second:.0f}",
        f"{phase.per_core:.0f}",
        f"{phase.p50:.1f}",
        f"{phase.p95:.1f}",
    ]
    if bare is None:
        return [*shown, "", "", ""]
    ratios = (bare.per_core / phase.per_core, phase.p50 / bare.p50, phase.p95 / bare.p95)
    return [*shown, *(f"{ratio:.2f}" for ratio in ratios)]


def _together(tables: Sequence[Table]) -> str:
    return "\n\n".join("\n".join(_markdown(one)) for one in tables)


def _markdown(found: Table) -> list[str]:
    head, *rows = found
    align = ["---", *("---:" for _ in head[1:])]
    return [f"| {' | '.join(line)} |" for line in (head, align, *rows)]
