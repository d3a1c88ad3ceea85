"""What people see of what they were told: in the account, in the copy, and with their decisions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib import clock
from chalicelib.consents.contract import operations as consents
from chalicelib.consents.presentation import decisions_shown
from chalicelib.errors import NotFound
from chalicelib.instants import instant
from chalicelib.kinds.model import Record
from chalicelib.notices.model import Notice, Widening
from chalicelib.publications import store
from chalicelib.publications.contract import announcements as contract
from chalicelib.publications.model import Obligation, Status
from chalicelib.publications.presentation import obligation_shown
from chalicelib.publications.service import told
from chalicelib.publications.store import ObligationItem, new_obligation
from chalicelib.sessions.model import Opened, Session, SignedIn
from chalicelib.subjects.model import Decided, Decision
from tests.unit.copies.samples import made
from tests.unit.core.samples import NOW, SUBJECT, shipped, standing

VERSION, ASKED = "2027-03-01", ("offers_email", "surveys")
SIGNED_IN = SignedIn(Session(SUBJECT, "s" * 32, NOW, NOW, 0, Opened()), standing())


def item(version: str = VERSION) -> ObligationItem:
    return new_obligation(SUBJECT, version, ASKED, NOW + timedelta(days=20), NOW)


@dataclass
class Results:
    """What a query answers."""

    items: list[ObligationItem]
    last_evaluated_key: Any = None

    def __iter__(self) -> Iterator[ObligationItem]:
        return iter(self.items)


def test_what_was_not_seen_is_found_among_the_last_hundred(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    items = [item(f"2027-01-01.{number}") for number in range(2, 40)]
    for one in items[:30]:
        one.seen_at, one.status = NOW, Status.SEEN

    def query(subject: str, after: str | None, limit: int) -> Results:
        asked.append((subject, after, limit))
        return Results(items)

    monkeypatch.setattr(store, "obligations_of", query)
    page = told.unseen(SIGNED_IN)
    assert asked == [(SUBJECT, None, 100)]
    assert [one.version for one in page.items] == [
        one.version for one in map(store.obligation_of, items[30:])
    ]
    assert page.next is None


def test_a_page_of_what_one_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def query(subject: str, after: str | None, limit: int) -> Results:
        asked.append((subject, after, limit))
        return Results([item(), item("2027-01-01")], {"sk": {"S": item("2027-01-01").sk}})

    monkeypatch.setattr(store, "obligations_of", query)
    page = told.told(SIGNED_IN, "2027-09-01", 2)
    assert asked == [(SUBJECT, "2027-09-01", 2)]
    assert [one.version for one in page.items] == [VERSION, "2027-01-01"]
    assert page.next == "2027-01-01"


@pytest.mark.parametrize("obliged", [True, False])
def test_only_what_one_had_to_be_told_can_be_seen(
    monkeypatch: pytest.MonkeyPatch, obliged: bool
) -> None:
    acts = []

    def mark_seen(*act: object) -> bool:
        acts.append(act)
        return obliged

    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(store, "mark_seen", mark_seen)
    if obliged:
        told.acknowledge(SIGNED_IN, VERSION)
    else:
        with pytest.raises(NotFound):
            told.acknowledge(SIGNED_IN, VERSION)
    assert acts == [(SUBJECT, VERSION, NOW)]


LATER = NOW + timedelta(hours=1)
DUE = Obligation(SUBJECT, VERSION, Status.DUE, (), NOW, LATER, None, None, None, 0)
OBLIGATIONS = [
    DUE,
    replace(DUE, status=Status.SENT, sent_at=LATER, tries=1, ask=ASKED),
    replace(DUE, status=Status.BOUNCED, bounced_at=LATER, tries=1),
    replace(DUE, status=Status.SEEN, sent_at=NOW, seen_at=LATER, tries=1),
]


@pytest.mark.parametrize("obligation", OBLIGATIONS, ids=lambda one: str(one.status))
def test_what_is_answered_fits_the_contract(
    monkeypatch: pytest.MonkeyPatch, obligation: Obligation
) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
    shown: Any = obligation_shown(obligation)
    page = {"items": [shown], "next": None}
    schema = contract.LIST.answers[200].schema
    assert schema is not None
    Draft202012Validator(schema).validate(page)
    assert shown["ask"] == list(obligation.ask)
    assert shown["changes"] == f"https://privacy.example/v1/notices/{VERSION}/changes"
    for name in ("sent_at", "bounced_at", "seen_at"):
        moment = getattr(obligation, name)
        assert shown[name] == (None if moment is None else instant(moment))


def test_the_copy_tells_it_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
    fields = {
        "notice_version": VERSION,
        "status": "seen",
        "ask": " ".join(ASKED),
        "created_at": "2026-11-22T16:00:00.123Z",
        "seen_at": "2026-11-23T16:00:00.123Z",
        "tries": 1,
    }
    held = [Record("obligation", VERSION, fields)]
    copied = made(held=held)
    (record,) = copied.data["records"]
    assert record["title"] == "Avviso su una modifica dell’informativa"
    assert [one["id"] for one in record["items"]] == [VERSION]
    assert copied.fields("obligation") == [{**fields, "ask": list(ASKED)}]


def test_who_is_asked_nothing_reads_an_empty_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
    copied = made(held=[Record("obligation", VERSION, {"ask": ""})])
    assert copied.fields("obligation") == [{"ask": []}]


def widened(*widenings: Widening) -> Notice:
    return replace(shipped(), widenings={"surveys": widenings})


def decided(decision: Decision, version: str = "2026-11-22") -> dict[str, Any]:
    return {"surveys": Decided(decision, 3, NOW, version)}


def shown(notice: Notice, decisions: dict[str, Any]) -> Any:
    answer: Any = decisions_shown(replace(standing(), seq=3, decisions=decisions), notice, NOW)
    schema = consents.CONSENTS.answers[200].schema
    assert schema is not None
    whole = {"notice_version": VERSION, "standing": answer, "ask": {}}
    Draft202012Validator(schema).validate(whole)
    return answer["surveys"]


NOTHING: dict[str, Any] = {
    "whole": False,
    "categories": [],
    "recipients": [],
    "channels": [],
    "cookies": [],
    "cookie_classes": [],
}


def test_a_decision_says_under_which_version_it_was_made() -> None:
    answer = shown(shipped(), decided(Decision.GRANTED))
    assert (answer["notice_version"], answer["ask_again"]) == ("2026-11-22", None)


def test_a_consent_says_what_it_does_not_cover() -> None:
    notice = widened(
        Widening("2027-03-01", categories=frozenset({"device", "company"})),
        Widening("2027-09-01", recipients=frozenset({"partners"}), channels=frozenset({"sms"})),
    )
    answer = shown(notice, decided(Decision.GRANTED))
    assert (answer["decision"], answer["recorded"]) == ("ask_again", "granted")
    assert answer["ask_again"] == {
        **NOTHING,
        "categories": ["company", "device"],
        "recipients": ["partners"],
        "channels": ["sms"],
    }
    again = shown(notice, decided(Decision.GRANTED, "2027-03-01"))["ask_again"]
    assert again == {**NOTHING, "recipients": ["partners"], "channels": ["sms"]}
    assert shown(notice, decided(Decision.GRANTED, "2027-09-01"))["ask_again"] is None


def test_a_purpose_that_rested_on_something_else_is_not_covered_at_all() -> None:
    notice = widened(Widening("2027-03-01", whole=True))
    answer = shown(notice, decided(Decision.GRANTED))
    assert answer["ask_again"] == {**NOTHING, "whole": True}


@pytest.mark.parametrize("decision", [Decision.DENIED, Decision.WITHDRAWN, Decision.OBJECTED])
def test_who_said_no_is_not_asked_again(decision: Decision) -> None:
    notice = widened(Widening("2027-03-01", categories=frozenset({"device"})))
    assert shown(notice, decided(decision))["ask_again"] is None
