"""Cold starts: each function from the unzipped package, in its own process, against a bare one.

As on Lambda, whose folder cannot be written to: functions load the compiled files that the package
carries and Python makes none. The bare one stands for what is shipped as sources alone, as pip
installs them, so every start of it compiles what it imports. `python -m tests.bench.cold` prints
this table by itself.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from infra.package import build_package

ROUNDS = 9
BARE = "bare"
FUNCTIONS = (
    *(
        f"functions.http.{name}"
        for name in (
            "accounts",
            "sessions",
            "credentials",
            "profile",
            "consents",
            "unsubscribe",
            "receipts",
            "decisions",
            "records",
            "messages",
            "activity",
            "notices",
            "requests",
            "answers",
            "desk_requests",
            "desk_notices",
            "desk_subjects",
            "desk_reports",
            "site",
            "wellknown",
        )
    ),
    *(
        f"functions.queues.{name}"
        for name in ("mail", "feedback", "fulfilment", "erasure", "announcements", "propagation")
    ),
    *(f"functions.schedules.{name}" for name in ("retention", "deadlines", "relay", "activation")),
)
_PROBE = Path(__file__).with_name("cold_probe.py")
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "AWS_DEFAULT_REGION": "eu-south-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclass(frozen=True, slots=True)
class Cold:
    """Median milliseconds from the first import to the first DynamoDB client."""

    cpu: float
    wall: float
    ratio: float
    """Median over the rounds of CPU to the bare function's CPU in the same round."""


@dataclass(frozen=True, slots=True)
class ColdStarts:
    """The table, and the package that was measured."""

    starts: dict[str, Cold]
    package_bytes: int
    rounds: int


def cold_starts(rounds: int = ROUNDS) -> ColdStarts:
    """Every function and the bare one, in turns."""
    code = build_package().code
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in (BARE, *FUNCTIONS)}
    with tempfile.TemporaryDirectory() as folder:
        packed, sources = Path(folder, "package"), Path(folder, "sources")
        with zipfile.ZipFile(code) as package:
            package.extractall(packed)
        _copy_sources(packed, sources)
        for _ in range(rounds):
            for name, times in taken.items():
                times.append(_probe(sources if name == BARE else packed, name))
    bare = [one["cpu"] for one in taken[BARE]]
    starts = {
        name: Cold(
            statistics.median(one["cpu"] for one in times),
            statistics.median(one["wall"] for one in times),
            statistics.median(one["cpu"] / base for one, base in zip(times, bare, strict=True)),
        )
        for name, times in taken.items()
    }
    return ColdStarts(starts, code.stat().st_size, rounds)


def _copy_sources(packed: Path, into: Path) -> None:
    """Copies the dependencies that the package carries as their authors ship them: as sources."""
    into.mkdir()
    site = Path(sysconfig.get_path("purelib"))
    for one in packed.iterdir():
        if (site / one.name).is_dir():
            nothing_compiled = shutil.ignore_patterns("__pycache__")
            shutil.copytree(site / one.name, into / one.name, ignore=nothing_compiled)
        elif (site / f"{one.stem}.py").exists():
            shutil.copy(site / f"{one.stem}.py", into)


def _probe(folder: Path, name: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", str(_PROBE), str(folder), name],
        env=_ENVIRONMENT,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    times: dict[str, float] = json.loads(done.stdout)
    return times


def main() -> None:
    """Measure cold starts alone and print them."""
    found = cold_starts()
    for name, one in found.starts.items():
        sys.stdout.write(f"{name:32}{one.cpu:6.0f} ms CPU{one.ratio:7.2f} x bare\n")
    sys.stdout.write(f"package: {found.package_bytes / 1_000_000:.1f} MB, rounds: {found.rounds}\n")


if __name__ == "__main__":
    main()
