"""The cost book: everything that was measured, in one value."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from infra.local.place import PROJECT
from tests.bench.cold import ColdStarts
from tests.bench.counting import Count
from tests.bench.cpu import Cpu
from tests.bench.load import Load
from tests.bench.million import Grown
from tests.bench.operation import Operation
from tests.bench.pages import Weight
from tests.bench.prices import Dollars, dollars
from tests.bench.ways import Ways


@dataclass(frozen=True, slots=True)
class Row:
    """One operation: counts on both engines, CPU, dollars."""

    operation: Operation
    local: Count
    """On the local AWS engine: right about writes and transactions."""

    official: Count | None
    """On DynamoDB Local: right about reads. None where it could not run."""

    cpu: Cpu | None

    @property
    def calls(self) -> Mapping[str, int]:
        """Calls by service."""
        return self.local.calls

    @property
    def writes(self) -> float:
        """Write units, counted by the local AWS engine."""
        return self.local.writes

    @property
    def reads(self) -> float:
        """Read units: DynamoDB Local's count, or the rules' where it charges an empty Query 0."""
        counted = self.official.reads if self.official else 0.0
        return max(counted, self.local.computed_reads)

    @property
    def ratio(self) -> float | None:
        """Own CPU to that of the bare calls; None where there are none, or it was not measured."""
        return self.cpu.ratio if self.cpu and self.local.log else None

    @property
    def dollars(self) -> Dollars | None:
        """Dollars of a million; None where CPU was not measured."""
        if self.cpu is None:
            return None
        cpu_ms = self.cpu.own + self.cpu.hashing
        return dollars(self.operation, self.local, self.reads, cpu_ms)


@dataclass(frozen=True, slots=True)
class Machine:
    """Where and when it was measured."""

    processor: str
    cores: int
    system: str
    python: str
    busy: float
    """Processes that wanted a core in the minute before (load average)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that `make bench` found."""

    machine: Machine
    rows: tuple[Row, ...]
    growth: Mapping[str, Mapping[int, tuple[Count, Count | None]]]
    ways: Mapping[str, Ways]
    """The CPU of some operations with the lean transport and without it."""

    cold: ColdStarts
    pages: Mapping[str, Weight]
    """What pages weigh, by the name of the operation that opens one."""

    load: Mapping[tuple[str, int], Load]
    million: Mapping[str, Mapping[int, Grown]]
    """Captures and the deadlines by operation and number of subjects; empty where DynamoDB Local
    could not run."""

    shelf: Mapping[str, Mapping[int, Grown]]
    """The desk's list and the deadlines by operation and number of open requests; likewise."""

    without_official: str
    """Why DynamoDB Local could not run; empty when it did."""

    def row(self, name: str) -> Row:
        """The row of an operation."""
        return next(row for row in self.rows if row.operation.name == name)


def this_machine() -> Machine:
    """The machine and the moment."""
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        busy=os.getloadavg()[0],
        at=datetime.now(UTC),
    )


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    if known.exists():
        for line in known.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


DOCUMENT = PROJECT / "docs" / "performance.md"
CHART = PROJECT / "docs" / "performance.svg"
