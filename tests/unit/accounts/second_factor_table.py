"""One account as the services of the second factor see it: reads and the commit played in memory.

The limits, the rules, the sealing and the password's hash are the product's own; conditions of
writes are for the tests that have a real table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pyotp
import pytest

from chalicelib import clock
from chalicelib.accounts import passwords, second_factor_store, store
from chalicelib.accounts import second_factor as rules
from chalicelib.accounts.second_factor_store import SecondFactorItem
from chalicelib.accounts.service import enrolment, reauthentication, second_factor, signin
from chalicelib.accounts.store import ClaimItem
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.limits.model import GUESSES, place
from chalicelib.limits.store import LimitItem
from chalicelib.notices.model import Notice
from chalicelib.sessions.model import Opened, Session, SignedIn
from chalicelib.storage import reads
from chalicelib.storage.item import Stored
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import ConditionFailed
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.store import DataKeyItem
from tests.unit.core.samples import NOW, SUBJECT, standing

PASSWORD = "correct horse battery staple"
NETWORK = "203.0.113.0/24"
ADDRESS = "ada@example.com"
MAC = "ab" * 32
KEY = DataKey(SUBJECT, "account", b"k" * 32)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODES = rules.new_recovery_codes()
STEP = int(NOW.timestamp()) // 30
RIGHT = pyotp.TOTP(SECRET).at(NOW)
WRONG = "000000"


@cache
def password_hash() -> str:
    """Made once: it is slow on purpose."""
    return passwords.hash_password(PASSWORD)


class Table:
    """What is stored about the account, what was read of it, and what was committed."""

    def __init__(self) -> None:
        self.items: dict[type[Stored], Stored | None] = {
            ClaimItem: ClaimItem(
                *store.claim_place(MAC), subject=SUBJECT, password_hash=password_hash()
            ),
            DataKeyItem: DataKeyItem(pk=f"S#{SUBJECT}", sk="account", material=KEY.material),
        }
        self.tries: dict[str, int] = {}
        self.reads: list[list[type[Stored]]] = []
        self.commits: list[Write] = []
        self.sent: list[JobItem] = []
        self.lost: list[frozenset[str]] = []

    @property
    def claim(self) -> ClaimItem:
        """Its claim."""
        found = self.items[ClaimItem]
        assert isinstance(found, ClaimItem)
        return found

    def batch(self, wanted: Sequence[Place]) -> list[Any]:
        """What lies at these places."""
        self.reads.append([kind for kind, _, _ in wanted])
        return [
            self._counter(pk, sk) if kind is LimitItem else self.items.get(kind)
            for kind, pk, sk in wanted
        ]

    def _counter(self, pk: str, sk: str) -> LimitItem | None:
        found = next((name for name in self.tries if pk == f"L#{name}"), None)
        return None if found is None else LimitItem(pk=pk, sk=sk, tries=self.tries[found])

    def exhaust(self) -> None:
        """From the network of the tests, all tries at this account are used up."""
        self.tries[place("guess", "pair", f"{MAC}\n{NETWORK}")] = GUESSES.own.tries

    def offered(self, secret: str = SECRET) -> SecondFactorItem:
        """A secret was handed out."""
        item = second_factor_store.offer_item(SUBJECT, secret, KEY, NOW)
        self.items[SecondFactorItem] = item
        return item

    def confirmed(self, last_step: int = 0, codes: Sequence[str] = CODES) -> SecondFactorItem:
        """There is a second factor."""
        item = self.offered()
        item.status, item.last_step = rules.CONFIRMED, last_step
        item.recovery = set(rules.fingerprints(SECRET, codes))
        self.claim.second_factor = True
        return item


class Write:
    """A transaction as it is made: what it would write, by kind."""

    table: Table

    def __init__(self, notice: Notice) -> None:
        self.notice = notice
        self.written: list[tuple[str, Stored, list[str]]] = []

    def put(self, item: Stored, *, label: str = "", condition: Any = None) -> None:
        item.refuse_undeclared(self.notice)
        self.written.append(("put", item, []))

    def replace(self, item: Stored, *, label: str = "", condition: Any = None) -> None:
        item.refuse_undeclared(self.notice)
        self.written.append(("replace", item, []))

    def update(self, item: Stored, actions: Any, condition: Any, *, label: str = "") -> None:
        self.written.append(("update", item, [str(action) for action in actions]))

    def delete(self, item: Stored, *, label: str = "", condition: Any = None) -> None:
        self.written.append(("delete", item, []))

    def check(self, kind: type[Stored], pk: str, sk: str, condition: Any, label: str) -> None:
        self.written.append(("check", kind(pk=pk, sk=sk), []))

    def commit(self) -> None:
        places = [(item.pk, item.sk) for _, item, _ in self.written]
        assert len(set(places)) == len(places), "DynamoDB takes an item once a transaction"
        if self.table.lost:
            raise ConditionFailed(self.table.lost.pop(0))
        self.table.commits.append(self)

    def kinds(self) -> list[tuple[str, str]]:
        """What is done to which kind of item, in no order."""
        return sorted((what, item.KIND) for what, item, _ in self.written)

    def actions(self, kind: type[Stored]) -> list[str]:
        """How an update changes an item of that kind."""
        (found,) = [actions for _, item, actions in self.written if isinstance(item, kind)]
        return found

    def job(self) -> tuple[str, str]:
        """The one mail that it asks for: which, and about what."""
        (job,) = [item for _, item, _ in self.written if isinstance(item, JobItem)]
        return job.action, job.target


class Proof(Write):
    """What is written when a password was right: nothing, on condition that a try was left."""

    def commit(self) -> None:
        assert self.kinds() == [("check", "limit")]


COUNTED = [("update", "limit")] * 3
"""What counting a wrong guess writes."""


def signed_in(second_factor: bool = False, role: str | None = None) -> SignedIn:
    """The account's person."""
    session = Session(SUBJECT, "s" * 32, NOW, NOW, 0, Opened(second_factor))
    return SignedIn(session, replace(standing(), claim=MAC), role)


def play(monkeypatch: pytest.MonkeyPatch) -> Table:
    """The account in a table of its own, in place of the real one."""
    table = Table()
    monkeypatch.setattr(Write, "table", table, raising=False)
    for module in (enrolment, second_factor, signin):
        monkeypatch.setattr(module, "Transaction", Write)
    monkeypatch.setattr(reauthentication, "Transaction", Proof)
    monkeypatch.setattr(reads, "batch", table.batch)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(jobs, "send", table.sent.append)
    return table
