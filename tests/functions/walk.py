"""One walk through the whole product, in this process, whatever the notice in force says.

Every answer of HTTP may refuse and none may fail; every job that was asked for is done.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from functools import cache
from typing import Any

import pyotp

from app import app
from chalicelib import clock
from chalicelib.accounts import age
from chalicelib.accounts.service import roles
from chalicelib.activity import model as activity
from chalicelib.api_keys import service as api_keys
from chalicelib.consents import explicit
from chalicelib.instants import instant
from chalicelib.messages import model as messages
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.records.model import holders
from chalicelib.requests.model import MADE
from chalicelib.storage import clients
from chalicelib.web.contract import Operation
from functions.http.site import OPERATIONS
from tests.bench.events import Context, api_event, handler_of, queue_event, schedule_event
from tests.bench.world import PASSWORD, World, new_address
from tests.functions.declared import everything_asked

Json = dict[str, Any]
SCHEDULES = ("relay", "activation", "retention", "deadlines")
SCOPES = ("introspection", "accounts", "decisions", "disclosures", "records")
NOBODY = f"{'a' * 26}.{'A' * 43}"
_TOKEN = re.compile(r"/(?:v1/)?([a-z2-7/-]+)\?token=([a-z2-7]{26}\.[A-Za-z0-9_-]{43})\b")
_UNSUBSCRIBE = re.compile(r"/v1/unsubscribe/(\S+)")
_WORK = 60
"""How many jobs one call may lead to before the walk says that they never end."""


@cache
def function_of(id: str) -> str:
    """The function that serves an operation."""
    operation = named(id)
    view = app.routes[operation.path][operation.method].view_function
    return str(view.__module__).rpartition(".")[2]


@dataclass
class Walk:
    """Somebody who tries everything. `failures` are answers of 500 and above, and jobs left."""

    world: World
    called: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    tickets: list[tuple[str, str]] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Notice what goes to queues and to people from now on, by the clients that there are."""
        clients.sqs().meta.events.register(
            "provide-client-params.sqs.SendMessage", self._queued, unique_id="walk"
        )
        for client in (clients.ses(), clients.ses_once()):
            client.meta.events.register(
                "provide-client-params.ses.SendRawEmail", self._mailed, unique_id="walk"
            )

    def _queued(self, params: Json, **_: Any) -> None:
        queue = params["QueueUrl"].rpartition("/")[2].lower()
        names = ("mail", "fulfilment", "retention", "announcements", "propagation")
        (name,) = [one for one in names if one in queue]
        self.tickets.append((name, params["MessageBody"]))

    def _mailed(self, params: Json, **_: Any) -> None:
        message = message_from_bytes(params["RawMessage"]["Data"])
        parts = [part.get_payload(decode=True) for part in message.walk()]
        self.mails += [part.decode() for part in parts if isinstance(part, bytes)]

    def call(self, id: str, headers: Mapping[str, str] | None = None, **request: Any) -> Json:
        """Calls an operation and does what it asked of the queues; the answer's JSON, if it is."""
        operation = named(id)
        event = api_event(operation.method, operation.path, headers=headers, **request)
        answer = handler_of("http", function_of(id))(event, None)
        self.called.add(id)
        if answer["statusCode"] >= 500:
            self.failures.append(f"{id}: {answer['statusCode']}")
        self.work()
        try:
            body = json.loads(answer["body"])
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    def work(self) -> None:
        """Does all jobs that wait, and those that they lead to."""
        for _ in range(_WORK):
            if not self.tickets:
                return
            name, ticket = self.tickets.pop(0)
            left = handler_of("queues", name)(queue_event(name, ticket), None)
            if left and left.get("batchItemFailures"):
                self.failures.append(f"queue {name} failed")
        self.failures.append("jobs lead to jobs without end")
        self.tickets.clear()

    def schedules(self) -> None:
        """Runs every schedule once."""
        for name in SCHEDULES:
            try:
                answer = handler_of("schedules", name)(schedule_event(), Context())
                if answer.get("failed"):
                    self.failures.append(f"schedule {name}: {answer['failed']} failed")
            except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
                self.failures.append(f"schedule {name}: {type(error).__name__}")
            self.work()

    def token(self, page: str) -> str:
        """The token of the last mail that leads to a page; one of nobody's where none does."""
        found = [m[2] for mail in self.mails for m in _TOKEN.finditer(mail) if m[1] == page]
        return found[-1] if found else NOBODY


