"""One account on tables in memory: the services of accounts as they are, and the mails they cause.

Only what is outside the process is played: the tables, KMS, the queues, the clock; and the hash
of a password, which is slow on purpose. Conditions are evaluated (`tests/unit/storage/memory`).
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

import pyotp
import pytest

import chalicelib.accounts.service
from chalicelib import clock
from chalicelib.accounts import passwords, second_factor_store, store
from chalicelib.accounts.second_factor_store import SecondFactorItem
from chalicelib.accounts.service import optional_letters
from chalicelib.accounts.store import ClaimItem, PendingItem, ProfileItem
from chalicelib.jobs import service as jobs
from chalicelib.jobs.model import Task
from chalicelib.jobs.store import JobItem
from chalicelib.limits import store as limits_store
from chalicelib.mail.model import Message
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.notices.store import PointerItem
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import Opened, SignedIn
from chalicelib.storage import keys, reads
from chalicelib.storage.item import Item, Stored
from chalicelib.subjects.model import Life, Standing
from chalicelib.subjects.store import StandingItem, standing_item, standing_of
from chalicelib.unsubscribe.service import links
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.store import DataKeyItem
from tests.unit.core.samples import NOW, SUBJECT, shipped, standing
from tests.unit.storage.memory import Memory, Write

ADDRESS, NETWORK = "ada@example.com", "203.0.113.0/24"
PASSWORD = "correct horse battery staple"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
KEY = DataKey(SUBJECT, "account", b"k" * 32)

T = TypeVar("T", bound=Stored)


def mac(text: str) -> str:
    """What KMS would make of an address."""
    return hashlib.sha256(f"keyed\n{text}".encode()).hexdigest()


def hashed(password: str) -> str:
    """A hash that takes no time."""
    return hashlib.sha256(password.encode()).hexdigest()


class World:
    """The account, who is signed in to it, and what happens meanwhile."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        self.sent: list[JobItem] = []
        self.meanwhile: list[Callable[[], object]] = []
        pk, sk = store.profile_place(SUBJECT, "identity")
        identity = ProfileItem(pk=pk, sk=sk, kind="profile")
        vault.seal_item(identity, KEY, {"email": ADDRESS, "name": "Ada"})
        token, session = sessions.new_session(SUBJECT, Opened(), 0, shipped(), NOW)
        self.token = str(token)
        self.memory = Memory(
            standing_item(replace(standing(), claim=mac(ADDRESS))),
            DataKeyItem(
                pk=keys.subject(SUBJECT),
                sk="account",
                kind="data_key",
                material=KEY.material,
                created_at=NOW,
            ),
            ClaimItem(
                *store.claim_place(mac(ADDRESS)),
                kind="claim",
                subject=SUBJECT,
                password_hash=hashed(PASSWORD),
                verified_at=NOW,
                proven=True,
            ),
            identity,
            session,
            PointerItem(keys.NOTICES, keys.POINTER, kind="notice", current=shipped().version),
        )
        self._play(monkeypatch)

    def transaction(self, notice: Notice) -> Write:
        """A transaction, before whose commit something else may happen."""
        write = self.memory.transaction(notice)
        commit = write.commit

        def after_others() -> None:
            if self.meanwhile:
                self.meanwhile.pop(0)()
            commit()

        write.commit = after_others  # type: ignore[method-assign]
        return write

    def signed_in(self) -> SignedIn:
        """Who holds the session. Raises Unauthenticated."""
        return sessions.authenticate(self.token)

    def standing(self) -> Standing:
        """What stands about the account."""
        (item,) = self.memory.batch([(StandingItem, keys.subject(SUBJECT), "core#standing#")])
        return standing_of(item)

    def stop(self, life: Life) -> None:
        """The account's standing is in another state from now, by somebody else's hand."""
        item = standing_item(replace(self.standing(), life=life))
        self.memory.items[False, item.pk, item.sk] = item.serialize()

    def claim(self, address: str) -> ClaimItem | None:
        """The claim on an address."""
        return store.get_claim(mac(address))

    def factor(self) -> SecondFactorItem | None:
        """The second factor, offered or confirmed."""
        place = second_factor_store.second_factor_place(SUBJECT)
        (item,) = self.memory.batch([(SecondFactorItem, *place)])
        assert item is None or isinstance(item, SecondFactorItem)
        return item

    def offer(self) -> None:
        """A secret of a second factor was handed out."""
        item = second_factor_store.offer_item(SUBJECT, SECRET, KEY, NOW)
        self.memory.items[False, item.pk, item.sk] = item.serialize()

    def code(self) -> str:
        """A code of that secret that was not used yet."""
        self.now += timedelta(seconds=30)
        return pyotp.TOTP(SECRET).at(self.now)

    def mail(self, action: str) -> Message | None:
        """The latest mail of that sort that was asked for, composed now; None if there is none."""
        job = next(one for one in reversed(self.sent) if one.action == action)
        compose = optional_letters.COMPOSERS[action]
        return compose(Task(job.subject, job.action, job.target), shipped())

    def mailed(self, action: str) -> str:
        """The token in that mail."""
        message = self.mail(action)
        assert message is not None, action
        link = next(text for text in message.words.values() if "?token=" in str(text))
        return str(link).rpartition("=")[2]

    def _play(self, monkeypatch: pytest.MonkeyPatch) -> None:
        memory = self.memory
        package = chalicelib.accounts.service
        for one in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{one.name}")
            if hasattr(module, "Transaction"):
                monkeypatch.setattr(module, "Transaction", self.transaction)
        monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://riserbo.example")
        monkeypatch.setattr(reads, "batch", memory.batch)
        monkeypatch.setattr(reads, "together", memory.batch)
        monkeypatch.setattr(Stored, "get", classmethod(self._get))
        monkeypatch.setattr(store, "profiles", self._profiles)
        monkeypatch.setattr(store, "pending_of", self._pending_of)
        monkeypatch.setattr(clock, "now", lambda: self.now)
        monkeypatch.setattr(notices, "_memory", notices._Memory())
        monkeypatch.setattr(vault, "address_mac", mac)
        monkeypatch.setattr(links, "_mac", lambda link: hashlib.sha256(link.signed()).digest())
        monkeypatch.setattr(vault, "new_key", vault.new_visitor_key)  # one without KMS
        monkeypatch.setattr(limits_store, "put_use", self._put_use)
        monkeypatch.setattr(jobs, "send", self.sent.append)
        monkeypatch.setattr(passwords, "hash_password", hashed)
        monkeypatch.setattr(passwords, "is_password", lambda known, given: known == hashed(given))
        monkeypatch.setattr(passwords, "needs_rehash", lambda _: False)

    def _put_use(
        self, found_by: str, used_at: datetime, expires_at: datetime, lapsed: int | None = None
    ) -> None:
        item = limits_store.use(found_by)
        item.kind, item.used_at, item.expires_at = "limit", used_at, expires_at
        item.lapsed = lapsed
        self.memory.items[False, item.pk, item.sk] = item.serialize()

    def _get(self, kind: type[Item], pk: str, sk: str, consistent_read: bool = False) -> Item:
        assert consistent_read, "an eventual read may miss what was just written"
        (found,) = self.memory.batch([(kind, pk, sk)])
        if found is None:
            raise kind.DoesNotExist
        assert isinstance(found, kind)
        return found

    def _profiles(self, subject: str) -> Iterator[ProfileItem]:
        return self._found(ProfileItem, *store.profile_place(subject, ""))

    def _pending_of(self, address_mac: str, now: datetime) -> Iterator[PendingItem]:
        waiting = self._found(PendingItem, *store.pending_place(address_mac, ""))
        return (one for one in waiting if one.expires_at > now)

    def _found(self, kind: type[T], partition: str, prefix: str) -> Iterator[T]:
        for _, pk, sk in list(self.memory.items):
            if pk == partition and sk.startswith(prefix):
                yield from self.memory.batch([(kind, pk, sk)])
