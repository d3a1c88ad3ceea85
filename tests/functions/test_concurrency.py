"""Many writers on one ledger."""

from __future__ import annotations

import pytest

from chalicelib.consents import model
from tests.functions import ledger, people, tables
from tests.functions.api import Api, ok, problem
from tests.functions.stack import DeployedStack
from tests.functions.together import at_once

WRITERS = 8
"""Each is a cold start of its own: more of them try the machine and not the ledger."""


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


def test_captures_at_once_are_one_chain(stack: DeployedStack, api: Api) -> None:
    visitor, version = people.new_visitor(), api.notice_version()

    def capture(number: int) -> str:
        body = {
            "notice_version": version,
            "decisions": {"site_measurement": ["granted", "denied"][number % 2]},
            "source": "banner",
            "event_id": f"event-{number}",
        }
        answer = Api(stack).post("/v1/consents", headers=people.visitor(visitor), json=body)
        return str(ok(answer, 201)["entry_id"])

    made = at_once([lambda number=number: capture(number) for number in range(WRITERS)])  # type: ignore[misc]
    assert len(set(made)) == WRITERS
    subject = made[0].partition(".")[0]
    entries, standing = ledger.entries(stack, subject), ledger.standing(stack, subject)
    assert [one.seq for one in entries] == list(range(1, WRITERS + 1))
    assert model.verify(entries, standing.head)
    assert {one.id for one in entries} == set(made)
    assert standing.seq == WRITERS


def test_the_same_event_sent_many_times_at_once_is_one_entry(
    stack: DeployedStack, api: Api
) -> None:
    visitor = people.new_visitor()
    body = {
        "notice_version": api.notice_version(),
        "decisions": {"site_measurement": "granted"},
        "source": "banner",
        "event_id": "one click",
    }

    def capture() -> str:
        answer = Api(stack).post("/v1/consents", headers=people.visitor(visitor), json=body)
        return str(ok(answer, 201)["entry_id"])

    (entry_id,) = set(at_once([capture] * 5))
    assert len(ledger.entries(stack, entry_id.partition(".")[0])) == 1


def test_browsers_that_join_while_their_person_decides_are_one_chain(
    stack: DeployedStack, api: Api
) -> None:
    person, version = people.signed_in(api, decisions={"surveys": "denied"}), api.notice_version()
    browsers = [people.new_visitor() for _ in range(4)]
    body = {"notice_version": version, "source": "banner"}
    for browser in browsers:
        given = {"site_measurement": "granted", "surveys": "granted"}
        headers = people.visitor(browser)
        ok(api.post("/v1/consents", headers=headers, json={**body, "decisions": given}), 201)

    def join(browser: str) -> None:
        credentials = {"email": person.email, "password": people.PASSWORD}
        headers = people.visitor(browser)
        ok(Api(stack).post("/v1/sessions", headers=headers, json=credentials), 201)

    def refuse() -> None:
        headers = {**person.headers, "Sec-GPC": "1"}
        given = {"decisions": {"site_measurement": "denied"}}
        ok(Api(stack).post("/v1/consents", headers=headers, json={**body, **given}), 201)

    at_once(
        [
            *(lambda browser=browser: join(browser) for browser in browsers),
            *[refuse] * 4,
        ]
    )
    entries, standing = (
        ledger.entries(stack, person.subject),
        ledger.standing(stack, person.subject),
    )
    assert model.verify(entries, standing.head)
    assert [one.seq for one in entries] == list(range(1, standing.seq + 1))
    refused = {name for name, one in standing.decisions.items() if one.decision != "granted"}
    assert refused >= {"surveys", "site_measurement", "advertising_cookies"}


def test_a_chain_can_be_checked_after_its_keys_were_destroyed(
    stack: DeployedStack, api: Api
) -> None:
    visitor = people.visitor(people.new_visitor())
    body = {"notice_version": api.notice_version(), "source": "banner"}
    made = ""
    for choice in ("granted", "denied", "granted"):
        given = {"decisions": {"site_measurement": choice}}
        answer = api.post("/v1/consents", headers=visitor, json={**body, **given})
        made = str(ok(answer, 201)["entry_id"])
    subject = made.partition(".")[0]
    for key in tables.partition(stack, subject, "KeysTable"):
        tables.remove(stack, key, "KeysTable")
    assert ok(api.get("/v1/consents/ledger", headers=visitor))["items"] == []
    entries = ledger.entries(stack, subject)
    assert model.verify(entries, ledger.standing(stack, subject).head)
    assert not model.verify(entries[:-1], ledger.standing(stack, subject).head)
    given = {"decisions": {"site_measurement": "denied"}}
    problem(api.post("/v1/consents", headers=visitor, json={**body, **given}), 401)
