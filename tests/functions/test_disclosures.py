"""Who was given somebody's data: asked first, recorded, and told to its person by name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import requests

from chalicelib.instants import instant
from tests.functions import copies, owners, people, tables
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.commands import make_key, run
from tests.functions.deciding import MEASURING, SHARING, SURVEYS, browser, decide
from tests.functions.people import Person, bearer
from tests.functions.stack import DeployedStack
from tests.functions.together import at_once
from tests.unit.core.samples import shipped

DISCLOSURES = "/v1/disclosures"
SPONSORS = {"recipient": "sponsors", "category": "identity", "purpose": SHARING}


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def key(stack: DeployedStack) -> str:
    """A key that may record."""
    return make_key(stack, "disclosing", "disclosures")[1]


@pytest.fixture
def ada(api: Api) -> Person:
    """Somebody who agreed that partners get data."""
    person = people.signed_in(api)
    decide(api, person.headers, **{SHARING: "granted"})
    return person


def disclose(api: Api, key: str, subject: str, **members: Any) -> requests.Response:
    """Records that data is given to sponsors, or to whoever else is named."""
    body = {"subject": subject, **SPONSORS, **members}
    return api.post(DISCLOSURES, headers=bearer(key), json=body)


def recorded(api: Api, subject: str) -> list[tables.Item]:
    """The disclosures of somebody's data."""
    return tables.of_kind(tables.partition(api.stack, subject), "disclosure")


def disclosed(api: Api, subject: str) -> list[str]:
    """Who received somebody's data, as the standing keeps it."""
    (standing,) = tables.of_kind(tables.partition(api.stack, subject), "standing")
    ids: str = standing.get("disclosed", {"S": ""})["S"]
    return sorted({one.partition(":")[0] for one in ids.split()})


def not_permitted(answer: requests.Response, *reasons: str) -> dict[str, Any]:
    """The refusal of what the decision point says no to, for these reasons."""
    refused = problem(answer, 409)
    assert refused["type"].endswith(":not-permitted")
    assert refused["reasons"] == list(reasons)
    return refused


class TestPermitted:
    def test_is_recorded_with_what_permits_it(self, api: Api, key: str, ada: Person) -> None:
        at = datetime.now(UTC) - timedelta(hours=2)
        given = {"fields": ["name", "email"], "disclosed_at": instant(at)}
        made = ok(disclose(api, key, ada.subject, **given), 201)
        (item,) = recorded(api, ada.subject)
        assert made == {"id": item["sk"]["S"].rpartition("#")[2]}
        stored = {name: item[name]["S"] for name in (*SPONSORS, "fields_given", "disclosed_at")}
        assert stored == {**SPONSORS, "fields_given": "name email", "disclosed_at": instant(at)}
        assert item["entry"]["S"].partition(".")[0] == ada.subject
        assert "sealed" not in item
        assert disclosed(api, ada.subject) == ["sponsors"]

    def test_without_fields_is_all_that_the_recipient_may_have(
        self, api: Api, key: str, ada: Person
    ) -> None:
        ok(disclose(api, key, ada.subject), 201)
        ok(disclose(api, key, ada.subject, recipient="aws"), 201)
        given = {
            item["recipient"]["S"]: item.get("fields_given", {"S": ""})["S"]
            for item in recorded(api, ada.subject)
        }
        assert given == {"sponsors": "address email name", "aws": ""}
        assert disclosed(api, ada.subject) == ["aws", "sponsors"]

    def test_of_a_browser_is_recorded_too(self, api: Api, key: str) -> None:
        subject, _, entry = browser(api, **{MEASURING: "granted"})
        measured = {
            "recipient": "measurement_providers",
            "category": "device",
            "purpose": MEASURING,
        }
        ok(disclose(api, key, subject, **measured), 201)
        (item,) = recorded(api, subject)
        assert item["entry"]["S"] == entry

    def test_on_another_basis_has_no_entry(self, api: Api, key: str, ada: Person) -> None:
        ok(disclose(api, key, ada.subject, purpose="run_account", recipient="archive_host"), 201)
        (item,) = recorded(api, ada.subject)
        assert "entry" not in item

    def test_repeated_under_one_key_is_one(self, api: Api, key: str, ada: Person) -> None:
        headers = {**bearer(key), "Idempotency-Key": "once"}
        body = {"subject": ada.subject, **SPONSORS}
        answers = [ok(api.post(DISCLOSURES, headers=headers, json=body), 201) for _ in range(3)]
        assert len({one["id"] for one in answers}) == len(recorded(api, ada.subject)) == 1

    def test_to_many_at_once_keeps_them_all(self, api: Api, key: str, ada: Person) -> None:
        recipients = sorted(shipped().purposes[SHARING].recipients)

        def give(number: int) -> requests.Response:
            return disclose(Api(api.stack), key, ada.subject, recipient=recipients[number])

        for answer in at_once([partial(give, number) for number in range(len(recipients))]):
            ok(answer, 201)
        assert disclosed(api, ada.subject) == recipients
        assert len(recorded(api, ada.subject)) == len(recipients)


