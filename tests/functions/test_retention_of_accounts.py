"""What accounts leave in the table goes when the notice says, each kind by its own rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.functions import letters, moves, owners, people, second_factor, tables
from tests.functions.api import Api, ok, problem
from tests.functions.commands import make_key
from tests.functions.owners import can_sign_in
from tests.functions.people import PASSWORD, Person
from tests.functions.stack import DeployedStack
from tests.functions.strangers import verify
from tests.functions.tables import Item
from tests.functions.waiting import until

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)
NEAR = HOUR + 60 * SECOND
"""A day has an hour more or less where the notice's clocks change."""


@pytest.fixture(scope="module")
def api(stack: Any) -> Api:
    return Api(stack)


@pytest.fixture
def ada(api: Api) -> Person:
    return people.signed_in(api)


def own(api: Api, person: Person, kind: str) -> list[Item]:
    """The items of a kind about an account, which the table may keep in other partitions too."""
    return [
        item
        for item in tables.all_of(api.stack, kind)
        if person.subject in (item.get("subject", {}).get("S"), item["pk"]["S"][2:])
    ]


def counters(api: Api) -> list[Item]:
    """All counts of tries."""
    return tables.all_of(api.stack, "limit")


def left(item: Item, stack: DeployedStack) -> timedelta:
    """How long an item stays, from now on the stack's clock: DynamoDB removes it afterwards."""
    now = datetime.now(UTC) + timedelta(seconds=stack.local.place.ahead)
    return datetime.fromtimestamp(int(item["expires"]["N"]), UTC) - now


def sweep(stack: DeployedStack) -> dict[str, int]:
    """Runs retention once."""
    swept = stack.sweep()
    assert swept["failed"] == 0
    return swept


class TestWhatExpires:
    """What DynamoDB removes by the attribute `expires`, which tests/package/test_data.py names.

    It does so some time later: what has expired works no more before.
    """

    def test_a_registration_that_waits_and_its_code(self, api: Api) -> None:
        _, token = people.pending(api)
        person = Person("", token, token.partition(".")[0])
        (pending,), (code,) = own(api, person, "pending"), own(api, person, "code")
        assert 7 * DAY - 60 * SECOND < left(pending, api.stack) <= 7 * DAY
        assert left(code, api.stack) <= HOUR + SECOND

    def test_a_session(self, api: Api, ada: Person) -> None:
        (session,) = own(api, ada, "session")
        assert 14 * DAY - 60 * SECOND < left(session, api.stack) <= 14 * DAY

    def test_links(self, api: Api, ada: Person) -> None:
        target = moves.moved(api, ada)
        moves.undo_token(api, ada.email)
        ok(api.post("/v1/password-resets", json={"email": target}), 202)
        letters.wait(api.stack, target, letters.RESET)
        stay = {
            link["action"]["S"]: left(link, api.stack) - SECOND for link in own(api, ada, "link")
        }
        used = {f"used:{action}" for action in ("verify_address", "confirm_address")}
        assert stay.keys() == {"disavow", "undo_address", "reset_password"} | used
        assert all(stay[action] <= 7 * DAY for action in used), "no longer than unused"
        assert stay["disavow"] <= 7 * DAY
        assert stay["undo_address"] <= 72 * HOUR
        assert stay["reset_password"] <= HOUR

    def test_counts_of_tries(self, api: Api, ada: Person) -> None:
        known = {item["pk"]["S"] for item in counters(api)}
        wrong = {"email": ada.email, "password": "not this one"}
        headers = {"X-Forwarded-For": "3fff:7e57::1"}  # a network that no other test is in
        problem(api.post("/v1/sessions", headers=headers, json=wrong), 401)
        counted = [item for item in counters(api) if item["pk"]["S"] not in known]
        # By address and network together at two widths, by the address, by the network at three.
        assert len(counted) == 6
        for item in counted:
            assert left(item, api.stack) <= HOUR + SECOND
            # Nothing in a counter says whose it is: not by address, account or network.
            assert item.keys() == {"pk", "sk", "kind", "v", "tries", "expires", "expires_at"}

    def test_a_second_factor_that_was_only_offered(
        self, right_clock: DeployedStack, api: Api, ada: Person
    ) -> None:
        second_factor.offered(api, ada)
        (offered,) = own(api, ada, "second_factor")
        assert left(offered, right_clock) <= HOUR + SECOND
        second_factor.switched_on(api, ada)
        (confirmed,) = own(api, ada, "second_factor")
        assert "expires" not in confirmed

    def test_an_address_that_was_given_up(self, api: Api, ada: Person) -> None:
        moves.moved(api, ada)
        claims = own(api, ada, "claim")
        (reserved,) = [item for item in claims if "expires" in item]
        assert len(claims) == 2
        assert 72 * HOUR - 60 * SECOND < left(reserved, api.stack) <= 72 * HOUR + SECOND
        assert reserved.keys() & {"password_hash", "country"} == set()


