"""A version that waits, the people whom it concerns, and what a website sees of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from tests.functions import people
from tests.functions.api import Api, ok
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.test_notice_changes import Document, purpose, shipped

TOLD = "/v1/account/notices"


@dataclass
class Announced:
    """A stack on which a version waits, and two people whom it concerns.

    Ada agreed to what it widens; Ben, who writes in English, refused it.
    """

    api: Api
    ada: Person
    ben: Person
    first: str
    version: str
    effective_at: datetime
    before: dict[str, Any]

    def told(self, person: Person) -> Any:
        """The latest that somebody was told of."""
        return ok(self.api.get(TOLD, headers=person.headers))["items"][0]

    def see(self, person: Person, version: str | None = None) -> requests.Response:
        return self.api.post(f"{TOLD}/{version or self.version}/seen", headers=person.headers)

    def decisions(self, person: Person) -> Any:
        return ok(self.api.get("/v1/consents", headers=person.headers))["standing"]

    def after(self, days: int) -> Person:
        """Moves the clock so far past the day of the version; Ada signs in again."""
        ahead = self.effective_at - datetime.now(UTC) + timedelta(days=days, minutes=2)
        self.api.stack.move_clock(int(ahead.total_seconds()))
        return people.sign_in(self.api, self.ada.email)


def changed() -> Document:
    """The next version, in sixteen days, with one change of each effect."""
    soonest = max(datetime.now(UTC), datetime.fromisoformat(shipped()["effective_at"]))
    effective_at = (soonest + timedelta(days=16)).replace(microsecond=0)
    document = shipped()
    document["version"] = f"{effective_at:%Y-%m-%d}.1"
    document["effective_at"] = effective_at.isoformat()
    purpose(document, "offers_email")["categories"].append("interaction")
    rule = next(one for one in document["retention"] if one["id"] == "closed_request")
    rule["period"] = {"years": 6}
    document["security"].reverse()
    return document


def seen_by_a_site(api: Api, email: str) -> dict[str, Any]:
    """Where a website learns of a change."""
    credentials = {"email": email, "password": people.PASSWORD}
    signed_in = ok(api.post("/v1/sessions", json=credentials), 201)
    page = api.get("/v1/notice")
    return {
        "notice": ok(page)["announcement"],
        "sign_in": signed_in["notice"]["announcement"],
        "tag": page.headers["ETag"],
        "versions": {one["version"]: one["status"] for one in ok(api.get("/v1/notices"))["items"]},
    }


def forget(stack: DeployedStack) -> None:
    """Waits past the minute for which functions trust what they read, by the clock of the stack."""
    stack.move_clock(90)


def is_sent(api: Api, person: Person) -> bool:
    items = ok(api.get(TOLD, headers=person.headers))["items"]
    return bool(items) and items[0]["sent_at"] is not None


def mail_to(announced: Announced, person: Person) -> str:
    mails = announced.api.stack.mails_to(person.email)
    (mail,) = (one for one in mails if announced.version in one["BodyText"])
    return " ".join(mail["BodyText"].split())
