"""`Idempotency-Key`: a repeated POST gets the answer of the first, not a second effect.

The states of one key of one caller: unknown -> in flight (begin) -> answered (finish), or unknown
again (abandon). Only successes are kept: a refusal has changed nothing, so that running it again is
safe and may by then succeed (after a 429, or a lost race).

A stored answer is no permission: before it is replayed, the caller is authenticated again. An
answer that hands out a token is not stored for a caller without any token: a stranger who happens
to send the same key would get it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib import logs
from chalicelib.errors import Problem
from chalicelib.web.answer import Answer
from chalicelib.web.contract import Auth, Json, Operation
from chalicelib.web.network import network


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer in storage: its status, and the rest as one opaque text (at most 64 KiB).

    The text may hold a token that was handed out once; a store seals it.
    """

    status: int
    answer: str


class IdempotencyStore(Protocol):
    """Storage that keeps answers for 24 hours. `caller` and `key` are hex digests, safe as keys."""

    def begin(self, caller: str, key: str, payload_hash: str) -> StoredAnswer | None:
        """Claims the key and returns None, or returns the answer given before.

        Raises Conflict while the first request is in flight, Unprocessable if the key came with
        another payload.
        """

    def finish(self, caller: str, key: str, payload_hash: str, answer: StoredAnswer) -> None:
        """Stores the answer of a claimed key."""

    def abandon(self, caller: str, key: str, payload_hash: str) -> None:
        """Gives a claimed key back: the request changed nothing."""


def caller_of(
    operation: str, bearer: str | None, visitor: str | None, source_ip: str | None
) -> str:
    """Returns a hex digest of a caller: by token, or without one by the network.

    The network (24 bits of IPv4, 48 of IPv6) keeps strangers with the same careless key apart and
    still recognises a phone whose address moved within its network.
    """
    if bearer:
        identity = f"bearer:{bearer}"
    elif visitor:
        identity = f"visitor:{visitor}"
    else:
        identity = f"network:{network(source_ip)}"
    return _digest(operation, identity)


def is_remembered(operation: Operation, bearer: str | None, visitor: str | None) -> bool:
    """Tells whether an answer of an operation is stored for a caller with these tokens.

    A link works once, which protects it better than a key could.
    """
    if not operation.idempotent or operation.auth is Auth.LINK:
        return False
    return not operation.hands_out or bool(bearer or visitor)


def payload_hash(key: str, path: Mapping[str, str], query: Mapping[str, Any], body: Json) -> str:
    """Returns a hex MAC over the request, keyed with the idempotency key.

    It is keyed because a payload may hold a password: without the client's key, which is stored
    only as a hash, the value cannot be used to try passwords.
    """
    payload = json.dumps([dict(path), dict(query), body], sort_keys=True, separators=(",", ":"))
    return hmac.new(key.encode(), payload.encode(), hashlib.sha256).hexdigest()


def run_once(
    store: IdempotencyStore,
    caller: str,
    key: str,
    payload: str,
    run: Callable[[], Answer],
    refuse: Callable[[], object],
) -> Answer:
    """Runs the request under the key, or replays its stored answer.

    `refuse` raises where the caller may no longer make the call. It runs only when the key is
    known: at the first time, `run` checks by itself. Raises the errors of `refuse` and of the
    store's `begin`, and those of `run` after giving the key back.
    """
    key_digest = _digest("key", key)
    try:
        stored = store.begin(caller, key_digest, payload)
    except Problem:
        refuse()  # who may not call is not told either that the key is known
        raise
    if stored is not None:
        refuse()
        return _replayed(stored)
    try:
        answer = run()
    except Exception:
        _abandon(store, caller, key_digest, payload)
        raise
    if answer.status >= 400:
        _abandon(store, caller, key_digest, payload)
        return answer
    try:
        store.finish(caller, key_digest, payload, _stored(answer))
    except Exception as error:  # noqa: BLE001 - it has happened: its answer must not be lost
        logs.failure("idempotency.not_finished", error)
    return answer


def _abandon(store: IdempotencyStore, caller: str, key: str, payload: str) -> None:
    try:
        store.abandon(caller, key, payload)
    except Exception as error:  # noqa: BLE001 - the refusal matters more; the claim expires
        logs.failure("idempotency.not_abandoned", error)


def _stored(answer: Answer) -> StoredAnswer:
    rest = [dict(answer.headers), answer.media_type, answer.text()]
    return StoredAnswer(answer.status, json.dumps(rest, separators=(",", ":")))


def _replayed(stored: StoredAnswer) -> Answer:
    try:
        headers, media_type, text = json.loads(stored.answer)
    except ValueError as error:
        raise Problem("The stored answer cannot be read.") from error
    return Answer(stored.status, text.encode(), headers, media_type)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
