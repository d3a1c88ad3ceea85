"""Requests made with an address alone: the proof of the address, and all that it opens."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest

from chalicelib.limits.model import MAILS
from tests.functions import buttons, letters, people, second_factor, sinks, tables
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.together import at_once

REQUESTS = "/v1/requests"
PROOF = "Confermi la Sua richiesta"
REMINDER = "attende che Lei confermi"
_CODE = re.compile(r"^(\d{8})$", re.MULTILINE)


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


def ask(api: Api, email: str, **body: Any) -> str:
    """The id of a request that waits for the proof of its address."""
    made = ok(api.post(REQUESTS, json={"right": "erase", "email": email, **body}), 202)
    assert made == {"id": made["id"], "status": "awaiting_verification"}
    return str(made["id"])


def mailed(api: Api, email: str, count: int = 1) -> tuple[str, str]:
    """The token of the newest mail's link, and its code."""
    mail = letters.wait(api.stack, email, PROOF, count)
    code = _CODE.search(mail["BodyText"])
    assert code
    return letters.token(mail), code[1]


def prove(api: Api, request: str, status: int = 200, **body: str) -> dict[str, Any]:
    answer = api.post(f"{REQUESTS}/{request}/verification", json=body)
    found: dict[str, Any] = ok(answer) if status == 200 else problem(answer, status)
    return found


def own(api: Api, person: Person) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ok(api.get(REQUESTS, headers=person.headers))["items"]
    return items


def decision(api: Api, person: Person) -> str:
    """What stands about a purpose on consent."""
    found = ok(api.get("/v1/consents", headers=person.headers))
    return str(found["standing"]["promotion"]["decision"])


class TestWithoutAccount:
    def test_it_is_received_once_the_address_is_proven(self, api: Api) -> None:
        email = people.new_address()
        request = ask(api, email, details="I never signed up.", locale="it")
        token, _ = mailed(api, email)
        assert token.startswith(f"{request}.")
        proven = prove(api, request, token=token)
        found = proven["request"]
        assert (found["id"], found["status"], found["channel"]) == (request, "received", "email")
        assert [one["event"] for one in found["history"]] == ["submit_by_address", "prove"]
        assert found["clock"]["counted_from"] == found["received_on"]
        receipt = letters.wait(api.stack, email, letters.RECEIPT)
        assert request in letters.text(receipt)
        assert "account" not in letters.text(receipt)
        again = prove(api, request, 422, token=token)
        assert again["type"].endswith(":link-not-valid")

    def test_nothing_of_it_lies_in_the_clear(self, api: Api) -> None:
        email = people.new_address()
        request = ask(api, email, details="Delete all of Quentin.")
        mailed(api, email)
        held = tables.partition(api.stack, request)
        assert {item["kind"]["S"] for item in held} <= {"request", "contact", "job", "link"}
        raw = [("items", repr(held).encode())]
        assert sinks.found_in(raw, [email, "Quentin"]) == []

    def test_a_person_presses_the_button_and_presses_it_again(self, api: Api) -> None:
        email = people.new_address()
        request = ask(api, email)
        mail = letters.wait(api.stack, email, PROOF)
        url = buttons.link(mail, f"/requests/{request}/confirm")
        page = api.get(url.removeprefix(api.base_url), headers={"Accept-Language": "it"})
        assert tables.of_kind(tables.partition(api.stack, request), "request")[0]["status"] == {
            "S": "awaiting_verification"
        }
        form = buttons.shown_form(page.text)
        led, again = (form.submit(api, url, "it") for _ in range(2))
        assert led.headers["Location"].startswith(f"{api.base_url}/account/requests/{request}?")
        key = re.search(r"request\.([^;]+); Max-Age=86400;.* HttpOnly", led.headers["Set-Cookie"])
        assert key
        found = api.get(f"{REQUESTS}/{request}", headers=people.bearer(key[1]))
        assert ok(found)["status"] == "received"
        assert key[1] not in led.headers["Location"]
        assert again.headers["Location"] == led.headers["Location"]
        assert again.headers["Set-Cookie"] != led.headers["Set-Cookie"]

    def test_the_code_works_on_another_device(self, api: Api) -> None:
        email = people.new_address()
        request = ask(api, email)
        _, code = mailed(api, email)
        assert prove(api, request, code=code)["request"]["status"] == "received"
        refused = prove(api, request, 422, code=code)
        assert refused["type"].endswith(":code-not-valid")

    def test_five_wrong_codes_an_hour_are_the_last(self, api: Api) -> None:
        email = people.new_address()
        request = ask(api, email)
        token, code = mailed(api, email)
        wrong = f"{(int(code) + 1) % 10**8:08d}"
        for _ in range(5):
            prove(api, request, 422, code=wrong)
        prove(api, request, 429, code=code)
        assert prove(api, request, token=token)["token"]

    def test_what_wants_nothing_more_is_answered_at_once(self, api: Api) -> None:
        email = people.new_address()
        request = ask(api, email, right="opt_out")
        token, _ = mailed(api, email)
        assert prove(api, request, token=token)["request"]["status"] == "completed"

    def test_the_mail_comes_once_more(self, api: Api) -> None:
        email = people.new_address()
        request = ask(api, email)
        first, _ = mailed(api, email)
        for known in (request, "a" * 26):
            again = api.post(f"{REQUESTS}/{known}/verification/resend")
            assert ok(again, 202) == {"status": "requested"}
        _, code = mailed(api, email, 2)
        assert prove(api, request, code=code)["token"]
        prove(api, request, 422, token=first)


