"""Counts of what a batch of the sweep did, by rule: values and their sums. Pure.

Nothing here says whom a record was about: rules, outcomes, counts and lengths of time alone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from chalicelib.retention.model import Outcome

NO_RULE: Final = "-"
"""Stands for the rule of records of which the notice in force says nothing."""

LATE: Final = (0, 1, 2, 3, 4, 6, 12, 24, 48, 96, 168, 336, 720, 8760)
"""The steps, in whole hours past the end of its period, by which a record's lateness is counted.

A record is counted under the largest step that it reached.
"""


@dataclass(frozen=True, slots=True)
class Line:
    """The outcomes of the records of one rule.

    `keys` are the data keys that were destroyed with them. `oldest` is how long ago, in seconds,
    the oldest of them had been due. `late` says of those that ended how many hours after the end of
    their period that was: step of LATE -> number of records.
    """

    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    keys: int = 0
    oldest: int = 0
    late: Mapping[int, int] = field(default_factory=dict)

    @property
    def looked_at(self) -> int:
        """The number of records that were looked at: each has one outcome."""
        return sum(self.outcomes.values())

    def __add__(self, other: Line) -> Line:
        """Returns both together."""
        return Line(
            dict(Counter(self.outcomes) + Counter(other.outcomes)),
            self.keys + other.keys,
            max(self.oldest, other.oldest),
            dict(Counter(self.late) + Counter(other.late)),
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """The outcomes of one batch, or of several: a line a rule, by a version of the notice.

    `took` is the time in milliseconds that the work needed.
    """

    version: str
    lines: Mapping[str, Line] = field(default_factory=dict)
    took: int = 0

    def __bool__(self) -> bool:
        """Tells whether there is anything to count."""
        return bool(self.lines)

    def count(self, outcome: Outcome) -> int:
        """Returns the number of records, of all rules, with an outcome."""
        return sum(line.outcomes.get(outcome, 0) for line in self.lines.values())


def one(
    version: str,
    rule: str,
    outcome: Outcome,
    *,
    count: int = 1,
    keys: int = 0,
    oldest: timedelta = timedelta(0),
    late: timedelta | None = None,
) -> Tally:
    """Returns the tally of one record, or of `count` alike: `late` is for what ended alone.

    `oldest` is how long it had been due, and `late` how long ago its period ended.
    """
    past = {} if late is None else {step(late): count}
    seconds = max(0, int(oldest.total_seconds()))
    return Tally(version, {rule: Line({outcome: count}, keys, seconds, past)})


def total(version: str, tallies: Iterable[Tally]) -> Tally:
    """Returns the sum of tallies, under one version."""
    lines: dict[str, Line] = {}
    took = 0
    for tally in tallies:
        took += tally.took
        for rule, line in tally.lines.items():
            lines[rule] = lines.get(rule, Line()) + line
    return Tally(version, lines, took)


def step(late: timedelta) -> int:
    """Returns the step of LATE that a record has which is so much past the end of its period."""
    hours = late // timedelta(hours=1)
    return max((one for one in LATE if one <= hours), default=0)


def packed(tally: Tally) -> str:
    """Returns a tally as text, which `unpacked` reads."""
    lines = {
        rule: [
            {str(outcome): count for outcome, count in sorted(line.outcomes.items()) if count},
            line.keys,
            line.oldest,
            {str(hours): count for hours, count in sorted(line.late.items()) if count},
        ]
        for rule, line in sorted(tally.lines.items())
    }
    written = {"version": tally.version, "lines": lines, "took": tally.took}
    return json.dumps(written, separators=(",", ":"))


def unpacked(text: str) -> Tally:
    """Returns the tally in a text. Raises ValueError, KeyError or TypeError for another text."""
    read: Mapping[str, Any] = json.loads(text)
    lines = {rule: _line(*parts) for rule, parts in read["lines"].items()}
    return Tally(str(read["version"]), lines, int(read["took"]))


def _line(outcomes: Mapping[str, int], keys: int, oldest: int, late: Mapping[str, int]) -> Line:
    return Line(
        {Outcome(name): count for name, count in outcomes.items()},
        keys,
        oldest,
        {int(hours): count for hours, count in late.items()},
    )
