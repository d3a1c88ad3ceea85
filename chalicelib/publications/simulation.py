"""The result of simulating the publication of a version, and its JSON. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.errors import Finding, Problem
from chalicelib.instants import instant
from chalicelib.notices.changes import Change
from chalicelib.notices.model import Notice, Period
from chalicelib.publications import trial
from chalicelib.publications.model import first_asked
from chalicelib.publications.trial import Counts, Trial
from chalicelib.retention.amendments.model import Amended

TOO_MANY, COUNTING = "too_many", "counting"
"""Reasons for missing figures: more records than a sample may list; the count is still running."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of people and records that a version concerns.

    `counts` have the names of `trial`; `shards` of 16 were read, and `read` people in them. Unless
    `exact`, the counts are scaled up from these.
    """

    counts: Counts
    exact: bool
    shards: int
    read: int


@dataclass(frozen=True, slots=True)
class OpenRequests:
    """Open requests: the number read, those by right that change, and whether that is all.

    `read` is None where none can change, so that none were read. `other_deadline` tells whether new
    requests will have another deadline than these.
    """

    read: int | None
    rights: Mapping[str, int]
    other_deadline: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class Counting:
    """The progress of the count of everybody: completed shards, of 16."""

    status: str
    shards: int
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Simulation:
    """The effects of publishing a document.

    `tried` is None where the document does not compile: then only `findings` are filled. `told` are
    the changes, each with a sentence in the language `locale`. `missing` is the reason for missing
    figures. `second_person` lists the reasons why two people have to publish it, each with its
    path.
    """

    findings: tuple[Finding, ...]
    tried: Trial | None = None
    locale: str | None = None
    told: tuple[tuple[Change, str], ...] = ()
    refusals: tuple[Problem, ...] = ()
    figures: Figures | None = None
    missing: str | None = None
    requests: OpenRequests | None = None
    counting: Counting | None = None
    second_person: tuple[tuple[str, str], ...] = ()

    def body(self) -> dict[str, Any]:
        """Returns the JSON of the contract's SIMULATION. It holds counts and no personal data."""
        after = None if self.tried is None else self.tried.after
        return {
            "compiles": after is not None,
            "findings": [_finding(one) for one in self.findings],
            **_about(self.tried),
            "unconfirmed": [] if after is None else list(after.unconfirmed),
            "refused_in_production": after is None or bool(after.unconfirmed or self.refusals),
            "refusals": [said for problem in self.refusals for said in _refusal(problem)],
            "second_person": [
                {"reason": reason, "about": about} for reason, about in self.second_person
            ],
            "changes": [_change(change, text) for change, text in self.told],
            "people": _people(self.figures, self.tried),
            "missing": self.missing,
            "records": _records(self.figures, self.tried),
            "requests": _requests(self.requests),
            "counting": _counting(self.counting),
        }


def _about(tried: Trial | None) -> dict[str, Any]:
    after: Notice | None = None if tried is None else tried.after
    return {
        "version": None if after is None else after.version,
        "digest": None if after is None else after.digest,
        "since": None if tried is None else tried.before.version,
        "effective_at": None if after is None else instant(after.effective_at),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {"pointer": finding.pointer, "detail": finding.detail}


def _refusal(problem: Problem) -> list[dict[str, Any]]:
    """Returns one line for each finding, or one for the problem where it has none."""
    if not problem.findings:
        return [{"type": problem.type, "pointer": None, "detail": problem.detail}]
    return [{"type": problem.type, **_finding(found)} for found in problem.findings]


def _change(change: Change, text: str) -> dict[str, Any]:
    """Returns a change as in `GET /v1/notices/{version}/changes`."""
    return {
        "effect": str(change.effect),
        "kind": change.kind,
        "pointer": change.pointer,
        "purposes": list(change.purposes),
        "text": text,
    }


def _people(figures: Figures | None, tried: Trial | None) -> dict[str, Any] | None:
    if figures is None or tried is None:
        return None
    counts = figures.counts
    return {
        "exact": figures.exact,
        "shards": figures.shards,
        "read": figures.read,
        "accounts": counts.get(trial.ACCOUNTS, 0),
        "tell": counts.get(trial.TELL, 0),
        "ask": trial.under(counts, "ask"),
        "ask_first": list(first_asked(tried.changes, tried.before)),
        "alone": counts.get(trial.ALONE, 0),
        "visitors": {
            "browsers": counts.get(trial.BROWSERS, 0),
            "ask": trial.under(counts, f"{trial.BROWSERS}.ask"),
        },
    }


def _records(figures: Figures | None, tried: Trial | None) -> list[dict[str, Any]] | None:
    if figures is None or tried is None:
        return None
    return [_record(one, figures.counts) for one in tried.amended.values()]


def _record(one: Amended, counts: Counts) -> dict[str, Any]:
    months = trial.under(counts, f"records.{one.after.id}")
    at_once = months.pop(trial.AT_ONCE, 0)
    counted, before = one.after.waits, one.before
    return {
        "rule": one.after.id,
        "kind": one.after.kind,
        "event": one.after.event,
        "changes": [str(change) for change in sorted(one.changes)],
        "then": one.after.then,
        "before": None if before is None else _period(before.period),
        "after": _period(one.after.period),
        "count": at_once + sum(months.values()) if counted else None,
        "at_once": at_once if counted else None,
        "earliest": min(months, default=None),
        "latest": max(months, default=None),
        "months": months,
    }


def _period(period: Period) -> dict[str, int]:
    parts = {"days": period.days, "months": period.months, "years": period.years}
    return {unit: count for unit, count in parts.items() if count} or {"days": 0}


def _requests(found: OpenRequests | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "exact": found.exact,
        "open": found.read,
        "rights": dict(sorted(found.rights.items())),
        "deadline_changed": (found.read or 0) if found.other_deadline else 0,
    }


def _counting(found: Counting | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "status": found.status,
        "shards": found.shards,
        "started_at": instant(found.started_at),
        "finished_at": None if found.finished_at is None else instant(found.finished_at),
    }
