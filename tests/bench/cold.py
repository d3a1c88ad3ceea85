"""Cold starts: each function from the unzipped package, in its own process, against a bare one.

No compiled files, as on Lambda: the package carries none and its folder cannot be written to, so
every cold start compiles what it imports.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
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
            "notices",
            "requests",
            "desk",
            "site",
            "wellknown",
        )
    ),
    *(
        f"functions.queues.{name}"
        for name in ("mail", "feedback", "fulfilment", "announcements", "propagation")
    ),
    *(f"functions.schedules.{name}" for name in ("retention", "relay", "activation")),
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
        with zipfile.ZipFile(code) as package:
            package.extractall(folder)
        for _ in range(rounds):
            for name, times in taken.items():
                times.append(_probe(folder, name))
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


def _probe(folder: str, name: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", str(_PROBE), folder, name],
        env=_ENVIRONMENT,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    times: dict[str, float] = json.loads(done.stdout)
    return times
