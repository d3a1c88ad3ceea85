"""What tests of the simulator share: people who decided, requests, and the answer to a draft."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from jsonschema import Draft202012Validator

from chalicelib.publications.contract import simulation as simulation_contract
from chalicelib.publications.service.simulation import simulate
from chalicelib.requests.store import DEADLINE_LANE, RULE_LANE, RequestItem, request_place
from chalicelib.subjects.model import Decision, Life
from tests.unit.core.samples import DISOWNED, NOW
from tests.unit.publications.world import World, subject_of

GRANTED, DENIED = Decision.GRANTED, Decision.DENIED

COUNTED = {
    "accounts": 9,
    "tell": 3,
    "ask": {"newsletter": 3},
    "ask_first": [],
    "alone": 6,
    "visitors": {"browsers": 2, "ask": {"newsletter": 1}},
}
"""Of `people`, when the newsletter is widened."""

_ANSWER = Draft202012Validator(
    dict(simulation_contract.SIMULATION), format_checker=Draft202012Validator.FORMAT_CHECKER
)


def people(world: World) -> None:
    """Three who agreed, two who refused, four who said nothing, two browsers, two not counted."""
    for number in range(5):
        world.person(number, {"newsletter": GRANTED if number < 3 else DENIED})
    for number in range(10, 14):
        world.person(number, life=(Life.ACTIVE, Life.DEACTIVATED)[number % 2])
    world.person(20, {"newsletter": GRANTED}, Life.PENDING)
    world.person(21, {"newsletter": GRANTED}, Life.PENDING, limits=DISOWNED)
    for browser, said in (("a", GRANTED), ("b", DENIED)):
        world.person(0, {"newsletter": said}, subject="v" + browser * 32)


def ask(document: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """The answer of the simulator, which keeps to its schema."""
    body = simulate(document, **rest).body()
    assert [error.message for error in _ANSWER.iter_errors(body)] == []
    return body


def request(
    world: World, number: int, right: str = "erase", closed: datetime | None = None
) -> None:
    """A request of somebody's; one that is open has its deadline, one that is closed its end."""
    subject = subject_of(number)
    pk, sk = request_place(subject, f"{number:026d}")
    item = RequestItem(
        pk=pk,
        sk=sk,
        kind="request",
        right=right,
        status="received" if closed is None else "completed",
        received_at=NOW,
        channel="website",
        locale="en",
        history=[],
    )
    if closed is None:
        item.schedule(DEADLINE_LANE, NOW + timedelta(days=30), "created", NOW)
    else:
        item.schedule(RULE_LANE, closed + timedelta(days=730), "closed", closed)
    world.tables.put(item)
