"""The form that the notice declares: what it tells, what it takes, what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.accounts.service.registration import SOURCE
from tests.functions import ledger, people, strangers
from tests.functions.api import HTML, Api, ok, pointers, problem
from tests.functions.stack import DeployedStack
from tests.product import PRODUCT

DOCUMENT: dict[str, Any] = json.loads(PRODUCT.read_text("utf-8"))
(STATED,) = (one for one in DOCUMENT["forms"] if one["id"] == "registration")
CHOICES = [one["id"] for one in DOCUMENT["purposes"] if one["basis"]["kind"] == "consent"]
DECLARED = {
    f"{category['id']}.{item['id']}": item
    for category in DOCUMENT["categories"]
    for item in category["items"]
}
COLLECTED = [*STATED["required"], *STATED["optional"]]
SAMPLES = {
    "email": "office@example.com",
    "phone": "+390612345678",
    "text": "Words of mine",
    "long_text": "First line\nSecond line",
}
TITLES = {"it": "Registrazione", "en": "Registration"}


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


def nested(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A profile of values by `category.field`."""
    profile: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        category, field = name.split(".")
        profile.setdefault(category, {})[field] = value
    return profile


def refused(api: Api, **members: Any) -> list[str]:
    """Where a registration is wrong."""
    body = people.registration(api, people.new_address()) | members
    return pointers(problem(api.post("/v1/accounts", json=body), 400))


@pytest.mark.parametrize("locale", ["it", "en"])
class TestDescription:
    def test_says_what_is_required_and_what_follows_without(self, api: Api, locale: str) -> None:
        """GDPR art. 13(2)(e)."""
        form = ok(api.get("/v1/accounts/form", params={"lang": locale}))
        assert form["notice_version"] == api.notice_version()
        assert form["title"] == STATED["title"][locale]
        assert form["consequence"] == STATED["consequence"][locale]
        required = [f"{f['category']}.{f['field']}" for f in form["fields"] if f["required"]]
        assert required == STATED["required"] == ["identity.email"]

    def test_lists_the_declared_fields_in_the_order_of_the_notice(
        self, api: Api, locale: str
    ) -> None:
        fields = ok(api.get("/v1/accounts/form", params={"lang": locale}))["fields"]
        assert [f"{one['category']}.{one['field']}" for one in fields] == COLLECTED
        for one, name in zip(fields, COLLECTED, strict=True):
            declared = DECLARED[name]
            assert one["title"] == declared["title"][locale]
            assert (one["type"], one["maximum"]) == (declared["type"], declared["max"])

    def test_offers_every_choice_and_makes_none(self, api: Api, locale: str) -> None:
        titles = {one["id"]: one["title"][locale] for one in DOCUMENT["purposes"]}
        choices = ok(api.get("/v1/accounts/form", params={"lang": locale}))["choices"]
        places = {one: f"purpose-{one}" for one in CHOICES}
        assert choices == [
            {"purpose": one, "title": titles[one], "place": places[one]} for one in CHOICES
        ]
        page = api.get("/v1/notice", headers={"Accept": HTML, "Accept-Language": locale}).text
        assert [one for one in places.values() if f'id="{one}"' not in page] == []

    def test_is_in_the_language_of_the_browser(self, api: Api, locale: str) -> None:
        answer = api.get("/v1/accounts/form", headers={"Accept-Language": locale})
        assert answer.headers["Content-Language"] == locale
        assert answer.json()["title"] == TITLES[locale]


