"""Accounts that nobody uses, through the deployed stack: warned, back again, waiting, and gone.

All of them were last used at one moment, of which the table says that it is two years ago less a
month; then the clock goes on by 23 and by 30 days.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.accounts import paths
from chalicelib.instants import instant
from tests.functions import desk, letters, owners, people, tables, unused
from tests.functions.api import Api, ok, problem
from tests.functions.buttons import link
from tests.functions.pages import pressed
from tests.functions.people import PASSWORD, Person
from tests.functions.stack import DeployedStack
from tests.functions.strangers import FORM
from tests.functions.waiting import until

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
WARNED = "will be erased on"
WARNING = "/v1/accounts/warning"
WARNS = ("ada", "bob", "carol", "dave", "eve")
WAITS = ("officer", "asks", "held", "restricted")


@dataclass
class Course:
    """What happened to each of them, by name."""

    api: Api
    people: dict[str, Person]
    staff: Person
    started: datetime
    links: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    seen: dict[tuple[str, int], tables.Item | None] = field(default_factory=dict)
    warned: dict[tuple[str, int], list[tables.Item]] = field(default_factory=dict)

    @property
    def stack(self) -> DeployedStack:
        return self.api.stack

    def age(self, name: str, ended: timedelta) -> None:
        """Somebody's last activity is such that their period ended so long ago, or will."""
        month = datetime(2027, 12, 1, tzinfo=UTC)
        ends = self.started - ended
        since = ends - (month.replace(year=2029) - month)  # 731 days: of two years there are fewer
        item = unused.standing(self.stack, self.people[name])
        changed = {name: {"S": instant(since)} for name in ("last_activity_at", "due_since")}
        due = {"due_at": {"S": instant(self.started - HOUR)}, "due_event": {"S": "last_activity"}}
        tables.put(self.stack, {**item, **changed, **due})

    def run(self, days: int, names: tuple[str, ...]) -> None:
        """A run after so many days; what became of everybody.

        Each comes a little later in its hour than the one before: a warning that was given late
        puts off what follows.
        """
        ahead = self.started + days * DAY + (10 + 2 * days) * MINUTE - datetime.now(UTC)
        self.stack.move_clock(int(ahead.total_seconds()))
        before = {name: self._due(name) for name in names}
        self.stack.run_schedule("retention")
        assert until(lambda: all(self._due(name) != before[name] for name in names), 60), before
        for name, person in self.people.items():
            letters.all_sent(self.stack, person.subject)
            found = tables.of_kind(tables.partition(self.stack, person.subject), "standing")
            self.seen[name, days] = found[0] if found else None
            self.warned[name, days] = unused.records(self.stack, person)

    def _due(self, name: str) -> str:
        found = tables.of_kind(tables.partition(self.stack, self.people[name].subject), "standing")
        return str(found[0].get("due_at", {}).get("S")) if found else ""

    def due(self, name: str, days: int) -> timedelta:
        """When somebody is looked at next, counted from the beginning."""
        item = self.seen[name, days]
        assert item is not None, name
        return datetime.fromisoformat(item["due_at"]["S"]) - self.started


@pytest.fixture(scope="module")
def course(stack: DeployedStack) -> Course:
    """The month from the first warning to the end."""
    api = Api(stack)
    staff, _ = desk.officer(api)
    some = {name: people.signed_in(api, locale="en") for name in (*WARNS, *WAITS[1:])}
    some["officer"] = staff
    ok(api.post("/v1/requests", headers=some["asks"].headers, json={"right": "review"}), 201)
    hold = {
        "subject": some["held"].subject,
        "ground": "claims",
        "reason": "File 2026-114.",
        "until": instant(clock.now() + 300 * DAY),
        "classes": ["account"],
    }
    ok(api.post("/v1/desk/holds", headers=staff.headers, json=hold), 201)
    restrict = {"right": "restrict", "ground": "accuracy"}
    ok(api.post("/v1/requests", headers=some["restricted"].headers, json=restrict), 201)
    found = Course(api, some, staff, datetime.now(UTC).replace(microsecond=0))
    assert until(lambda: "restricted" in unused.standing(stack, some["restricted"]))
    for person in some.values():
        letters.all_sent(stack, person.subject)
    for name in some:
        found.age(name, 60 * DAY if name == "eve" else -30 * DAY)
    silent = {**unused.standing(stack, some["dave"]), "suppressed": {"S": "bounce"}}
    tables.put(stack, silent)
    _play(found)
    return found