def named(id: str) -> Operation:
    """The operation of that id."""
    (found,) = [operation for operation in OPERATIONS if operation.id == id]
    return found


def everything(walk: Walk) -> None:
    """Calls every operation as somebody who has a use for it, and lets time pass after it."""
    walk.watch()
    _read(walk)
    email = new_address()
    person = _register(walk, email)
    visitor = _decide(walk, person)
    _ask(walk, person)
    _manage(walk, email, person)
    _serve(walk, person, visitor)
    _sit_at_the_desk(walk)
    walk.schedules()
    walk.world.move_clock(timedelta(days=800))
    walk.schedules()
    token = walk.token("account/keep")
    walk.call("keepAccount", body={"token": token})


def _read(walk: Walk) -> None:
    version = notices.current().version
    for accept in ("application/json", "text/html", "text/markdown"):
        for language in ("it", "en"):
            headers = {"Accept": accept, "Accept-Language": language}
            walk.call("getNotice", headers)
            walk.call("getNoticeVersion", headers, at={"version": version})
            query = {"since": version}
            walk.call("getNoticeChanges", headers, at={"version": version}, query=query)
    for plain in (
        "listNotices",
        "getCookies",
        "getRegistrationForm",
        "getHealth",
        "getOpenApi",
        "getSecurityTxt",
        "findPasswordPage",
        "getGlobalPrivacyControl",
        "getKeySet",
    ):
        walk.call(plain)
    walk.call("getBanner", at={"script": "sdk.js"})


def _register(walk: Walk, email: str) -> dict[str, str]:
    """Registers, proves the address, signs in: what the person's requests carry."""
    notice = notices.current()
    body: dict[str, Any] = {
        "email": email,
        "password": PASSWORD,
        "locale": notice.locales[0],
        "notice_version": notice.version,
        "profile": everything_asked(notice),
        "decisions": dict.fromkeys(notice.choices, "granted"),
        **_explicitly(notice),
        **dict.fromkeys(age.confirmation(notice), True),
    }
    walk.call("registerAccount", body=body)
    walk.call("resendVerification", body={"email": email})
    walk.call("registerAccount", body={**body, "email": new_address()})
    walk.call("disavowAccount", body={"token": walk.token("disavowal")})
    walk.call("registerAccount", body=body)
    token = walk.token("verification")
    walk.call("verifyAccount", body={"token": token, "password": PASSWORD})
    return _sign_in(walk, email)


def _sign_in(walk: Walk, email: str, **more: str) -> dict[str, str]:
    body = {"email": email, "password": PASSWORD, **more}
    opened = walk.call("signIn", body=body)
    if "token" not in opened:
        walk.failures.append(f"nobody signs in: {opened.get('type')} {opened.get('errors')}")
    return {"Authorization": f"Bearer {opened.get('token', NOBODY)}"}


def _decide(walk: Walk, person: dict[str, str]) -> dict[str, str]:
    """Decides as an account and as a browser; the browser's headers."""
    notice = notices.current()
    visitor = {"Riserbo-Visitor": secrets.token_urlsafe(24)}
    for headers in (visitor, {**visitor, "Sec-GPC": "1"}, person):
        for choice in ("granted", "denied"):
            decisions = dict.fromkeys(notice.choices, choice)
            body = {
                "notice_version": notice.version,
                "decisions": decisions,
                "source": "preference_centre" if _explicitly(notice) else "banner",
                "event_id": secrets.token_hex(4),
                **(_explicitly(notice) if choice == "granted" else {}),
            }
            made = walk.call("captureConsent", headers, body=body)
            entry = made.get("entry_id", f"{'a' * 26}.1")
            for accept in ("application/json", "text/html"):
                receipt = walk.call(
                    "getReceipt", {**headers, "Accept": accept}, at={"entry_id": entry}
                )
                if "receipt" in receipt:
                    walk.call("verifyReceipt", body={"receipt": receipt["receipt"]})
            _tell(walk, headers)
            walk.call("getConsents", headers)
        walk.call("getLedger", headers)
    walk.call("verifyReceipt", body={"receipt": "e30.e30.e30"})
    preferences: dict[str, Any] = {
        "notice_version": notice.version,
        "decisions": dict.fromkeys(notice.choices, "granted"),
        **_explicitly(notice),
        "locale": notice.locales[-1],
        "notifications": {one.id: False for one in notice.notifications.values() if one.optional},
    }
    walk.call("setPreferences", person, body=preferences)
    return visitor


