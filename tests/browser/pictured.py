"""The pages of which there are pictures, as a person sees them, with contents that are made up."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import timedelta
from functools import wraps
from io import StringIO
from types import SimpleNamespace
from typing import Any, Final

import pytest

from chalicelib.accounts.pages.registration import registration_page
from chalicelib.accounts.pages.second_factor import codes_page, offered_page
from chalicelib.accounts.pages.signin import sign_in_page
from chalicelib.accounts.pages.verification import verification_page
from chalicelib.accounts.service.enrolment import Offered
from chalicelib.catalogue import STORED
from chalicelib.consents.pages.choices import choices_page
from chalicelib.errors import Finding, Unprocessable
from chalicelib.notices import service
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Announced
from chalicelib.notices.rendering import render_html
from chalicelib.pages.frame import Frame
from chalicelib.publications.model import Obligation
from chalicelib.publications.model import Status as Told
from chalicelib.requests.machine import Action, Actor, Entry, Status
from chalicelib.requests.model import Request, timed
from chalicelib.requests.pages.course import request_page
from chalicelib.sessions.model import Opened
from chalicelib.site.home import home_page
from chalicelib.subjects.model import Asked
from chalicelib.web.pages.visit import Visit
from tests.browser import pictured_desk, pictured_notices, pictured_reports, pictured_requests
from tests.unit.accounts import owner, visitor
from tests.unit.consents import test_choices_page as samples
from tests.unit.core.samples import NOW, SHIPPED, SUBJECT, shipped
from tests.unit.notices import reader
from tests.unit.receipts import test_pages as receipts
from tests.unit.requests import asker


def framed(path: str, *, tab: str = "") -> Frame:
    """Returns the frame of a page in Italian, of somebody who is signed in where it has a tab."""
    return Frame(shipped(), "it", path, signed_in=bool(tab), token="t" if tab else "", tab=tab)


def home() -> str:
    """Returns the home page while a change is announced."""
    at = NOW + timedelta(days=38)
    return home_page(framed("/"), Announced("2026-12-30", "2026-11-22", "material", at, at))


def notice() -> str:
    """Returns the page of the notice."""
    return render_html(shipped(), "it", frame=framed("/notice"))


def visit(frame: Frame, **query: str) -> Visit:
    """Returns a visit to a page whose address has these parameters."""
    asked: Any = SimpleNamespace(query=query)
    return Visit(asked, frame.notice, frame)


def sign_in() -> str:
    """Returns the page for signing in."""
    return sign_in_page(visit(framed("/sign-in")))


def refused_sign_in() -> str:
    """Returns the same page after an address that is none."""
    found = Finding("/email", "is not an e-mail address", "format")
    frame = framed("/sign-in")
    return sign_in_page(
        visit(frame).shown_again(Unprocessable(findings=(found,)), {"email": "ada@"}, frame)
    )


def registration() -> str:
    """Returns the page for opening an account."""
    return registration_page(visit(framed("/register")))


def refused_registration() -> str:
    """Returns the same page after an address that is none and a password that is short."""
    found = (
        Finding("/email", "is not an e-mail address", "email"),
        Finding("/password", "is too short", "too_short", 12),
    )
    frame = framed("/register")
    typed = {"email": "ada@", "decisions.surveys": "denied"}
    return registration_page(visit(frame).shown_again(Unprocessable(findings=found), typed, frame))


def verification() -> str:
    """Returns the page behind the link of the mail that proves an address."""
    return verification_page(visit(framed("/verification"), token="t"))


def request() -> str:
    """Returns the page of a request for erasure that begins by itself."""
    history = (Entry(NOW, Status.RECEIVED, Action.SUBMIT, Actor.PERSON),)
    begins = NOW + timedelta(hours=72)
    made = Request(
        "k7" * 13, "erase", Status.RECEIVED, "website", NOW, None, history, begins_at=begins
    )
    found = timed(made, shipped(), NOW)
    frame = framed(f"/account/requests/{made.id}", tab="requests")
    return request_page(visit(frame), found, (), found.received_on + timedelta(days=2))


def choices() -> str:
    """Returns the page of one's own choices, of which one waits to be confirmed."""
    overview = samples.of(shipped())
    asks = {"surveys": Asked(5, samples.EARLIER)}
    overview = replace(overview, standing=replace(overview.standing, asks=asks))
    return choices_page(visit(framed("/account/choices", tab="choices")), overview)


