"""Decisions that are recorded and receipts that are signed have limits; a refusal meets none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from chalicelib.unsubscribe.model import Kind, Scope
from tests.functions import desk, figures, ledger, people, sinks, strangers, unsubscribing
from tests.functions.api import Api, ok
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.strangers import retry_after, somewhere

MOST = 20
"""Acts of a person an hour, and receipts."""

ALL = 25
"""Acts with a yes in them of one network an hour, and receipts."""

FIGURES = (
    f"capture.person={MOST},capture.network={ALL},signature.person={MOST},signature.network={ALL}"
)
YES, NO = {"promotion": "granted"}, {"surveys": "denied"}
BOTH = YES | NO
REFUSED = {"denied", "withdrawn", "objected"}


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Iterator[Api]:
    """A stage with low figures, at the beginning of an hour."""
    with figures.set_for(stack, ("consents", "profile", "receipts"), FIGURES):
        strangers.begin_hour(stack)
        yield Api(stack)


@pytest.fixture(scope="module")
def person(api: Api) -> Person:
    """Somebody who has agreed to all that is asked about below, as often as they may decide."""
    found = people.signed_in(api, decisions={"surveys": "granted", "products_email": "granted"})
    while capture(api, found.headers, YES).status_code == 201:
        pass
    return found


def capture(
    api: Api,
    headers: dict[str, str],
    decisions: dict[str, str],
    here: dict[str, str] | None = None,
    **more: Any,
) -> requests.Response:
    body = {"notice_version": api.notice_version(), "decisions": decisions, "source": "banner"}
    sent = {**headers, **(somewhere() if here is None else here)}
    return api.post("/v1/consents", headers=sent, json={**body, **more})


def prefer(api: Api, headers: dict[str, str], decisions: dict[str, str]) -> requests.Response:
    body = {"notice_version": api.notice_version(), "decisions": decisions}
    sent = {**headers, **somewhere()}
    return api.call("PUT", "/v1/account/preferences", headers=sent, json=body)


def browser(api: Api) -> dict[str, str]:
    return people.visitor(people.new_visitor())


def stands(api: Api, headers: dict[str, str], purpose: str) -> str:
    """What is recorded about a purpose; nothing as `none`."""
    found = ok(api.get("/v1/consents", headers=headers))["standing"]
    return str(found[purpose]["recorded"]) if purpose in found else "none"


def entries(api: Api, subject: str) -> int:
    return len(ledger.entries(api.stack, subject))


class TestOfAPerson:
    def test_a_browser_decides_so_often_and_then_only_refuses(self, api: Api) -> None:
        headers = browser(api)
        answers = [capture(api, headers, YES) for _ in range(MOST + 1)]
        assert strangers.statuses(answers) == [201] * MOST + [429]
        assert 0 < retry_after(answers[-1]) <= 3600
        subject = answers[0].json()["entry_id"].partition(".")[0]
        both = capture(api, headers, BOTH)
        assert both.json()["recorded"]["standing"]["surveys"]["decision"] == "denied"
        assert (both.status_code, stands(api, headers, "surveys")) == (429, "denied")
        for _ in range(3):
            ok(capture(api, headers, {"promotion": "denied"}), 201)
        assert stands(api, headers, "promotion") == "withdrawn"
        assert entries(api, subject) == MOST + 2

    def test_a_signal_counts(self, api: Api) -> None:
        headers = browser(api)
        for _ in range(MOST):
            ok(capture(api, headers, {"advertising_cookies": "granted"}), 201)
        sent = {**headers, "Sec-GPC": "1"}
        for _ in range(2):
            ok(capture(api, sent, {}, source="signal"), 201)
        assert stands(api, headers, "advertising_cookies") == "withdrawn"

    def test_an_account_agrees_to_nothing_more_wherever_it_tries(
        self, api: Api, person: Person
    ) -> None:
        before = entries(api, person.subject)
        for answer in (capture(api, person.headers, YES), prefer(api, person.headers, YES)):
            retry_after(answer)
        assert entries(api, person.subject) == before == MOST

    def test_and_refuses_through_every_door(self, api: Api, person: Person) -> None:
        both = prefer(api, person.headers, BOTH)
        retry_after(both)
        assert both.json()["recorded"]["decisions"]["surveys"] == "withdrawn"
        for _ in range(2):
            ok(prefer(api, person.headers, NO))
            ok(capture(api, person.headers, {"promotion": "denied"}), 201)
            link = unsubscribing.minted(
                api.stack,
                person.subject,
                Scope(Kind.PURPOSE, "products_email"),
            )
            ok(unsubscribing.click(api, link))
        for purpose in ("surveys", "promotion", "products_email"):
            assert stands(api, person.headers, purpose) in REFUSED
        assert entries(api, person.subject) == MOST + 3

    def test_the_desk_records_a_letter_and_a_browser_s_refusal_joins(self, api: Api) -> None:
        staff, found = desk.officer(api)[0], people.signed_in(api, decisions={"surveys": "granted"})
        while capture(api, found.headers, YES).status_code == 201:
            pass
        body: dict[str, Any] = {
            "subject": found.subject,
            "decisions": NO,
            "channel": "post",
            "received_at": "2026-11-20T09:00:00Z",
        }
        ok(api.post("/v1/desk/decisions", headers=staff.headers, json=body), 201)
        assert stands(api, found.headers, "surveys") == "withdrawn"
        mine = browser(api)
        ok(capture(api, mine, {"site_measurement": "denied"}), 201)
        body = {"email": found.email, "password": people.PASSWORD}
        ok(api.post("/v1/sessions", headers=mine, json=body), 201)
        assert stands(api, found.headers, "site_measurement") == "denied"


class TestOfANetwork:
    def test_a_yes_is_refused_and_every_no_recorded(self, api: Api) -> None:
        here = somewhere()
        answers = [capture(api, browser(api), YES, here) for _ in range(ALL + 1)]
        assert strangers.statuses(answers) == [201] * ALL + [429]
        retry_after(answers[-1])
        new = browser(api)
        for _ in range(3):
            ok(capture(api, new, NO, here), 201)
        assert stands(api, new, "surveys") == "denied"
        both = capture(api, {}, BOTH, here)
        retry_after(both)
        token = both.json()["recorded"]["visitor"]
        assert stands(api, people.visitor(token), "surveys") == "denied"
        assert stands(api, people.visitor(token), "promotion") == "none"
        ok(capture(api, browser(api), YES), 201)
        lines = [content for _, content in sinks.logs(api.stack, of="/consents")]
        found = [json.loads(one[one.index(b"{") :]) for one in lines if b"limit.reached" in one]
        assert "capture.network" in {one["limit"] for one in found}
        assert here["X-Forwarded-For"].rpartition("::")[0].encode() not in b"".join(lines)


class TestOfReceipts:
    def test_one_person_gets_so_many_and_verifies_them_all_the_while(self, api: Api) -> None:
        headers = browser(api)
        path = f"/v1/receipts/{ok(capture(api, headers, YES), 201)['entry_id']}"
        answers = [api.get(path, headers={**headers, **somewhere()}) for _ in range(MOST + 1)]
        assert strangers.statuses(answers) == [200] * MOST + [429]
        assert 0 < retry_after(answers[-1]) <= 3600
        body = {"receipt": answers[0].json()["receipt"]}
        assert ok(api.post("/v1/receipts/verify", json=body))["valid"]
        page = api.get(path, headers={**headers, **somewhere(), "Accept": "text/html"})
        assert (page.status_code, page.headers["Content-Type"][:9]) == (429, "text/html")

    def test_so_does_one_network(self, api: Api) -> None:
        here, answers = somewhere(), []
        for _ in range(3):
            headers = browser(api)
            path = f"/v1/receipts/{ok(capture(api, headers, YES), 201)['entry_id']}"
            answers += [api.get(path, headers={**headers, **here}) for _ in range(ALL // 3 + 1)]
        assert strangers.statuses(answers) == [200] * ALL + [429] * (len(answers) - ALL)
        ok(api.get(path, headers={**headers, **somewhere()}))


def test_all_begin_anew_with_the_next_hour(api: Api, person: Person) -> None:
    again = capture(api, person.headers, YES)
    strangers.move_on(api.stack, retry_after(again))
    ok(capture(api, person.headers, YES), 201)
    assert stands(api, person.headers, "promotion") == "granted"
