"""The operation by which the desk proves what retention did in a month."""

from __future__ import annotations

from typing import Final

from chalicelib.retention.evidence.root import PROVES
from chalicelib.retention.model import Outcome
from chalicelib.web.contract import HTML, JSON, Auth, Operation, Response, Schema
from chalicelib.web.schemas import DIGEST, INSTANT, NOTICE_VERSION, STAFF_READS, closed

CSV: Final = "text/csv"

_MONTH: Schema = {
    "type": "string",
    "pattern": "^2[0-9]{3}-(0[1-9]|1[0-2])$",
    "maxLength": 7,
    "description": "A month, in the notice's time zone.",
}
_RULE: Schema = {
    "type": "string",
    "pattern": "^(-|[a-z][a-z0-9_]{0,47})$",
    "maxLength": 48,
    "description": "A rule of the notice, by its id; `-` for records that no rule names.",
}
_TEXT: Schema = {"type": "string", "maxLength": 4000}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_HOURS: Schema = {"type": ["integer", "null"], "minimum": 0}
_FIGURES: dict[str, Schema] = {
    "looked_at": {**_COUNT, "description": "Records that were due; each had one outcome a look."},
    **dict.fromkeys((str(outcome) for outcome in Outcome), _COUNT),
    "keys_destroyed": {**_COUNT, "description": "Data keys that went with what was erased."},
    "oldest_seconds": {
        **_COUNT,
        "description": "How long the oldest of them had been due when it was looked at.",
    },
    "most_hours": {
        **_HOURS,
        "description": (
            "By how many hours the latest of the records that ended was past its end, rounded down "
            "to 0, 1, 2, 3, 4, 6, 12, 24, 48, 96, 168, 336, 720 or 8760; null if none ended."
        ),
    },
    "p99_hours": {
        **_HOURS,
        "description": "The same of 99 in 100 of them.",
    },
}
COLUMNS: Final = ("month", "rule", "kind", "event", "version", *_FIGURES)
"""The header row in CSV."""

_MAYBE: Schema = {"type": ["string", "null"], "maxLength": 40}
_LINK: Schema = {
    **closed(["seq", "hash"], seq=_COUNT, hash=DIGEST),
    "type": ["object", "null"],
    "description": "Number and hash of a record of the chain of runs; null without any.",
}
_OF_RULE = closed(
    ["rule", "kind", "event", "title", "sentence", "version", "in_force", *_FIGURES],
    rule=_RULE,
    kind=_MAYBE,
    event=_MAYBE,
    title=_TEXT,
    sentence={**_TEXT, "description": "How long records are kept, in the version's words."},
    version={**NOTICE_VERSION, "description": "The last version by which it acted that month."},
    in_force={"type": "boolean", "description": "Whether the notice in force has the rule."},
    **_FIGURES,
)
_QUIET = closed(["rule", "title"], rule=_RULE, title=_TEXT)
_DAY = closed(
    ["day", "gone"], day={"type": "string", "format": "date", "maxLength": 10}, gone=_COUNT
)
_NOT_COVERED = closed(
    ["backups_until", "keys_until", "recipients"],
    backups_until={**INSTANT, "description": "Until then a backup may still have what went."},
    keys_until={**INSTANT, "description": "Until then the same of data keys."},
    recipients={
        "type": "array",
        "maxItems": 300,
        "items": closed(["recipient", "name"], recipient={**_TEXT, "maxLength": 48}, name=_TEXT),
        "description": "What they received they have to erase themselves.",
    },
)

REPORT = Operation(
    id="getRetentionReport",
    method="GET",
    path="/v1/desk/reports/retention",
    summary="What retention did in a month, by rule, with a signed root: as JSON, CSV or a page",
    description=(
        f"{STAFF_READS} Sums of the records of runs that were written in the month, and how late "
        "each rule was. Runs are numbered and chained; the root, a JSON Web Signature of the type "
        "`retention-root+jwt`, is signed with the key of receipts over month, sums and places in "
        "the chain, and `POST /v1/receipts/verify` verifies it. The report has ids of nobody, and "
        "is no entry of the audit."
    ),
    auth=Auth.STAFF,
    query={"month": _MONTH, "rule": _RULE},
    required_query=frozenset({"month"}),
    answers={
        200: Response(
            "The report, in the reader's language. In CSV (RFC 4180) each row is a rule.",
            closed(
                [
                    "month",
                    "from",
                    "to",
                    "state",
                    "rule",
                    "made_at",
                    "recorded_since",
                    "runs",
                    "batches",
                    "took_seconds",
                    "previous",
                    "first",
                    "last",
                    "head",
                    "fault",
                    "sums",
                    "rules",
                    "quiet",
                    "days",
                    "not_covered",
                    "proves",
                    "root",
                ],
                **{
                    "month": _MONTH,
                    "from": INSTANT,
                    "to": INSTANT,
                    "state": {
                        "enum": ["past", "running", "future"],
                        "description": "A past month changes no more.",
                    },
                    "rule": {**_RULE, "type": ["string", "null"]},
                    "made_at": INSTANT,
                    "recorded_since": {
                        **INSTANT,
                        "type": ["string", "null"],
                        "description": "When the oldest record that is kept was written.",
                    },
                    "runs": _COUNT,
                    "batches": _COUNT,
                    "took_seconds": _COUNT,
                    "previous": _LINK,
                    "first": _LINK,
                    "last": _LINK,
                    "head": _LINK,
                    "fault": {
                        "type": ["integer", "null"],
                        "minimum": 0,
                        "description": (
                            "The first record of the month that is not as it was written; then "
                            "there is no root. Null where all are."
                        ),
                    },
                    "sums": closed(list(_FIGURES), **_FIGURES),
                    "rules": {"type": "array", "maxItems": 1000, "items": _OF_RULE},
                    "quiet": {
                        "type": "array",
                        "maxItems": 1000,
                        "items": _QUIET,
                        "description": (
                            "Rules of the notice in force, whose records the sweep looks at, that "
                            "had none due in the month."
                        ),
                    },
                    "days": {
                        "type": "array",
                        "maxItems": 31,
                        "items": _DAY,
                        "description": "How many records ended on each day of the month.",
                    },
                    "not_covered": _NOT_COVERED,
                    "proves": {**_TEXT, "description": f"Always: {PROVES}"},
                    "root": {
                        "type": ["string", "null"],
                        "maxLength": 100_000,
                        "description": "The signed root; its key is in /.well-known/jwks.json.",
                    },
                },
            ),
            media_types=(JSON, CSV, HTML),
            headers={"Content-Language": "The language of the report."},
        )
    },
    problems=frozenset({403, 503}),
)

OPERATIONS = (REPORT,)
