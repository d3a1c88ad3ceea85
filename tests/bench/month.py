"""What a month costs at 0, 10^4 and 10^6 subjects, from the cost book, the templates and prices.

`python -m tests.bench.month` writes the table into docs/operations.md, from the cost book that
docs/performance.md has; `make bench` does it after it has written that one. A test recomputes it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infra.alarms import seconds_between
from infra.functions import read_functions
from infra.local.place import PROJECT
from infra.package import build_package
from infra.stacks import DATA, OPERATIONS
from infra.template import rates_of
from tests.bench.prices import MILLION, PRICES

Json = Mapping[str, Any]

SUBJECTS = (0, 10_000, 1_000_000)
DOCUMENT = PROJECT / "docs" / "operations.md"
BOOK = PROJECT / "docs" / "performance.md"
BEGIN, END = "<!-- month: begin -->", "<!-- month: end -->"

_MONTH = 30 * 86_400  # seconds
_GB = 1_000_000_000  # bytes

#: Lambda asks each queue with five long polls of 20 seconds at once, whether or not there is work
#: (AWS Lambda Developer Guide, "Polling and batching streams").
_POLLERS, _POLL_SECONDS = 5, 20

#: Metrics of the functions' lines that hourly schedules publish whether or not anybody is there;
#: the others are published, and billed, in months in which they count something.
HOURLY_METRICS = ("RetentionOldestDue", "RetentionLeft", "DeadlinesOldestDue")
COUNTED_METRICS = 15

#: Operations of the cost book that a schedule does when nothing is due, by the schedule's name.
IDLE_RUNS = {
    "retention": "sweep, nothing due",
    "deadlines": "deadlines, nothing due",
    "relay": "relay, nothing due",
    "activation": "activation, nothing due",
}


@dataclass(frozen=True, slots=True)
class Habit:
    """What one subject does in a month: a name for people, and how often which operation."""

    name: str
    times: Mapping[str, float]
    shown: str


HABITS = (
    Habit(
        "notice and banner",
        {"notice, warm": 4, "consents read, visitor": 2},
        "4 notices, 2 looks at what a browser decided",
    ),
    Habit(
        "consents",
        {
            "capture, visitor, first, 1": 0.5,
            "capture, visitor, repeated, 1": 0.5,
            "capture, account, repeated, 1": 0.2,
        },
        "half a first decision of a browser, half a later one, 0.2 of an account",
    ),
    Habit(
        "registrations",
        {"register": 0.05, "verification mail": 0.05, "verify": 0.05},
        "0.05, each with its mail",
    ),
    Habit(
        "sign-ins", {"sign in": 4, "profile read": 2, "profile write": 0.1}, "4, with 2 profiles"
    ),
    Habit("questions of systems", {"decision": 10}, "10 decisions"),
    Habit(
        "requests",
        {
            "request a copy": 0.002,
            "fulfil a copy": 0.002,
            "copy-ready mail": 0.002,
            "export address": 0.002,
        },
        "a copy for 2 in 1,000",
    ),
    Habit("a version a year", {"announce, 50 people told": 1 / 50 / 12}, "a mail in twelve months"),
)
"""The assumptions: what a subject does in a month. Another website has other habits."""

_NOT_HTTP = frozenset(
    {"verification mail", "fulfil a copy", "copy-ready mail", "announce, 50 people told"}
)

#: Bytes of an invocation in the logs: its line, Lambda's two, and the API's.
_LOGGED = 1_400
#: Bytes of an answer on its way, compressed: mostly notices of 14 KB.
_SENT = 5_000
#: Bytes of a subject in the tables and their indexes: standing, keys, profile, chain.
_STORED = 10_000


@dataclass(frozen=True, slots=True)
class Standing:
    """What is billed whether or not anybody comes, counted in the templates."""

    keys: int
    alarms: int
    """Alarms of one metric."""

    watched: int
    """Metrics of the alarms with metric math, which are billed one by one."""

    composites: int
    dashboards: int
    queues: int
    runs: Mapping[str, float]
    """Runs of each schedule a month, by its name."""


def standing(stacks: Sequence[Json], rates: Mapping[str, str]) -> Standing:
    """Counts in a stage's templates; `rates` are the schedules' expressions by name."""
    every = [one for stack in stacks for one in stack["Resources"].values()]
    kinds = [one["Type"] for one in every]
    alarms = [one["Properties"] for one in every if one["Type"] == "AWS::CloudWatch::Alarm"]
    watched = [sum("MetricStat" in one for one in alarm.get("Metrics", [])) for alarm in alarms]
    return Standing(
        keys=kinds.count("AWS::KMS::Key"),
        alarms=watched.count(0),
        watched=sum(watched),
        composites=kinds.count("AWS::CloudWatch::CompositeAlarm"),
        dashboards=kinds.count("AWS::CloudWatch::Dashboard"),
        queues=sum("Queue" in _source(one) for one in every),
        runs={name: _MONTH / seconds_between(rate) for name, rate in rates.items()},
    )


def _source(resource: Json) -> Json:
    events = resource.get("Properties", {}).get("Events", {})
    found: Json = events.get("Source", {}).get("Properties", {})
    return found


def book_of(text: str) -> dict[str, float]:
    """Returns dollars of a million of each operation, from the cost book's table in the text."""
    table = text.split("## The cost book\n")[1].split("\n## ", maxsplit=1)[0]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| ")]
    return {row[0].strip(): float(row[-1]) for row in rows[1:] if row[-1].strip()[:1].isdigit()}