class TestOneAddress:
    """An address has one open request of a right, from the proof on."""

    def test_proofs_at_once_leave_one_and_each_token_opens_it(self, api: Api) -> None:
        email, count = people.new_address(), MAILS.address.tries - 1
        requests = [ask(api, email, details=f"Number {number}.") for number in range(count)]
        letters.wait(api.stack, email, PROOF, count)
        tokens = {letters.token(one) for one in letters.about(api.stack, email, PROOF)}
        by_request = {token.partition(".")[0]: token for token in tokens}
        assert set(by_request) == set(requests)
        proven = at_once([partial(prove, api, one, token=by_request[one]) for one in requests])
        assert len({one["request"]["id"] for one in proven}) == 1
        request = proven[0]["request"]["id"]
        for one in proven:
            shown = ok(api.get(f"{REQUESTS}/{request}", headers=people.bearer(one["token"])))
            assert shown["status"] == "received"
        held = [tables.of_kind(tables.partition(api.stack, one), "request") for one in requests]
        assert sum(map(len, held)) == 1
        later = ask(api, email)
        letters.wait(api.stack, email, PROOF, count + 1)
        mails = letters.about(api.stack, email, PROOF)
        token = next(one for one in map(letters.token, mails) if one.startswith(later))
        assert prove(api, later, token=token)["request"]["id"] == request

    def test_no_words_are_refused_for_their_length(self, api: Api) -> None:
        ada, words = people.signed_in(api), "x" * 3_000
        body = {"right": "erase", "details": words}
        first = ok(api.post(REQUESTS, headers=ada.headers, json=body), 201)
        request = ask(api, ada.email, details="y" * 3_000)
        token, _ = mailed(api, ada.email)
        assert prove(api, request, token=token)["request"]["id"] == first["id"]
        shown = ok(api.get(f"{REQUESTS}/{first['id']}", headers=ada.headers))
        assert [one["text"] for one in shown["messages"]] == ["y" * 3_000]


