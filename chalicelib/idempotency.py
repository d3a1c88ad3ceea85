"""Stored answers, for `Idempotency-Key`.

A stored answer may hold a token, so it is sealed with a key made from the hash of the request under
the caller's own idempotency key, and only a second hash of that is stored: a caller who repeats the
request can open the answer, while the table and its backups cannot.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib import clock
from chalicelib.errors import Conflict, Unprocessable
from chalicelib.storage import condition, keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Declared, Item
from chalicelib.vault.envelope import DataKey, seal, unseal
from chalicelib.web.idempotency import StoredAnswer

IN_FLIGHT = timedelta(seconds=60)
"""Time after which the key of an unanswered request is free again: longer than any function
runs."""

_UNANSWERED = 0


class IdempotencyItem(Item):
    """One key of one caller: the hash of the request, and the sealed answer once there is one."""

    KIND = "idempotency"
    CLASS = "core"

    payload_hash = UnicodeAttribute()
    status = NumberAttribute()
    expires_at = InstantAttribute()


class Answers:
    """The store behind `Idempotency-Key`; `keep` returns until when an answer given now is kept."""

    def __init__(self, declared: Declared, keep: Callable[[datetime], datetime]) -> None:
        self._declared = declared
        self._keep = keep

    def begin(self, caller: str, key: str, payload_hash: str) -> StoredAnswer | None:
        """Claims the key, or returns the stored answer. One call, two for a repetition.

        Raises Conflict (in flight) and Unprocessable (another payload).
        """
        now = clock.now()
        item = _item(caller, key)
        item.payload_hash = _stored_hash(payload_hash)
        item.status = _UNANSWERED
        item.expires_at = now + IN_FLIGHT
        item.expires = self._keep(now)
        item.refuse_undeclared(self._declared)
        free = IdempotencyItem.pk.does_not_exist() | _expired(now)
        if condition.held(lambda: item.save(condition=free)):
            return None
        return self._repeated(caller, key, payload_hash)

    def finish(self, caller: str, key: str, payload_hash: str, answer: StoredAnswer) -> None:
        """Stores the answer of a claimed key. One call."""
        item = _item(caller, key)
        until = self._keep(clock.now())
        blob = seal(_data_key(payload_hash), item.pk, item.sk, {"answer": answer.answer})
        condition.held(
            lambda: item.update(
                actions=[
                    IdempotencyItem.status.set(answer.status),
                    IdempotencyItem.sealed.set(blob),
                    IdempotencyItem.expires_at.set(until),
                    IdempotencyItem.expires.set(until),
                ],
                condition=_claimed(payload_hash),
            )
        )

    def abandon(self, caller: str, key: str, payload_hash: str) -> None:
        """Gives a claimed key back, unless it was answered meanwhile. One call.

        The claim is made to expire and not deleted, so that no function needs the right to delete
        it.
        """
        over = clock.now() - timedelta(seconds=1)
        condition.held(
            lambda: _item(caller, key).update(
                actions=[IdempotencyItem.expires_at.set(over)], condition=_claimed(payload_hash)
            )
        )

    def _repeated(self, caller: str, key: str, payload_hash: str) -> StoredAnswer | None:
        pk, sk = _place(caller, key)
        try:
            item = IdempotencyItem.get(pk, sk, consistent_read=True)
        except IdempotencyItem.DoesNotExist:  # given back in between: the caller may try again
            raise Conflict("The same request was being handled; try again.") from None
        if item.payload_hash != _stored_hash(payload_hash):
            raise Unprocessable("This Idempotency-Key was used with another request.")
        if int(item.status) == _UNANSWERED or item.sealed is None:
            raise Conflict("The same request is still being handled.")
        fields = unseal(_data_key(payload_hash), item.pk, item.sk, item.sealed)
        return StoredAnswer(int(item.status), fields["answer"])


def _expired(now: datetime) -> Condition:
    expired: Condition = IdempotencyItem.expires_at < now
    return expired


def _claimed(payload_hash: str) -> Condition:
    same: Condition = IdempotencyItem.payload_hash == _stored_hash(payload_hash)
    unanswered: Condition = IdempotencyItem.status == _UNANSWERED
    both: Condition = same & unanswered
    return both


def _place(caller: str, key: str) -> tuple[str, str]:
    digest = hashlib.sha256(f"{caller}\n{key}".encode()).hexdigest()
    return keys.idempotency(digest), keys.record(IdempotencyItem.CLASS, IdempotencyItem.KIND)


def _item(caller: str, key: str) -> IdempotencyItem:
    pk, sk = _place(caller, key)
    return IdempotencyItem(pk=pk, sk=sk, kind=IdempotencyItem.KIND)


def _stored_hash(payload_hash: str) -> str:
    return hashlib.sha256(f"stored\n{payload_hash}".encode()).hexdigest()


def _data_key(payload_hash: str) -> DataKey:
    material = hashlib.sha256(f"sealing\n{payload_hash}".encode()).digest()
    return DataKey("", "core", material)
