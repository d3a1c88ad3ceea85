"""The mail about a sign-in from another country, which its person may turn off."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functions import letters, owners, people, sinks, tables
from tests.functions.api import Api, ok
from tests.functions.people import PASSWORD, Person

HEADER = "CloudFront-Viewer-Country"


@pytest.fixture(scope="module")
def api(stack: Any) -> Api:
    return Api(stack)


@pytest.fixture
def ada(api: Api) -> Person:
    """Somebody who signed in from Italy."""
    person = people.signed_in(api)
    arrive(api, person, "IT")
    return person


def arrive(api: Api, person: Person, country: str | None, password: str = PASSWORD) -> str:
    """Signs in from a country, or from behind a proxy that does not tell it; the token."""
    headers = {} if country is None else {HEADER: country}
    body = {"email": person.email, "password": password}
    return str(ok(api.post("/v1/sessions", headers=headers, json=body), 201)["token"])


def told(api: Api, person: Person) -> list[letters.Mail]:
    """The mails about it, once everything that is under way was sent."""
    letters.all_sent(api.stack, person.subject)
    return letters.about(api.stack, person.email, letters.NEW_SIGN_IN)


def test_the_first_country_is_no_news(api: Api, ada: Person) -> None:
    assert told(api, ada) == []


def test_a_sign_in_from_another_country_is_told(api: Api, ada: Person) -> None:
    arrive(api, ada, "FR")
    (mail,) = told(api, ada)
    assert "Paese, ricavato dalla connessione: Francia" in letters.text(mail)
    assert f"{api.base_url}/password" in mail["BodyText"]
    assert "token=" not in mail["BodyText"]


def test_each_change_of_country_is_told_once(api: Api, ada: Person) -> None:
    for country in ("FR", "FR", None, "FR", "IT", "IT"):
        arrive(api, ada, country)
    texts = sorted(
        letters.text(mail).partition("connessione: ")[2].split()[0] for mail in told(api, ada)
    )
    assert texts == ["Francia", "Italia"]


def test_who_turned_it_off_is_not_told(api: Api, ada: Person) -> None:
    ok(owners.prefer(api, ada, notifications={"new_sign_in": False}))
    arrive(api, ada, "FR")
    assert told(api, ada) == []
    ok(owners.prefer(api, ada, notifications={"new_sign_in": True}))
    arrive(api, ada, "IT")
    (mail,) = told(api, ada)
    assert "connessione: Italia" in letters.text(mail)


def test_what_is_always_sent_is_sent_also_then(api: Api, ada: Person) -> None:
    ok(owners.prefer(api, ada, notifications={"new_sign_in": False}))
    assert owners.change_password(api, ada, owners.OTHER_PASSWORD).status_code == 204
    letters.wait(api.stack, ada.email, letters.PASSWORD_CHANGED)


def test_a_wrong_password_from_abroad_is_no_sign_in(api: Api, ada: Person) -> None:
    body = {"email": ada.email, "password": "not this one"}
    assert api.post("/v1/sessions", headers={HEADER: "FR"}, json=body).status_code == 401
    arrive(api, ada, "IT")
    assert told(api, ada) == []


@pytest.mark.parametrize("forged", ["fr", "FRA", "", "F", "<b>", "FR, IT", "Rome, Via Appia 1"])
def test_what_is_no_country_is_not_kept(api: Api, ada: Person, forged: str) -> None:
    token = arrive(api, ada, forged)
    arrive(api, ada, "IT")
    assert told(api, ada) == []
    (current,) = [
        one for one in owners.sessions(api, Person(ada.email, token, ada.subject)) if one["current"]
    ]
    assert current["approximate_place"] is None
    if len(forged) > 3:
        assert sinks.found_in(sinks.items(api.stack), [forged]) == []


def test_the_place_comes_from_that_header_alone(api: Api, ada: Person) -> None:
    body, began = {"email": ada.email, "password": PASSWORD}, sinks.now()
    headers = {
        "X-Viewer-Country": "FR",
        "CF-IPCountry": "FR",
        "CloudFront-Viewer-City": "Villeurbanne",
        "CloudFront-Viewer-Latitude": "45.76404",
        "X-Forwarded-For": "203.0.113.200",
    }
    ok(api.post("/v1/sessions", headers=headers, json=body), 201)
    assert told(api, ada) == []
    assert sinks.found_in(sinks.everywhere(api.stack, began), ["Villeurbanne", "45.76404"]) == []
    found = tables.of_kind(tables.partition(api.stack, ada.subject), "session")
    places = [one.get("approximate_place", {}).get("S") for one in found]
    assert sorted(place or "" for place in places) == ["", "", "IT"]