class TestTime:
    """What the schedule does about requests whose person has no account."""

    def test_it_is_reminded_of_once_and_goes_after_a_week(
        self, right_clock: DeployedStack, api: Api
    ) -> None:
        email, other = people.new_address(), people.new_address()
        request, proven = ask(api, email), ask(api, other)
        token, _ = mailed(api, other)
        prove(api, proven, token=token)
        ada = people.signed_in(api)
        moved = ask(api, ada.email, details="From my phone.")
        prove(api, moved, token=mailed(api, ada.email)[0])
        mailed(api, email)
        right_clock.move_clock(3 * 86_400 + 60)
        assert right_clock.run_schedule("deadlines")["remind"] >= 1
        reminder = letters.wait(right_clock, email, REMINDER)
        assert request in letters.text(reminder)
        assert right_clock.run_schedule("deadlines")["remind"] == 0
        right_clock.move_clock(7 * 86_400 + 60)
        assert right_clock.run_schedule("deadlines")["expire"] >= 1
        for gone in (request, moved):
            for table in ("RecordsTable", "LinksTable", "KeysTable"):
                assert tables.partition(right_clock, gone, table) == []
        prove(api, request, 422, token=f"{request}.{'a' * 43}")
        assert tables.of_kind(tables.partition(right_clock, proven), "request")
        assert len(letters.about(right_clock, email, REMINDER)) == 1


class TestToken:
    """The token that the proof hands out to a person without an account."""

    def opened(self, api: Api, **body: Any) -> tuple[str, dict[str, str]]:
        email = people.new_address()
        request = ask(api, email, **body)
        token = prove(api, request, token=mailed(api, email)[0])["token"]
        return f"{REQUESTS}/{request}", people.bearer(token)

    def test_it_opens_its_request_to_read_write_and_cancel(self, api: Api) -> None:
        path, headers = self.opened(api)
        assert ok(api.get(path, headers=headers))["status"] == "received"
        said = api.post(f"{path}/messages", headers=headers, json={"text": "One more thing."})
        assert ok(said, 201)["history"][-1]["event"] == "message"
        (message,) = ok(api.get(path, headers=headers))["messages"]
        assert message["text"] == "One more thing."
        assert ok(api.delete(path, headers=headers))["status"] == "cancelled"
        problem(api.delete(path, headers=headers), 409)

    def test_it_disputes_an_answer(self, api: Api) -> None:
        path, headers = self.opened(api, right="opt_out")
        assert ok(api.get(path, headers=headers))["status"] == "completed"
        again = ok(api.post(f"{path}/dispute", headers=headers, json={}))
        assert (again["status"], again["disputed"]) == ("in_progress", True)

    def test_it_opens_nothing_else(self, api: Api) -> None:
        path, headers = self.opened(api)
        other, _ = self.opened(api)
        for tried in (other, REQUESTS, "/v1/account", f"{REQUESTS}/{'a' * 26}"):
            problem(api.get(tried, headers=headers), 401)
        problem(api.get(path, headers=people.signed_in(api).headers), 404)
        forged = {"Authorization": headers["Authorization"][:-3] + "AAA"}
        problem(api.get(path, headers=forged), 401)
        refused = api.post(f"{path}/messages", headers=headers, json={"text": 1})
        assert pointers(problem(refused, 400)) == ["/text"]
        problem(api.post(f"{path}/messages", headers=forged, json={"text": 1}), 401)

    def test_it_ends_a_month_after_the_answer(self, api: Api) -> None:
        path, headers = self.opened(api, right="opt_out")
        (item,) = tables.of_kind(tables.partition(api.stack, path.rpartition("/")[2]), "request")
        tables.put(api.stack, item | {"completed_at": {"S": "2026-01-01T00:00:00.000Z"}})
        problem(api.get(path, headers=headers), 401)