def _explicitly(notice: Notice) -> dict[str, list[str]]:
    """Says of the grants that need it that each was a statement of its own."""
    names = explicit.purposes(notice)
    return {explicit.MEMBER: names} if names else {}


def _tell(walk: Walk, headers: dict[str, str]) -> None:
    """Tells an event of each category that holds activity, and of one that does not."""
    notice, now = notices.current(), instant(clock.now())
    for category, names in (*activity.holders(notice).items(), ("none", ["none"])):
        told = [
            {"purpose": one, "type": "walk", "at": now, "fields": {name: "17"}}
            for one in notice.purposes
            for name in sorted(names)[:1]
        ]
        made = walk.call("tellActivity", headers, body={"events": told})
        if category == "none" and made.get("accepted"):
            walk.failures.append("an event that no notice declares was kept")


def _ask(walk: Walk, person: dict[str, str]) -> None:
    """Makes a request of each right, and fetches what is answered."""
    for right in sorted({*notices.current().rights, "copy"}):
        made = walk.call("makeRequest", person, body={"right": right, "details": "Please."})
        at = {"id": made.get("id", "a" * 26)}
        walk.call("sendMessage", person, at=at, body={"text": "And this."})
        _answer_as_systems(walk, at["id"])
        walk.call("getRequest", person, at=at)
        walk.call("getExport", person, at=at)
        walk.call("getClosingReceipt", person, at=at)
        if right not in MADE:  # which are answered
            walk.call("cancelRequest", person, at=at)
        walk.call("disputeRequest", person, at=at, body={})
    walk.call("listRequests", person)
    _write(walk, person)
    rights = notices.current().rights
    right = next((one for one in MADE if one in rights), next(iter(rights), "copy"))
    made = walk.call("makeRequest", body={"right": right, "email": new_address()})
    at = {"id": made.get("id", "a" * 26)}
    walk.call("resendRequestVerification", at=at)
    token = walk.token(f"requests/{at['id']}/confirm")
    opened = walk.call("verifyRequest", at=at, body={"token": token}).get("token", NOBODY)
    headers = {"authorization": f"Bearer {opened}"}
    walk.call("getRequest", headers, at=at)
    walk.call("getExport", headers, at=at)
    token = walk.token(f"requests/{at['id']}/download")
    walk.call("issueExport", at=at, body={"token": token})


def _write(walk: Walk, person: dict[str, str]) -> None:
    """Writes a message by each form that there is, and by one that the notice has not."""
    for form in (*messages.forms(notices.current()).values(), None):
        names = messages.fields_of(form) if form else {}
        body = {"kind": form.id if form else "support", "text": "Good morning."}
        walk.call("writeMessage", person, body={**body, "fields": dict.fromkeys(names, "7")})
    walk.call("listMessages", person)
    body = {"kind": "support", "text": "Good morning.", "email": new_address()}
    at = {"id": walk.call("writeMessage", body=body).get("id", "a" * 26)}
    token = walk.token("messages")
    walk.call("verifyMessage", at=at, body={"token": token})


def _manage(walk: Walk, email: str, person: dict[str, str]) -> None:
    """Looks after the account: profile, address, password, stopping and coming back."""
    walk.call("getAccount", person)
    walk.call("correctAccount", person, body={"profile": {}})
    form = next((form for form in notices.current().forms.values()), None)
    for reference in form.optional if form else ():
        profile = {reference.category: {reference.field: "Ada"}}
        walk.call("correctAccount", person, body={"profile": profile})
    walk.call("listSessions", person)
    walk.call("endSession", person, at={"id": "a" * 16})
    walk.call("listAccountNotices", person)
    version = notices.current().version
    walk.call("acknowledgeNotice", person, at={"version": version})
    body = {"email": new_address(), "password": PASSWORD}
    walk.call("changeAddress", person, body=body)
    for press, page in (("confirmAddress", "email/confirm"), ("undoAddress", "email/undo")):
        walk.call(press, body={"token": walk.token(page)})
    walk.call("requestPasswordReset", body={"email": email})
    token = walk.token("password/new")
    body = {"token": token, "password": PASSWORD}
    walk.call("resetPassword", body=body)
    walk.call("confirmPasswordReset", body=body)
    again = _sign_in(walk, email)
    body = {"current_password": PASSWORD, "password": PASSWORD[::-1]}
    walk.call("changeOwnPassword", again, body=body)
    walk.call("deactivateAccount", again)
    walk.call("getConsents", again)
    walk.call("reactivateAccount", again)