class TestNotPermitted:
    def test_is_refused_with_the_reasons_and_nothing_is_stored(
        self, api: Api, key: str, ada: Person
    ) -> None:
        before = tables.partition(api.stack, ada.subject)
        not_permitted(disclose(api, key, ada.subject, purpose=SURVEYS), "undeclared", "not_asked")
        not_permitted(disclose(api, key, ada.subject, category="support"), "undeclared")
        not_permitted(disclose(api, key, ada.subject, recipient="archive_host"), "undeclared")
        assert tables.partition(api.stack, ada.subject) == before
        decide(api, ada.headers, **{SHARING: "denied"})
        not_permitted(disclose(api, key, ada.subject), "withdrawn")
        ok(owners.deactivate(api, ada))
        not_permitted(disclose(api, key, ada.subject), "deactivated", "withdrawn")
        assert recorded(api, ada.subject) == []
        assert disclosed(api, ada.subject) == []

    def test_of_nobody_is_refused(self, api: Api, key: str) -> None:
        for nobody in ("a" * 26, "v" + "a" * 32):
            for purpose in (SHARING, "run_account"):
                refused = disclose(api, key, nobody, purpose=purpose, recipient="aws")
                not_permitted(refused, "erased", *(["not_asked"] if purpose == SHARING else []))
            assert tables.partition(api.stack, nobody) == []

    def test_a_remembered_answer_is_no_permission(self, api: Api, key: str, ada: Person) -> None:
        headers = {**bearer(key), "Idempotency-Key": "lost"}
        body = {"subject": ada.subject, **SPONSORS}
        ok(api.post(DISCLOSURES, headers=headers, json=body), 201)
        decide(api, ada.headers, **{SHARING: "denied"})
        not_permitted(api.post(DISCLOSURES, headers=headers, json=body), "withdrawn")

    def test_ends_with_the_withdrawal_at_once(self, api: Api, key: str, ada: Person) -> None:
        for number in range(10):
            ok(disclose(api, key, ada.subject), 201)
            decide(api, ada.headers, **{SHARING: "denied"})
            not_permitted(disclose(api, key, ada.subject), "withdrawn")
            decide(api, ada.headers, **{SHARING: "granted"})
            assert len(recorded(api, ada.subject)) == number + 1

    def test_fields_that_the_recipient_may_not_have_are_named(
        self, api: Api, key: str, ada: Person
    ) -> None:
        fields = ["name", "phone", "email", "fax"]
        refused = not_permitted(disclose(api, key, ada.subject, fields=fields), "undeclared")
        assert pointers(refused) == ["/fields/1", "/fields/3"]
        assert recorded(api, ada.subject) == []
        ok(disclose(api, key, ada.subject, fields=fields, recipient="aws"), 201)

    def test_while_people_withdraw_no_disclosure_comes_after(
        self, api: Api, key: str, ada: Person
    ) -> None:
        """Whichever comes first at the chain's head: what was recorded was still permitted."""

        def act(number: int) -> requests.Response:
            mine = Api(api.stack)
            if number % 2:
                return disclose(mine, key, ada.subject)
            decide(mine, ada.headers, **{SHARING: "denied"})
            return disclose(mine, key, ada.subject)

        answers = at_once([partial(act, number) for number in range(8)])
        assert {answer.status_code for answer in answers[::2]} == {409}
        done = sum(answer.status_code == 201 for answer in answers)
        assert len(recorded(api, ada.subject)) == done


