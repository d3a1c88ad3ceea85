"""A consent that lasts from the last sign of interest: a sign-in moves its end, none revives it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.notices.model import Period
from tests.functions import people
from tests.functions.api import Api, ok
from tests.functions.commands import make_key
from tests.functions.people import Person
from tests.functions.stack import DeployedStack

OFFERS = "offers_email"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Clock:
    """The stack's clock, set by instants."""

    def __init__(self, stack: DeployedStack) -> None:
        self._stack = stack

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._stack.local.place.ahead)

    def set(self, to: datetime) -> None:
        self._stack.move_clock(int((to - datetime.now(UTC)).total_seconds()))


def until(api: Api, person: Person) -> tuple[str, datetime]:
    """What its person is told of the consent: its effect, and when it ends."""
    found = ok(api.get("/v1/consents", headers=person.headers))["standing"][OFFERS]
    return found["decision"], datetime.fromisoformat(found["expires_at"])


def ends(start: datetime) -> datetime:
    return Period(months=24).after(start)


def test_a_preference_ends_two_years_after_the_last_sign_in(
    stack: DeployedStack, right_clock: DeployedStack
) -> None:
    api, clock = Api(stack), Clock(right_clock)
    key = people.bearer(make_key(stack, "interest", "decisions")[1])

    def decided(person: Person) -> Any:
        asked = f"/v1/decisions?subject={person.subject}&purpose={OFFERS}"
        return ok(api.get(asked, headers=key))["reasons"]

    ada = people.signed_in(api, decisions={OFFERS: "granted"})
    state, end = until(api, ada)
    assert state == "granted"
    assert abs(end - ends(clock.now())) < HOUR

    # Nobody ran anything: the instant itself decides.
    clock.set(end - HOUR)
    assert decided(ada) == ["granted"]
    clock.set(end + HOUR)
    assert decided(ada) == ["expired"]

    clock.set(end - DAY)
    ada = people.sign_in(api, ada.email)
    state, later = until(api, ada)
    assert (state, abs(later - ends(clock.now())) < HOUR) == ("granted", True)
    clock.set(later - HOUR)
    assert decided(ada) == ["granted"]

    clock.set(later + HOUR)
    assert decided(ada) == ["expired"]
    ada = people.sign_in(api, ada.email)
    assert decided(ada) == ["expired"]
    assert until(api, ada) == ("expired", later)
    clock.set(later + 30 * DAY)
    ada = people.sign_in(api, ada.email)
    assert until(api, ada) == ("expired", later)
