"""Every right that can be asked for, the way each request goes, and whoever asks for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from chalicelib import clock
from chalicelib.requests.clock.calendar import calendar_of
from chalicelib.requests.clock.deadline import Deadline, Event, Fact, deadline
from tests.functions import letters, people, strangers
from tests.functions.api import Api, ok
from tests.functions.people import Person
from tests.functions.waiting import until
from tests.product import product_document

REQUESTS, DESK = "/v1/requests", "/v1/desk/requests"
PROOF = "Confermi la Sua richiesta"
OUTCOME, REFUSAL = "ha risposto alla Sua richiesta", "non dà seguito alla Sua richiesta"
EXTENSION, QUESTION = "ha bisogno di più tempo", "ha una domanda sulla Sua richiesta"
LIFTING, ERASED = "sta per finire", "ha cancellato i Suoi dati"
RECEIPT, COPY = letters.RECEIPT, letters.COPY
KINDS: Final = (PROOF, RECEIPT, OUTCOME, REFUSAL, EXTENSION, QUESTION, LIFTING, ERASED, COPY)
"""The mails about a request, by what their subjects say."""

MEMBERS: Final[dict[str, dict[str, Any]]] = {
    "copy": {},
    "port": {},
    "rectify": {"changes": {"support": {"details": "I called on Monday."}}},
    "object": {"purposes": ["improvement"]},
    "erase": {"details": "All that is older than a year."},
    "restrict": {"purposes": ["research"], "ground": "accuracy"},
    "withdraw": {"purposes": ["surveys"]},
    "review": {"details": "Please have somebody look at it."},
    "opt_out": {},
    "deactivate": {},
}
"""Right -> what is asked for beside it."""


class Step(NamedTuple):
    """An act, the status after it, and the mails that tell of it.

    `members` are those of the desk's act, of which `action` is the act.
    """

    action: str
    status: str
    mails: tuple[str, ...] = ()
    members: Mapping[str, str] = MappingProxyType({})


def _approved(*mails: str, status: str = "completed") -> Step:
    return Step("approve", status, mails)


ASKED: Final = Step("ask", "received", (RECEIPT,))
DONE_AT_ONCE: Final = Step("ask", "completed", (OUTCOME,))
MADE_BY_JOB: Final = Step("ask", "completed", (RECEIPT, COPY))
COMPLETED: Final = Step("complete", "completed", (OUTCOME,))
DISPUTED: Final = Step("dispute", "in_progress")
LOOKED_AT_AGAIN: Final = (DONE_AT_ONCE, DISPUTED, COMPLETED)
"""The way of what is done at once: an officer answers it when its person contradicts it."""


def _refused(ground: str) -> Step:
    return Step("refuse", "refused", (REFUSAL,), {"ground": ground, "text": "As we wrote."})


_REASON = "Data of eleven years lies in two archives."
_EXTENDED = Step("extend", "received", (EXTENSION,), {"ground": "complexity", "reason": _REASON})
_QUESTION = Step("pause", "paused", (QUESTION,), {"ground": "identity", "text": "Who writes?"})

OF_AN_ACCOUNT: Final[dict[str, tuple[Step, ...]]] = {
    "copy": (MADE_BY_JOB, DISPUTED, _approved(COPY)),
    "port": (MADE_BY_JOB, DISPUTED, _refused("not_covered")),
    "rectify": (ASKED, _approved(status="in_progress"), COMPLETED),
    "object": (ASKED, _EXTENDED, _approved(OUTCOME)),
    "erase": (ASKED, _refused("no_ground")),
    "restrict": (ASKED, _approved(OUTCOME), Step("lift", "completed", (LIFTING,))),
    "withdraw": LOOKED_AT_AGAIN,
    "review": (ASKED, COMPLETED),
    "opt_out": LOOKED_AT_AGAIN,
    "deactivate": LOOKED_AT_AGAIN,
}
"""Right -> the way of a request that is made signed in."""

WITHOUT_ACCOUNT: Final[dict[str, tuple[Step, ...]]] = {
    "copy": (MADE_BY_JOB, DISPUTED, _approved(COPY)),
    "port": (MADE_BY_JOB, DISPUTED, _approved(COPY)),
    "rectify": (ASKED, COMPLETED),
    "object": (ASKED, _QUESTION, Step("answer", "in_progress"), _approved(OUTCOME)),
    "erase": (ASKED, _approved(ERASED)),
    "restrict": (ASKED, _approved(OUTCOME)),
    "withdraw": LOOKED_AT_AGAIN,
    "review": (ASKED, _EXTENDED, _refused("no_decision")),
    "opt_out": LOOKED_AT_AGAIN,
    "deactivate": LOOKED_AT_AGAIN,
}
"""Right -> the way of a request that is made with an address alone."""


class Period(NamedTuple):
    """A period of the notice, as the clock takes it."""

    years: int = 0
    months: int = 0
    days: int = 0


@dataclass
class Followed:
    """A request on its way, through the doors of its person and of the desk."""

    api: Api
    staff: Person
    right: str
    email: str
    steps: tuple[Step, ...]
    headers: dict[str, str] | None
    """Those of the session, or of the token of the one request, once there is one."""

    subject: str = ""
    """Whose partition it lies in: without an account its own."""

    id: str = ""
    mails: Counter[str] = field(default_factory=Counter)
    """How many mails of each kind have to have come so far."""

    def do(self, step: Step) -> None:
        """Does the step, and does not wait for what follows from it."""
        self.mails.update(step.mails)
        if step.action == "ask":
            self._ask()
        elif step.action == "dispute":
            ok(self.api.post(f"{self.path}/dispute", headers=self.headers, json={}))
        elif step.action == "answer":
            body = {"text": "It is me."}
            ok(self.api.post(f"{self.path}/messages", headers=self.headers, json=body), 201)
        else:
            body = {"action": step.action, **step.members}
            acted = f"{DESK}/{self.id}/actions"
            ok(self.api.post(acted, headers=self.staff.headers, json=body))

    def _ask(self) -> None:
        body = {"right": self.right, **MEMBERS[self.right]}
        if self.headers is not None:
            found = ok(self.api.post(REQUESTS, headers=self.headers, json=body), 201)
        else:
            body |= {"email": self.email, "locale": "it"}
            somewhere = strangers.somewhere()
            found = ok(self.api.post(REQUESTS, headers=somewhere, json=body), 202)
            self.subject = found["id"]
            self.mails.update((PROOF,))
        self.id = found["id"]

    def prove(self) -> None:
        """Proves the address, where there is no session: from then on a token opens it."""
        if self.headers is None:
            body = {"token": letters.token(letters.wait(self.api.stack, self.email, PROOF))}
            found = ok(self.api.post(f"{self.path}/verification", json=body))
            self.headers = people.bearer(found["token"])

    def arrive(self, step: Step) -> None:
        """Waits until the status is that of the step, and as many mails have come as are due."""
        assert until(lambda: self.shown()["status"] == step.status), self
        assert until(lambda: self.told() >= self.mails), (self, self.told())

    @property
    def path(self) -> str:
        """Where the person finds it."""
        return f"{REQUESTS}/{self.id}"

    def shown(self) -> dict[str, Any]:
        """The request as its person reads it."""
        return ok(self.api.get(self.path, headers=self.headers))

    def told(self) -> Counter[str]:
        """How many mails of each kind named this request."""
        mails = self.api.stack.mails_to(self.email)
        subjects = [one["Subject"] for one in mails if self.id in one["BodyText"]]
        return Counter(next((kind for kind in KINDS if kind in one), one) for one in subjects)


def reckoned(shown: dict[str, Any]) -> Deadline:
    """The deadline by the pure clock, from what a request shows of its history alone."""
    received_at, facts = shown["received_at"], list[Fact]()
    for entry in shown["history"]:
        if entry["event"] == "dispute":  # received on a day of its own
            received_at, facts = entry["at"], []
        elif entry["event"] in _FACTS:
            facts.append(Fact(datetime.fromisoformat(entry["at"]), _FACTS[entry["event"]]))
    said = product_document()["requests"]
    within, extension = (Period(**said["deadline"][one]) for one in ("within", "extension"))
    calendar, answered = calendar_of(**said["calendar"]), shown["completed_at"]
    as_of = clock.now() if answered is None else datetime.fromisoformat(answered)
    received = datetime.fromisoformat(received_at)
    return deadline(received, facts, within, extension, calendar, as_of)


_FACTS: Final = {
    "submit_by_address": Event.PROOF,
    "prove": Event.CONTINUED,
    "question_mailed": Event.IDENTITY,
    "answer": Event.CONTINUED,
    "extend": Event.EXTENDED,
}
"""An event of the history -> what it is to the clock."""
