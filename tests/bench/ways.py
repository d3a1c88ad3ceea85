"""The functions' CPU with the lean transport and with botocore's clients, in turns.

`python -m tests.bench.ways` prints the table by itself, without any other part of the cost book.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from chalicelib.settings import BOTOCORE
from tests.bench.cpu import invocation
from tests.bench.engines import Services, services
from tests.bench.operations import OPERATIONS
from tests.bench.world import world

COMPARED = (
    "capture, visitor, first, 1",
    "capture, visitor, repeated, 1",
    "capture, account, repeated, 1",
    "consents read, visitor",
    "decision",
    "sign in",
)
ROUNDS, SAMPLES, _WARM_UP = 3, 12, 3
LEAN = ""


@dataclass(frozen=True, slots=True)
class Ways:
    """The least milliseconds of CPU of one invocation, its calls included, hashing not."""

    lean: float
    botocore: float


def both_ways(local: Services, rounds: int = ROUNDS, samples: int = SAMPLES) -> Mapping[str, Ways]:
    """The compared operations, by their names: the least of all rounds, in which both take turns.

    What else the machine does makes an invocation dearer and never cheaper, so the least is the
    figure that another run finds too.
    """
    operations = [one for one in OPERATIONS if one.name in COMPARED]
    least: dict[tuple[str, str], float] = {}
    for _ in range(rounds):
        for way in (LEAN, BOTOCORE):
            with patch.dict(os.environ, {"RISERBO_TRANSPORT": way}), world(local) as made:
                gc.collect()
                gc.freeze()  # nothing that is alive by now is looked through again
                for one in operations:
                    taken = [invocation(made, one) for _ in range(_WARM_UP + samples)]
                    key, found = (one.name, way), 1000 * min(taken[_WARM_UP:])
                    least[key] = min(found, least.get(key, found))
    return {one.name: Ways(least[one.name, LEAN], least[one.name, BOTOCORE]) for one in operations}


def rows(found: Mapping[str, Ways]) -> list[list[str]]:
    """The table of them, with its head."""
    head = ["operation", "lean transport, ms", "botocore, ms", "lean to botocore"]
    return [
        head,
        *(
            [name, f"{one.lean:.2f}", f"{one.botocore:.2f}", f"{one.lean / one.botocore:.2f}"]
            for name, one in found.items()
        ),
    ]


def main() -> None:
    """Measure both ways alone and print them."""
    with tempfile.TemporaryDirectory() as folder, services(Path(folder)) as local:
        for row in rows(both_ways(local)):
            sys.stdout.write(f"| {' | '.join(row)} |\n")


if __name__ == "__main__":
    main()