class TestBody:
    @pytest.mark.parametrize(
        ("members", "wrong"),
        [
            ({"recipient": "nobody", "category": "x", "purpose": "y"}, 3),
            ({"fields": []}, ["/fields"]),
            ({"fields": ["name", "name"]}, ["/fields"]),
            ({"fields": ["password"]}, ["/fields/0"]),
            ({"fields": ["name", "ip_address"]}, ["/fields/1"]),
            ({"fields": ["nothing"]}, ["/fields/0"]),
            ({"disclosed_at": "2999-01-01T00:00:00Z"}, ["/disclosed_at"]),
            ({"disclosed_at": "1999-12-31T23:59:59+14:00"}, ["/disclosed_at"]),
            ({"disclosed_at": "0001-01-01T00:00:00+14:00"}, ["/disclosed_at"]),
            ({"disclosed_at": "9999-12-31T23:59:59-14:00"}, ["/disclosed_at"]),
            ({"disclosed_at": "yesterday"}, ["/disclosed_at"]),
            ({"values": {"name": "Ada"}}, ["/values"]),
        ],
    )
    def test_that_does_not_fit_is_refused(
        self, api: Api, key: str, members: dict[str, Any], wrong: Any
    ) -> None:
        refused = problem(disclose(api, key, "a" * 26, **members), 400)
        found = pointers(refused)
        assert found == (["/category", "/purpose", "/recipient"] if wrong == 3 else wrong)

    def test_a_clock_that_is_a_little_ahead_is_no_mistake(
        self, api: Api, key: str, ada: Person
    ) -> None:
        ahead = datetime.now(UTC) + timedelta(minutes=2)
        ok(disclose(api, key, ada.subject, disclosed_at=instant(ahead)), 201)
        (item,) = recorded(api, ada.subject)
        assert item["disclosed_at"]["S"] < instant(ahead)


class TestKey:
    def test_with_the_scope_is_needed(self, api: Api, ada: Person) -> None:
        key_id, key = make_key(api.stack, "ending", "disclosures")
        _, others = make_key(api.stack, "others", "introspection,accounts,decisions")
        assert "disclosures" in problem(disclose(api, others, ada.subject), 403)["detail"]
        for nobody in (ada.token, f"rsk_{'a' * 26}.{'b' * 43}"):
            problem(disclose(api, nobody, ada.subject), 401)
        assert run(api.stack, "infra.api_keys", "revoke", key_id).returncode == 0
        problem(disclose(api, key, ada.subject), 401)
        assert recorded(api, ada.subject) == []


def test_the_copy_names_who_received_what(api: Api, key: str, ada: Person) -> None:
    ok(disclose(api, key, ada.subject, fields=["email"]), 201)
    copied = copies.download(api, ada, copies.ready(api, ada, locale="en"))
    (item,) = copied.fields("disclosure")
    notice = shipped()
    assert item["recipient"] == notice.recipients["sponsors"].name["en"]
    assert item["purpose"] == notice.purposes[SHARING].title["en"]
    assert item["category"] == notice.categories["identity"].title["en"]
    assert item["fields_given"] == [notice.categories["identity"].fields["email"].title["en"]]
    (received,) = copied.about("identity")["received"]
    assert (received["recipient"], received["fields"]) == ("sponsors", ["email"])
    assert received["days"] == [item["disclosed_at"][:10]]