def _play(course: Course) -> None:
    api, everybody = course.api, (*WARNS, *WAITS)
    course.run(0, everybody)
    course.answers["listed"] = ok(
        api.get("/v1/desk/warnings", headers=course.staff.headers, params={"limit": "100"})
    )["items"]
    for name in ("ada", "bob", "eve"):
        mail = letters.wait(course.stack, course.people[name].email, WARNED)
        course.links[name] = link(mail, paths.WARNING)
    course.stack.move_clock(int(timedelta(days=2).total_seconds()))
    course.answers["kept"] = _press(course, "bob", json=True)
    course.answers["kept again"] = _press(course, "bob", json=True)
    carol = course.people["carol"]
    course.people["carol"] = people.sign_in(api, carol.email)
    course.run(23, everybody)
    letters.wait(course.stack, course.people["ada"].email, WARNED, 2)
    course.run(30, ("ada", "dave", "eve"))
    course.answers["gone"] = _press(course, "ada", json=False)
    course.answers["gone to a program"] = _press(course, "ada", json=True)


def _press(course: Course, name: str, *, json: bool) -> Any:
    url = course.links[name]
    path = url.removeprefix(course.api.base_url)
    token = path.partition("token=")[2].partition("&")[0]
    if json:
        return course.api.post(WARNING, json={"token": f"{token}&utm_source=x"})
    return pressed(course.api, path.partition("?")[0], token=token)


def test_everybody_without_a_reason_to_wait_is_warned(course: Course) -> None:
    for name in WARNS:
        (record,) = course.warned[name, 0]
        assert record["then"]["S"] == "erase"
        assert timedelta(0) <= course.due(name, 0) - 23 * DAY < 2 * HOUR


@pytest.mark.parametrize("name", WAITS)
@pytest.mark.parametrize("days", [0, 23])
def test_who_has_a_reason_to_wait_is_looked_at_the_next_day(
    course: Course, name: str, days: int
) -> None:
    assert course.warned[name, days] == []
    assert timedelta(0) <= course.due(name, days) - (days + 1) * DAY < 2 * HOUR
    assert owners.can_sign_in(course.api, course.people["asks"].email, PASSWORD)


def test_the_mail_says_the_day_and_has_the_link(course: Course) -> None:
    mails = letters.about(course.stack, course.people["ada"].email, WARNED)
    ends = datetime.fromisoformat(course.warned["ada", 23][1]["ends_at"]["S"])
    assert len(mails) == 2
    assert f"{ends:%-d %B %Y}" in letters.text(mails[1])


def test_an_address_that_bounces_is_listed_at_the_desk(course: Course) -> None:
    assert letters.about(course.stack, course.people["dave"].email, WARNED) == []
    ours = {person.subject for person in course.people.values()}
    (shown,) = [one for one in course.answers["listed"] if one["subject"] in ours]
    assert shown["subject"] == course.people["dave"].subject
    assert (shown["reason"], shown["then"]) == ("bounce", "erase")
    problem(course.api.get("/v1/desk/warnings"), 401)


def test_the_button_keeps_the_account(course: Course) -> None:
    assert ok(course.answers["kept"]) == {"status": "kept"}
    assert problem(course.answers["kept again"], 422)["type"].endswith(":link-not-valid")
    assert len(course.warned["bob", 23]) == 1
    assert course.due("bob", 23) > 600 * DAY
    assert owners.can_sign_in(course.api, course.people["bob"].email, PASSWORD)


def test_signing_in_keeps_the_account(course: Course) -> None:
    assert len(course.warned["carol", 23]) == 1
    assert course.due("carol", 23) > 600 * DAY


@pytest.mark.parametrize("name", ["ada", "dave", "eve"])
def test_who_stays_away_is_warned_twice_and_gone_on_the_day(course: Course, name: str) -> None:
    assert len(course.warned[name, 23]) == 2
    item = course.seen[name, 30]
    assert item is None or item["state"]["S"] != "active"
    assert not owners.can_sign_in(course.api, course.people[name].email, PASSWORD)


def test_who_was_seen_first_after_the_end_had_the_whole_time(course: Course) -> None:
    first, second = course.warned["eve", 23]
    at, ends = (datetime.fromisoformat(first[name]["S"]) for name in ("warned_at", "ends_at"))
    assert ends - at == 30 * DAY
    assert second["ends_at"]["S"] >= first["ends_at"]["S"]


def test_the_page_says_in_words_that_the_account_is_gone(course: Course) -> None:
    page = course.answers["gone"]
    assert page.status_code == 422
    assert "This account is gone" in page.text
    assert "you can open a new account" in page.text
    gone = problem(course.answers["gone to a program"], 422)
    assert gone["type"].endswith(":account-gone")


def test_a_form_of_another_site_keeps_nothing(course: Course) -> None:
    """The button is ours alone, as every form is."""
    headers = {**FORM, "Origin": "https://elsewhere.example"}
    answer = course.api.post(WARNING, data="token=x", headers=headers)
    assert answer.status_code in (403, 422)
