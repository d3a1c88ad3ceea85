"""Under a notice whose form requires a name: it cannot be removed, and old words count no more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.functions import owners, people, versions
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.people import Person
from tests.functions.stack import DeployedStack, deployed
from tests.product import PRODUCT

DAY = 86400


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedStack]:
    """A stack of its own: what is published stays published."""
    with deployed(tmp_path_factory.mktemp("required")) as running:
        yield running


@pytest.fixture(scope="module")
def registered(first: DeployedStack) -> str:
    """The address of somebody who registered when no name was asked for."""
    return people.verified(Api(first))


@pytest.fixture(scope="module")
def api(first: DeployedStack, registered: str, tmp_path_factory: pytest.TempPathFactory) -> Api:
    """When another version is in force, of which everybody was told for as long as is promised."""
    document = versions.following(timedelta(days=16))
    (form,) = (one for one in document["forms"] if one["id"] == "registration")
    form["required"].append("identity.name")
    form["optional"].remove("identity.name")
    path = tmp_path_factory.mktemp("notice") / "notice.json"
    path.write_text(json.dumps(document), "utf-8")
    first.local.publish(path)
    first.move_clock(17 * DAY)
    api = Api(first)
    assert api.notice_version() == document["version"]
    return api


@pytest.fixture(scope="module")
def ada(api: Api, registered: str) -> Person:
    """The same person, who comes back."""
    return people.sign_in(api, registered)


def test_a_registration_without_it_is_refused(api: Api) -> None:
    refused = api.post("/v1/accounts", json=people.registration(api, people.new_address()))
    assert pointers(problem(refused, 400)) == ["/profile/identity/name"]


def test_who_has_it_cannot_remove_it(api: Api) -> None:
    person = people.signed_in(api, profile={"identity": {"name": "Grace", "title": "Dr"}})
    gone = {"identity": {"name": None, "title": None}}
    refused = problem(owners.correct(api, person, gone), 400)
    assert pointers(refused) == ["/profile/identity/name"]
    assert owners.account(api, person)["profile"]["identity"]["title"] == "Dr"
    ok(owners.correct(api, person, {"identity": {"name": "Grace Hopper", "title": None}}))


def test_who_never_gave_it_goes_on_and_can_add_it(api: Api, ada: Person) -> None:
    ok(owners.correct(api, ada, {"identity": {"occupation": "Countess"}}))
    ok(owners.correct(api, ada, {"identity": {"name": "Ada"}}))
    problem(owners.correct(api, ada, {"identity": {"name": None}}), 400)


def test_the_words_of_yesterday_are_not_those_in_force(api: Api, ada: Person) -> None:
    shipped: str = json.loads(PRODUCT.read_text("utf-8"))["version"]
    chosen = {"decisions": {"surveys": "granted"}, "locale": "en"}
    refused = owners.prefer(api, ada, notice_version=shipped, **chosen)
    assert problem(refused, 422)["type"] == "urn:riserbo:problem:notice-not-in-force"
    assert owners.account(api, ada)["locale"] == "it"
    said = ok(owners.prefer(api, ada, notice_version=api.notice_version(), **chosen))
    assert said["decisions"] == {"surveys": "granted"}
    (entry,) = ok(api.get("/v1/consents/ledger", headers=ada.headers))["items"][1:]
    assert entry["notice_version"] == api.notice_version()


def test_an_account_remembers_the_version_it_was_shown(api: Api, ada: Person) -> None:
    assert owners.account(api, ada)["notice_version"] == api.notice_version()
