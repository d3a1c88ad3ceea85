"""Which API key may ask the decision point, and what an answer costs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from chalicelib.api_keys import service as api_keys
from tests.bench.engines import services
from tests.bench.world import World, done, world
from tests.functions import people, tables
from tests.functions.api import Api, ok, problem
from tests.functions.commands import KEY, make_key, run
from tests.functions.deciding import DECISIONS, MEASURING, SURVEYS, ask
from tests.functions.people import Person, bearer
from tests.functions.stack import DeployedStack


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


def asked(api: Api, key: str) -> requests.Response:
    """Whether a key may ask."""
    params = {"subject": "a" * 26, "purpose": MEASURING}
    answer = api.get(DECISIONS, headers=bearer(key), params=params)
    question = api.post(DECISIONS, headers=bearer(key), json={"questions": [params]})
    assert question.status_code == answer.status_code
    return answer


@pytest.fixture
def ada(api: Api) -> Person:
    return people.signed_in(api)


class TestKey:
    def test_is_needed(self, api: Api, ada: Person) -> None:
        for key in (ada.token, f"rsk_{'a' * 26}.{'b' * 43}", "rsk_"):
            problem(asked(api, key), 401)
        problem(api.get(DECISIONS, params={"subject": "a" * 26, "purpose": MEASURING}), 401)

    def test_needs_the_scope(self, api: Api) -> None:
        _, other = make_key(api.stack, "others", "introspection,accounts,disclosures")
        assert "decisions" in problem(asked(api, other), 403)["detail"]

    def test_that_is_revoked_or_expired_works_no_more(self, right_clock: DeployedStack) -> None:
        api = Api(right_clock)
        key_id, revoked = make_key(api.stack, "revoked", "decisions")
        ok(asked(api, revoked))
        assert run(api.stack, "infra.api_keys", "revoke", key_id).returncode == 0
        problem(asked(api, revoked), 401)
        last = datetime.now(UTC) + timedelta(days=3)
        _, short = make_key(api.stack, "short", "decisions", f"{last:%Y-%m-%d}")
        ok(asked(api, short))
        right_clock.move_clock(5 * 86400)
        problem(asked(api, short), 401)

    def test_that_is_replaced_works_on_for_a_week(self, right_clock: DeployedStack) -> None:
        api = Api(right_clock)
        old_id, old = make_key(api.stack, "rotated", "decisions,introspection")
        done = run(api.stack, "infra.api_keys", "rotate", old_id, "")
        found = KEY.fullmatch(done.stdout)
        assert found, done
        assert "works until" in done.stderr
        new = found[0].strip()
        assert new not in done.stderr
        listed = run(api.stack, "infra.api_keys", "list").stdout
        assert [line.split()[4:] for line in listed.splitlines() if " rotated" in line] == [
            ["decisions,introspection", "rotated"]
        ] * 2
        for key in (old, new):
            ok(asked(api, key))
        right_clock.move_clock(7 * 86400 + 60)
        problem(asked(api, old), 401)
        ok(asked(api, new))
        again = run(api.stack, "infra.api_keys", "rotate", old_id, "")
        assert (again.returncode, again.stdout) == (1, "")
        assert "no such key" in again.stderr

    def test_changes_nothing_by_asking(self, api: Api, ada: Person) -> None:
        _, key = make_key(api.stack, "reading", "decisions")
        before = tables.partition(api.stack, ada.subject)
        ask(api, key, ada.subject, SURVEYS)
        assert tables.partition(api.stack, ada.subject) == before


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with services(tmp_path_factory.mktemp("cost")) as local, world(local, hashing=False) as made:
        yield made


class TestCost:
    """The function runs in this process, on an engine of its own, so that its calls are seen."""

    def test_is_one_strongly_consistent_call_of_two_units(self, here: World) -> None:
        subject = decided(here)
        query = {"subject": subject, "purpose": here.choices[0]}
        run = here.http("decisions", "GET", DECISIONS, query=query, headers=asking())
        call = only_call(here, run)
        assert (call.operation, call.computed_reads) == ("BatchGetItem", 2)
        wanted = call.parameters["RequestItems"].values()  # of the keys' table and the standings'
        assert [(one["ConsistentRead"], len(one["Keys"])) for one in wanted] == [(True, 1)] * 2

    def test_of_a_batch_is_one_call_and_a_unit_for_each_person(self, here: World) -> None:
        about = [decided(here) for _ in range(9)]
        questions = [{"subject": one, "purpose": here.choices[n]} for one in about for n in (0, 1)]
        body = {"questions": questions}
        run = here.http("decisions", "POST", DECISIONS, body=body, headers=asking())
        call = only_call(here, run)
        assert (call.operation, call.computed_reads) == ("BatchGetItem", 10)


def asking() -> dict[str, str]:
    """The header of a new key that may ask."""
    return bearer(api_keys.create("cost", ["decisions"])[1])


def decided(here: World) -> str:
    """The subject of a browser that agreed to eight purposes and took it back."""
    answer = done(here.capture(here.visitor(("granted", 8)), "denied", 8)(), 201)
    entry: str = json.loads(answer["body"])["entry_id"]
    return entry.partition(".")[0]


def only_call(here: World, run: Any) -> Any:
    """The one call that a warm function makes, which answers no."""
    done(run(), 200)
    here.recorder.clear()
    body = done(run(), 200)["body"]
    assert '"allowed":false' in body
    assert '"allowed":true' not in body
    assert here.recorder.sent == len(here.recorder.calls) == 1
    return here.recorder.calls[0]
