"""Somebody else opened an account with my address: I say so, from the mail that I got."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pytest

from chalicelib.subjects.model import Life
from tests.functions import ledger, people, strangers, tables
from tests.functions.api import HTML, Api, ok, problem
from tests.functions.pages import led_to, pressed
from tests.functions.people import PASSWORD, Person
from tests.functions.stack import DeployedStack
from tests.functions.strangers import NOBODYS, disavow, resend, seen, sign_in, verify
from tests.functions.together import at_once

PATH, PAGE = "/v1/accounts/disavowal", "/disavowal"
DAY = 86400


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@dataclass(frozen=True)
class Opened:
    """An account that somebody opened with the address of another, who has its mail unread."""

    email: str
    link: str
    code: str
    disavowal: str

    @property
    def subject(self) -> str:
        """The account's subject."""
        return self.link.partition(".")[0]


@pytest.fixture
def opened(api: Api) -> Opened:
    return open_account(api)


@pytest.fixture(scope="module")
def refusal(api: Api) -> object:
    """What is said of a link that nobody ever made."""
    answer = disavow(api, NOBODYS)
    problem(answer, 422)
    return seen(answer)


def open_account(api: Api) -> Opened:
    """Somebody opens an account, with a profile and with a decision."""
    email = people.new_address()
    profile = {"identity": {"name": "Not Me"}}
    people.register(api, email, profile=profile, decisions={"offers_email": "granted"})
    (mail,) = people.mails(api.stack, email)
    code = people.short_code(mail)
    return Opened(email, people.link_token(mail), code, people.disavowal_token(mail))


def whole(stack: DeployedStack, subject: str) -> list[tables.Item]:
    """All there is about somebody, in both tables."""
    return [item for table in tables.TABLES for item in tables.partition(stack, subject, table)]


class TestLooking:
    @pytest.mark.parametrize(
        ("locale", "button"),
        [("it", "Non ho aperto io questo account"), ("en", "I did not open this account")],
    )
    def test_shows_a_button_and_changes_nothing(
        self, api: Api, opened: Opened, locale: str, button: str
    ) -> None:
        strangers.all_mail_is_out(api.stack)
        before = whole(api.stack, opened.subject)
        headers = {"Accept": HTML, "Accept-Language": locale}
        for _ in range(2):
            page = api.get(PAGE, params={"token": opened.disavowal}, headers=headers)
            assert page.status_code == 200
            assert f'<html lang="{locale}">' in page.text
            assert f"{button}</button>" in page.text
            assert f'value="{opened.disavowal}"' in page.text
        assert whole(api.stack, opened.subject) == before
        ok(verify(api, token=opened.link))

    def test_looks_nothing_up(self, api: Api, opened: Opened) -> None:
        pages = [api.get(PAGE, params={"token": one}) for one in (opened.disavowal, NOBODYS)]
        texts = [page.text.replace(opened.disavowal, NOBODYS) for page in pages]
        # The value by which a form is run once is new on each page.
        first, second = (re.sub(r'name="once" value="[^"]+"', "", text) for text in texts)
        assert first == second


class TestUnverified:
    def test_account_is_disowned_at_once(self, api: Api, opened: Opened) -> None:
        assert ok(disavow(api, opened.disavowal)) == {"status": "disowned"}
        assert ledger.standing(api.stack, opened.subject).disowned
        problem(verify(api, token=opened.link), 422)
        problem(verify(api, email=opened.email, code=opened.code), 422)
        problem(sign_in(api, opened.email, PASSWORD), 401)
        assert ledger.standing(api.stack, opened.subject).disowned

    def test_account_gets_no_mail_any_more(self, api: Api, opened: Opened) -> None:
        ok(disavow(api, opened.disavowal))
        ok(resend(api, opened.email), 202)
        ok(strangers.ask_reset(api, opened.email), 202)
        strangers.all_mail_is_out(api.stack)
        assert len(api.stack.mails_to(opened.email)) == 1

    def test_account_is_erased_by_the_next_sweep(self, api: Api, opened: Opened) -> None:
        ok(disavow(api, opened.disavowal))
        assert whole(api.stack, opened.subject)
        assert api.stack.sweep()["erased"] >= 1
        assert whole(api.stack, opened.subject) == []
        left = [
            item
            for table in tables.TABLES
            for item in tables.scan(api.stack, table)
            if opened.subject in str(item)
        ]
        assert {item["kind"]["S"] for item in left} <= {"code"}  # dies of itself within the hour
        problem(verify(api, token=opened.link), 422)
        problem(verify(api, email=opened.email, code=opened.code), 422)
        problem(disavow(api, opened.disavowal), 422)

    def test_address_is_free_for_its_owner(self, api: Api, opened: Opened) -> None:
        ok(disavow(api, opened.disavowal))
        api.stack.sweep()
        people.register(api, opened.email)
        mail = people.mails(api.stack, opened.email, 2)[-1]
        ok(verify(api, token=people.link_token(mail)))
        assert people.sign_in(api, opened.email).subject != opened.subject

    def test_registration_alone_is_stopped_and_no_other_of_the_address(
        self, api: Api, opened: Opened
    ) -> None:
        people.register(api, opened.email)
        own = people.link_token(people.mails(api.stack, opened.email, 2)[-1])
        ok(disavow(api, opened.disavowal))
        ok(verify(api, token=own))
        people.sign_in(api, opened.email)

    def test_account_is_disowned_by_the_button(self, api: Api, opened: Opened) -> None:
        """Whoever presses it twice is told that it was done; a program, that the link is spent."""
        tokens = (opened.disavowal, opened.disavowal, NOBODYS)
        done, before, dead = (pressed(api, PAGE, token=one) for one in tokens)
        assert led_to(api, done) == "/disavowal disowned"
        assert led_to(api, before) == "/disavowal before"
        assert dead.status_code == 422
        problem(disavow(api, opened.disavowal), 422)
        assert ledger.standing(api.stack, opened.subject).disowned

    def test_account_is_either_proven_or_stopped(self, api: Api) -> None:
        for _ in range(3):
            opened = open_account(api)
            acts = [
                lambda opened=opened: verify(Api(api.stack), token=opened.link),
                lambda opened=opened: disavow(Api(api.stack), opened.disavowal),
            ]
            proven, stopped = at_once(acts)
            stands = ledger.standing(api.stack, opened.subject)
            if proven.status_code == 200:
                assert (stands.life, stands.disowned) == (Life.ACTIVE, False)
                assert stopped.status_code == 422 or ok(stopped)["status"] == "request_opened"
            else:
                assert (proven.status_code, stands.disowned) == (422, True)
                assert ok(stopped) == {"status": "disowned"}