def _serve(walk: Walk, person: dict[str, str], visitor: dict[str, str]) -> None:
    """Does what the controller's own systems do."""
    notice = notices.current()
    headers = {"Authorization": f"Bearer {api_keys.create('walk', SCOPES)[1]}"}
    subject = person["Authorization"].removeprefix("Bearer ").partition(".")[0]
    walk.call("introspectSession", headers, body={"token": f"{subject}.{'A' * 43}"})
    walk.call("setReference", headers, at={"id": subject}, body={"reference": "customer-1"})
    questions = []
    for purpose in notice.purposes.values():
        question = {"subject": subject, "purpose": purpose.id}
        questions.append(question)
        walk.call("getDecision", headers, query=question)
        body = {"subject": subject, "purpose": purpose.id, "locale": notice.locales[0]}
        link = walk.call("issueUnsubscribeLink", headers, body=body)
        if "url" in link:
            token = _UNSUBSCRIBE.search(link["url"])
            assert token, link
            walk.call("unsubscribe", at={"token": token[1]}, body={})
        if purpose.recipients:
            disclosure = {
                "subject": subject,
                "recipient": purpose.recipients[0],
                "category": purpose.categories[0],
                "purpose": purpose.id,
            }
            walk.call("recordDisclosure", headers, body=disclosure)
    _hand_over(walk, headers, subject)
    walk.call("getDecisions", headers, body={"questions": questions[:50]})
    walk.call("unsubscribe", at={"token": "none"}, body={})


def _hand_over(walk: Walk, headers: dict[str, str], subject: str) -> None:
    """Hands over a record of each category that the notice lets in, or of one that it does not."""
    held, at = holders(notices.current()), instant(clock.now())
    for category, kinds in (held or {"none": {}}).items():
        fields = {name: "17" for names in kinds.values() for name in sorted(names)[:1]}
        body = {
            "subject": subject,
            "category": category,
            "fields": fields or {"none": "17"},
            "origin": "Fairs and Halls Srl",
            "occurred_at": at,
        }
        made = walk.call("handOverRecord", headers, body=body)
        place = {"id": made.get("id", f"external.{category}.{'a' * 26}")}
        event = {"subject": subject, "event": made.get("ends_from", "ended"), "at": at}
        walk.call("moveRecord", headers, at=place, body=event)
        walk.call("endRecord", headers, at=place, query={"subject": subject})


def _answer_as_systems(walk: Walk, request: str) -> None:
    """Answers about a request as each system that takes part in requests; else as anybody."""
    found = notices.current().recipients
    taking_part = [name for name, one in found.items() if one.answers is not None]
    for recipient in taking_part or list(found)[:1]:
        key = api_keys.create("answering", {"answers"}, recipient=recipient)[1]
        body = {"recipient": recipient, "status": "nothing"}
        headers = {"Authorization": f"Bearer {key}"}
        walk.call("answerRequest", headers, at={"id": request}, body=body)


