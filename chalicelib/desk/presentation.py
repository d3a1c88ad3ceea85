"""Requests as the desk reads them, as JSON in the contract's form, and the report as CSV."""

import csv
import io
from typing import TYPE_CHECKING

from chalicelib.desk.contract.report import COLUMNS
from chalicelib.instants import instant
from chalicelib.requests.presentation import request_shown
from chalicelib.requests.preview import Preview, held_kinds, preview
from chalicelib.subjects.model import is_visitor
from chalicelib.systems.presentation import question_shown
from chalicelib.web.contract import Json

if TYPE_CHECKING:
    from chalicelib.desk.search import Found
    from chalicelib.holds.model import Held
    from chalicelib.notices.model import Notice
    from chalicelib.requests.model import Timed
    from chalicelib.requests.report import Report, Row
    from chalicelib.requests.service.casework import Case
    from chalicelib.systems.model import Question


def listed_shown(subject: str, timed: "Timed") -> dict[str, Json]:
    """Returns the JSON of a request in the desk's list."""
    return {**request_shown(timed), "subject": subject}


def found_shown(found: "Found") -> Json:
    """Returns the JSON of a person whom a search found."""
    return {
        "subject": found.subject,
        "kind": str(found.kind),
        "state": str(found.life),
        "restricted": found.restricted,
        "held": found.held,
        "requests": [
            {
                "id": one.id,
                "right": one.right,
                "status": str(one.status),
                "received_at": instant(one.received_at),
            }
            for one in found.requests
        ],
    }


def case_shown(case: "Case", notice: "Notice") -> Json:
    """Returns the JSON of a request as the desk reads it, with what approving it would do."""
    said, request = case.said or {}, case.timed.request
    seen = preview(request, said, notice, browser=is_visitor(case.subject))
    return {
        **listed_shown(case.subject, case.timed),
        "person": _person(case),
        "identified_by": said.get("identified_by"),
        "details": said.get("details"),
        "changes": {name: dict(fields) for name, fields in said.get("changes", {}).items()},
        "ground": request.ground,
        "messages": [
            {"at": instant(one.at), "by": one.by, "text": one.text} for one in case.messages
        ],
        "preview": None if seen is None else _preview(seen),
        "kept": _kept(case.held),
        "waiting": [_question(one, notice) for one in case.questions if one.status is None],
        "answers": [_question(one, notice) for one in case.questions if one.status is not None],
    }


def _question(question: "Question", notice: "Notice") -> Json:
    return question_shown(question, notice, notice.locales[0])


def report_shown(report: "Report") -> Json:
    """Returns the JSON of the report on a month's requests."""
    return {
        "month": report.month,
        **_figures(report.whole),
        "rights": {**report.rights},
        "channels": {**report.channels},
        "outcomes": {**report.outcomes},
        "rows": [
            {"right": row.right, "channel": row.channel, "outcome": row.outcome, **_figures(row)}
            for row in report.rows
        ],
    }


def report_csv(report: "Report") -> bytes:
    """Returns the report as CSV (RFC 4180): UTF-8, lines ending in CR LF, a header row.

    Cells are codes and numbers, so that none is a formula.
    """
    written = io.StringIO(newline="")
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for row in report.rows:
        rows.writerow([report.month, row.right, row.channel, row.outcome, *_figures(row).values()])
    return written.getvalue().encode()


def _figures(row: "Row") -> dict[str, Json]:
    return {
        "received": row.received,
        "median_days": row.median_days,
        "longest_days": row.longest_days,
        "extended": row.extended,
        "overdue": row.overdue,
    }


def _person(case: "Case") -> Json:
    from chalicelib.requests.machine import Status
    from chalicelib.subjects.model import Kind, Life, is_visitor

    subject, standing, request = case.subject, case.standing, case.timed.request
    if subject == request.id:  # it lies in a partition of its own
        waits = request.status is Status.AWAITING_VERIFICATION
        return {
            "subject": subject,
            "kind": str(Kind.CONTACT),
            "state": str(Life.PENDING if waits else Life.ACTIVE),
            "restricted": False,
        }
    kind = Kind.VISITOR if is_visitor(subject) else Kind.ACCOUNT
    return {
        "subject": subject,
        "kind": str(kind),
        "state": None if standing is None else str(standing.life),
        "restricted": standing is not None and standing.restricted,
    }


def _kept(held: "Held") -> Json:
    """Returns the JSON of the kinds of records that holds keep, by the hold that ends last."""
    return [
        {"kind": kind, "category": None, "ground": ground, "ends_at": instant(until)}
        for kind, ground, until in held_kinds(held)
    ]


def _preview(seen: Preview) -> Json:
    return {
        "done": seen.done,
        "decisions": {purpose: str(choice) for purpose, choice in seen.decisions.items()},
        "restricts": seen.restricts,
        "corrects": list(seen.corrects),
        "erased": list(seen.erased),
        "kept": list(seen.kept),
        "needed": list(seen.needed),
    }
