"""Many writers on one ledger."""

from __future__ import annotations

import pytest

from chalicelib.consents import model
from tests.functions import ledger, people
from tests.functions.api import Api, ok
from tests.functions.stack import DeployedStack
from tests.functions.together import at_once

WRITERS = 20


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


def test_twenty_captures_at_once_are_one_chain(stack: DeployedStack, api: Api) -> None:
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
