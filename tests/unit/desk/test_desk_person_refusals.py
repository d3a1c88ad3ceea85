"""A refusal that an officer records on a person's page: never a yes, never lost for its form."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.consents.desk import refusable
from chalicelib.consents.model import Choice
from chalicelib.consents.store import EntryItem
from chalicelib.desk import service as desk
from chalicelib.sessions.model import AWAKE
from chalicelib.subjects.model import Decided, Decision, Life
from chalicelib.subjects.store import StandingItem, standing_item, standing_of, standing_place
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.web.wiring import wired
from tests.unit.core.samples import NOW, SUBJECT, VISITOR, standing
from tests.unit.desk.clerk import forms
from tests.unit.desk.member import session, words
from tests.unit.desk.office import OFFICER, OTHER, READER, Office
from tests.unit.desk.people import opens, sends
from tests.unit.requests.asker import HOSTILE
from tests.unit.web.conftest import MemoryStore
from tests.unit.web.sample import Sent

IMPORTED = desk
"""Imported before tables take DynamoDB's place."""

PUBLIC, DAY = "https://privacy.example", timedelta(days=1)
TODAY = "2026-11-22"


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", PUBLIC)


def asks_for(office: Office, choice: Choice) -> str:
    """A purpose of which the desk may record that choice."""
    return next(one for one, choices in refusable(office.notice).items() if choice in choices)


def refuses(office: Office, person: str = SUBJECT, **members: Any) -> Sent:
    """What the form is answered; a member that is None is left out."""
    given = {"act": "refuse", "channel": "post", "received_on": TODAY, **members}
    more = [
        (f"decisions.{asks_for(office, Choice(choice))}", choice)
        for choice in given.pop("choices", ("denied",))
    ]
    more += given.pop("more", [])
    fields = {name: value for name, value in given.items() if value is not None}
    return sends(office, person, more=more, **fields)


def decisions(office: Office, person: str = SUBJECT) -> dict[str, str]:
    """The decisions in force of a person."""
    item = office.tables.one(StandingItem, *standing_place(person))
    return {name: str(one.decision) for name, one in standing_of(item).decisions.items()}


def entries(office: Office) -> list[Any]:
    """The entries of the person's ledger, opened."""
    key = DataKey(SUBJECT, "evidence", b"k" * 32)
    return [vault.open_item(one, key) for one in office.tables.all(EntryItem)]


def acts(office: Office) -> list[str]:
    """The acts of the audit that are more than a look."""
    return [one.action for one in office.audited() if one.action != "subject_read"]


def test_a_refusal_and_an_objection_are_recorded_with_the_day_on_which_they_came(
    office: Office,
) -> None:
    denied, objected = asks_for(office, Choice.DENIED), asks_for(office, Choice.OBJECTED)
    before = replace(standing(), decisions={denied: Decided(Decision.GRANTED, 0, NOW - DAY)})
    office.tables.put(standing_item(before))
    office.ask("port")  # there is a key
    sent = refuses(
        office,
        choices=("denied",),
        received_on="2026-11-20",
        reference="2026/114",
        more=[(f"decisions.{objected}", "objected")] if objected != denied else [],
    )
    assert (sent.status, sent.headers["Location"]) == (
        303,
        f"{PUBLIC}/desk/people/{SUBJECT}?done=refuse&lang=en",
    )
    assert decisions(office)[denied] == "withdrawn"
    (entry,) = entries(office)
    assert entry["channel"] == "post"
    assert entry["desk"]["received_at"] == "2026-11-20T11:00:00.000Z"
    assert entry["desk"]["reference"] == "2026/114"
    assert acts(office) == ["decisions_recorded"]
    page = opens(office, SUBJECT, done="refuse")
    assert 'role="status"' in page.text
    assert "withdrawn · 22 November 2026" in words(page) or "withdrawn · 20" in words(page)


def test_the_form_knows_no_yes_and_a_hostile_one_records_none(office: Office) -> None:
    office.ask("port")
    page = opens(office, SUBJECT)
    assert forms(page) >= {"refuse"}
    assert "granted" not in page.text
    yes = [(f"decisions.{one}", "granted") for one in refusable(office.notice)]
    sent = refuses(office, choices=(), more=yes)
    assert sent.status == 400
    assert decisions(office) == {}
    mixed = refuses(office, more=[("decisions.none", "granted"), ("decisions.x", "denied")])
    assert mixed.status == 400
    assert "Every refusal in the form is recorded already" in words(mixed)
    assert list(decisions(office).values()) == ["denied"]
    twice = asks_for(office, Choice.OBJECTED)
    both = [(f"decisions.{twice}", one) for one in ("granted", "objected")]
    refuses(office, choices=(), more=both)
    assert decisions(office)[twice] == "objected"
    assert "granted" not in decisions(office).values()


