"""What people do with an account of their own, once they are signed in."""

from __future__ import annotations

from typing import Any

import requests

from tests.functions import people
from tests.functions.api import Api, ok
from tests.functions.people import PASSWORD, Person

ACCOUNT = "/v1/account"
OTHER_PASSWORD = "quattro lampioni sul molo"
EVERY_FUNCTION = (
    "/v1/account",
    "/v1/sessions",
    "/v1/consents",
    "/v1/consents/ledger",
    "/v1/requests",
)
"""What each function that knows sessions answers to who is signed in."""


def account(api: Api, person: Person) -> dict[str, Any]:
    """The account as its person sees it."""
    return ok(api.get(ACCOUNT, headers=person.headers))


def correct(api: Api, person: Person, profile: Any, if_match: str | None = None) -> Any:
    """Corrects fields of the profile; the response."""
    conditions = {} if if_match is None else {"If-Match": if_match}
    return api.call(
        "PATCH", ACCOUNT, headers={**person.headers, **conditions}, json={"profile": profile}
    )


def put(api: Api, person: Person, path: str, **body: Any) -> requests.Response:
    """One of the operations under the account that set something."""
    return api.call("PUT", ACCOUNT + path, headers=person.headers, json=body)


def prefer(api: Api, person: Person, **settings: Any) -> requests.Response:
    """Sets preferences."""
    return put(api, person, "/preferences", **settings)


def change_password(
    api: Api, person: Person, password: str, current: str = PASSWORD, **code: str
) -> requests.Response:
    """Chooses another password, with a `code` where there is a second factor."""
    return put(api, person, "/password", current_password=current, password=password, **code)


def move(
    api: Api, person: Person, email: str, password: str = PASSWORD, **code: str
) -> requests.Response:
    """Asks to move to another address, with a `code` where there is a second factor."""
    return put(api, person, "/email", email=email, password=password, **code)


def deactivate(api: Api, person: Person, **headers: str) -> requests.Response:
    """Stops the account."""
    return api.post(f"{ACCOUNT}/deactivation", headers={**person.headers, **headers})


def reactivate(api: Api, person: Person) -> requests.Response:
    """Comes back to it."""
    return api.delete(f"{ACCOUNT}/deactivation", headers=person.headers)


def sessions(api: Api, person: Person) -> list[dict[str, Any]]:
    """The sessions that are listed, page by page."""
    items: list[dict[str, Any]] = []
    params = {"limit": "100"}
    while True:
        page = ok(api.get("/v1/sessions", headers=person.headers, params=params))
        items += page["items"]
        if page["next"] is None:
            return items
        params["cursor"] = page["next"]


def again(api: Api, person: Person, password: str = PASSWORD) -> Person:
    """Another session of the same person."""
    return people.sign_in(api, person.email, password)


def answers(api: Api, person: Person) -> dict[str, int]:
    """What each function says to a session: 200 to one that is alive, 401 to one that ended."""
    return {path: api.get(path, headers=person.headers).status_code for path in EVERY_FUNCTION}


def is_alive(api: Api, person: Person) -> bool:
    """Whether a session works; fails when the functions do not agree about it."""
    (status,) = set(answers(api, person).values())
    assert status in (200, 401), status
    return bool(status == 200)


def can_sign_in(api: Api, email: str, password: str) -> bool:
    """Whether address and password open a session; fails on any answer but yes or no."""
    answer = api.post("/v1/sessions", json={"email": email, "password": password})
    assert answer.status_code in (201, 401), answer.text
    return answer.status_code == 201