def made_up(
    show: Callable[[pytest.MonkeyPatch, owner.Person], str],
) -> Callable[[], str]:
    """Returns what shows a page of the functions, where no store is, to somebody signed in."""

    @wraps(show)
    def shown() -> str:
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()):  # its logs
            ada = owner.arrived(patch)
            ada.opened = Opened(False, "203.0.113.0/24", "IT")
            ada.profile = {"identity": {"name": "Ada Lovelace", "phone": "+39 06 6982 0000"}}
            ada.profile["identity"]["email"] = "ada@example.org"
            return show(patch, ada)

    return shown


def own(path: str) -> Callable[[], str]:
    """Returns what shows a page of somebody's account."""
    return made_up(lambda _patch, _ada: owner.shown(path, "it").text)


def open_to_all(function: str, path: str, **query: str) -> Callable[[], str]:
    """Returns what shows a page of accounts that needs no session."""
    return made_up(lambda _patch, _ada: visitor.opened(function, path, query, "it").text)


def of_the_notice(path: str) -> Callable[[], str]:
    """Returns what shows a page of the notice."""

    def show(patch: pytest.MonkeyPatch, _ada: owner.Person) -> str:
        reader.world(patch)
        return reader.opened(path, "it").text

    return made_up(show)


@made_up
def changes(patch: pytest.MonkeyPatch, _ada: owner.Person) -> str:
    """Returns the page of what a version changes, which asks again and keeps something longer."""
    document = json.loads(SHIPPED.read_text("utf-8"))
    document.update(version="2026-12-30", effective_at="2026-12-30T00:00:00Z")
    offers = next(one for one in document["purposes"] if one["id"] == "offers_email")
    offers["categories"].append("interaction")
    rule = next(one for one in document["retention"] if one["id"] == "closed_request")
    rule["period"] = {"years": 6}
    later = compile_notice(document, STORED)
    reader.world(patch)
    patch.setattr(service, "version", lambda _: later)
    patch.setattr(service, "compared", lambda *_: (shipped(), later))
    return reader.opened("/notice/{version}/changes", "it", later.version).text


@made_up
def account(_patch: pytest.MonkeyPatch, ada: owner.Person) -> str:
    """Returns the first page of an account for which something waits."""
    ada.standing = replace(ada.standing, asks={"surveys": Asked(1, NOW)})
    ada.obligations = [changed("2026-12-30", Told.SENT)]
    ada.requests = [Request("k7" * 13, "copy", Status.RECEIVED, "website", NOW, None, ())]
    return owner.shown("/account", "it").text


def changed(version: str, status: Told) -> Obligation:
    """Returns what somebody was told of a version, and that they saw it where the status says."""
    at = NOW + timedelta(days=38)
    seen = NOW if status is Told.SEEN else None
    return Obligation(SUBJECT, version, status, (), NOW, at, NOW, None, seen, 1)


@made_up
def messages(_patch: pytest.MonkeyPatch, ada: owner.Person) -> str:
    """Returns the page of what somebody was told."""
    ada.obligations = [changed("2026-12-30", Told.SENT), changed("2026-09-01", Told.SEEN)]
    return owner.shown("/account/messages", "it").text


@made_up
def devices(_patch: pytest.MonkeyPatch, ada: owner.Person) -> str:
    """Returns the page of somebody's devices."""
    elsewhere = Opened(False, "198.51.100.0/24", "FR")
    ada.sessions = [
        owner.session(owner.HERE, ada.opened),
        owner.session("s" * 43, elsewhere),
        owner.session("u" * 43, Opened()),
    ]
    return owner.shown("/account/sessions", "it").text


def factor_offered() -> str:
    """Returns the page with the QR code of a second factor."""
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    uri = f"otpauth://totp/Kaveripoint:ada@example.org?secret={secret}&issuer=Kaveripoint"
    return offered_page(
        visit(framed("/account/second-factor", tab="security")), Offered(secret, uri)
    )


def factor_codes() -> str:
    """Returns the page with recovery codes."""
    codes = [
        f"{number * 7919 % 10_000:04d}-{number * 6151 % 10_000:04d}" for number in range(1, 11)
    ]
    return codes_page(visit(framed("/account/second-factor", tab="security")), codes, renewed=False)


