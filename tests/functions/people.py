"""People who use the website: they register, open their mail, sign in."""

from __future__ import annotations

import itertools
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.functions.api import Api, ok
from tests.functions.stack import DeployedStack
from tests.functions.waiting import until

PASSWORD = "correct horse battery staple"
TOKEN = re.compile(r"token=([a-z2-7]{26}\.[A-Za-z0-9_-]{43})\b")
_DISAVOWAL = re.compile(r"/disavowal\?" + TOKEN.pattern)
_CODE = re.compile(r"^([0-9]{8})$", re.MULTILINE)
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account whose address is proven, and who is signed in."""

    email: str
    token: str
    subject: str

    @property
    def headers(self) -> dict[str, str]:
        """What a request of theirs carries."""
        return bearer(self.token)


def bearer(token: str) -> dict[str, str]:
    """The header of a session."""
    return {"Authorization": f"Bearer {token}"}


def visitor(token: str) -> dict[str, str]:
    """The header of a browser without account."""
    return {"Riserbo-Visitor": token}


def new_visitor() -> str:
    """A token that a browser mints by itself."""
    return secrets.token_urlsafe(24)


def new_address() -> str:
    """An address that nobody used before in this run."""
    return f"person.{next(_numbers)}@example.com"


def registration(api: Api, email: str, **members: Any) -> dict[str, Any]:
    """The body with which somebody registers."""
    return _registration(email, **{"notice_version": api.notice_version(), **members})


def _registration(email: str, **members: Any) -> dict[str, Any]:
    return {"email": email, "password": PASSWORD, "locale": "it", "decisions": {}, **members}


def register(api: Api, email: str, **members: Any) -> None:
    """Registers and does not wait for the mail."""
    ok(api.post("/v1/accounts", json=registration(api, email, **members)), 202)


def mails(stack: DeployedStack, email: str, count: int = 1) -> list[dict[str, Any]]:
    """The mails to an address once there are so many; fails if they do not come."""
    found = until(lambda: _at_least(stack, email, count))
    assert found, f"no {count} mails to the address: {stack.mails_to(email)}"
    return found


def _at_least(stack: DeployedStack, email: str, count: int) -> list[dict[str, Any]]:
    found = stack.mails_to(email)
    return found if len(found) >= count else []


def link_token(mail: dict[str, Any]) -> str:
    """The token of the link in a mail."""
    found = TOKEN.search(mail["BodyText"])
    assert found, mail
    return found[1]


def disavowal_token(mail: dict[str, Any]) -> str:
    """The token of the link for who did not open the account."""
    found = _DISAVOWAL.search(mail["BodyText"])
    assert found, mail
    return found[1]


def short_code(mail: dict[str, Any]) -> str:
    """The short code in a mail."""
    found = _CODE.search(mail["BodyText"])
    assert found, mail
    return found[1]


def pending(api: Api, **members: Any) -> tuple[str, str]:
    """Somebody who registered and has the mail unread: the address and its link's token."""
    email = new_address()
    register(api, email, **members)
    return email, link_token(mails(api.stack, email)[0])


def proof(token: str, **members: Any) -> dict[str, str]:
    """What proves the address of who registered with these members."""
    return {"token": token, "password": members.get("password", PASSWORD)}


def verified(api: Api, **members: Any) -> str:
    """Somebody whose address is proven: the address."""
    return _registered(api, members, signs_in=False).email


def sign_in(api: Api, email: str, password: str = PASSWORD) -> Person:
    """Signs in."""
    session = ok(api.post("/v1/sessions", json={"email": email, "password": password}), 201)
    return Person(email, session["token"], session["token"].partition(".")[0])


def signed_in(api: Api, **members: Any) -> Person:
    """Somebody new who is signed in."""
    return _registered(api, members, signs_in=True)


def _registered(api: Api, members: Mapping[str, Any], *, signs_in: bool) -> Person:
    email = new_address()
    body = _registration(email, **members)
    token = api.stack.registry.register(body, signs_in=signs_in) or ""
    return Person(email, token, token.partition(".")[0])
