"""Reports of SES, as its documentation shows them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

ADDRESS = "ada@example.com"


def bounce(
    address: str = ADDRESS,
    *,
    form: str = "eventType",
    kind: str | None = "Permanent",
    destination: Sequence[Any] | None = None,
    reported: Sequence[Any] | None = (ADDRESS,),
    tags: Mapping[str, Any] | None = None,
) -> str:
    """The message about a mail that came back."""
    told: dict[str, Any] = {
        "feedbackId": "0102015a-000000",
        "bounceType": kind,
        "bounceSubType": "General",
        "timestamp": "2026-11-22T16:00:01.000Z",
        "reportingMTA": "dsn; mta.example.com",
    }
    if reported is not None:
        told["bouncedRecipients"] = [
            {"emailAddress": one, "action": "failed", "status": "5.1.1"} for one in reported
        ]
    return json.dumps({form: "Bounce", "bounce": told, "mail": _mail(address, destination, tags)})


def complaint(
    said: str | None = "abuse",
    address: str = ADDRESS,
    *,
    tags: Mapping[str, Any] | None = None,
) -> str:
    """The message about a mail that somebody called unwanted."""
    told: dict[str, Any] = {
        "complainedRecipients": [{"emailAddress": address}],
        "timestamp": "2026-11-22T16:00:01.000Z",
        "feedbackId": "0102015a-000001",
        "userAgent": "Feedback/1.0",
    }
    if said is not None:
        told["complaintFeedbackType"] = said
    return json.dumps(
        {"eventType": "Complaint", "complaint": told, "mail": _mail(address, None, tags)}
    )


def _mail(
    address: str, destination: Sequence[Any] | None, tags: Mapping[str, Any] | None
) -> dict[str, Any]:
    mail: dict[str, Any] = {
        "timestamp": "2026-11-22T16:00:00.000Z",
        "messageId": "0102015a-000002",
        "source": "privacy@example.org",
        "destination": [address] if destination is None else list(destination),
        "headersTruncated": False,
        "headers": [{"name": "To", "value": address}],
    }
    return mail if tags is None else {**mail, "tags": dict(tags)}
