"""The desk, with a notice that has a person decide about closed requests and unused accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.copies import store as bodies
from chalicelib.erasure import store as erasure
from chalicelib.notices.model import Notice, Period
from chalicelib.retention.reviews.service import desk, wait
from chalicelib.retention.reviews.store import ReviewItem, review_id
from functions.http import desk_subjects
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.desk.office import OFFICER
from tests.unit.holds.keeper import Keeper, sk_of
from tests.unit.web.sample import Sent

IMPORTED = (desk, wait)
"""Imported before tables take DynamoDB's place."""

REVIEWS = "/v1/desk/reviews"
DAY = timedelta(days=1)
REASON = "A dispute about the fee of 2024 is open."


def with_rule(notice: Notice, kind: str, event: str, **changed: Any) -> Notice:
    """The notice with another rule for a kind of record from an event."""
    rule = replace(notice.rule(kind, event), **changed)
    return replace(notice, retention={**notice.retention, rule.id: rule})


class Reviewing(Keeper):
    """The deployment under that notice."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        monkeypatch.setattr(erasure, "log", lambda *_: None)
        monkeypatch.setattr(bodies, "objects_of", lambda _: [])
        self.rule("request", "closed", then="review", period=Period(years=5))

    def rule(self, kind: str, event: str, **changed: Any) -> None:
        """A rule is another one from now."""
        self.notice = with_rule(self.notice, kind, event, **changed)

    def over(self, *ids: str, subject: str = SUBJECT) -> None:
        """Requests whose time is over, in the order in which a run finds them."""
        for number, one in enumerate(ids):
            self.closed(one, due_at=self.now - DAY + timedelta(seconds=number), subject=subject)

    def reviews(self, by: str | None = OFFICER, **query: str) -> Any:
        """A page of what waits."""
        sent = self.call("GET", REVIEWS, by=by, query=query, handler=desk_subjects.handler)
        assert sent.status == 200, (sent.status, sent.text)
        return sent.json

    def waits(self) -> list[str]:
        """The ids of the records that wait, as the desk sees them."""
        return [one["record"] for one in self.reviews()["items"]]

    def name(self, request: str, subject: str = SUBJECT) -> str:
        """The public name of the review of a request."""
        return f"{subject}.{review_id(sk_of(request))}"

    def decide(self, request: str, by: str | None = OFFICER, **members: Any) -> Sent:
        """What a decision about a request is answered."""
        body = {"decision": "erase", "reason": REASON, **members}
        return self.call(
            "POST",
            f"{REVIEWS}/{{id}}",
            body,
            by=by,
            at={"id": self.name(request)},
            handler=desk_subjects.handler,
        )

    def keep(self, request: str, until: datetime, by: str = OFFICER) -> Sent:
        """What is answered where a request is to be kept until a moment."""
        return self.decide(request, by, decision="keep", until=until.isoformat())

    def refused(self, sent: Sent) -> tuple[int, str]:  # type: ignore[override]
        """Status and type of a refusal."""
        return sent.status, sent.json["type"].rpartition(":")[2]

    def review(self, request: str) -> ReviewItem | None:
        """The review of a request, as it lies in the table."""
        sk = f"evidence#retention_review#{review_id(sk_of(request))}"
        found: ReviewItem | None = self.tables.one(ReviewItem, f"S#{SUBJECT}", sk)
        return found

    def date(self, request: str) -> datetime:
        """The date of a request in the sweep's lane."""
        return datetime.fromisoformat(self.dates()[sk_of(request)][1]["S"])

    def actions(self) -> list[str]:
        """The acts in the audit."""
        return [one.action for one in self.audited()]


__all__ = ["DAY", "NOW", "REASON", "Reviewing"]
