"""Somebody who writes messages, on tables in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from chalicelib import ids
from chalicelib.accounts.store import ClaimItem, claim_place
from chalicelib.api_keys import service as api_keys
from chalicelib.consents import account_join
from chalicelib.consents.model import Choice
from chalicelib.jobs.model import Task
from chalicelib.jobs.store import JobItem
from chalicelib.mail.model import Message
from chalicelib.messages import model
from chalicelib.messages.model import Message as Kept
from chalicelib.messages.model import Proven
from chalicelib.messages.service import address, own_messages, proof, submission, transfer
from chalicelib.messages.store import MessageItem
from chalicelib.notices import service as notices
from chalicelib.records import service as records
from chalicelib.records.model import Named
from chalicelib.storage import keys
from chalicelib.subjects.store import StandingItem
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem
from tests.unit.consents.lives import ACCOUNTS, TOKENS, VISITORS, Lives
from tests.unit.consents.versions import SURVEYS
from tests.unit.core.samples import NOW

ADA = ACCOUNTS[0]
TOKEN, BROWSER = TOKENS[0], VISITORS[0]
EMAIL = "ada@example.com"
NETWORK = "192.0.2.0/24"


class Writer(Lives):
    """Ada, who agreed to surveys, proved her address and is signed in."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[datetime] = []
        self.patch.setattr(vault, "new_key", self._new_key)
        self.patch.setattr(vault, "address_mac", self.mac)
        self.patch.setattr(ids, "new_draw", lambda: 0.99)  # no act is a sample
        self.patch.setattr(notices, "current", lambda: self.notice)
        self.register(ADA, {SURVEYS: Choice.GRANTED})
        self.verify(ADA)
        self.sign_in(ADA, None)
        self.system = api_keys.create("system", ["records"])[1]

    def _new_key(self, subject: str, retention_class: str, now: datetime) -> Any:
        self.tables.steps("kms")
        return vault.new_visitor_key(subject, retention_class, now)

    def write(self, kind: str = "support", text: str = "It does not open.", **fields: str) -> str:
        """Ada writes, through the form's own rules."""
        body = {"kind": kind, "text": text, "fields": fields}
        assert list(model.findings(body, self.notice)) == []
        written = model.written(body, self.notice)
        return submission.write(self.bearers[ADA], written, NETWORK, self.notice)

    def write_in_browser(self, kind: str = "survey", text: str = "Fine.", **fields: str) -> str:
        """Somebody writes in a browser without a session."""
        body = {"kind": kind, "text": text, "fields": fields or {"rating": "9"}}
        written = model.written(body, self.notice)
        return submission.write_in_browser(TOKEN, written, NETWORK, self.notice)

    def send(self, email: str = EMAIL, kind: str = "support", text: str = "Hello.") -> str:
        """Somebody writes with an address alone."""
        written = model.written({"kind": kind, "text": text, "fields": {}}, self.notice)
        return address.write(email, written, NETWORK, self.notice)

    def mail(self, message_id: str) -> Message | None:
        """The worker writes the mail that proves the address of a message."""
        return address.compose(Task(message_id, address.PROOF, message_id), self.notice)

    def link(self, message_id: str) -> str:
        """The token of the link in that mail."""
        mail = self.mail(message_id)
        assert mail is not None
        return str(mail.words["link"].token)

    def prove(self, message_id: str, token: str | None = None) -> Proven:
        """The person of the mailbox presses the button."""
        return proof.by_link(message_id, token or self.link(message_id), self.notice)

    def hold_address(self, email: str = EMAIL, subject: str = ADA) -> None:
        """Ada's account holds an address."""
        mac = self.mac(email)
        pk, sk = claim_place(mac)
        claim = ClaimItem(pk=pk, sk=sk, kind="claim", subject=subject, verified_at=self.now)
        self.tables.put(claim)
        standing = self.tables.one(StandingItem, keys.subject(subject), "core#standing#")
        standing.claim = bytes.fromhex(mac)
        self.tables.put(standing)

    def mac(self, email: str) -> str:
        """The keyed hash of an address."""
        self.tables.steps("kms")
        return hashlib.sha256(email.encode()).hexdigest()

    def in_browser(self) -> list[Kept]:
        """What the browser is shown of its messages."""
        return list(own_messages.of_browser(TOKEN, None, 20, self.notice).items)

    def join(self) -> None:
        """The worker does the jobs that wait for it."""
        for job in self.tables.all(JobItem):
            if job.action == account_join.JOIN_MESSAGES:
                transfer.join(Task(job.subject, job.action, job.target), self.notice)
                self.tables.items.pop((False, job.pk, job.sk))

    def own(self) -> list[Kept]:
        """What Ada sees of her messages."""
        return list(own_messages.own(self.bearers[ADA], None, 20, self.notice).items)

    def close_case(self, made: str, at: datetime, subject: str = ADA, event: str = "closed") -> Any:
        """A system of the site tells that the case of a message was closed."""
        told, named = (subject, event, at), Named("message", made)
        return records.move(self.system, named, told, NETWORK, self.notice)

    def end(self, made: str, subject: str = ADA) -> None:
        """A system of the site ends a message."""
        records.end(self.system, Named("message", made), subject, NETWORK)

    def stored(self) -> list[MessageItem]:
        """The messages in the table."""
        return self.tables.all(MessageItem)

    def data_key(self, subject: str = ADA) -> DataKeyItem | None:
        """The key of the class."""
        found: DataKeyItem | None = self.tables.one(DataKeyItem, keys.subject(subject), "support")
        return found


@pytest.fixture
def writer() -> Iterator[Writer]:
    found = Writer()
    yield found
    found.close()


__all__ = ["ADA", "BROWSER", "EMAIL", "NETWORK", "NOW", "TOKEN", "Writer"]