class TestVerified:
    @pytest.fixture
    def owner(self, api: Api, opened: Opened) -> Person:
        """Whoever proved the address, signed in."""
        ok(verify(api, token=opened.link))
        return people.sign_in(api, opened.email)

    def test_account_gets_a_request_that_its_owner_sees(
        self, api: Api, opened: Opened, owner: Person
    ) -> None:
        assert ok(disavow(api, opened.disavowal)) == {"status": "request_opened"}
        (request,) = ok(api.get("/v1/requests", headers=owner.headers))["items"]
        assert (request["right"], request["status"]) == ("restrict", "received")
        one = ok(api.get(f"/v1/requests/{request['id']}", headers=owner.headers))
        assert one == {**request, "messages": []}
        wait = date.fromisoformat(one["clock"]["ends_on"]) - date.fromisoformat(one["received_on"])
        assert 28 <= wait.days <= 31  # one month: GDPR art. 12(3)

    def test_account_goes_on(self, api: Api, opened: Opened, owner: Person) -> None:
        ok(disavow(api, opened.disavowal))
        assert ok(api.get("/v1/account", headers=owner.headers))["state"] == "active"
        people.sign_in(api, opened.email)
        api.stack.sweep()
        assert ledger.standing(api.stack, opened.subject).life is Life.ACTIVE

    def test_account_gets_one_request_however_often_it_is_said(
        self, api: Api, opened: Opened, owner: Person
    ) -> None:
        def say() -> int:
            return disavow(Api(api.stack), opened.disavowal).status_code

        assert sorted(at_once([say] * 3)) == [200, 422, 422]
        problem(disavow(api, opened.disavowal), 422)
        assert len(ok(api.get("/v1/requests", headers=owner.headers))["items"]) == 1

    def test_account_gets_a_request_by_the_button(
        self, api: Api, opened: Opened, owner: Person
    ) -> None:
        answer = pressed(api, PAGE, token=opened.disavowal)
        assert led_to(api, answer) == "/disavowal asked"
        assert len(ok(api.get("/v1/requests", headers=owner.headers))["items"]) == 1


class TestLink:
    """Whatever is wrong with it, what is said of it is the same."""

    def test_used(self, api: Api, opened: Opened, refusal: object) -> None:
        ok(disavow(api, opened.disavowal))
        assert seen(disavow(api, opened.disavowal)) == refusal

    def test_that_verifies_is_no_disavowal(self, api: Api, opened: Opened, refusal: object) -> None:
        assert seen(disavow(api, opened.link)) == refusal
        ok(verify(api, token=opened.link))

    def test_that_disavows_does_not_verify(self, api: Api, opened: Opened) -> None:
        problem(verify(api, token=opened.disavowal), 422)
        ok(disavow(api, opened.disavowal))

    def test_of_another_mail_of_the_registration_works_once_for_all(
        self, api: Api, opened: Opened, refusal: object
    ) -> None:
        ok(resend(api, opened.email), 202)
        again = people.disavowal_token(people.mails(api.stack, opened.email, 2)[-1])
        ok(disavow(api, opened.disavowal))
        assert seen(disavow(api, again)) == refusal

    def test_too_old(
        self, right_clock: DeployedStack, api: Api, opened: Opened, refusal: object
    ) -> None:
        strangers.move_on(right_clock, 7 * DAY + 60)
        assert seen(disavow(api, opened.disavowal)) == refusal