@made_up
def requests(_patch: pytest.MonkeyPatch, _ada: owner.Person) -> str:
    """Returns the list of somebody's requests."""
    erased = asker.request("erase")
    done = asker.request("copy", Action.APPROVE, Action.COMPLETE)
    return asker.listed("it", erased, asker.request("rectify", Action.START), done)


@made_up
def asking(_patch: pytest.MonkeyPatch, _ada: owner.Person) -> str:
    """Returns the page with which somebody without an account asks to be erased."""
    return asker.opened("/requests/new", {"right": "erase"}, "it").text


@made_up
def rights(_patch: pytest.MonkeyPatch, _ada: owner.Person) -> str:
    """Returns the page of all rights."""
    return asker.opened("/requests/new", {}, "it").text


@made_up
def confirming(_patch: pytest.MonkeyPatch, _ada: owner.Person) -> str:
    """Returns the page with which somebody proves the address of a request."""
    return asker.opened(f"/requests/{asker.ID}/confirm", {"done": "sent"}, "it").text


@made_up
def receipt(patch: pytest.MonkeyPatch, _ada: owner.Person) -> str:
    """Returns the receipt of somebody's choices."""
    return receipts.receipt(patch, shipped(), "it").text


@made_up
def check(_patch: pytest.MonkeyPatch, _ada: owner.Person) -> str:
    """Returns the page on which a receipt is verified."""
    return receipts.ask("GET", "/receipts/verify", None, "it").text


@made_up
def checked(patch: pytest.MonkeyPatch, _ada: owner.Person) -> str:
    """Returns the same page, which says that a receipt is valid."""
    signed = "eyJhbGciOiJFUzI1NiIsInR5cCI6InJlY2VpcHQifQ.eyJpc3MiOiJLYXZlcmlwb2ludCJ9.MEUCIQDx"
    return receipts.check(patch, receipts.judgements()["decision"], text=signed).text


MAIN: Final[dict[str, Callable[[], str]]] = {
    "home": home,
    "notice": notice,
    "sign-in": sign_in,
    "sign-in-refused": refused_sign_in,
    "register": registration,
    "register-refused": refused_registration,
    "verification": verification,
    "request": request,
    "choices": choices,
    "account": account,
}
"""Name of a picture -> the page, of those that are shown light and dark."""

PAGES: Final[dict[str, Callable[[], str]]] = {
    **MAIN,
    "address": own("/account/email"),
    "changes": changes,
    "check": check,
    "checked": checked,
    "confirm-address": open_to_all("profile", "/email/confirm", token=visitor.TOKEN),
    "confirm-request": confirming,
    "cookies": of_the_notice("/cookies"),
    "desk-entry": pictured_requests.entry,
    "desk-failures": pictured_reports.failures,
    "desk-list": pictured_requests.listed,
    "desk-notice": pictured_notices.draft,
    "desk-people": pictured_desk.people,
    "desk-person": pictured_desk.person,
    "desk-request": pictured_requests.one,
    "desk-retention": pictured_reports.retention,
    "devices": devices,
    "disavowal": open_to_all("accounts", "/disavowal", token=visitor.TOKEN),
    "interface": open_to_all("site", "/docs"),
    "keep": open_to_all("accounts", "/account/keep", token=visitor.TOKEN),
    "leave": own("/account/leave"),
    "messages": messages,
    "new-password": open_to_all("credentials", "/password/new", token=visitor.TOKEN),
    "nowhere": open_to_all("site", "/{proxy+}"),
    "password": own("/account/password"),
    "preferences": own("/account/preferences"),
    "profile": own("/account/profile"),
    "receipt": receipt,
    "request-new": asking,
    "requests": requests,
    "resend": open_to_all("accounts", "/verification/resend"),
    "reset": open_to_all("credentials", "/password"),
    "rights": rights,
    "second-factor": own("/account/second-factor"),
    "second-factor-codes": factor_codes,
    "second-factor-offered": factor_offered,
    "undo": open_to_all("profile", "/email/undo", token=visitor.TOKEN),
    "versions": of_the_notice("/notice/versions"),
}
"""Name of a picture -> the page."""
