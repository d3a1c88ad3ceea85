"""A small blueprint with a page of each sort, and the requests that browsers send to it."""

from __future__ import annotations

import html
from collections.abc import Mapping
from urllib.parse import urlencode

from chalice.app import Blueprint

from chalicelib.errors import (
    BadRequest,
    Conflict,
    Finding,
    Forbidden,
    TooManyRequests,
    Unauthenticated,
)
from chalicelib.web.app import lambda_handler
from chalicelib.web.pages import cookie
from chalicelib.web.pages.answers import Done
from chalicelib.web.pages.contract import PageOperation, Session
from chalicelib.web.pages.former import moved
from chalicelib.web.pages.view import acts, shows
from chalicelib.web.pages.visit import Visit
from chalicelib.web.schemas import closed
from tests.unit.web.sample import CONTEXT, Sent, event

URL = "https://privacy.example/stage"
TOKEN = "a" * 26 + "." + "s" * 43
OTHER = "b" * 26 + "." + "t" * 43
OVER = "c" * 26 + "." + "u" * 43
ONCE = "o" * 43
SAME = {"Sec-Fetch-Site": "same-origin"}
TEXT = {"type": "string", "maxLength": 40}

SHOW = PageOperation(
    id="showThing",
    method="GET",
    path="/things",
    query={"token": TEXT},
    token=True,
    done=frozenset({"made"}),
)
SEND = PageOperation(
    id="sendThing",
    method="POST",
    path="/things",
    body=closed(
        ["name", "password"],
        name={"type": "string", "minLength": 3, "maxLength": 40},
        password={"type": "string", "minLength": 8, "maxLength": 100},
        token=TEXT,
        note=TEXT,
    ),
)
SHARED = PageOperation(id="showShared", method="GET", path="/shared", shares=60)
OPEN = PageOperation(id="showOpen", method="GET", path="/open", session=Session.OPTIONAL)
OWN = PageOperation(
    id="showOwn",
    method="GET",
    path="/account/{id}",
    session=Session.REQUIRED,
    query={"page": TEXT},
    tab="own",
)
MAKE = PageOperation(
    id="makeOwn",
    method="POST",
    path="/account/{id}",
    session=Session.REQUIRED,
    body=closed(["name"], name=TEXT),
    once=True,
)
RAW = PageOperation(id="sendRaw", method="POST", path="/raw", body=closed([]))

bp = Blueprint(__name__)
made: list[str] = []


@shows(bp, SHOW)
def show_thing(visit: Visit) -> str:
    errors = {name: visit.errors(name) for name in ("name", "password", "note")}
    told = [*visit.general_errors("name", "password", "note"), visit.frame.done]
    shown = f"{visit.value('name')}|{visit.value('token')}|{errors}|{told}|{visit.frame.refused}"
    links = " ".join(one.href for one in visit.frame.alternates())
    return f"<title>t</title><style>p{{}}</style><p>{html.escape(shown)}</p>{html.escape(links)}"


@acts(bp, SEND, again=show_thing)
def send_thing(visit: Visit) -> Done:
    match visit.body["name"]:
        case "wrong":
            raise Unauthenticated("No.", type="not-signed-in")
        case "often":
            raise TooManyRequests("Wait.", retry_after=899)
        case "finding":
            raise BadRequest("No.", findings=(Finding("/password", "is known", "leaked"),))
        case "broken":
            raise ValueError("no such person: ada@example.org")
    made.append(visit.body.get("note", "-"))
    return Done("/things", "made", {"page": "2"}, cookie=cookie.opened(TOKEN, 60))


@shows(bp, SHARED)
def show_shared(visit: Visit) -> str:
    return f"<style></style>{visit.language} {visit.frame.signed_in} {visit.session}"


@shows(bp, OPEN)
def show_open(visit: Visit) -> str:
    if visit.session == OVER:
        raise Unauthenticated
    return f"{visit.frame.signed_in} {visit.speaking('en').language}"


@shows(bp, OWN)
def show_own(visit: Visit, id: str) -> str:
    if visit.session == OVER:
        raise Unauthenticated
    if id == "others":
        raise Forbidden
    return f"{id} {visit.frame.tab} {visit.frame.token} {visit.once}"


@acts(bp, MAKE, again=show_own)
def make_own(visit: Visit, id: str) -> Done:
    if visit.body["name"] == "taken":
        raise Conflict("It is there.")
    made.append(visit.body["name"])
    return Done(f"/account/{len(made)}")


@acts(bp, RAW)
def send_raw(visit: Visit) -> Done:
    return Done("/things")


moved(bp, {"/v1/things": "/things", "/v1/things/{id}": "/account/{id}"})

handler = lambda_handler((bp,), "sample")


def get(
    path: str,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    parameters: Mapping[str, str] | None = None,
    method: str = "GET",
) -> Sent:
    """What a browser asks for."""
    sent = {"Accept": "text/html", **(headers or {})}
    asked = {name: [value] for name, value in (query or {}).items()}
    return Sent(handler(event(method, path, None, sent, asked, parameters), CONTEXT))


def post(
    path: str,
    fields: Mapping[str, str] | str,
    headers: Mapping[str, str] | None = None,
    parameters: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> Sent:
    """What a browser sends for a form; `headers` say where the form was."""
    body = fields if isinstance(fields, str) else urlencode(fields)
    sent = {
        "Accept": "text/html",
        "Content-Type": "application/x-www-form-urlencoded",
        **(SAME if headers is None else headers),
    }
    asked = {name: [value] for name, value in (query or {}).items()}
    return Sent(handler(event("POST", path, body, sent, asked, parameters), CONTEXT))


def signed_in(token: str = TOKEN) -> dict[str, str]:
    """The header of a browser that holds a session's cookie."""
    return {"Cookie": f"other=1; {cookie.NAME}={token}"}