@pytest.mark.parametrize(
    "broken",
    [
        {"reference": HOSTILE},
        {"reference": "\u202e\u0639"},
        {"reference": "\U0001f4ce"},
        {"reference": "x" * 10_000},
        {"unknown": "x"},
        {"act": None},
        {"act": "grant"},
        {"once": ""},
        {"more": [("decisions.%00", "denied")]},
        {"more": [(f"f{number}", "x") for number in range(60)]},
    ],
)
def test_a_refusal_is_never_lost_for_the_form_around_it(
    office: Office, broken: dict[str, Any]
) -> None:
    office.ask("port")
    sent = refuses(office, **broken)
    assert sent.status == 400
    assert "Every refusal in the form is recorded already" in words(sent)
    assert list(decisions(office).values()) == ["denied"]
    assert acts(office) == ["decisions_recorded"]
    assert "<script>alert" not in sent.text


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"received_on": None}, "received_on"),
        ({"received_on": "2026-11-23"}, "received_on"),
        ({"received_on": "2026-02-29"}, "received_on"),
        ({"received_on": "2021-11-01"}, "received_on"),
        ({"received_on": "0001-01-01"}, "received_on"),
        ({"received_on": "yesterday"}, "received_on"),
        ({"received_on": "20261120"}, "received_on"),
        ({"channel": None}, "channel"),
        ({"channel": "website"}, "channel"),
        ({"choices": ()}, "decisions"),
    ],
)
def test_what_only_the_desk_knows_has_to_be_right_and_what_was_typed_stays(
    office: Office, broken: dict[str, Any], field: str
) -> None:
    office.ask("port")
    sent = refuses(office, reference="2026/114", **broken)
    assert sent.status == 400
    assert f'href="#field-{field}"' in sent.text
    assert f'id="errors-{field}"' in sent.text
    assert 'value="2026/114"' in sent.text
    assert '<details class="fold acts" open>' in sent.text
    assert decisions(office) == {}
    assert acts(office) == []


def test_a_leap_day_is_a_day(office: Office) -> None:
    office.ask("port")
    assert refuses(office, received_on="2024-02-29").status == 303


def test_a_second_press_and_a_second_officer_make_one_entry(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = MemoryStore()
    monkeypatch.setattr(wired(), "idempotency", lambda: kept)
    office.ask("port")
    token = session(office, OFFICER)
    first = refuses(office, token=token)
    again = refuses(office, token=token)
    other = refuses(office, by=OTHER, once="p" * 43)
    assert {first.status, again.status, other.status} == {303}
    assert len(entries(office)) == 1
    assert [one.outcome for one in office.audited()] == ["done", "unchanged"]


def test_a_browser_s_refusal_is_recorded_too(office: Office) -> None:
    office.tables.put(standing_item(standing(VISITOR)))
    vault_key, item = vault.new_visitor_key(VISITOR, "evidence", NOW)
    del vault_key
    office.tables.put(item)
    assert refuses(office, VISITOR).status == 303
    assert list(decisions(office, VISITOR).values()) == ["denied"]


@pytest.mark.parametrize("life", [Life.ERASING, Life.ERASED])
def test_of_somebody_erased_meanwhile_nothing_is_recorded_and_it_is_said(
    office: Office, life: Life
) -> None:
    office.ask("port")
    office.tables.put(standing_item(standing(SUBJECT, life)))
    assert forms(opens(office, SUBJECT)) == set()
    sent = refuses(office)
    assert sent.status == 409
    assert "erased, or is being erased" in words(sent)
    assert entries(office) == []


def test_of_nobody_nothing_is_recorded(office: Office) -> None:
    assert refuses(office, "z" * 26).status == 404
    assert refuses(office, "x", reference="§").status == 404
    assert acts(office) == []


def test_a_reader_records_nothing(office: Office) -> None:
    office.ask("port")
    assert refuses(office, by=READER).status == 403
    assert refuses(office, by=READER, reference="§").status == 403
    assert refuses(office, headers={"Sec-Fetch-Site": "cross-site"}).status == 403
    assert refuses(office, form="f" * 64, reference="§").status == 403
    assert refuses(office, by=SUBJECT).status == 404
    assert (decisions(office), office.audited()) == ({}, [])
    assert forms(opens(office, SUBJECT, by=OFFICER)) >= {"refuse"}


def test_while_the_code_is_asked_for_again_nothing_is_recorded_and_all_stays(
    office: Office,
) -> None:
    office.ask("port")
    token = session(office, OFFICER)
    office.now += AWAKE
    for reference in ("2026/114", "§"):
        sent = refuses(office, token=token, reference=reference)
        assert sent.status in (400, 401)
        assert 'name="again_code"' in sent.text
        assert f'value="{reference}"' in sent.text
        assert "recorded already" not in words(sent)
    assert (decisions(office), acts(office)) == ({}, [])
