"""A receipt verifies for as long as its person keeps it, also when another key signs by then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt import PyJWK

from chalicelib import clock
from chalicelib.errors import Conflict
from chalicelib.receipts import keyring, signature, store
from chalicelib.receipts.model import Reason
from chalicelib.receipts.service import verification
from tests.unit.core.samples import NOW
from tests.unit.receipts.kms import ARN, Kms

SAID: dict[str, Any] = {"iss": "https://privacy.example", "record": "r"}
Replace = Callable[[str], None]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """A clock that a test moves."""
    at = [NOW]
    monkeypatch.setattr(clock, "now", lambda: at[0])
    return at


@pytest.fixture
def replace(kms: Kms, monkeypatch: pytest.MonkeyPatch) -> Replace:
    """Puts a new key in the place of the one that signs, as the command does."""

    def put(jwks: list[dict[str, str]], before: list[dict[str, str]]) -> bool:
        if before != kms.retired:
            return False
        kms.retired = jwks
        return True

    monkeypatch.setattr(store, "put_public_keys", put)

    def replaced(arn: str) -> None:
        kms.keys[arn] = ec.generate_private_key(ec.SECP256R1())
        verification.introduce(arn)
        monkeypatch.setenv("RISERBO_RECEIPT_KEY", arn)

    return replaced


def test_receipts_of_every_key_verify_here_and_by_the_published_keys(
    kms: Kms, now: list[datetime], replace: Replace
) -> None:
    receipts = [signature.signed(SAID)]
    for arn in ("second", "third"):
        replace(arn)
        receipts.append(signature.signed(SAID))
        now[0] += timedelta(days=1)
    kids = [jwt.get_unverified_header(one)["kid"] for one in receipts]
    published = verification.key_set()["keys"]
    assert [one["kid"] for one in published] == kids  # oldest first, each once
    for receipt, key in zip(receipts, published, strict=True):
        assert verification.verify(receipt).valid
        assert jwt.decode(receipt, PyJWK(key), algorithms=["ES256"]) == SAID


def test_signing_uses_the_key_in_use_and_the_old_one_is_not_asked_again(
    kms: Kms, now: list[datetime], replace: Replace, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = signature.signed(SAID)
    replace("second")
    signature._load.cache_clear()
    monkeypatch.delattr(kms, "key")  # its deletion was scheduled
    assert signature.key_id() == verification.key_set()["keys"][-1]["kid"]
    assert verification.verify(signature.signed(SAID)).valid
    assert verification.verify(old).valid


def test_a_process_that_knew_the_keys_before_verifies_what_the_new_one_signs(
    kms: Kms, now: list[datetime], replace: Replace, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, in_use = signature.signed(SAID), signature.public_jwk()
    assert verification.key_set() == {"keys": [in_use]}  # read, and remembered
    replace("second")
    new = signature.signed(SAID)
    monkeypatch.setenv("RISERBO_RECEIPT_KEY", ARN)
    keyring._memory.jwks, keyring._memory.read_at = [], now[0]  # what it read before
    now[0] += keyring.PATIENCE
    assert verification.verify(new).valid
    assert verification.verify(old).valid
    now[0] += keyring.FRESH
    first, _second = verification.key_set()["keys"]
    assert first == in_use


def test_a_key_before_is_tried_and_not_believed(
    kms: Kms, now: list[datetime], replace: Replace
) -> None:
    old = signature.signed(SAID)
    replace("second")
    new = signature.signed(SAID)
    crossed = ".".join([*old.split(".")[:2], new.split(".")[2]])
    assert verification.verify(crossed).reason is Reason.SIGNATURE
    other = ".".join([new.split(".")[0], *old.split(".")[1:]])
    assert verification.verify(other).reason is Reason.SIGNATURE


def test_no_call_when_warm_and_none_for_who_makes_keys_up(
    kms: Kms, now: list[datetime], replace: Replace
) -> None:
    old = signature.signed(SAID)
    replace("second")
    new = signature.signed(SAID)
    assert verification.verify(old).valid
    verification.key_set()
    kms.calls.clear()
    now[0] += timedelta(seconds=59)
    for receipt in (old, new, old):
        assert verification.verify(receipt).valid
    verification.key_set()
    assert kms.calls == []
    for number in range(50):
        header = {"typ": signature.TYPE, "kid": f"made-up-{number}"}
        made_up = jwt.encode(SAID, ec.generate_private_key(ec.SECP256R1()), "ES256", header)
        assert verification.verify(made_up).reason is Reason.KEY
    assert kms.calls == ["keys"]


def test_introducing_is_repeated_without_harm_and_refused_in_a_race(
    kms: Kms, now: list[datetime], replace: Replace, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace("second")
    before = list(kms.retired)
    verification.introduce("second")
    assert kms.retired == before
    monkeypatch.setattr(store, "put_public_keys", lambda *_: False)
    with pytest.raises(Conflict):
        verification.introduce("second")
