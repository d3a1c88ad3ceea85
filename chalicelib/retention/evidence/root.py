"""The root of a month's report: what is signed of it. Pure."""

from __future__ import annotations

from typing import Any, Final

from chalicelib.chain import Link
from chalicelib.instants import instant
from chalicelib.retention.evidence import report
from chalicelib.retention.evidence.model import Line
from chalicelib.retention.evidence.report import Report
from chalicelib.retention.model import Outcome

SCHEMA: Final = "urn:riserbo:retention-root:1"
"""The form of a root; another form gets another name."""

PROVES: Final = (
    "That this software recorded these runs of retention at this address, in this order, and summed"
    " them like this. It proves nothing of other systems, of recipients, of backups before their"
    " window ends, or of data that the software did not know."
)


def content(found: Report, *, issuer: str) -> dict[str, Any]:
    """Returns what is signed of a report; `issuer` is the address of this deployment."""
    return {
        "iss": issuer,
        "iat": int(found.made_at.timestamp()),
        "schema_version": SCHEMA,
        "month": found.month.name,
        "from": instant(found.month.begins),
        "to": instant(found.month.ends),
        "state": str(found.state),
        "rule": found.rule,
        "runs": found.runs,
        "previous": link(found.previous),
        "first": link(found.first),
        "last": link(found.last),
        "head": link(found.head.last),
        "sums": figures(found.sums),
        "rules": {one.rule: figures(one.line) for one in found.rules},
        "proves": PROVES,
    }


def figures(line: Line) -> dict[str, int | None]:
    """Returns the figures of a line by name, in the order in which they are told everywhere."""
    return {
        "looked_at": line.looked_at,
        **{str(outcome): line.outcomes.get(outcome, 0) for outcome in Outcome},
        "keys_destroyed": line.keys,
        "oldest_seconds": line.oldest,
        "most_hours": report.most(line),
        "p99_hours": report.p99(line),
    }


def link(found: Link | None) -> dict[str, Any] | None:
    """Returns the JSON of a place in the chain."""
    return None if found is None else {"seq": found.seq, "hash": found.hash}
