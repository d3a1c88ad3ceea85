"""A receipt says what was decided, on which words, and lets the ledger's hashes be checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import rfc8785
from jsonschema import Draft202012Validator

from chalicelib.consents.model import NOT_VERIFIED, Choice
from chalicelib.instants import instant
from chalicelib.notices.model import Lasting, Notice, Period
from chalicelib.receipts.contract import MAX_RECEIPT
from chalicelib.receipts.schema import CONTENT
from tests.unit.core.samples import NOW, SUBJECT, association, shipped
from tests.unit.receipts.samples import ISSUER, entry, everything, granted_before, said

NOTICES = [shipped, association]
Compiled = Callable[[], Notice]


def digest(value: dict[str, Any]) -> str:
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()


@pytest.mark.parametrize("notice", NOTICES)
def test_it_has_the_form_that_is_described(notice: Compiled) -> None:
    for locale in ("it", "en", "fr"):
        Draft202012Validator(CONTENT).validate(said(everything(notice()), notice(), locale))


@pytest.mark.parametrize("notice", NOTICES)
def test_every_purpose_is_told_as_the_notice_has_it(notice: Compiled) -> None:
    found = said(everything(notice()), notice())
    told = {one["id"]: one for one in found["pii_processing"]["purposes"]}
    assert told.keys() == notice().choices.keys()
    for name, purpose in notice().choices.items():
        assert told[name]["title"] == notice().text(purpose.title, "it")
        assert told[name]["description"] == notice().text(purpose.description, "it")
        assert told[name]["lawful_basis"]["kind"] == "consent"
        assert told[name]["pii_information"] == list(purpose.categories)
        assert told[name]["recipients"] == list(purpose.recipients)


@pytest.mark.parametrize("notice", NOTICES)
def test_data_and_recipients_are_told_once_with_retention(notice: Compiled) -> None:
    found = said(everything(notice()), notice())["pii_processing"]
    categories = {name for one in notice().choices.values() for name in one.categories}
    recipients = {name for one in notice().choices.values() for name in one.recipients}
    assert sorted(one["id"] for one in found["pii_information"]) == sorted(categories)
    assert sorted(one["id"] for one in found["recipients"]) == sorted(recipients)
    for one in found["pii_information"]:
        declared = notice().categories[one["id"]]
        titles = [notice().text(item.title, "it") for item in declared.fields.values()]
        assert one["items"] == titles
        assert len(one["retention"]["rules"]) == len(declared.rules)
        assert one["retention"]["text"] or one["retention"]["rules"]


def test_only_what_was_decided_is_told() -> None:
    found = said(entry(shipped(), {"surveys": Choice.DENIED}), shipped())
    assert [one["id"] for one in found["pii_processing"]["purposes"]] == ["surveys"]
    assert found["events"] == [
        {
            "purpose": "surveys",
            "event_state": "denied",
            "event_time": instant(NOW),
            "source": "banner",
            "origin": "own",
            "taken_from": None,
            "valid_until": None,
            "renewed_by": None,
        }
    ]


def test_the_person_is_an_id_and_the_words_are_a_version() -> None:
    notice = shipped()
    found = said(everything(notice), notice)
    assert found["record_metadata"] == {
        "schema_version": "urn:riserbo:consent-receipt:1",
        "record_id": f"{SUBJECT}.1",
        "pii_principal_id": SUBJECT,
    }
    assert found["pii_processing"]["privacy_notice"] == {
        "version": notice.version,
        "digest": notice.digest,
        "effective_at": instant(notice.effective_at),
        "language": "it",
        "address": f"{ISSUER}/v1/notices/{notice.version}",
    }
    assert (found["iss"], found["iat"]) == (ISSUER, int(NOW.timestamp()))


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        (None, {"state": "none", "version": None, "language": None, "hour": None}),
        (NOT_VERIFIED, {"state": "not_verified", "version": None, "language": None, "hour": None}),
        (
            f"1.2026-11-22.1.it.2026-11-22T16.{'a' * 64}",
            {
                "state": "verified",
                "version": "2026-11-22.1",
                "language": "it",
                "hour": "2026-11-22T16:00:00.000Z",
            },
        ),
    ],
)
def test_it_says_what_was_verified_of_the_words_shown(
    kept: str | None, told: dict[str, Any]
) -> None:
    shown = {} if kept is None else {"evidence": kept}
    of = entry(shipped(), {"surveys": Choice.GRANTED}, provenance=shown)
    assert said(of, shipped())["pii_processing"]["evidence"] == told


def test_the_words_are_in_the_language_asked_for() -> None:
    notice = shipped()
    found = said(everything(notice), notice, "en")["pii_processing"]
    assert found["privacy_notice"]["language"] == "en"
    assert found["purposes"][0]["title"] == notice.purposes[found["purposes"][0]["id"]].title["en"]
    english = said(everything(association()), association(), "it")["pii_processing"]
    assert english["privacy_notice"]["language"] == "en"  # the only one of that notice


def test_a_withdrawal_is_called_one() -> None:
    taken = entry(shipped(), {"surveys": Choice.DENIED}, before=granted_before("surveys"))
    (event,) = said(taken, shipped())["events"]
    assert event["event_state"] == "withdrawn"


def test_the_controller_is_named() -> None:
    parties = said(everything(shipped()), shipped())["party_identification"]
    (answers,) = [one for one in parties if one["role"] == "controller"]
    assert answers["name"] == shipped().document["controller"]["name"]
    assert answers["email"] == shipped().contact


def test_hash_and_commitment_can_be_computed_from_the_receipt_alone() -> None:
    found = json.loads(rfc8785.dumps(said(everything(shipped()), shipped())))
    listed = found["entry"]
    opened, own = listed.pop("opened"), listed.pop("hash")
    assert digest(opened) == listed["commitment"]
    subject = found["record_metadata"]["pii_principal_id"]
    assert digest({"subject": subject, **listed}) == own == everything(shipped()).hash
    assert {one["purpose"]: one["event_state"] for one in found["events"]} == opened["decisions"]


def test_a_yes_that_ends_by_itself_says_when() -> None:
    notice = shipped()
    (name, *_) = notice.choices
    lasting = replace(notice.purposes[name], lasts=Lasting(Period(months=6)))
    changed = replace(notice, purposes={**notice.purposes, name: lasting})
    (given,) = said(entry(changed, {name: Choice.GRANTED}), changed)["events"]
    (denied,) = said(entry(changed, {name: Choice.DENIED}), changed)["events"]
    assert (given["valid_until"], given["renewed_by"]) == ("2027-05-22T16:00:00.123Z", None)
    assert denied["valid_until"] is None


def test_a_yes_that_a_sign_in_renews_says_so() -> None:
    notice = shipped()
    given, denied = said(
        entry(notice, {"offers_email": Choice.GRANTED, "promotion": Choice.DENIED}), notice
    )["events"]
    assert given["valid_until"] == "2028-11-22T16:00:00.123Z"
    assert given["renewed_by"] == "last_interest"
    assert (denied["valid_until"], denied["renewed_by"]) == (None, None)


def test_how_a_decision_came_about_is_shown() -> None:
    choices = {
        "surveys": Choice.DENIED,
        "promotion": Choice.GRANTED,
        "partner_lists": Choice.DENIED,
    }
    theirs = f"v{'a' * 32}.4"
    came = {
        "signal": {"gpc": ["partner_lists"]},
        "joined": {"visitor": f"v{'a' * 32}", "entries": {"promotion": theirs}},
        "channel": "post",
        "desk": {"received_at": instant(NOW), "by": "d" * 32},
    }
    found = said(entry(shipped(), choices, provenance=came), shipped())
    events = {one["purpose"]: one for one in found["events"]}
    assert [events[name]["origin"] for name in choices] == ["own", "joined", "signal"]
    assert [events[name]["taken_from"] for name in choices] == [None, theirs, None]
    assert {name: found["entry"]["opened"][name] for name in came} == came
    assert digest(found["entry"]["opened"]) == found["entry"]["commitment"]


def test_an_entry_without_decisions_has_a_receipt_too() -> None:
    found = said(entry(shipped(), {}), shipped())
    assert found["events"] == found["pii_processing"]["purposes"] == []
    Draft202012Validator(CONTENT).validate(found)


def test_a_decision_that_the_version_does_not_describe_is_still_told() -> None:
    found = said(entry(shipped(), {"gone": Choice.GRANTED}), shipped())
    assert [one["purpose"] for one in found["events"]] == ["gone"]
    assert found["pii_processing"]["purposes"] == []


@pytest.mark.parametrize("notice", NOTICES)
def test_the_longest_receipt_can_be_verified_with_room_to_spare(notice: Compiled) -> None:
    canonical = rfc8785.dumps(said(everything(notice()), notice()))
    assert 4 * (len(canonical) * 4 // 3) < MAX_RECEIPT