def _answer(walk: Walk, staff: Mapping[str, str], subject: str) -> None:
    """Enters a letter for each right that the notice has, looks at it, and answers it."""
    for right in notices.current().rights:
        letter = {
            "right": right,
            "subject": subject,
            "channel": "post",
            "received_at": "2026-11-20T09:00:00Z",
        }
        at = {"id": walk.call("enterRequest", staff, body=letter).get("id", "a" * 26)}
        walk.call("getDeskRequest", staff, at=at)
        walk.call("listDeskMessages", staff, at=at)
        walk.call("actOnRequest", staff, at=at, body={"action": "note", "text": "A note."})
        refusal = {"action": "refuse", "ground": "not_identified"}
        walk.call("actOnRequest", staff, at=at, body=refusal)
    paper = {"right": "review", "channel": "post", "received_at": "2026-11-20T09:00:00Z"}
    for named in ({"email": "stranger@example.org"}, {"details": "Bea Weiss, Via Po 1, Torino."}):
        walk.call("enterRequest", staff, body={**paper, **named})
    walk.call("searchSubjects", staff, body={"email": "stranger@example.org"})
    walk.call("listDeskRequests", staff)
    for accept in ("application/json", "text/csv"):
        walk.call("getRequestsReport", {**staff, "Accept": accept}, query={"month": "2026-11"})
    for accept in ("application/json", "text/csv", "text/html"):
        month = {"month": f"{clock.now():%Y-%m}"}
        walk.call("getRetentionReport", {**staff, "Accept": accept}, query=month)
    walk.call("searchSubjects", staff, body={"subject": subject})
    hold = {
        "subject": subject,
        "classes": ["evidence"],
        "ground": "claims",
        "reason": "The claim of 3 November.",
        "until": instant(clock.now() + timedelta(days=90)),
    }
    at = {"id": walk.call("placeHold", staff, body=hold).get("id", f"{'a' * 26}.{'a' * 26}")}
    walk.call("listHolds", staff)
    walk.call("listHolds", staff, query={"subject": subject})
    walk.call("liftHold", staff, at=at)
    walk.call("listReviews", staff)
    walk.call("listWarnings", staff)
    walk.call("listDuties", staff)
    yes = {"version": "2999-01-01", "rule": "standing_end", "erases": 1}
    walk.call("confirmRule", staff, body=yes)
    nothing = {"decision": "erase", "reason": "It is needed no more."}
    walk.call("decideReview", staff, body=nothing, at={"id": f"{'a' * 26}.{'a' * 32}"})


def _sit_at_the_desk(walk: Walk) -> None:
    """Keeps the notice and records letters, as somebody with a second factor."""
    email = new_address()
    person = _register(walk, email)
    secret = walk.call("offerSecondFactor", person, body={"password": PASSWORD}).get("secret")
    if secret is None:
        walk.failures.append("no second factor is offered")
        return
    code = pyotp.TOTP(secret).at(int(clock.now().timestamp()))
    body = {"code": code}
    codes = walk.call("confirmSecondFactor", person, body=body).get("recovery_codes", [])
    assert roles.give(email, roles.DESK)
    staff = _sign_in(walk, email, code=codes[0])
    notice = notices.current()
    draft = {**notice.document, "version": "2999-01-01", "effective_at": "2999-01-01T00:00:00Z"}
    saved = walk.call("saveNoticeDraft", staff, body={"document": draft})
    at = {"version": "2999-01-01"}
    walk.call("listNoticeDrafts", staff)
    walk.call("getNoticeDraft", staff, at=at)
    walk.call("simulateNotice", staff, body=at)
    body = {**at, "digest": saved.get("digest", "0" * 64)}
    walk.call("publishNotice", staff, body={**body, "digest": "0" * 64})
    code = pyotp.TOTP(secret).at(int(clock.now().timestamp()) + 30)
    walk.call("publishNotice", staff, body={**body, "code": code})
    walk.call("withdrawNotice", staff, body=at)
    walk.call("deleteNoticeDraft", staff, at=at)
    walk.call("getNoticeAnnouncement", staff, at={"version": notice.version})
    walk.call("listCallbacks", staff)
    subject = person["Authorization"].removeprefix("Bearer ").partition(".")[0]
    letter = {
        "subject": subject,
        "decisions": {
            purpose.id: "denied" if purpose.needs_consent else "objected"
            for purpose in notice.purposes.values()
        },
        "channel": "post",
        "received_at": "2026-11-20T09:00:00Z",
        "locale": notice.locales[0],
    }
    walk.call("recordDecisions", staff, body=letter)
    _answer(walk, staff, subject)
    for accept in ("application/json", "text/csv"):
        walk.call("getProcessingReport", {**staff, "Accept": accept})
    walk.call("listAudit", staff)
    walk.call("renewRecoveryCodes", staff, body={"password": PASSWORD, "code": codes[1]})
    walk.call("removeSecondFactor", staff, body={"password": PASSWORD, "code": codes[2]})
    walk.call("endSessions", staff)
