"""Requests that came by mail, post, phone or in person: entered, joined, and refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts import store as accounts
from chalicelib.accounts.store import ClaimItem
from chalicelib.requests.store import OpenRequestItem, RegisterItem
from chalicelib.subjects.model import Life
from chalicelib.vault import service as vault
from tests.unit.accounts.world import ADDRESS, mac
from tests.unit.core.samples import NOW, SUBJECT, shipped
from tests.unit.desk.office import OFFICER, REQUESTS, Office, good

DAY = timedelta(days=1)


def body(**members: Any) -> dict[str, Any]:
    """What the desk enters, but for the members that are None."""
    whole = {
        "right": "port",
        "subject": SUBJECT,
        "channel": "post",
        "received_at": "2026-11-20T09:00:00Z",
        **members,
    }
    return {name: value for name, value in whole.items() if value is not None}


def test_a_letter_begins_a_request(office: Office) -> None:
    shown = good(office.call("POST", REQUESTS, body(identified_by="Signature.")), 201)
    assert (shown["channel"], shown["status"], shown["received_on"]) == (
        "post",
        "received",
        "2026-11-20",
    )
    assert shown["history"][0]["by"] == "desk"
    office.work_off()
    assert len(office.ses.taken) == 1  # the receipt
    assert office.read(shown["id"])["identified_by"] == "Signature."
    assert [(one.by, one.action, one.outcome) for one in office.audited()] == [
        (OFFICER, "request_recorded", "done"),
        (OFFICER, "request_read", "done"),
    ]


@pytest.mark.parametrize("channel", ["mail", "email", "post", "phone", "in_person"])
def test_every_channel(office: Office, channel: str) -> None:
    assert office.entered(channel=channel)["channel"] == channel


def test_the_open_one_is_joined_and_keeps_the_earlier_day(office: Office) -> None:
    request = office.ask("object", purposes=("improvement",))
    letter = body(right="object", purposes=["promotion"], received_at="2026-11-21T09:00:00Z")
    shown = good(office.call("POST", REQUESTS, letter), 200)
    assert (shown["id"], shown["received_on"]) == (request, "2026-11-21")
    assert set(shown["purposes"]) == {"improvement", "promotion"}
    assert shown["history"][-1]["event"] == "join"
    later = body(right="object", purposes=["promotion"], received_at="2026-11-22T09:00:00Z")
    again = good(office.call("POST", REQUESTS, later), 200)
    assert (again["received_on"], len(again["history"])) == ("2026-11-21", len(shown["history"]))
    assert len(office.tables.all(RegisterItem)) == 1
    assert {one.outcome for one in office.audited()} == {"joined"}


def test_an_address_is_that_of_the_account_that_holds_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "address_mac", mac)
    place = accounts.claim_place(mac(ADDRESS))
    claim = ClaimItem(*place, kind="claim", subject=SUBJECT, password_hash="x", verified_at=NOW)
    office.tables.put(claim)
    shown = good(office.call("POST", REQUESTS, body(subject=None, email=ADDRESS.upper())), 201)
    assert shown["subject"] == SUBJECT
    assert ADDRESS not in repr([raw for raw in office.tables.items.values() if "by" in raw])


def test_withdrawing_is_done_at_once(office: Office) -> None:
    shown = office.entered("deactivate")
    assert (shown["status"], shown["history"][-1]["by"]) == ("completed", "system")
    assert office.tables.all(OpenRequestItem) == []
    assert office.listed()["items"] == []
    assert len(office.listed(closed_in="2026-11")["items"]) == 1


def test_nobody_is_404(office: Office) -> None:
    assert office.call("POST", REQUESTS, body(subject="z" * 26)).status == 404
    office.stop(Life.ERASING)
    assert office.call("POST", REQUESTS, body()).status == 404
    assert office.audited() == []


@pytest.mark.parametrize(
    ("members", "pointers"),
    [
        ({"right": "everything"}, ["/right"]),
        ({"channel": "website"}, ["/channel"]),
        ({"channel": None}, ["/channel"]),
        ({"received_at": None}, ["/received_at"]),
        ({"received_at": "2026-11-22T16:00:01Z"}, ["/received_at"]),
        ({"received_at": "2021-11-01T00:00:00Z"}, ["/received_at"]),
        ({"received_at": "2026-11-20"}, ["/received_at"]),
        ({"email": "ada@example.com"}, [""]),
        ({"subject": None}, [""]),
        ({"subject": None, "email": "nowhere"}, ["/email"]),
        ({"identified_by": "  "}, ["/identified_by"]),
        ({"changes": {"identity": {"name": "Bea"}}}, ["/changes"]),
        (
            {"right": 1, "channel": 2, "received_at": 3},
            ["/channel", "/received_at", "/right"],
        ),
    ],
)
def test_what_does_not_fit_is_told_at_once(
    office: Office, members: dict[str, Any], pointers: list[str]
) -> None:
    sent = office.call("POST", REQUESTS, body(**members))
    assert sent.status == 400, sent.text
    assert sorted({one["pointer"] for one in sent.json["errors"]}) == pointers
    assert office.audited() == []


def test_five_years_ago_is_taken(office: Office) -> None:
    office.now = NOW
    at = (NOW - 5 * 365 * DAY).isoformat()
    assert office.entered("port", received_at=at)["overdue"]
    assert shipped().working_days == ("Europe/Rome", "IT")