class TestAMove:
    def test_is_forgotten_after_three_days(
        self, right_clock: DeployedStack, api: Api, ada: Person
    ) -> None:
        target = moves.moved(api, ada)
        right_clock.move_clock(int((72 * HOUR - NEAR).total_seconds()))
        sweep(right_clock)
        assert own(api, ada, "email_change")
        right_clock.move_clock(int((72 * HOUR + NEAR).total_seconds()))
        assert sweep(right_clock)["erased"] >= 1
        assert own(api, ada, "email_change") == []
        assert can_sign_in(api, target, PASSWORD)
        assert owners.account(api, ada)["profile"]["identity"]["email"] == target

    def test_that_was_never_confirmed_is_too(
        self, right_clock: DeployedStack, api: Api, ada: Person
    ) -> None:
        moves.asked(api, ada)
        right_clock.move_clock(int((72 * HOUR + NEAR).total_seconds()))
        sweep(right_clock)
        assert own(api, ada, "email_change") == []
        assert can_sign_in(api, ada.email, PASSWORD)

    def test_that_was_asked_for_again_stays_as_long_as_the_last(
        self, right_clock: DeployedStack, api: Api, ada: Person
    ) -> None:
        moves.asked(api, ada)
        right_clock.move_clock(int((60 * HOUR).total_seconds()))
        target, token = moves.asked(api, ada)
        right_clock.move_clock(int((73 * HOUR).total_seconds()))
        sweep(right_clock)
        ok(moves.confirmed(api, token))
        undo = moves.undo_token(api, ada.email)  # mailed before time goes on
        right_clock.move_clock(int((140 * HOUR).total_seconds()))
        sweep(right_clock)
        ok(moves.undone(api, undo))
        assert not can_sign_in(api, target, PASSWORD)


class TestErasure:
    KINDS = frozenset(
        {
            "claim",
            "email_change",
            "entry",
            "export",
            "link",
            "profile",
            "reference",
            "request",
            "second_factor",
            "session",
            "standing",
        }
    )

    @pytest.fixture
    def used(self, right_clock: DeployedStack, api: Api, ada: Person) -> Person:
        """Somebody who used all that there is."""
        key = people.bearer(make_key(right_clock, "erased", "accounts")[1])
        path = f"/v1/accounts/{ada.subject}/reference"
        assert api.call("PUT", path, headers=key, json={"reference": "x"}).status_code == 204
        made = ok(api.post("/v1/requests", headers=ada.headers, json={"right": "copy"}), 201)
        request = f"/v1/requests/{made['id']}"
        assert until(lambda: ok(api.get(request, headers=ada.headers))["status"] == "completed")
        device = second_factor.switched_on(api, ada)
        target = moves.moved(api, ada, code=device.code())
        moves.undo_token(api, ada.email)
        letters.all_sent(right_clock, ada.subject)
        return Person(target, ada.token, ada.subject)

    def test_of_an_account_leaves_nothing_of_any_kind(
        self, right_clock: DeployedStack, api: Api, used: Person
    ) -> None:
        kinds = {kind for kind in self.KINDS if own(api, used, kind)}
        assert kinds == self.KINDS
        (standing,) = own(api, used, "standing")
        # As if a rule that erases were due: the shipped notice warns of an unused account's end.
        due = {"due_event": {"S": "disowned"}, "due_at": standing["registered_at"]}
        tables.put(right_clock, {**standing, **due})
        sweep(right_clock)
        assert not any(tables.partition(right_clock, used.subject, one) for one in tables.TABLES)
        assert [kind for kind in self.KINDS if own(api, used, kind)] == []
        assert tables.objects(right_clock, "ExportsBucket", f"exports/{used.subject}/") == []
        assert not owners.is_alive(api, used)
        assert not can_sign_in(api, used.email, PASSWORD)

    def test_of_a_registration_leaves_its_code_and_place_in_the_queue_useless(
        self, right_clock: DeployedStack, api: Api
    ) -> None:
        email = people.new_address()
        people.register(api, email)
        mail = letters.wait(right_clock, email, letters.VERIFY)
        right_clock.move_clock(int((8 * DAY).total_seconds()))
        sweep(right_clock)
        problem(verify(api, email=email, code=people.short_code(mail)), 422)
        people.register(api, email)
        again = letters.token(letters.wait(right_clock, email, letters.VERIFY, 2))
        ok(verify(api, token=again))


def test_using_an_account_keeps_it(right_clock: DeployedStack, api: Api, ada: Person) -> None:
    """Each use counts as activity, from which the 24 months run."""
    uses: list[Callable[[Person], Any]] = [
        lambda person: owners.correct(api, person, {"identity": {"name": "Ada"}}),
        lambda person: owners.prefer(api, person, locale="en"),
        lambda person: owners.deactivate(api, person),
        lambda person: owners.reactivate(api, person),
        lambda person: owners.move(api, person, people.new_address()),
        lambda person: owners.change_password(api, person, PASSWORD),
    ]
    person, seen = ada, [last_activity(api, ada)]
    for days, use in enumerate(uses, 1):
        right_clock.move_clock(days * int(DAY.total_seconds()))
        assert use(person).ok
        seen.append(last_activity(api, ada))
    assert sorted(set(seen)) == seen


def last_activity(api: Api, person: Person) -> str:
    """When an account was used last."""
    (standing,) = own(api, person, "standing")
    return str(standing["last_activity_at"]["S"])
