"""Pages with a button, from the mail that leads to each to what the button does."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urljoin

import requests

from tests.functions import people, tables
from tests.functions.api import Api, ok
from tests.functions.strangers import FORM
from tests.functions.test_notifications import arrive

APPENDED = "utm_source=x&fbclid=y"
_FORM = re.compile(r"<form([^>]*)>(.*?)</form>", re.DOTALL)
_INPUT = re.compile(r"<input[^>]*>")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Button:
    """A page with a button: the `url` that leads to it, and its effect.

    `works` is true once the button was pressed, and was not before.
    """

    url: str
    works: Callable[[], bool]

    @property
    def tracked(self) -> str:
        """The address as somebody opens it from a newsletter or a social network."""
        return self.url + ("&" if "?" in self.url else "?") + APPENDED


@dataclass(frozen=True, slots=True)
class ShownForm:
    """The form of a page, as HTML says it."""

    method: str
    action: str
    fields: dict[str, str]

    def submit(self, api: Api, page_url: str, locale: str, **typed: str) -> requests.Response:
        """Sends the form as a browser does that shows the page at `page_url`."""
        assert self.method == "post"
        assert set(typed) <= set(self.fields), "a person can only type what the page asks for"
        path = urljoin(page_url, self.action).removeprefix(api.base_url)
        body = urlencode({**self.fields, **typed})
        sent = {**FORM, "Accept-Language": locale, "Sec-Fetch-Site": "same-origin"}
        return api.post(path, data=body, headers=sent)


def shown_form(page: str, number: int = 0) -> ShownForm:
    """The form of a page; the first of several, or that with this number from 0."""
    attributes, inside = _FORM.findall(page)[number]
    form, fields = _attributes(attributes), [_attributes(one) for one in _INPUT.findall(inside)]
    sent = {one["name"]: one.get("value", "") for one in fields}
    return ShownForm(form["method"], form["action"], sent)


def _attributes(text: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(text)}


def link(mail: dict[str, Any], path: str) -> str:
    """The one address of a mail that leads to a page below `path`."""
    found = set(re.findall(rf"https?://\S+{re.escape(path)}[?/]\S+", mail["BodyText"]))
    assert len(found) == 1, mail["BodyText"]
    return str(found.pop())


def _mail(api: Api, email: str, path: str, after: int = 0) -> str:
    """The address in the newest mail to somebody that leads to `path`, once there is one."""
    mails = people.mails(api.stack, email, after + 1)
    return link(next(mail for mail in reversed(mails) if path in mail["BodyText"]), path)


def unsubscribing(api: Api, locale: str) -> Button:
    """Somebody wants no more mails of one kind, and presses what stands below one of them."""
    person = people.signed_in(api, locale=locale)
    for country in ("IT", "FR"):
        arrive(api, person, country)

    def muted() -> bool:
        account = ok(api.get("/v1/account", headers=person.headers))
        return account["notifications"]["new_sign_in"] is False

    return Button(_mail(api, person.email, "/unsubscribe", 1), muted)


def message_proof(api: Api, locale: str) -> Button:
    """Somebody without an account wrote a message, and proves the address."""
    email = people.new_address()
    body = {"kind": "support", "text": "Good morning.", "email": email, "locale": locale}
    message = ok(api.post("/v1/messages", json=body), 202)["id"]
    url = _mail(api, email, "/messages")

    def proven() -> bool:
        (item,) = tables.of_kind(tables.partition(api.stack, message), "message")
        return bool(item["due_event"]["S"] == "created")

    return Button(url, proven)


def copy_ready(api: Api, locale: str) -> Button:
    """Somebody without an account gets the copy that they asked for."""
    email = people.new_address()
    body = {"right": "copy", "email": email, "locale": locale}
    request = ok(api.post("/v1/requests", json=body), 202)["id"]
    path = f"/requests/{request}"
    proof = _mail(api, email, f"{path}/confirm")
    token = proof.partition("token=")[2].partition("&")[0]
    ok(api.post(f"/v1{path}/verification", json={"token": token}))

    def issued() -> bool:
        (item,) = tables.of_kind(tables.partition(api.stack, request), "export")
        return bool(item["issued"]["L"])

    # After the mail with the proof comes the receipt, and then the copy.
    return Button(_mail(api, email, f"{path}/download", 2), issued)


BUTTONS: Final[dict[str, Callable[[Api, str], Button]]] = {
    "showUnsubscribe": unsubscribing,
    "showMessageConfirmation": message_proof,
    "showExport": copy_ready,
}
"""By the id of the page: what makes a button, of the Api and the person's language."""
