"""The steps of a rehearsal: a browser without account, and a person of SES's mailbox simulator.

The person is made up for one rehearsal: a random address at `success+...@simulator.amazonses.com`,
to which mail is taken and read by nobody, and a random password. A second one, at `bounce+...`, is
registered to see that a mail that comes back is recorded.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from chalicelib.accounts.service.forms import FORM
from chalicelib.ids import new_id
from chalicelib.notices.compiler import load_published
from chalicelib.notices.model import FieldRef, Notice
from chalicelib.rehearsal.service import DOMAIN
from infra.redrive import QUEUES, WORKERS
from infra.rehearsal.deployed import Deployed, Unhealthy

_ATTEMPTS: Final = 4
"""Tries of the first call: API Gateway may serve an old deployment for some seconds."""

_EXAMPLES: Final = {
    "email": "rehearsal@example.com",
    "phone": "+390612345678",
    "country": "IT",
    "date": "1980-01-31",
    "url": "https://example.com",
}
"""A value of each type of field that has a form; any text fits the others."""

Say = Callable[[str], None]
Json = dict[str, Any]


class Rehearsal:
    """One rehearsal of a deployed stage. `say` gets a line for each step, with ids alone."""

    def __init__(self, stage: Deployed, say: Say) -> None:
        self._stage = stage
        self._say = say
        self._step = ""
        self._password = secrets.token_urlsafe(24)
        self._email = f"success+{new_id()}{DOMAIN}"
        self._session: dict[str, str] = {}

    def run(self) -> None:
        """Does every step; raises Unhealthy, whose text begins with the step that failed.

        A release without the command `rehearsal` is tried without account, as is a stage whose
        notice opens none.
        """
        try:
            notice = self._service()
            self._workers()
            self._browser(notice)
            if not notice.registers:
                self._say("rehearsal: the notice opens no accounts, so nobody registered")
            elif not self._stage.answers_rehearsals:
                self._say("rehearsal: this release has none for accounts, so nobody registered")
            else:
                self._person(notice)
        except Unhealthy as failed:
            self._leave()
            raise Unhealthy(f"step {self._step}: {failed}") from failed
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as found:
            self._leave()
            # The answer is not from this software: that is a failure of the deployment, too.
            raise Unhealthy(f"step {self._step}: an answer has another shape: {found!r}") from found

    def _person(self, notice: Notice) -> None:
        subject = self._registration(notice)
        self._keys()
        self._proof()
        self._sign_in()
        self._consent(notice)
        self._unsubscribing(subject)
        self._copy()
        self._work()
        self._bounce(notice)
        self._erasure(notice, subject)

    def _service(self) -> Notice:
        """Reads health and the notice in force in each language; returns the notice."""
        self._step = "service"
        version = self._when_ready("/v1/health")["notice"]
        document = self._stage.call("GET", f"/v1/notices/{version}", 200)["document"]
        notice = load_published(document)
        for locale in notice.locales:
            self._stage.call("GET", f"/v1/notice?lang={locale}", 200)
        self._done(f"health, notice {version} in {' '.join(notice.locales)}")
        return notice

    def _workers(self) -> None:
        """Invokes the queues' functions without a message, so that their code loads."""
        self._step = "workers"
        names = [WORKERS.get(name, name) for name in QUEUES]
        for name in names:
            self._stage.invoked(f"{name.title()}Function", {"Records": []})
        self._done(f"{' '.join(names)} load")

    def _browser(self, notice: Notice) -> None:
        """Gives a consent, fetches its receipt, withdraws it, and has the browser erased."""
        self._step = "browser"
        visitor = {"Riserbo-Visitor": secrets.token_urlsafe(24)}
        purpose = _purpose(notice)
        if purpose is None:
            self._stage.call("GET", "/v1/consents", 200, visitor)
            self._done("the notice asks for no consent")
            return
        entry = self._decided(notice, purpose, "granted", visitor)
        self._receipt(entry, visitor)
        self._decided(notice, purpose, "denied", visitor)
        request = self._asked({"right": "erase"}, visitor)
        self._completed(request, visitor)
        receipt = self._stage.call("GET", f"/v1/requests/{request}/receipt", 200, visitor)
        kept = self._verified(receipt["receipt"])["kept"]
        stays = ", ".join(sorted(f"{one['kind']} until {one['ends_at']}" for one in kept))
        self._done(f"entry {entry}, erased by request {request}; stays: {stays or 'nothing'}")

    def _registration(self, notice: Notice) -> str:
        """Registers; returns the subject, once SES took the mail to it."""
        self._step = "registration"
        subject = self._registered(notice, self._email)
        self._done(f"subject {subject}; SES took the mail")
        return subject

    def _registered(self, notice: Notice, email: str) -> str:
        stage = self._stage
        stage.asked("admit", email)
        body = {
            "email": email,
            "password": self._password,
            "profile": _profile(notice),
            "locale": notice.locales[0],
            "notice_version": notice.version,
            "decisions": {},
        }
        stage.call("POST", "/v1/accounts", 202, body=body)

        def mailed() -> Json | None:
            state: Json = stage.asked("state", email)
            return None if "mail" in state["waiting"] else state

        subject: str = stage.awaited("the mail", mailed)["subject"]
        return subject

    def _keys(self) -> None:
        self._step = "keys"
        classes = self._stage.asked("keys", self._email)["classes"]
        self._done(f"classes {' '.join(classes)}, and the key of callbacks")

    def _proof(self) -> None:
        self._step = "proof"
        token = self._stage.asked("proof", self._email)["token"]
        body = {"token": token, "password": self._password}
        self._stage.call("POST", "/v1/accounts/verification", 200, body=body)
        self._done("the address is proven, by a link that the stage made for it")

    def _sign_in(self) -> None:
        self._step = "sign-in"
        body = {"email": self._email, "password": self._password}
        token = self._stage.call("POST", "/v1/sessions", 201, body=body)["token"]
        self._session = {"Authorization": f"Bearer {token}"}
        state = self._stage.call("GET", "/v1/account", 200, self._session)["state"]
        self._expect("the account", state, "active")
        self._done("signed in")

    def _consent(self, notice: Notice) -> None:
        self._step = "consent"
        purpose = _purpose(notice)
        if purpose is None:
            self._stage.call("GET", "/v1/consents", 200, self._session)
            self._done("the notice asks for no consent")
            return
        entry = self._decided(notice, purpose, "granted", self._session)
        self._receipt(entry, self._session)
        self._decided(notice, purpose, "denied", self._session)
        self._done(f"given and withdrawn, receipt of entry {entry} verified")

    def _unsubscribing(self, subject: str) -> None:
        """Tries a link that nobody signed: only the key that signs links can refuse it."""
        self._step = "unsubscribing"
        ends = int(datetime.now(UTC).timestamp()) + 3600
        forged = f"{subject}.n-rehearsal.{ends}.{secrets.token_urlsafe(24)}"
        self._stage.call("POST", f"/v1/unsubscribe/{forged}", 422)
        self._done("a forged link is refused")

    def _copy(self) -> None:
        self._step = "copy"
        request = self._asked({"right": "copy"}, self._session)
        self._completed(request, self._session)
        found = self._stage.call("GET", f"/v1/requests/{request}/export", 200, self._session)
        content = self._stage.fetched(found["url"])
        self._expect("its size", len(content), found["size"])
        self._expect("its digest", hashlib.sha256(content).hexdigest(), found["sha256"])
        self._done(f"request {request}, {len(content)} bytes downloaded, digest right")

    def _work(self) -> None:
        """Waits until no work waits for the person, also in queues that no step has used."""
        self._step = "work"
        queues = self._stage.asked("work", self._email)["queues"]
        self._idle(self._email)
        self._done(f"queues {' '.join(queues)}: done, and nothing waits")

    def _bounce(self, notice: Notice) -> None:
        """Registers an address whose mail comes back, and sees that it gets no more; disowns it."""
        self._step = "bounce"
        email = f"bounce+{new_id()}{DOMAIN}"
        with self._stage.reporting():
            subject = self._registered(notice, email)
            self._stage.awaited(
                "the report of SES",
                lambda: self._stage.asked("state", email)["suppressed"] == "bounce",
            )
        token = self._stage.asked("disavowal", email)["token"]
        self._stage.call("POST", "/v1/accounts/disavowal", 200, body={"token": token})
        self._done(f"subject {subject} gets no more mail; it goes with the next run of retention")

    def _erasure(self, notice: Notice, subject: str) -> None:
        """Has the account erased, without the three days for which a person may cancel it."""
        self._step = "erasure"
        stage, body = self._stage, {"right": "erase", "password": self._password}
        request = self._asked(body, self._session)
        stage.asked("begin", self._email, request=request)
        stage.run_schedule("deadlines")
        stage.awaited("the erasure", lambda: stage.asked("state", self._email)["subject"] is None)
        stage.call("GET", "/v1/account", 401, self._session)
        self._session = {}
        until = notice.rule("request", "closed").ends(datetime.now(UTC))
        self._done(
            f"subject {subject} is gone, by request {request}; stays: the request until "
            f"{until:%Y-%m-%d}, and the proof of its decisions as the notice says"
        )

    def _decided(self, notice: Notice, purpose: str, said: str, by: Mapping[str, str]) -> str:
        """Says yes or no to a purpose, and reads that it stands; returns the entry's id."""
        shown = self._stage.answer("GET", f"/v1/notice?lang={notice.locales[0]}", 200)
        body = {
            "notice_version": notice.version,
            "decisions": {purpose: said},
            "source": "api",
            "evidence": shown.headers["Riserbo-Notice-Evidence"],
        }
        made = self._stage.call("POST", "/v1/consents", 201, by, body)
        standing = self._stage.call("GET", "/v1/consents", 200, by)["standing"]
        stands = {"granted": "granted", "denied": "withdrawn"}[said]
        self._expect(purpose, standing.get(purpose, {}).get("decision"), stands)
        entry: str = made["entry_id"]
        return entry

    def _receipt(self, entry: str, by: Mapping[str, str]) -> None:
        found = self._stage.call("GET", f"/v1/receipts/{entry}", 200, by)
        self._verified(found["receipt"])

    def _verified(self, receipt: str) -> Json:
        body = {"receipt": receipt}
        verdict: Json = self._stage.call("POST", "/v1/receipts/verify", 200, body=body)
        self._expect("the receipt", verdict["valid"], True)
        return verdict

    def _asked(self, body: Mapping[str, Any], by: Mapping[str, str]) -> str:
        request: str = self._stage.call("POST", "/v1/requests", 201, by, body)["id"]
        return request

    def _completed(self, request: str, by: Mapping[str, str]) -> None:
        path = f"/v1/requests/{request}"
        self._stage.awaited(
            f"request {request}",
            lambda: self._stage.call("GET", path, 200, by)["status"] == "completed",
        )

    def _idle(self, email: str) -> None:
        self._stage.awaited("the work", lambda: not self._stage.asked("state", email)["waiting"])

    def _when_ready(self, path: str) -> Json:
        for _ in range(_ATTEMPTS - 1):
            with suppress(Unhealthy):
                found: Json = self._stage.call("GET", path, 200)
                return found
            self._stage.rest()
        last: Json = self._stage.call("GET", path, 200)
        return last

    def _leave(self) -> None:
        """Has the account erased after a step that failed, if it can: it begins in three days."""
        if self._session:
            with suppress(Unhealthy):
                body = {"right": "erase", "password": self._password}
                self._stage.answer("POST", "/v1/requests", 201, self._session, body)
                self._say("rehearsal: the made-up account is erased in three days")

    def _expect(self, what: str, found: object, right: object) -> None:
        if found != right:
            raise Unhealthy(f"{what} is {found}, not {right}")

    def _done(self, told: str) -> None:
        self._say(f"rehearsal: {self._step}: {told}")


def _purpose(notice: Notice) -> str | None:
    """Returns a purpose that anybody may consent to by itself; None where there is none."""
    plain = [name for name, purpose in notice.choices.items() if not purpose.explicit]
    return min(plain, default=None)


def _profile(notice: Notice) -> dict[str, dict[str, str]]:
    """Returns a value for each field that the form of registration requires, by category."""
    form, profile = notice.forms[FORM], dict[str, dict[str, str]]()
    for ref in sorted(form.required):
        if ref != form.address:
            profile.setdefault(ref.category, {})[ref.field] = _value(notice, ref)
    return profile


def _value(notice: Notice, ref: FieldRef) -> str:
    field = notice.categories[ref.category].fields[ref.field]
    return _EXAMPLES.get(field.type, "Rehearsal")[: field.maximum]
