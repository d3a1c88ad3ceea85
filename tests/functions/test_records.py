"""Records that a website's systems hand over, through the deployed interface."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import requests

from chalicelib.instants import instant
from tests.functions import copies, deciding, desk, leaving, letters, owners, people, sinks, tables
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.commands import make_key
from tests.functions.people import Person, bearer
from tests.functions.stack import DeployedStack
from tests.functions.together import at_once
from tests.functions.waiting import until
from tests.unit.feedback.samples import bounce

RECORDS = "/v1/records"
CARD = "4111 1111 1111 1111"
OTHERS: dict[str, Any] = {
    "category": "third_parties",
    "fields": {"from_partners": "Asked for an offer at the fair."},
    "origin": "Fairs and Halls Srl",
}
TRANSACTION: dict[str, Any] = {
    "category": "transaction",
    "fields": {"payment_information": "Invoice 17"},
}
CALL: dict[str, Any] = {
    "category": "support",
    "fields": {"phone_number": "+39 06 1234567", "call_duration": 90},
}
RECORDING: dict[str, Any] = {"category": "support", "fields": {"call_recording": "calls/2026/17"}}
DEVICE: dict[str, Any] = {
    "category": "device",
    "fields": {"browser_type": "Firefox 140", "ip_address": "198.51.100.77"},
}
EACH: dict[str, dict[str, Any]] = {
    "external": OTHERS,
    "transaction": TRANSACTION,
    "call": CALL,
    "recording": RECORDING,
    "device": DEVICE,
}

SPELT = [CARD.replace(" ", between) for between in (" ", "", ".", "-")]
CARDS: list[dict[str, Any]] = [
    *({"fields": {"payment_information": f"paid with {spelt}"}} for spelt in SPELT),
    {"fields": {"other_needed": f"Ada {SPELT[1]} King"}},
    {"fields": {"payment_information": int(SPELT[1])}},
    {"fields": {"payment_information": [CARD]}},
    {"fields": {CARD: "x"}},
    {"fields": CARD},
    {"origin": CARD},
    {CARD: "x"},
    {"subject": CARD},
    {"category": CARD},
    {"purpose": CARD},
    {"occurred_at": CARD},
]
"""Parts of a body with the number of a card, each of which is refused."""


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def key(stack: DeployedStack) -> str:
    return make_key(stack, "handing over", "records")[1]


@pytest.fixture
def ada(api: Api) -> Person:
    return people.signed_in(api)


def hand_over(api: Api, key: str, subject: str, **members: Any) -> requests.Response:
    at = instant(datetime.now(UTC) - timedelta(hours=1))
    body = {"subject": subject, "occurred_at": at, **members}
    return api.post(RECORDS, headers=bearer(key), json=body)


def move(api: Api, key: str, id: str, subject: str, event: str, at: str) -> requests.Response:
    body = {"subject": subject, "event": event, "at": at}
    return api.call("PATCH", f"{RECORDS}/{id}", headers=bearer(key), json=body)


def end(api: Api, key: str, id: str, subject: str) -> requests.Response:
    return api.delete(f"{RECORDS}/{id}?subject={subject}", headers=bearer(key))


def stored(api: Api, subject: str) -> list[tables.Item]:
    return [one for one in tables.partition(api.stack, subject) if one["kind"]["S"] in EACH]


def classes(api: Api, subject: str) -> set[str]:
    return {one["sk"]["S"] for one in tables.partition(api.stack, subject, "KeysTable")}


def refused(answer: requests.Response) -> list[str]:
    found = problem(answer, 409)
    assert found["type"].endswith(":not-permitted")
    reasons: list[str] = found["reasons"]
    return reasons


def test_each_kind_is_kept_sealed_with_its_end(api: Api, key: str, ada: Person) -> None:
    began = sinks.now()
    for kind, body in EACH.items():
        made = ok(hand_over(api, key, ada.subject, **body), 201)
        assert made["id"].startswith(f"{kind}.{body['category']}.")
        assert ("ends_at" in made) == (kind in ("recording", "device"))
        (item,) = [one for one in stored(api, ada.subject) if one["kind"]["S"] == kind]
        assert ("due_at" in item) == ("ends_at" in made)
        assert "sealed" in item
    assert classes(api, ada.subject) == {"account", "core", "evidence", "support", "transaction"}
    said = ["Asked for an offer", "Fairs and Halls", "Invoice 17", "calls/2026/17", "Firefox 140"]
    assert sinks.found_in(sinks.everywhere(api.stack, began), said) == []


def test_a_copy_tells_it_with_its_origin_and_end_and_a_port_not_what_others_said(
    api: Api, key: str, ada: Person
) -> None:
    for body in EACH.values():
        ok(hand_over(api, key, ada.subject, **body), 201)
    copied = copies.download(api, ada, copies.ready(api, ada, locale="en"))
    (external,) = copied.fields("external")
    assert external["from_partners"] == OTHERS["fields"]["from_partners"]
    assert external["origin"] == OTHERS["origin"]
    (device,) = copied.fields("device")
    assert device["ip_address"] == "198.51.100.0/24"
    (call,) = copied.fields("call")
    assert (call["phone_number"], call["call_duration"]) == ("+39061234567", 90)
    assert copied.fields("transaction")
    assert copied.fields("recording")
    taken = copies.download(api, ada, copies.ready(api, ada, "port", locale="en"))
    kinds = {one["kind"] for one in taken.data["records"]}
    assert {"call", "device", "transaction"} <= kinds
    assert "external" not in kinds


def test_one_mail_tells_of_an_origin_and_a_copy_tells_that_it_did(
    api: Api, key: str, ada: Person
) -> None:
    for _ in range(3):
        ok(hand_over(api, key, ada.subject, **OTHERS), 201)
    ok(hand_over(api, key, ada.subject, **DEVICE, origin="devices"), 201)
    mail = letters.wait(api.stack, ada.email, letters.ORIGIN)
    letters.all_sent(api.stack, ada.subject)
    assert len(letters.about(api.stack, ada.email, letters.ORIGIN)) == 1
    said = letters.text(mail)
    assert OTHERS["origin"] in said
    assert "Dati forniti da altri" in said
    assert OTHERS["fields"]["from_partners"] not in mail["BodyText"]
    copied = copies.download(api, ada, copies.ready(api, ada, locale="en"))
    (told,) = copied.fields("told")
    assert (told["origin"], bool(told["sent_at"])) == (OTHERS["origin"], True)
    assert "tries" not in told
    (item,) = tables.of_kind(tables.partition(api.stack, ada.subject), "told")
    assert "lane" not in item
    assert OTHERS["origin"].encode() not in str(item).encode()


def test_whom_no_mail_reaches_the_desk_lists(api: Api, key: str, ada: Person) -> None:
    staff = desk.officer(api)[0]
    browser, _, _ = deciding.browser(api, audience_insight="granted")
    ok(hand_over(api, key, browser, **OTHERS, purpose="audience_insight"), 201)
    ok(hand_over(api, key, ada.subject, **OTHERS), 201)
    letters.wait(api.stack, ada.email, letters.ORIGIN)
    letters.all_sent(api.stack, ada.subject)
    (item,) = tables.of_kind(tables.partition(api.stack, ada.subject), "told")
    tags = {"origin": [item["sk"]["S"].rsplit("#", 1)[1]]}
    report = bounce(ada.email, tags=tags)
    api.stack.client("sns").publish(TopicArn=api.stack.outputs["FeedbackTopic"], Message=report)

    def listed() -> dict[str, str]:
        answer = api.get("/v1/desk/duties", headers=staff.headers, params={"limit": "100"})
        return {one["subject"]: one["reason"] for one in ok(answer)["items"]}

    wanted = {browser: "no_address", ada.subject: "bounce"}.items()
    assert until(lambda: wanted <= listed().items()), listed()
    problem(api.get("/v1/desk/duties"), 401)
    problem(api.get("/v1/desk/duties?cursor=x", headers=staff.headers), 400)


class TestRefused:
    def test_a_card_is_in_no_answer_and_nowhere_else(self, api: Api, key: str, ada: Person) -> None:
        before, began = tables.partition(api.stack, ada.subject), sinks.now()
        for members in CARDS:
            answer = hand_over(api, key, **{"subject": ada.subject, **TRANSACTION, **members})
            problem(answer, 400)
            assert not [spelt for spelt in SPELT if spelt in answer.text], members
        assert tables.partition(api.stack, ada.subject) == before
        assert sinks.found_in(sinks.everywhere(api.stack, began), SPELT) == []

    @pytest.mark.parametrize(
        ("members", "wrong"),
        [
            ({**OTHERS, "origin": None}, ["/origin"]),
            ({**OTHERS, "origin": "\n"}, ["/origin"]),
            ({"category": "third_parties", "fields": {"from_users": "A."}}, ["/origin"]),
            ({**OTHERS, "category": "access", "fields": {"password": "x"}}, 2),
            ({**OTHERS, "category": "evidence", "fields": {"decisions": "x"}}, 2),
            ({**OTHERS, "category": "nothing"}, ["/category"]),
            ({**OTHERS, "fields": {}}, ["/fields"]),
            ({**OTHERS, "fields": {"nothing": "x"}}, ["/fields/nothing"]),
            ({**OTHERS, "fields": {"browser_type": "x"}}, ["/fields/browser_type"]),
            ({**OTHERS, "fields": {"from_users": ""}}, ["/fields/from_users"]),
            ({**OTHERS, "fields": {"from_users": 7}}, ["/fields/from_users"]),
            ({**OTHERS, "fields": {"from_users": "x" * 2001}}, ["/fields/from_users"]),
            ({**OTHERS, "fields": {f"f{number}": "x" for number in range(51)}}, ["/fields"]),
            ({**CALL, "fields": {**CALL["fields"], **RECORDING["fields"]}}, ["/fields"]),
            ({**CALL, "fields": {"call_duration": "long"}}, ["/fields/call_duration"]),
            ({**CALL, "fields": {"call_time": "yesterday"}}, ["/fields/call_time"]),
            ({**DEVICE, "fields": {"ip_address": "none"}}, ["/fields/ip_address"]),
            ({**RECORDING, "fields": {"call_recording": "data:audio/x"}}, 1),
            ({**RECORDING, "occurred_at": "2020-01-01T00:00:00Z"}, ["/occurred_at"]),
            ({**OTHERS, "occurred_at": "2999-01-01T00:00:00Z"}, ["/occurred_at"]),
            ({**OTHERS, "purpose": "none"}, ["/purpose"]),
        ],
    )
    def test_what_does_not_fit(
        self, api: Api, key: str, members: dict[str, Any], wrong: Any
    ) -> None:
        found = pointers(problem(hand_over(api, key, "a" * 26, **members), 400))
        assert len(found) == wrong if isinstance(wrong, int) else set(found) == set(wrong)

    def test_of_whom_nothing_may_be_kept(self, api: Api, key: str, ada: Person) -> None:
        assert "erased" in refused(hand_over(api, key, "a" * 26, **OTHERS))
        named = {**OTHERS, "purpose": "audience_insight"}
        assert refused(hand_over(api, key, ada.subject, **named)) == ["not_asked"]
        deciding.decide(api, ada.headers, audience_insight="granted")
        ok(hand_over(api, key, ada.subject, **named), 201)
        deciding.decide(api, ada.headers, audience_insight="denied")
        assert refused(hand_over(api, key, ada.subject, **named)) == ["withdrawn"]
        ok(owners.deactivate(api, ada))
        for body in EACH.values():
            assert "deactivated" in refused(hand_over(api, key, ada.subject, **body))
        assert len(stored(api, ada.subject)) == 1

    def test_without_the_scope(self, api: Api, ada: Person) -> None:
        other = make_key(api.stack, "other", "decisions,disclosures")[1]
        problem(hand_over(api, other, ada.subject, **OTHERS), 403)
        problem(hand_over(api, f"rsk_{'a' * 26}.{'b' * 43}", ada.subject, **OTHERS), 401)
        name = f"external.third_parties.{'a' * 26}"
        problem(move(api, other, name, ada.subject, "ended", "2026-01-01T00:00:00Z"), 403)
        problem(end(api, other, name, ada.subject), 403)


def test_ten_at_once_of_the_first_of_a_class_leave_one_key(api: Api, key: str, ada: Person) -> None:
    give = partial(hand_over, Api(api.stack), key, ada.subject, **TRANSACTION)
    for answer in at_once([give] * 10):
        ok(answer, 201)
    assert len(stored(api, ada.subject)) == 10
    assert "transaction" in classes(api, ada.subject)
    copied = copies.download(api, ada, copies.ready(api, ada))
    assert [one["payment_information"] for one in copied.fields("transaction")] == [
        "Invoice 17"
    ] * 10


def test_the_moment_is_told_once_and_the_end_is_at_once(api: Api, key: str, ada: Person) -> None:
    made = ok(hand_over(api, key, ada.subject, **TRANSACTION), 201)["id"]
    at = "2026-01-15T12:00:00Z"
    told = ok(move(api, key, made, ada.subject, "contract_ended", at))
    assert told == {"id": made, "ends_at": "2036-01-15T12:00:00.000Z"}
    assert ok(move(api, key, made, ada.subject, "contract_ended", at)) == told
    problem(move(api, key, made, ada.subject, "contract_ended", "2026-01-16T12:00:00Z"), 409)
    problem(move(api, key, made, ada.subject, "closed", at), 400)
    problem(move(api, key, made, ada.subject, "ended", "2999-01-01T00:00:00Z"), 400)
    problem(move(api, key, made, "a" * 26, "contract_ended", at), 404)
    problem(move(api, key, "nothing", ada.subject, "ended", at), 404)
    problem(end(api, key, made, "a" * 26), 404)
    answer = end(api, key, made, ada.subject)
    assert (answer.status_code, answer.content) == (204, b"")
    assert stored(api, ada.subject) == []
    assert "transaction" not in classes(api, ada.subject)
    problem(end(api, key, made, ada.subject), 404)


def test_what_is_held_stays(api: Api, key: str, ada: Person) -> None:
    made = ok(hand_over(api, key, ada.subject, **TRANSACTION), 201)["id"]
    kind, _, record = made.partition(".")
    staff = desk.officer(api)[0]
    body = {
        "subject": ada.subject,
        "records": [{"kind": kind, "id": record}],
        "ground": "claims",
        "reason": "A claim.",
        "until": instant(datetime.now(UTC) + timedelta(days=30)),
    }
    hold = ok(api.post("/v1/desk/holds", headers=staff.headers, json=body), 201)["id"]
    assert problem(end(api, key, made, ada.subject), 409)["type"].endswith(":held")
    assert len(stored(api, ada.subject)) == 1
    assert api.delete(f"/v1/desk/holds/{hold}", headers=staff.headers).ok
    assert end(api, key, made, ada.subject).status_code == 204


def test_a_contract_that_runs_brings_an_erasure_to_the_desk(api: Api, key: str) -> None:
    """With one that has ended it begins by itself, as without any."""
    begins = {}
    for ended in (False, True):
        person = people.signed_in(api)
        bought = ok(hand_over(api, key, person.subject, **TRANSACTION), 201)["id"]
        if ended:
            at = instant(datetime.now(UTC))
            ok(move(api, key, bought, person.subject, "contract_ended", at))
        request = leaving.ask_to_be_erased(api, person)
        stored_ones = tables.of_kind(tables.partition(api.stack, person.subject), "request")
        (item,) = (one for one in stored_ones if one["sk"]["S"].endswith(request))
        begins[ended] = "begins_at" in item
    assert begins == {False: False, True: True}


def test_of_an_erased_person_the_transaction_stays_and_is_named(
    api: Api, key: str, ada: Person
) -> None:
    for body in EACH.values():
        ok(hand_over(api, key, ada.subject, **body), 201)
    staff = desk.officer(api)[0]
    asked = ok(api.post("/v1/requests", headers=ada.headers, json={"right": "erase"}), 201)["id"]
    path = f"/v1/desk/requests/{asked}"
    assert "transaction" in ok(api.get(path, headers=staff.headers))["preview"]["kept"]
    approve = {"action": "approve"}
    ok(api.post(f"{path}/actions", headers=staff.headers, json=approve))

    def done() -> bool:
        return bool(ok(api.get(path, headers=staff.headers))["status"] == "completed")

    assert until(done, seconds=60)
    assert [one["kind"]["S"] for one in stored(api, ada.subject)] == ["transaction"]
    assert classes(api, ada.subject) == {"evidence", "transaction"}
    assert tables.of_kind(tables.partition(api.stack, ada.subject), "told")
    (request,) = tables.of_kind(tables.partition(api.stack, ada.subject), "request")
    receipt = {"receipt": request["receipt"]["S"]}
    kept = ok(api.post("/v1/receipts/verify", json=receipt))["kept"]
    (named,) = [one for one in kept if one["kind"] == "transaction"]
    assert named["ground"]
    assert not named["gone"]
    assert "erased" in refused(hand_over(api, key, ada.subject, **TRANSACTION))
