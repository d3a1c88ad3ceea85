"""`python -m tests.bench`: measures, prints the cost book, writes the document and its chart.

`--quick` takes few samples, for trying the bench itself, and writes nothing. `--among-many` only
measures what is done among many people and many requests, and writes nothing either.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench import cold, cpu, growth, load, million, month, pages, report
from tests.bench.book import CHART, DOCUMENT, Book, Row, this_machine
from tests.bench.chart import chart
from tests.bench.cold import cold_starts
from tests.bench.counting import Count, count
from tests.bench.cpu import Cpu, own_cpu
from tests.bench.dynamodb_local import NotAvailable, dynamodb_local
from tests.bench.engines import Services, services
from tests.bench.million import Grown
from tests.bench.operations import OPERATIONS
from tests.bench.ways import both_ways
from tests.bench.world import World, world

_QUICK = 3


def main(arguments: list[str]) -> int:
    """Measure everything; 0 also when a budget is missed, which the table says."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few samples; writes nothing")
    parser.add_argument(
        "--among-many", action="store_true", help="only among many people and requests"
    )
    chosen = parser.parse_args(arguments)
    quick: bool = chosen.quick
    if chosen.among_many:
        with _engines() as (local, _, _):
            sys.stdout.write(report.among_many(*_among_many(local, quick)) + "\n")
        return 0
    book = measured(quick)
    sys.stdout.write(report.printed(book) + "\n")
    if not quick:
        DOCUMENT.write_text(report.document(book), "utf-8")
        CHART.write_text(chart(book), "utf-8")
        month.write()
        names = f"{DOCUMENT.name}, {CHART.name} and {month.DOCUMENT.name}"
        sys.stdout.write(f"\nwrote {names}\n")
    return 0


def measured(quick: bool = False) -> Book:
    """The whole cost book."""
    machine = this_machine()
    samples, rounds = (_QUICK, _QUICK) if quick else (cpu.SAMPLES, cold.ROUNDS)
    _say("cold starts")
    starts = cold_starts(rounds)
    with _engines() as (local, official, missing):
        _say("calls and units")
        on_local = _counts(local, None)
        on_official = _counts(local, official) if official else {}
        _say("own CPU")
        with world(local) as made:
            weights = pages.weights(made)
            times = dict(_own_cpu(made, samples))
        _say("both ways of calls")
        compared = both_ways(local, 1, samples) if quick else both_ways(local)
        loads = {}
        for name in load.LOADED if official else ():
            for workers in load.CONCURRENCY:
                _say(f"load: {name}, {workers}")
                loads[name, workers] = load.load(local, official, name, workers)
        _say("growth")
        grown = _grown(local, official)
        many, shelf = _among_many(local, quick) if official else ({}, {})
    rows = tuple(
        Row(one, on_local[one.name], on_official.get(one.name), times.get(one.name))
        for one in OPERATIONS
    )
    return Book(machine, rows, grown, compared, starts, weights, loads, many, shelf, missing)


@contextmanager
def _engines() -> Iterator[tuple[Services, str, str]]:
    """The local AWS engine; DynamoDB Local's endpoint, or empty and why there is none."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="riserbo-bench-")))
        local = stack.enter_context(services(folder))
        try:
            official, missing = stack.enter_context(dynamodb_local()), ""
        except NotAvailable as reason:
            official, missing = "", str(reason)
            _say(f"DynamoDB Local cannot run, so read units are computed: {missing}")
        yield local, official, missing


def _counts(local: Services, official: str | None) -> dict[str, Count]:
    with world(local, official) as made:
        return {one.name: count(made, one) for one in OPERATIONS}


def _grown(local: Services, official: str) -> dict[str, dict[int, tuple[Count, Count | None]]]:
    with world(local, fresh=False) as made:
        counted = growth.growth(made)
    reads: dict[str, dict[int, Count]] = {}
    if official:
        with world(local, official, fresh=False) as made:
            reads = growth.growth(made)
    return {
        name: {size: (found, reads.get(name, {}).get(size)) for size, found in sizes.items()}
        for name, sizes in counted.items()
    }


def _among_many(
    local: Services, quick: bool
) -> tuple[dict[str, dict[int, Grown]], dict[str, dict[int, Grown]]]:
    """Among many subjects, and among many requests: on tables of their own, with nobody else."""
    samples, sizes, requests = million.SAMPLES, million.SIZES, million.REQUESTS
    if quick:
        samples, sizes, requests = _QUICK, sizes[:-1], (100, 1_000)
    with dynamodb_local() as endpoint, world(local, endpoint) as made:
        _say(f"the desk among {requests[-1]:,} requests")
        shelf = million.shelf(made, requests, samples)
    with dynamodb_local() as endpoint, world(local, endpoint) as made:
        _say(f"captures among {sizes[-1]:,}")
        return million.million(made, sizes, samples), shelf


def _own_cpu(made: World, samples: int) -> Iterator[tuple[str, Cpu]]:
    """Each operation's CPU by its name, said as it is measured, so that a run can be stopped."""
    for one in OPERATIONS:
        if not one.counted_only:
            found = own_cpu(made, one, samples)
            _say(f"{one.name}: own {found.own:.2f} ms, bare {found.bare:.2f} ms")
            yield one.name, found


def _say(step: str) -> None:
    sys.stdout.write(f"[{time.strftime('%H:%M:%S')}] {step}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