def month(
    fixed: Standing, book: Mapping[str, float], prices: Json, subjects: int
) -> dict[str, float]:
    """Returns the dollars of a month in a stage with all of it on, by what they are for.

    Nothing is taken off for AWS's free tiers.
    """
    each, million = prices["month"], prices["per_million"]
    metrics = len(HOURLY_METRICS) + (COUNTED_METRICS if subjects else 0)
    polls = fixed.queues * _POLLERS * _MONTH / _POLL_SECONDS
    found = {
        "KMS keys": fixed.keys * prices["kms_key_month"],
        "alarms": (fixed.alarms + fixed.watched) * each["alarm_metric"]
        + fixed.composites * each["composite_alarm"],
        "metrics that lines carry": metrics * each["metric"],
        "dashboard": fixed.dashboards * each["dashboard"],
        "queues being asked for messages": polls * million["sqs_request"] / MILLION,
        "schedules that find nothing": sum(
            runs * book[IDLE_RUNS[name]] / MILLION for name, runs in fixed.runs.items()
        ),
        "firewall": each["firewall"]
        + each["firewall_rule"]
        + subjects * _requests() * million["firewall_request"] / MILLION,
    }
    for habit in HABITS:
        dollars = sum(times * book[name] for name, times in habit.times.items())
        found[habit.name] = subjects * dollars / MILLION
    found["logs"] = subjects * _invocations() * _LOGGED / _GB * each["log_gb"]
    found["storage, with its recovery"] = subjects * _STORED / _GB * each["table_gb"]
    found["answers on their way"] = subjects * _requests() * _SENT / _GB * each["transfer_gb"]
    return found


def _invocations() -> float:
    return sum(times for habit in HABITS for times in habit.times.values())


def _requests() -> float:
    return sum(
        times for habit in HABITS for name, times in habit.times.items() if name not in _NOT_HTTP
    )


def table(fixed: Standing, book: Mapping[str, float], prices: Json) -> str:
    """Returns the table in Markdown, with its assumptions."""
    months = [month(fixed, book, prices, subjects) for subjects in SUBJECTS]
    counts = _counts(fixed)
    heads = ["what", "how many", *(f"{subjects:,} subjects" for subjects in SUBJECTS)]
    rows = [
        [name, counts.get(name, ""), *(f"{one[name]:,.2f}" for one in months)] for name in months[0]
    ]
    rows.append(["**together**", "", *(f"**{sum(one.values()):,.2f}**" for one in months)])
    lines = [heads, ["---", "---", *("---:" for _ in SUBJECTS)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _counts(fixed: Standing) -> dict[str, str]:
    polls = fixed.queues * _POLLERS * _MONTH / _POLL_SECONDS / MILLION
    habits = {habit.name: f"a subject: {habit.shown}" for habit in HABITS}
    return {
        "KMS keys": f"{fixed.keys}",
        "alarms": f"{fixed.alarms} of one metric, {fixed.watched} metrics of those with metric "
        f"math, {fixed.composites} composite",
        "metrics that lines carry": f"{len(HOURLY_METRICS)} each hour, {COUNTED_METRICS} more in a "
        "month in which they count something",
        "dashboard": f"{fixed.dashboards}",
        "queues being asked for messages": f"{fixed.queues} queues × {_POLLERS} polls of "
        f"{_POLL_SECONDS} s: {polls:.1f} million",
        "schedules that find nothing": f"{sum(fixed.runs.values()):,.0f} runs",
        "firewall": f"one, with one rule; in production ({_requests():.1f} requests a subject)",
        "logs": f"{_invocations():.1f} invocations a subject × {_LOGGED:,} bytes",
        "storage, with its recovery": f"{_STORED:,} bytes a subject",
        "answers on their way": f"{_SENT:,} bytes a request",
        **habits,
    }


def current() -> str:
    """Returns the table of the project as it is: its package, its cost book and its prices."""
    package = build_package()
    app, alarms = (json.loads(one.read_text("utf-8")) for one in (package.template, package.alarms))
    data, operations = (yaml.safe_load(path.read_text("utf-8")) for path in (DATA, OPERATIONS))
    fixed = standing([app, alarms, data, operations], rates_of(app, read_functions(PROJECT)))
    prices = json.loads(PRICES.read_text("utf-8"))
    return table(fixed, book_of(BOOK.read_text("utf-8")), prices)


def written(document: str, found: str) -> str:
    """Returns the document with the table between its markers. Raises ValueError without them."""
    pattern = re.compile(f"{re.escape(BEGIN)}\n.*?{re.escape(END)}", re.DOTALL)
    if pattern.search(document) is None:
        raise ValueError(f"no {BEGIN} and {END} in the document")
    return pattern.sub(lambda _: f"{BEGIN}\n\n{found}\n\n{END}", document)


def write(path: Path = DOCUMENT) -> None:
    """Writes the table into the document."""
    path.write_text(written(path.read_text("utf-8"), current()), "utf-8")


def main(_: Sequence[str]) -> int:
    """Write the table into docs/operations.md."""
    write()
    sys.stdout.write(f"wrote {DOCUMENT.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
