"""Requests and the audit are read while an erasure runs: no door fails, whatever is gone."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from requests import Response

from chalicelib import clock
from chalicelib.instants import instant
from tests.functions import desk, letters, people, tables
from tests.functions.api import Api, ok
from tests.functions.commands import run
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.test_erasure_meanwhile import mark
from tests.functions.waiting import until

REQUESTS, DESK = "/v1/requests", "/v1/desk/requests"
PROOF = "Confermi la Sua richiesta"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def staff(api: Api) -> Person:
    return desk.officer(api)[0]


@dataclass(frozen=True, slots=True)
class Erased:
    """Somebody to be erased, whose requests are one open, with words, and others closed."""

    subject: str
    email: str
    headers: dict[str, str]
    requests: tuple[str, ...]

    def looks(self, api: Api, staff: Person) -> Iterator[Response]:
        """What every door that reads requests or the audit answers, to the desk and to them."""
        month = instant(clock.now())[:7]
        queries: tuple[tuple[str, dict[str, str]], ...] = (
            (DESK, {"limit": "100"}),
            (DESK, {"right": "review", "limit": "100"}),
            (DESK, {"closed_in": month, "limit": "100"}),
            ("/v1/desk/reports/requests", {"month": month}),
            ("/v1/desk/audit", {"limit": "100"}),
            ("/v1/desk/audit", {"subject": self.subject}),
        )
        for path, params in queries:
            yield api.get(path, headers=staff.headers, params=params)
        for body in ({"subject": self.subject}, {"request": self.requests[0]}):
            yield api.post("/v1/desk/subjects/search", headers=staff.headers, json=body)
        yield api.get(REQUESTS, headers=self.headers)
        for one in self.requests:
            yield api.get(f"{DESK}/{one}", headers=staff.headers)
            for path in (f"{REQUESTS}/{one}", f"{REQUESTS}/{one}/export"):
                yield api.get(path, headers=self.headers)


def account(api: Api, staff: Person) -> Erased:
    """Somebody with an account."""
    who = people.signed_in(api, decisions={"surveys": "granted"})
    asked: dict[str, dict[str, Any]] = {
        "review": {"details": "Please look again."},
        "object": {"purposes": ["improvement"]},
        "erase": {"details": "Everything, please."},
    }
    made = {
        right: ok(api.post(REQUESTS, headers=who.headers, json={"right": right, **body}), 201)["id"]
        for right, body in asked.items()
    }
    words = {"text": "And this."}
    ok(api.post(f"{REQUESTS}/{made['review']}/messages", headers=who.headers, json=words), 201)
    act(api, staff, made["object"], action="refuse", ground="compelling_grounds", text="See there.")
    return Erased(who.subject, who.email, who.headers, tuple(made.values()))


def stranger(api: Api, _staff: Person) -> Erased:
    """Somebody without one, who asked with an address alone."""
    email = people.new_address()
    body = {"right": "erase", "email": email, "details": "Everything, please."}
    request = ok(api.post(REQUESTS, json=body), 202)["id"]
    token = letters.token(letters.wait(api.stack, email, PROOF))
    proven = ok(api.post(f"{REQUESTS}/{request}/verification", json={"token": token}))
    return Erased(request, email, people.bearer(proven["token"]), (request,))


def act(api: Api, staff: Person, request: str, **body: str) -> None:
    ok(api.post(f"{DESK}/{request}/actions", headers=staff.headers, json=body))


def failed(answers: Iterator[Response]) -> list[str]:
    """The answers that say that something broke."""
    return [f"{one.url}: {one.text}" for one in answers if one.status_code >= 500]


def test_nothing_fails_while_somebody_is_erased(api: Api, staff: Person) -> None:
    who, over = account(api, staff), threading.Event()
    assert failed(who.looks(api, staff)) == []

    def look() -> tuple[int, list[str]]:
        own, rounds, found = Api(api.stack), 0, list[str]()
        while not over.is_set() and not found:
            found += failed(who.looks(own, staff))
            rounds += 1
        return rounds, found

    def answered() -> bool:
        shown = ok(api.get(f"{DESK}/{who.requests[-1]}", headers=staff.headers))
        return bool(shown["status"] == "completed")

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look)
        try:
            act(api, staff, who.requests[-1], action="approve")
            assert until(answered)
        finally:
            over.set()
    rounds, found = looking.result()
    assert (found, rounds >= 1) == ([], True)
    assert failed(who.looks(api, staff)) == []
    kinds = {one["kind"]["S"] for one in tables.partition(api.stack, who.subject)}
    assert "tombstone" in kinds
    assert run(api.stack, "infra.audit").returncode == 0


@pytest.mark.parametrize(("make", "seed"), [(account, 1), (stranger, 2)])
def test_nothing_fails_in_whatever_order_it_goes(
    api: Api, staff: Person, make: Any, seed: int
) -> None:
    stack, who = api.stack, make(api, staff)
    letters.all_sent(stack, who.subject)
    if make is account:
        mark(stack, Person(who.email, "", who.subject))
    places = [
        (stack.outputs[table], {"pk": one["pk"], "sk": one["sk"]})
        for table in ("RecordsTable", "KeysTable")
        for one in tables.partition(stack, who.subject, table)
    ]
    assert len(places) >= (12 if make is account else 4)
    random.Random(seed).shuffle(places)
    for table, place in places:
        stack.client("dynamodb").delete_item(TableName=table, Key=place)
        assert failed(who.looks(api, staff)) == [], place
