"""The desk finds people; each search is an entry of the audit, without what was searched for."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.accounts import store as accounts
from chalicelib.accounts.store import ClaimItem
from chalicelib.desk import search as searching
from chalicelib.vault import service as vault
from functions.http import desk_subjects
from tests.unit.accounts.world import ADDRESS, mac
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.desk.office import OFFICER, READER, Office
from tests.unit.web.sample import Sent

PATH = "/v1/desk/subjects/search"
IMPORTED = searching
"""Imported before tables take DynamoDB's place."""


def search(office: Office, body: Any, by: str = OFFICER) -> Sent:
    """What a search is answered."""
    return office.call("POST", PATH, body, by=by, handler=desk_subjects.handler)


@pytest.fixture(autouse=True)
def _holds_the_address(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "address_mac", mac)
    place = accounts.claim_place(mac(ADDRESS))
    claim = ClaimItem(*place, kind="claim", subject=SUBJECT, password_hash="x", verified_at=NOW)
    office.tables.put(claim)


def test_by_address_by_subject_and_by_request(office: Office) -> None:
    request = office.ask("port")
    found = {
        "subject": SUBJECT,
        "kind": "account",
        "state": "active",
        "restricted": False,
        "held": False,
        "requests": [
            {
                "id": request,
                "right": "port",
                "status": "received",
                "received_at": "2026-11-22T16:00:00.123Z",
            }
        ],
    }
    for body in ({"email": ADDRESS.upper()}, {"subject": SUBJECT}, {"request": request}):
        assert search(office, body, READER).json == {"items": [found]}
    entries = [(one.action, one.subject, one.request, one.outcome) for one in office.audited()]
    assert entries == [
        ("subject_searched", SUBJECT, None, "done"),
        ("subject_searched", SUBJECT, None, "done"),
        ("subject_searched", SUBJECT, request, "done"),
    ]


def test_nobody_is_an_empty_list_and_an_entry(office: Office) -> None:
    for body in ({"email": "nobody@example.com"}, {"subject": "z" * 26}, {"request": "z" * 26}):
        assert search(office, body).json == {"items": []}
    assert [(one.subject, one.request, one.outcome) for one in office.audited()] == [
        (None, None, "not_found")
    ] * 3
    kept = [raw for raw in office.tables.items.values() if "outcome" in raw]
    assert "nobody" not in repr(kept)
    assert "zzz" not in repr(kept)


def test_somebody_without_an_account_is_found_by_their_address(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "new_key", vault.new_visitor_key)
    own = office.ask("port")
    members = {"subject": None, "details": "Words."}
    first, second = (
        office.entered(right, **members, email="bea@example.com")["id"]
        for right in ("port", "copy")
    )
    mine = office.entered("copy", **members, email="cem@example.com")["id"]
    found = search(office, {"email": "BEA@example.com"}).json["items"]
    assert sorted(one["subject"] for one in found) == sorted((first, second))
    assert all(one["requests"][0]["id"] == one["subject"] for one in found)
    assert {(one["kind"], one["state"], one["restricted"]) for one in found} == {
        ("contact", "active", False)
    }
    (one,) = search(office, {"subject": mine}).json["items"]
    assert search(office, {"request": mine}).json == {"items": [one]}
    office.done(mine, "complete")
    (closed,) = search(office, {"email": "cem@example.com"}).json["items"]
    assert closed["requests"][0]["status"] == "completed"
    (account,) = search(office, {"email": ADDRESS}).json["items"]
    assert (account["kind"], account["requests"][0]["id"]) == ("account", own)
    searched = [one for one in office.audited() if one.action == "subject_searched"]
    assert [one.subject for one in searched][1:] == [mine, mine, mine, SUBJECT]
    assert "bea@" not in repr(list(office.tables.items.values()))


def test_an_account_and_what_came_before_it_are_found_together(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "new_key", vault.new_visitor_key)
    place = accounts.claim_place(mac(ADDRESS))
    held = office.tables.one(ClaimItem, *place)
    office.tables.items.pop((False, *place))
    before = office.entered(subject=None, email=ADDRESS)["id"]
    office.tables.put(held)
    found = search(office, {"email": ADDRESS}).json["items"]
    assert [(one["kind"], one["subject"]) for one in found] == [
        ("account", SUBJECT),
        ("contact", before),
    ]


def test_a_known_and_an_unknown_address_differ_by_what_is_found(office: Office) -> None:
    """One read of the claim and one Query of the address in any case; each find has its own."""
    taken = list[list[str]]()
    for email in ("nobody@example.com", ADDRESS):
        office.steps.names.clear()
        search(office, {"email": email})
        taken.append(list(office.steps.names))
    unknown, known = taken
    assert unknown.count("query") == 1
    assert len(known) == len(unknown) + 2  # the standing, and its requests


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": ADDRESS, "subject": SUBJECT},
        {"email": "no address"},
        {"subject": 1},
        {"name": "Ada"},
        [],
    ],
)
def test_what_is_no_search(office: Office, body: Any) -> None:
    assert search(office, body).status == 400
    assert office.audited() == []
