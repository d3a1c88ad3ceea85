"""The decision point, as the site's own systems ask it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.notices.model import Notice
from tests.functions import owners, people
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.commands import make_key
from tests.functions.deciding import (
    DECISIONS,
    MEASURING,
    SHARING,
    SURVEYS,
    ask,
    ask_all,
    browser,
    decide,
)
from tests.functions.people import Person, bearer
from tests.functions.stack import DeployedStack
from tests.unit.core.samples import shipped


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def key(stack: DeployedStack) -> str:
    """A key that may ask."""
    return make_key(stack, "deciding", "decisions")[1]


@pytest.fixture
def ada(api: Api) -> Person:
    return people.signed_in(api)


class TestAnswer:
    def test_of_a_yes_names_the_basis_and_the_entry(self, api: Api, key: str) -> None:
        subject, _, entry = browser(api, **{MEASURING: "granted"})
        said = ask(api, key, subject, MEASURING)
        as_of = datetime.fromisoformat(said.pop("as_of"))
        assert abs(datetime.now(UTC) - as_of) < timedelta(minutes=1)
        assert said == {
            "allowed": True,
            "basis": "consent",
            "reasons": ["granted"],
            "evidence": [entry],
        }

    def test_of_a_no_says_why(self, api: Api, key: str, ada: Person) -> None:
        assert ask(api, key, ada.subject, SURVEYS)["reasons"] == ["not_asked"]
        for said, reason in (("denied", "denied"), ("granted", "granted"), ("denied", "withdrawn")):
            entry = decide(api, ada.headers, **{SURVEYS: said})
            answer = ask(api, key, ada.subject, SURVEYS)
            assert (answer["allowed"], answer["reasons"]) == (reason == "granted", [reason])
            assert answer["evidence"] == [entry]

    def test_about_what_needs_no_consent(self, api: Api, key: str, ada: Person) -> None:
        for purpose, basis in (
            ("run_account", "contract"),
            ("improvement", "legitimate_interest"),
            ("rights_and_proof", "legal_obligation"),
        ):
            said = ask(api, key, ada.subject, purpose)
            said.pop("as_of")
            assert said == {"allowed": True, "basis": basis, "reasons": [], "evidence": []}

    def test_about_parts(self, api: Api, key: str) -> None:
        subject, _, _ = browser(api, **{SHARING: "granted"})
        declared = {"category": "identity", "recipient": "sponsors"}
        assert ask(api, key, subject, SHARING, **declared)["allowed"] is True
        for parts in (
            {"category": "transaction"},
            {"recipient": "card_processors"},
            {"channel": "email"},
            {"category": "support", "recipient": "sponsors"},
        ):
            said = ask(api, key, subject, SHARING, **parts)
            assert (said["allowed"], said["reasons"]) == (False, ["undeclared"])

    def test_about_an_account_that_is_stopped_or_waits_or_is_not_there(
        self, api: Api, key: str, ada: Person
    ) -> None:
        ok(owners.deactivate(api, ada))
        assert ask(api, key, ada.subject, "run_account")["reasons"] == ["deactivated"]
        assert ask(api, key, ada.subject, "rights_and_proof")["allowed"] is True
        ok(owners.reactivate(api, ada))
        assert ask(api, key, ada.subject, "run_account")["allowed"] is True
        _, link = people.pending(api, decisions={SURVEYS: "granted"})
        waits = link.partition(".")[0]
        assert ask(api, key, waits, SURVEYS)["reasons"] == ["unverified"]
        ok(api.post("/v1/accounts/verification", json=people.proof(link)))
        assert ask(api, key, waits, SURVEYS)["reasons"] == ["granted"]
        for nobody in ("a" * 26, "v" + "a" * 25):
            assert ask(api, key, nobody, "run_account")["reasons"] == ["erased"]
        assert ask(api, key, "v" + "a" * 32, MEASURING)["reasons"] == ["erased", "not_asked"]

    def test_about_an_account_that_its_person_disowned(self, api: Api, key: str) -> None:
        email, link = people.pending(api, decisions={SURVEYS: "granted"})
        mail = people.mails(api.stack, email)[0]
        ok(api.post("/v1/accounts/disavowal", json={"token": people.disavowal_token(mail)}))
        for purpose in ("rights_and_proof", "run_account", SURVEYS):
            said = ask(api, key, link.partition(".")[0], purpose)
            assert (said["allowed"], said["reasons"][0]) == (False, "disowned")

    def test_a_yes_ends_when_the_notice_says(
        self, right_clock: DeployedStack, api: Api, key: str
    ) -> None:
        subject, headers, _ = browser(api, **{MEASURING: "granted"})
        right_clock.move_clock(180 * 86400)
        assert ask(api, key, subject, MEASURING)["allowed"] is True
        right_clock.move_clock(185 * 86400)
        assert ask(api, key, subject, MEASURING)["reasons"] == ["expired"]
        decide(api, headers, **{MEASURING: "granted"})
        assert ask(api, key, subject, MEASURING)["reasons"] == ["granted"]


class TestWithdrawal:
    def test_counts_from_its_acknowledgement(self, api: Api, key: str, ada: Person) -> None:
        """The answer to the very next question, many times over, of a browser and an account."""
        subject, headers, _ = browser(api, **{MEASURING: "granted"})
        for _ in range(25):
            for who, whose, purpose in (
                (subject, headers, MEASURING),
                (ada.subject, ada.headers, SURVEYS),
            ):
                decide(api, whose, **{purpose: "granted"})
                assert ask(api, key, who, purpose)["allowed"] is True
                entry = decide(api, whose, **{purpose: "denied"})
                said = ask(api, key, who, purpose)
                assert (said["allowed"], said["evidence"]) == (False, [entry])

    def test_in_the_preferences_counts_as_well(self, api: Api, key: str, ada: Person) -> None:
        for said in ("granted", "denied"):
            version = api.notice_version()
            ok(owners.prefer(api, ada, notice_version=version, decisions={SURVEYS: said}))
            assert ask(api, key, ada.subject, SURVEYS)["allowed"] is (said == "granted")

    def test_counts_in_a_batch_too(self, api: Api, key: str) -> None:
        subject, headers, _ = browser(api, **{MEASURING: "granted"})
        question = {"subject": subject, "purpose": MEASURING}
        for _ in range(10):
            decide(api, headers, **{MEASURING: "granted"})
            assert [one["allowed"] for one in ask_all(api, key, [question] * 3)] == [True] * 3
            decide(api, headers, **{MEASURING: "denied"})
            assert [one["allowed"] for one in ask_all(api, key, [question] * 3)] == [False] * 3


@pytest.fixture(scope="module")
def crowd(api: Api) -> list[tuple[str, str]]:
    """A hundred browsers, of which every third said no."""
    said = ["denied" if number % 3 == 0 else "granted" for number in range(100)]
    return [(browser(api, **{MEASURING: one})[0], one) for one in said]


class TestBatch:
    def test_of_a_hundred_people_is_answered_in_order(
        self, api: Api, key: str, crowd: list[tuple[str, str]]
    ) -> None:
        for people_asked in (crowd, crowd[::-1], crowd[:99]):
            asked = [{"subject": subject, "purpose": MEASURING} for subject, _ in people_asked]
            answers = ask_all(api, key, asked)
            assert [one["reasons"] for one in answers] == [[said] for _, said in people_asked]
            assert [one["evidence"] for one in answers] == [[f"{one}.1"] for one, _ in people_asked]
            assert len({one["as_of"] for one in answers}) == 1

    def test_about_one_person_asks_each_question(self, api: Api, key: str, ada: Person) -> None:
        notice: Notice = shipped()
        asked = [{"subject": ada.subject, "purpose": one} for one in sorted(notice.purposes)]
        answers = ask_all(api, key, asked)
        assert [one["basis"] for one in answers] == [
            str(notice.purposes[one].basis) for one in sorted(notice.purposes)
        ]

    @pytest.mark.parametrize("count", [0, 101])
    def test_of_none_or_too_many_is_refused(self, api: Api, key: str, count: int) -> None:
        asked = [{"subject": "a" * 26, "purpose": MEASURING}] * count
        refused = api.post(DECISIONS, headers=bearer(key), json={"questions": asked})
        assert pointers(problem(refused, 400)) == ["/questions"]

    def test_everything_that_is_wrong_is_found(self, api: Api, key: str) -> None:
        good = {"subject": "a" * 26, "purpose": MEASURING}
        wrong = [good, {**good, "purpose": "world_peace"}, {"subject": "?", "recipient": "nobody"}]
        refused = api.post(DECISIONS, headers=bearer(key), json={"questions": wrong})
        assert set(pointers(problem(refused, 400))) == {
            "/questions/1/purpose",
            "/questions/2/purpose",
            "/questions/2/recipient",
            "/questions/2/subject",
        }


class TestQuestion:
    @pytest.mark.parametrize(
        ("params", "wrong"),
        [
            ({}, ["/query/purpose", "/query/subject"]),
            ({"subject": "a" * 26}, ["/query/purpose"]),
            ({"subject": "A" * 26, "purpose": MEASURING}, ["/query/subject"]),
            ({"subject": "a" * 26, "purpose": "world_peace"}, ["/query/purpose"]),
            (
                {"subject": "a" * 26, "purpose": "x", "category": "y", "recipient": "<b>"},
                ["/query/category", "/query/purpose", "/query/recipient"],
            ),
            ({"subject": "a" * 26, "purpose": MEASURING, "channel": "pigeon"}, ["/query/channel"]),
            ({"subject": "a" * 26, "purpose": MEASURING, "why": "x"}, ["/query/why"]),
        ],
    )
    def test_that_does_not_fit_is_refused(
        self, api: Api, key: str, params: dict[str, str], wrong: list[str]
    ) -> None:
        refused = api.get(DECISIONS, headers=bearer(key), params=params)
        assert pointers(problem(refused, 400)) == wrong