class TestFields:
    def test_declared_are_taken_all_of_them(self, api: Api) -> None:
        given = {
            name: SAMPLES[DECLARED[name]["type"]] for name in COLLECTED if name != "identity.email"
        }
        person = people.signed_in(api, profile=nested(given))
        account = ok(api.get("/v1/account", headers=person.headers))
        assert account["profile"] == nested({"identity.email": person.email, **given})

    def test_of_the_notice_that_this_form_does_not_declare_are_refused(self, api: Api) -> None:
        others = {name: "anything" for name in DECLARED if name not in COLLECTED}
        assert len(others) > 30
        found = refused(api, profile=nested(others))
        within = {name for name in others if name.split(".")[0] in {"identity", "company"}}
        wholly = {f"/profile/{name.split('.')[0]}" for name in others.keys() - within}
        assert found == sorted(wholly | {f"/profile/{name.replace('.', '/')}" for name in within})

    def test_that_nobody_declares_are_refused(self, api: Api) -> None:
        profile = {"identity": {"shoe_size": "38", "name": "Ada"}, "politics": {"party": "x"}}
        found = refused(api, profile=profile, role="desk", state="active")
        assert found == ["/profile/identity/shoe_size", "/profile/politics", "/role", "/state"]

    def test_are_as_long_as_the_form_says_and_no_longer(self, api: Api) -> None:
        most = DECLARED["identity.name"]["max"]
        longest, longer = ("n" * length for length in (most, most + 1))
        people.register(api, people.new_address(), profile={"identity": {"name": longest}})
        assert refused(api, profile={"identity": {"name": longer}}) == ["/profile/identity/name"]

    def test_may_all_be_left_out_but_the_address(self, api: Api) -> None:
        person = people.signed_in(api)
        account = ok(api.get("/v1/account", headers=person.headers))
        assert account["profile"] == {"identity": {"email": person.email}}
        body = people.registration(api, "")
        del body["email"]
        found = pointers(problem(api.post("/v1/accounts", json=body), 400))
        assert "/email" in found

    def test_cannot_give_another_address_than_the_one_to_be_proven(self, api: Api) -> None:
        profile = {"identity": {"email": "another@example.com"}}
        assert refused(api, profile=profile) == ["/profile/identity/email"]


class TestChoices:
    def test_are_not_made_for_anybody(self, api: Api) -> None:
        person = people.signed_in(api)
        assert ok(api.get("/v1/consents", headers=person.headers))["standing"] == {}
        assert ledger.standing(api.stack, person.subject).decisions == {}

    def test_are_recorded_with_the_words_that_were_shown(self, api: Api) -> None:
        decisions = dict.fromkeys(CHOICES, "denied") | {"offers_email": "granted"}
        person = people.signed_in(api, decisions=decisions, locale="en")
        (entry,) = ledger.entries(api.stack, person.subject)
        assert entry.notice_version == api.notice_version()
        assert entry.source == SOURCE
        served = api.get("/v1/notice", params={"lang": "en"})
        assert entry.notice_version == served.headers["Riserbo-Notice-Version"]
        stands = ok(api.get("/v1/consents", headers=person.headers))["standing"]
        assert {purpose: one["decision"] for purpose, one in stands.items()} == decisions
        assert {one["entry_id"] for one in stands.values()} == {entry.id}

    def test_about_words_that_are_not_in_force_are_refused(self, api: Api) -> None:
        email = people.new_address()
        body = people.registration(api, email, notice_version="2020-01-01")
        problem(api.post("/v1/accounts", json=body), 422)
        strangers.all_mail_is_out(api.stack)
        assert api.stack.mails_to(email) == []

    def test_are_those_that_rest_on_consent_and_no_others(self, api: Api) -> None:
        others = [one["id"] for one in DOCUMENT["purposes"] if one["id"] not in CHOICES]
        found = refused(api, decisions=dict.fromkeys([*others, "nonsense"], "granted"))
        assert found == sorted(f"/decisions/{one}" for one in [*others, "nonsense"])

    @pytest.mark.parametrize("value", [True, None, "yes", "withdrawn", "GRANTED", ["granted"]])
    def test_are_granted_or_denied(self, api: Api, value: Any) -> None:
        assert refused(api, decisions={"offers_email": value}) == ["/decisions/offers_email"]


def test_a_registration_without_decisions_at_all_is_refused(api: Api) -> None:
    """Whoever draws the form has to have asked; an empty answer is one too."""
    body = people.registration(api, people.new_address())
    del body["decisions"]
    assert pointers(problem(api.post("/v1/accounts", json=body), 400)) == ["/decisions"]


def test_all_that_is_wrong_is_said_at_once(api: Api) -> None:
    found = refused(
        api,
        email="nobody",
        password="short",
        locale="de",
        notice_version="yesterday",
        decisions={"run_account": "granted"},
        profile={"identity": {"phone": "12", "shoe_size": "38"}, "company": {"email": "@"}},
        newsletter=True,
    )
    assert found == [
        "/decisions/run_account",
        "/email",
        "/locale",
        "/newsletter",
        "/notice_version",
        "/password",
        "/profile/company/email",
        "/profile/identity/phone",
        "/profile/identity/shoe_size",
    ]
