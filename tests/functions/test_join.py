"""What a browser decided joins the account that signs in there, and the browser begins anew."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.consents import model
from tests.functions import ledger, owners, people, tables
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.people import PASSWORD, Person
from tests.functions.stack import DeployedStack
from tests.functions.together import at_once

ADS, MEASURED = "advertising_cookies", "site_measurement"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


def decide(api: Api, headers: dict[str, str], source: str = "banner", **given: str) -> Any:
    body = {"notice_version": api.notice_version(), "decisions": given, "source": source}
    return ok(api.post("/v1/consents", headers=headers, json=body), 201)


def sign_in(api: Api, email: str, browser: str) -> dict[str, Any]:
    body = {"email": email, "password": PASSWORD}
    return ok(api.post("/v1/sessions", headers=people.visitor(browser), json=body), 201)


def standing(api: Api, headers: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = ok(api.get("/v1/consents", headers=headers))["standing"]
    return found


def test_choices_join_with_their_time_and_are_told_apart(api: Api) -> None:
    email, browser = people.verified(api, decisions={"surveys": "granted"}), people.new_visitor()
    visitor = people.visitor(browser)
    made = decide(api, visitor, site_measurement="granted", advertising_cookies="denied")
    session = sign_in(api, email, browser)
    headers = people.bearer(session["token"])
    stands = standing(api, headers)
    assert {name: (one["decision"], one["origin"]) for name, one in stands.items()} == {
        "surveys": ("granted", "own"),
        MEASURED: ("granted", "joined"),
        ADS: ("denied", "joined"),
    }
    for name in (MEASURED, ADS):
        assert stands[name]["decided_at"] == made["standing"][name]["decided_at"]
        assert stands[name]["expires_at"] == made["standing"][name]["expires_at"]
    last = ok(api.get("/v1/consents/ledger", headers=headers))["items"][-1]
    assert last["source"] == "sign_in"
    assert last["joined"] == {
        "visitor": made["entry_id"].partition(".")[0],
        "entries": dict.fromkeys([ADS, MEASURED], made["entry_id"]),
    }
    subject = session["token"].partition(".")[0]
    chain = ledger.entries(api.stack, subject)
    assert model.verify(chain, ledger.standing(api.stack, subject).head)


def test_a_yes_of_the_browser_to_what_reaches_people_is_no_consent_of_theirs(api: Api) -> None:
    choices = [one["purpose"] for one in ok(api.get("/v1/accounts/form"))["choices"]]
    email, browser = people.verified(api), people.new_visitor()
    decide(api, people.visitor(browser), **dict.fromkeys(choices, "granted"))
    assert ok(api.get("/v1/consents", headers=people.visitor(browser)))["ask"] == {}
    headers = people.bearer(sign_in(api, email, browser)["token"])
    found = ok(api.get("/v1/consents", headers=headers))
    assert set(found["standing"]) | set(found["ask"]) == set(choices)
    assert set(found["standing"]) == {MEASURED, "functionality_cookies"}
    last = ok(api.get("/v1/consents/ledger", headers=headers))["items"][-1]
    assert set(last["joined"]["asked"]) == set(found["ask"])
    receipt = ok(api.get(f"/v1/receipts/{last['entry_id']}", headers=headers))
    assert "surveys" in receipt["content"]["entry"]["opened"]["joined"]["asked"]
    decided = decide(api, headers, "preference_centre", surveys="denied")
    assert decided["standing"]["surveys"]["decision"] == "denied"
    assert "surveys" not in ok(api.get("/v1/consents", headers=headers))["ask"]


def test_the_browser_goes_on_under_a_fresh_token(api: Api) -> None:
    browser, fresh = people.new_visitor(), ""
    for _ in range(3):  # one machine, one person after another
        decide(api, people.visitor(fresh or browser), site_measurement="granted")
        email = people.verified(api)
        session = sign_in(api, email, fresh or browser)
        assert session["visitor"] not in (browser, fresh)
        fresh = session["visitor"]
        assert standing(api, people.visitor(fresh)) == {}
        assert MEASURED in standing(api, people.bearer(session["token"]))


def test_a_no_in_the_account_is_not_given_away_by_a_browser(api: Api) -> None:
    person = people.signed_in(api, decisions={MEASURED: "denied"})
    browser = people.new_visitor()
    decide(api, people.visitor(browser), site_measurement="granted")
    before = tables.of_kind(tables.partition(api.stack, person.subject), "entry")
    session = sign_in(api, person.email, browser)
    assert standing(api, people.bearer(session["token"]))[MEASURED]["decision"] == "denied"
    assert tables.of_kind(tables.partition(api.stack, person.subject), "entry") == before
    chosen = decide(api, person.headers, "preference_centre", site_measurement="granted")
    assert chosen["standing"][MEASURED]["decision"] == "granted"


def test_without_the_header_nothing_joins_and_nothing_is_answered(api: Api) -> None:
    email, browser = people.verified(api), people.new_visitor()
    decide(api, people.visitor(browser), site_measurement="granted")
    body = {"email": email, "password": PASSWORD}
    session = ok(api.post("/v1/sessions", json=body), 201)
    assert "visitor" not in session
    assert standing(api, people.bearer(session["token"])) == {}


def test_nobody_links_a_browser_without_the_password(api: Api) -> None:
    person, browser = people.signed_in(api), people.new_visitor()
    decide(api, people.visitor(browser), site_measurement="granted")
    body = {"email": person.email, "password": "not this one"}
    problem(api.post("/v1/sessions", headers=people.visitor(browser), json=body), 401)
    assert standing(api, person.headers) == {}
    body["password"] = PASSWORD
    refused = problem(api.post("/v1/sessions", headers=people.visitor("short"), json=body), 400)
    assert pointers(refused) == ["/header/Riserbo-Visitor"]


def test_many_sign_ins_at_once_join_once(api: Api) -> None:
    email, browser = people.verified(api), people.new_visitor()
    decide(api, people.visitor(browser), site_measurement="granted")

    def again() -> dict[str, Any]:
        return sign_in(Api(api.stack), email, browser)

    made = at_once([again] * 5)
    subject = made[0]["token"].partition(".")[0]
    entries = ledger.entries(api.stack, subject)
    assert [one.source for one in entries] == ["registration", "sign_in"]
    assert any("visitor" in one for one in made)
    assert model.verify(entries, ledger.standing(api.stack, subject).head)


class TestSigningOut:
    @pytest.fixture
    def ada(self, api: Api) -> Person:
        return people.signed_in(api)

    @pytest.mark.parametrize("path", ["/v1/sessions/current", "/v1/sessions"])
    def test_the_browser_gets_a_fresh_token_too(self, api: Api, ada: Person, path: str) -> None:
        browser, origin = people.new_visitor(), {"Origin": api.base_url}
        headers = {**ada.headers, **people.visitor(browser), **origin}
        ended = api.delete(path, headers=headers)
        assert (ended.status_code, ended.content) == (204, b"")
        fresh = ended.headers["Riserbo-Visitor"]
        assert fresh != browser
        assert standing(api, people.visitor(fresh)) == {}
        assert not owners.is_alive(api, ada)

    def test_also_by_the_sessions_own_id(self, api: Api, ada: Person) -> None:
        (own,) = (one for one in owners.sessions(api, ada) if one["current"])
        headers = {**ada.headers, **people.visitor(people.new_visitor())}
        ended = api.delete(f"/v1/sessions/{own['id']}", headers=headers)
        assert (ended.status_code, "Riserbo-Visitor" in ended.headers) == (204, True)

    def test_only_the_one_that_asked(self, api: Api, ada: Person) -> None:
        other = owners.again(api, ada)
        (listed,) = (one for one in owners.sessions(api, other) if one["current"])
        headers = {**ada.headers, **people.visitor(people.new_visitor())}
        ended = api.delete(f"/v1/sessions/{listed['id']}", headers=headers)
        assert (ended.status_code, "Riserbo-Visitor" in ended.headers) == (204, False)
        plain = api.delete("/v1/sessions/current", headers=ada.headers)
        assert (plain.status_code, "Riserbo-Visitor" in plain.headers) == (204, False)
