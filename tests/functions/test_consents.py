"""Decisions: given, withdrawn, repeated, and kept as a chain that anybody can check."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import pytest
import rfc8785

from chalicelib.consents import model
from chalicelib.consents.model import Entry
from tests.functions import ledger, people
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.people import Person
from tests.functions.stack import DeployedStack

DECISIONS = {"offers_email": "granted", "surveys": "denied"}


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def deciding(api: Api) -> Person:
    return people.signed_in(api, decisions=DECISIONS)


def capture(api: Api, person: Person, decisions: dict[str, str], **more: Any) -> dict[str, Any]:
    body = {
        "notice_version": api.notice_version(),
        "decisions": decisions,
        "source": "preference_centre",
        **more,
    }
    return ok(api.post("/v1/consents", headers=person.headers, json=body), 201)


def history(api: Api, person: Person) -> list[dict[str, Any]]:
    """The whole ledger of a person, page by page."""
    items: list[dict[str, Any]] = []
    params = {"limit": "2"}
    while True:
        page = ok(api.get("/v1/consents/ledger", headers=person.headers, params=params))
        assert len(page["items"]) <= 2
        items += page["items"]
        if page["next"] is None:
            return items
        params["cursor"] = page["next"]


class TestConsents:
    def test_decisions_at_registration_stand_after_verification(self, api: Api) -> None:
        person = people.signed_in(api, decisions=DECISIONS)
        stands = ok(api.get("/v1/consents", headers=person.headers))["standing"]
        assert {purpose: one["decision"] for purpose, one in stands.items()} == DECISIONS

    def test_a_denial_after_a_grant_is_a_withdrawal(self, api: Api, deciding: Person) -> None:
        given = capture(api, deciding, {"partner_lists": "granted"})
        assert given["standing"]["partner_lists"]["decision"] == "granted"
        assert given["standing"]["partner_lists"]["entry_id"] == given["entry_id"]
        taken = capture(api, deciding, {"partner_lists": "denied"})
        assert taken["standing"]["partner_lists"]["decision"] == "withdrawn"
        assert "visitor" not in taken

    def test_a_repeated_event_changes_nothing(self, api: Api, deciding: Person) -> None:
        first = capture(api, deciding, {"promotion": "granted"}, event_id="click-1")
        length = len(history(api, deciding))
        again = capture(api, deciding, {"promotion": "granted"}, event_id="click-1")
        assert again == first
        assert len(history(api, deciding)) == length

    def test_an_event_id_is_not_for_other_decisions(self, api: Api, deciding: Person) -> None:
        capture(api, deciding, {"testimonial": "denied"}, event_id="click-2")
        body = {
            "notice_version": api.notice_version(),
            "decisions": {"testimonial": "granted"},
            "source": "preference_centre",
            "event_id": "click-2",
        }
        problem(api.post("/v1/consents", headers=deciding.headers, json=body), 422)

    def test_words_that_are_not_in_force_are_refused(self, api: Api, deciding: Person) -> None:
        body = {
            "notice_version": "2001-01-01",
            "decisions": {"promotion": "granted"},
            "source": "api",
        }
        refused = api.post("/v1/consents", headers=deciding.headers, json=body)
        assert problem(refused, 422)["type"] == "urn:riserbo:problem:notice-not-in-force"

    def test_a_no_to_old_words_counts_and_the_yes_beside_it_is_refused(self, api: Api) -> None:
        person = people.signed_in(api, decisions={"surveys": "granted"})
        headers = {**people.visitor(people.new_visitor()), **person.headers}
        body: dict[str, Any] = {"notice_version": "2001-01-01", "source": "banner"}
        body["decisions"] = {"surveys": "denied", "promotion": "granted"}
        refused = problem(api.post("/v1/consents", headers=headers, json=body), 422)
        stands = refused["recorded"]["standing"]
        assert (stands["surveys"]["decision"], "promotion" in stands) == ("withdrawn", False)
        body["decisions"] = {"surveys": "denied"}
        again = ok(api.post("/v1/consents", headers=headers, json=body), 201)
        assert again["entry_id"] == refused["recorded"]["entry_id"]
        assert [one["pointer"] for one in again["overlooked"]] == ["/notice_version"]

        gone = api.delete("/v1/sessions/current", headers=person.headers)
        assert gone.status_code == 204
        kept = ok(api.post("/v1/consents", headers=headers, json=body), 201)
        assert kept["entry_id"].startswith("v")
        preferences = {"decisions": {"surveys": "denied"}, "notice_version": api.notice_version()}
        path = "/v1/account/preferences"
        kept = ok(api.call("PUT", path, headers=headers, json=preferences))
        assert (kept["decisions"], kept["notifications"]) == ({"surveys": "denied"}, {})
        problem(api.call("PUT", path, headers=person.headers, json=preferences), 401)

    def test_a_browser_gets_a_token_and_its_choices_back(self, api: Api) -> None:
        body = {
            "notice_version": api.notice_version(),
            "decisions": {"site_measurement": "granted"},
            "source": "banner",
        }
        captured = ok(api.post("/v1/consents", json=body), 201)
        found = ok(api.get("/v1/consents", headers=people.visitor(captured["visitor"])))
        assert found["standing"] == captured["standing"]
        nobody = ok(api.get("/v1/consents", headers=people.visitor(people.new_visitor())))
        assert nobody == {"notice_version": None, "standing": {}, "ask": {}}

    def test_a_browser_may_say_that_this_is_its_first_act_as_often_as_it_likes(
        self, api: Api
    ) -> None:
        headers: dict[str, str] = {}

        def said(choice: str, event: str) -> dict[str, Any]:
            body = {
                "notice_version": api.notice_version(),
                "decisions": {"site_measurement": choice},
                "source": "banner",
                "event_id": event,
                "first": True,
            }
            return ok(api.post("/v1/consents", headers=headers, json=body), 201)

        headers = people.visitor(said("granted", "zero")["visitor"])
        assert len(ok(api.get("/v1/consents", headers=headers))["standing"]) == 1
        headers = people.visitor(people.new_visitor())
        first = said("granted", "one")
        assert said("granted", "one") == first
        taken = said("denied", "two")
        assert taken["standing"]["site_measurement"]["decision"] == "withdrawn"
        late = said("granted", "one")
        assert (late["entry_id"], late["standing"]) == (first["entry_id"], taken["standing"])
        ledger = ok(api.get("/v1/consents/ledger", headers=headers))
        entries = [one["entry_id"] for one in ledger["items"]]
        assert entries == [first["entry_id"], taken["entry_id"]]

    def test_every_answer_tells_the_same_state(self, api: Api) -> None:
        person = people.signed_in(api)
        entry_id = capture(api, person, {"surveys": "granted", "promotion": "denied"})["entry_id"]
        ok(api.post("/v1/account/deactivation", headers=person.headers))
        paths = ("/v1/consents", "/v1/consents/ledger", f"/v1/receipts/{entry_id}")
        told = [ok(api.get(path, headers=person.headers))["standing"] for path in paths]
        assert told[0] == told[1] == told[2]
        words = {purpose: one["decision"] for purpose, one in told[0].items()}
        assert words == {"surveys": "deactivated", "promotion": "denied"}
        set_again = api.call(
            "PUT", "/v1/account/preferences", json={"locale": "en"}, headers=person.headers
        )
        assert ok(set_again)["decisions"] == words

    def test_the_ledger_is_a_chain_that_anybody_can_check(self, api: Api, deciding: Person) -> None:
        evidence = api.get("/v1/notice").headers["Riserbo-Notice-Evidence"]
        capture(api, deciding, {"surveys": "granted"}, evidence=evidence)
        capture(api, deciding, {"surveys": "denied"}, evidence=f"{evidence[:-64]}{'0' * 64}")
        body = {"notice_version": api.notice_version(), "decisions": {}, "source": "signal"}
        signal = {**deciding.headers, "Sec-GPC": "1"}
        ok(api.post("/v1/consents", headers=signal, json=body), 201)
        shown = history(api, deciding)
        entries = [_entry(one) for one in shown]
        head = ledger.standing(api.stack, deciding.subject).head
        assert len(entries) >= 4
        assert "signal" in shown[-1]
        assert [one.get("evidence") for one in shown[-3:]] == [evidence, "not verified", None]
        assert model.verify(entries, head)
        assert not model.verify(entries[:-1], head)
        assert not model.verify([entries[1], entries[0], *entries[2:]], head)
        assert [one["hash"] for one in shown] == [entry.hash for entry in entries]

    def test_a_yes_with_evidence_that_does_not_hold_is_refused(
        self, api: Api, deciding: Person
    ) -> None:
        good = api.get("/v1/notice?lang=it").headers["Riserbo-Notice-Evidence"]
        body = {
            "notice_version": api.notice_version(),
            "decisions": {"surveys": "granted"},
            "source": "banner",
            "locale": "it",
        }
        before = history(api, deciding)
        for evidence in (
            good[:-1] + ("0" if good[-1] != "0" else "1"),
            good.replace(".it.", ".en."),
        ):
            sent = {**body, "evidence": evidence}
            refused = api.post("/v1/consents", headers=deciding.headers, json=sent)
            assert pointers(problem(refused, 422)) == ["/evidence"]
        assert history(api, deciding) == before

    def test_commitments_open_with_their_salt_and_nothing_else(
        self, api: Api, deciding: Person
    ) -> None:
        for one in history(api, deciding):
            opened = {key: one[key] for key in _OPENED if key in one}
            assert _digest(opened) == one["commitment"]
            assert _digest({**opened, "salt": "another"}) != one["commitment"]


_OPENED = (
    "salt",
    "decisions",
    "locale",
    "evidence",
    "explicit",
    "signal",
    "joined",
    "channel",
    "desk",
)


def _entry(shown: dict[str, Any]) -> Entry:
    """An entry of the ledger, from what the API shows and nothing else."""
    subject, _, number = shown["entry_id"].partition(".")
    return Entry(
        subject=subject,
        seq=int(number),
        previous=shown["previous"],
        commitment=shown["commitment"],
        notice_version=shown["notice_version"],
        notice_digest=shown["notice_digest"],
        source=shown["source"],
        event=shown["event"],
        at=datetime.fromisoformat(shown["decided_at"]),
        opened={key: shown[key] for key in _OPENED if key in shown},
    )


def _digest(value: dict[str, Any]) -> str:
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()