class TestOfAnAccount:
    def test_it_moves_into_the_account(self, api: Api) -> None:
        ada = people.signed_in(api)
        request = ask(api, ada.email, details="From my phone.")
        assert own(api, ada) == []
        token, _ = mailed(api, ada.email)
        proven = prove(api, request, token=token)
        assert proven["token"] is None
        assert proven["request"]["status"] == "received"
        assert [one["id"] for one in own(api, ada)] == [request]
        assert tables.of_kind(tables.partition(api.stack, request), "request") == []
        letters.wait(api.stack, ada.email, letters.RECEIPT)

    def test_it_joins_the_one_that_is_open(self, api: Api) -> None:
        ada = people.signed_in(api)
        body = {"right": "erase", "categories": ["interaction"]}
        first = ok(api.post(REQUESTS, headers=ada.headers, json=body), 201)
        request = ask(api, ada.email, details="And this.")
        token, _ = mailed(api, ada.email)
        proven = prove(api, request, token=token)
        assert proven["request"]["id"] == first["id"]
        assert proven["request"]["due_at"] == first["due_at"]
        assert [one["id"] for one in own(api, ada)] == [first["id"]]

    def test_what_its_right_does_at_once_is_done(self, api: Api) -> None:
        ada = people.signed_in(api, decisions={"promotion": "granted"})
        request = ask(api, ada.email, right="withdraw", purposes=["promotion"])
        token, _ = mailed(api, ada.email)
        assert decision(api, ada) == "granted"
        assert prove(api, request, token=token)["request"]["status"] == "completed"
        assert decision(api, ada) == "withdrawn"

    def test_with_a_second_factor_it_waits_for_its_person_to_sign_in(self, api: Api) -> None:
        ada = people.signed_in(api)
        second_factor.switched_on(api, ada)
        request = ask(api, ada.email)
        token, _ = mailed(api, ada.email)
        waits = prove(api, request, token=token)
        assert (waits["token"], waits["request"]["status"]) == (None, "awaiting_verification")
        path = f"{REQUESTS}/{request}/verification"
        problem(api.post(path, json={}), 401)
        problem(api.post(path, headers=people.signed_in(api).headers, json={}), 404)
        found = ok(api.post(path, headers=ada.headers, json={}))["request"]
        assert found["status"] == "received"
        again = problem(api.post(path, headers=ada.headers, json={}), 409)
        assert again["type"].endswith(":move-not-allowed")

    def test_what_waited_for_a_second_factor_joins_with_its_words(self, api: Api) -> None:
        ada = people.signed_in(api)
        second_factor.switched_on(api, ada)
        waits = ask(api, ada.email, details="Written on my phone.")
        prove(api, waits, token=mailed(api, ada.email)[0])
        body = {"right": "erase", "details": "Written at home."}
        first = ok(api.post(REQUESTS, headers=ada.headers, json=body), 201)
        path = f"{REQUESTS}/{waits}/verification"
        joined = ok(api.post(path, headers=ada.headers, json={}))["request"]
        assert joined["id"] == first["id"]
        assert [one["event"] for one in joined["history"]] == ["submit", "join"]
        again = {"right": "erase", "details": "Written on my phone."}
        same = ok(api.post(REQUESTS, headers=ada.headers, json=again), 200)
        assert [one["event"] for one in same["history"]] == ["submit", "join"], "known already"


def test_a_mailbox_gets_few_mails_under_whatever_subaddress(api: Api) -> None:
    mailbox = people.new_address().replace("@", "+{}@")
    requests = [ask(api, mailbox.format(number)) for number in range(2)]
    tries = MAILS.address.tries - len(requests)
    answers = [
        api.post(f"{REQUESTS}/{requests[number % 2]}/verification/resend").status_code
        for number in range(tries + 2)
    ]
    assert answers == [202] * tries + [429] * 2


def test_who_is_signed_in_names_no_address(api: Api) -> None:
    ada = people.signed_in(api)
    body = {"right": "erase", "email": ada.email}
    refused = problem(api.post(REQUESTS, headers=ada.headers, json=body), 400)
    assert pointers(refused) == ["/email"]
    problem(api.post(REQUESTS, json={"right": "erase"}), 401)


def test_a_link_opens_its_own_request_alone(api: Api) -> None:
    email = people.new_address()
    one, other = ask(api, email), ask(api, email, right="review")
    letters.wait(api.stack, email, PROOF, 2)
    tokens = [letters.token(mail) for mail in letters.about(api.stack, email, PROOF)]
    (of_one,) = [token for token in tokens if token.startswith(one)]
    refused = prove(api, other, 422, token=of_one)
    assert refused["type"].endswith(":link-not-valid")
    both = api.post(f"{REQUESTS}/{one}/verification", json={"token": of_one, "code": "12345678"})
    assert pointers(problem(both, 400)) == ["/code"]
