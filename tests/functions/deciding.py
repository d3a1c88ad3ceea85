"""Deciding, and asking the decision point what became of it."""

from __future__ import annotations

from typing import Any

from tests.functions import people
from tests.functions.api import Api, ok
from tests.functions.people import bearer

DECISIONS = "/v1/decisions"
MEASURING, SURVEYS, SHARING = "site_measurement", "surveys", "partner_lists"


def ask(api: Api, key: str, subject: str, purpose: str, **parts: str) -> dict[str, Any]:
    """What the decision point says."""
    params = {"subject": subject, "purpose": purpose, **parts}
    return ok(api.get(DECISIONS, headers=bearer(key), params=params))


def ask_all(api: Api, key: str, questions: list[dict[str, str]]) -> list[dict[str, Any]]:
    """What it says about many questions."""
    answer = api.post(DECISIONS, headers=bearer(key), json={"questions": questions})
    answers: list[dict[str, Any]] = ok(answer)["answers"]
    return answers


def decide(api: Api, headers: dict[str, str], **decisions: str) -> str:
    """Records decisions: the entry's id."""
    body = {
        "notice_version": api.notice_version(),
        "decisions": decisions,
        "source": "preference_centre",
    }
    entry: str = ok(api.post("/v1/consents", headers=headers, json=body), 201)["entry_id"]
    return entry


def browser(api: Api, **decisions: str) -> tuple[str, dict[str, str], str]:
    """A new browser that decided: its subject, which any of its entries names, and its header."""
    headers = people.visitor(people.new_visitor())
    entry = decide(api, headers, **decisions)
    return entry.partition(".")[0], headers, entry
