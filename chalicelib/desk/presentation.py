"""Requests as the desk reads them, as JSON in the contract's form."""

from typing import TYPE_CHECKING

from chalicelib.instants import instant
from chalicelib.requests.presentation import request_shown
from chalicelib.requests.preview import Preview, preview
from chalicelib.web.contract import Json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.notices.model import Notice
    from chalicelib.requests.model import Request, Timed
    from chalicelib.requests.service.casework import Case
    from chalicelib.subjects.model import Standing


def listed_shown(subject: str, timed: "Timed") -> dict[str, Json]:
    """Returns the JSON of a request in the desk's list."""
    return {**request_shown(timed), "subject": subject}


def found_shown(standing: "Standing", requests: "Sequence[Request]") -> Json:
    """Returns the JSON of a person whom a search found."""
    return {
        "subject": standing.subject,
        "kind": str(standing.kind),
        "state": str(standing.life),
        "restricted": standing.restricted,
        "held": False,
        "requests": [
            {
                "id": one.id,
                "right": one.right,
                "status": str(one.status),
                "received_at": instant(one.received_at),
            }
            for one in requests
        ],
    }


def case_shown(case: "Case", notice: "Notice", now: "datetime") -> Json:
    """Returns the JSON of a request as the desk reads it, with what approving it would do."""
    said, request = case.said or {}, case.timed.request
    seen = preview(request, said, notice, now)
    return {
        **listed_shown(case.subject, case.timed),
        "person": _person(case.subject, case.standing),
        "identified_by": said.get("identified_by"),
        "details": said.get("details"),
        "changes": {name: dict(fields) for name, fields in said.get("changes", {}).items()},
        "ground": request.ground,
        "messages": [
            {"at": instant(one.at), "by": one.by, "text": one.text} for one in case.messages
        ],
        "preview": None if seen is None else _preview(seen),
        "waiting": [],
    }


def _person(subject: str, standing: "Standing | None") -> Json:
    from chalicelib.subjects.model import Kind, is_visitor

    kind = Kind.VISITOR if is_visitor(subject) else Kind.ACCOUNT
    return {
        "subject": subject,
        "kind": str(kind),
        "state": None if standing is None else str(standing.life),
        "restricted": standing is not None and standing.restricted,
    }


def _preview(seen: Preview) -> Json:
    return {
        "done": seen.done,
        "decisions": {purpose: str(choice) for purpose, choice in seen.decisions.items()},
        "restricts": seen.restricts,
        "corrects": list(seen.corrects),
        "erased": list(seen.erased),
        "kept": list(seen.kept),
    }
