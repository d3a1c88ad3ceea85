"""What each right does when it is asked for, seen at the doors that have to obey it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.functions import owners, people, sinks, tables
from tests.functions.api import Api, ok, problem
from tests.functions.commands import make_key
from tests.functions.deciding import ask, decide
from tests.functions.people import Person, bearer
from tests.functions.receipts import verdict
from tests.functions.recipients import SPONSORS, correct, told_there, waited
from tests.functions.stack import DeployedStack
from tests.functions.waiting import until
from tests.receiver import Received, Receiver, receiving

REQUESTS = "/v1/requests"
OFFERS, SURVEYS, IMPROVEMENT, RESEARCH = "offers_email", "surveys", "improvement", "research"


@pytest.fixture(scope="module", autouse=True)
def began() -> int:
    """When these tests began: nothing that they look for was sent before."""
    return sinks.now()


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def key(stack: DeployedStack) -> str:
    """A key that may ask the decision point, and record disclosures."""
    return make_key(stack, "rights", "decisions,disclosures")[1]


@pytest.fixture(scope="module")
def ada(api: Api) -> Person:
    """Somebody whose rights these tests use, each on purposes of its own."""
    return people.signed_in(api)


@pytest.fixture(scope="module")
def partner(stack: DeployedStack) -> Iterator[Receiver]:
    """A recipient that is told of changes."""
    with receiving() as receiver, told_there(stack, SPONSORS, receiver.url):
        yield receiver


def use(api: Api, person: Person, right: str, status: int = 201, **members: Any) -> dict[str, Any]:
    body = {"right": right, **members}
    found: dict[str, Any] = ok(api.post(REQUESTS, headers=person.headers, json=body), status)
    return found


def reasons(api: Api, key: str, person: Person, purpose: str, **parts: str) -> list[str]:
    found: list[str] = ask(api, key, person.subject, purpose, **parts)["reasons"]
    return found


def done(api: Api, person: Person, request: dict[str, Any]) -> None:
    """It was answered as it was asked, and stays so."""
    assert (request["status"], request["outcome"]) == ("completed", "completed")
    assert [one["event"] for one in request["history"]] == ["submit", "complete"]
    path = f"{REQUESTS}/{request['id']}"
    assert ok(api.get(path, headers=person.headers)) == {**request, "messages": []}
    found = problem(api.call("DELETE", path, headers=person.headers), 409)
    assert found["type"].endswith(":move-not-allowed")


def effect(api: Api, person: Person, purpose: str) -> str:
    """What the person is shown of a purpose."""
    shown: str = ok(api.get("/v1/consents", headers=person.headers))["standing"][purpose][
        "decision"
    ]
    return shown


def test_withdrawing_and_opting_out(api: Api, key: str, ada: Person) -> None:
    decide(api, ada.headers, **{SURVEYS: "granted", OFFERS: "granted"})
    assert reasons(api, key, ada, SURVEYS) == ["granted"]
    repeated = {**ada.headers, "Idempotency-Key": "withdraw-1"}
    body = {"right": "withdraw", "purposes": [SURVEYS]}
    first = ok(api.post(REQUESTS, headers=repeated, json=body), 201)
    assert ok(api.post(REQUESTS, headers=repeated, json=body), 201) == first
    done(api, ada, first)
    assert reasons(api, key, ada, SURVEYS) == ["withdrawn"]
    assert reasons(api, key, ada, OFFERS) == ["granted"]
    done(api, ada, use(api, ada, "opt_out"))
    assert reasons(api, key, ada, OFFERS) == ["withdrawn"]
    ledger = ok(api.get("/v1/consents/ledger", headers=ada.headers))["items"]
    assert [one["source"] for one in ledger[-2:]] == ["request", "request"]
    receipt = ok(api.get(f"/v1/receipts/{ledger[-1]['entry_id']}", headers=ada.headers))
    assert verdict(api, receipt["receipt"])["valid"]
    mails = until(lambda: [one for one in api.stack.mails_to(ada.email) if first["id"] in str(one)])
    assert mails is not None


def test_objecting(api: Api, key: str, ada: Person) -> None:
    done(api, ada, use(api, ada, "object", purposes=["promotion"]))
    assert "objected" in reasons(api, key, ada, "promotion")
    asked = use(api, ada, "object", purposes=[IMPROVEMENT])
    assert (asked["status"], asked["purposes"]) == ("received", [IMPROVEMENT])
    assert reasons(api, key, ada, IMPROVEMENT) == ["restricted"]
    assert reasons(api, key, ada, "legal_claims") == []
    assert use(api, ada, "object", 200, purposes=[IMPROVEMENT]) == asked
    ok(api.call("DELETE", f"{REQUESTS}/{asked['id']}", headers=ada.headers))
    assert reasons(api, key, ada, IMPROVEMENT) == []
    assert "objected" in reasons(api, key, ada, "promotion")


def test_restricting_is_obeyed_by_every_door_that_asks(
    api: Api, key: str, ada: Person, partner: Receiver
) -> None:
    sharing = "partner_lists"
    decide(api, ada.headers, **{sharing: "granted"})
    given = {"recipient": SPONSORS, "category": "identity", "purpose": sharing}
    body = {"subject": ada.subject, **given}
    ok(api.post("/v1/disclosures", headers=bearer(key), json=body), 201)
    asked = use(api, ada, "restrict", purposes=[sharing, RESEARCH], ground="accuracy")
    assert asked["status"] == "received"
    assert reasons(api, key, ada, sharing) == ["restricted"]
    decide(api, ada.headers, **{sharing: "granted"})
    assert reasons(api, key, ada, sharing) == ["restricted"], "a capture lifts nothing"
    assert effect(api, ada, sharing) == "restricted"
    found = problem(api.post("/v1/disclosures", headers=bearer(key), json=body), 409)
    assert found["reasons"] == ["restricted"]
    (told,) = [one for one in waited(partner, ada.subject) if _type(one) == "subject.restricted"]
    assert told.message["data"]["purposes"] == [sharing]
    (held,) = tables.of_kind(tables.partition(api.stack, ada.subject), "restriction")
    assert asked["id"] in repr(held)
    ok(api.call("DELETE", f"{REQUESTS}/{asked['id']}", headers=ada.headers))
    assert reasons(api, key, ada, sharing) == ["granted"]
    assert until(lambda: "subject.restriction_lifted" in map(_type, partner.of(ada.subject)))
    kinds = [one["kind"]["S"] for one in tables.partition(api.stack, ada.subject)]
    assert "restriction" not in kinds


def _type(received: Received) -> str:
    found: str = received.message["type"]
    return found


def test_correcting(api: Api, ada: Person, began: int) -> None:
    correct(api, ada, "Melusina Vecchia")
    changes = {"identity": {"name": "Melusina Nuova", "phone": None}}
    request = use(api, ada, "rectify", changes=changes)
    done(api, ada, request)
    assert request["fields"] == ["identity.name", "identity.phone"]
    profile = ok(api.get("/v1/account", headers=ada.headers))["profile"]
    assert profile["identity"]["name"] == "Melusina Nuova"
    (held,) = [
        one
        for one in tables.of_kind(tables.partition(api.stack, ada.subject), "request")
        if one["right"]["S"] == "rectify"
    ]
    assert "sealed" not in held, "it names fields and holds no value"
    values = ["Melusina Vecchia", "Melusina Nuova"]
    assert sinks.found_in(sinks.everywhere(api.stack, began), values) == []
    refused = {
        "right": "rectify",
        "changes": {"identity": {"email": "a@example.org", "phone": "x"}},
    }
    found = problem(api.post(REQUESTS, headers=ada.headers, json=refused), 400)
    assert {one["pointer"] for one in found["errors"]} == {
        "/changes/identity/email",
        "/changes/identity/phone",
    }


def test_deactivating(api: Api, key: str, ada: Person) -> None:
    done(api, ada, use(api, ada, "deactivate"))
    assert ok(api.get("/v1/account", headers=ada.headers))["state"] == "deactivated"
    assert reasons(api, key, ada, "run_account") == ["deactivated"]
    done(api, ada, use(api, ada, "deactivate"))
    owners.reactivate(api, ada)
    assert reasons(api, key, ada, "run_account") == []
