"""The holder of an address, which gives it up when its account is erased."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.accounts import store
from chalicelib.accounts.store import ClaimItem
from chalicelib.instants import instant


def holder(claim: ClaimItem | None) -> ClaimItem | None:
    """Returns a claim that holds its address, else None: a reserved one only keeps it free."""
    return None if claim is None or claim.reserved_until is not None else claim


def held_by(address_mac: str) -> str | None:
    """Returns the subject that holds an address, by its keyed hash, or None. One GetItem."""
    held = holder(store.get_claim(address_mac))
    return None if held is None else held.subject


@dataclass(frozen=True, slots=True)
class Holder:
    """The account that holds an address, and whether it has a second factor."""

    subject: str
    second_factor: bool


def holder_of(address_mac: str) -> Holder | None:
    """Returns the account that holds an address, by its keyed hash, or None. One GetItem."""
    held = holder(store.get_claim(address_mac))
    return None if held is None else Holder(held.subject, bool(held.second_factor))


def known_by(address_mac: str, now: datetime) -> list[str]:
    """Lists the subjects that hold an address or wait to prove it. One GetItem, one Query."""
    held = held_by(address_mac)
    waiting = [one.subject for one in store.pending_of(address_mac, now)]
    return waiting if held is None else [held, *waiting]


def is_reserved(claim: ClaimItem | None, now: datetime) -> bool:
    """Whether the address was given up so lately that only its old holder may come back to it."""
    until = None if claim is None else claim.reserved_until
    return until is not None and until > now


def told(address_mac: str) -> tuple[str, Mapping[str, Any]]:
    """The kind of a claim and what it holds about its person, for a copy of their data.

    It does not lie in their partition. One GetItem; nothing when it is gone.
    """
    claim = store.get_claim(address_mac)
    if claim is None:
        return ClaimItem.KIND, {}
    fields = {"verified_at": instant(claim.verified_at), "second_factor": claim.second_factor}
    return ClaimItem.KIND, fields if claim.country is None else {**fields, "country": claim.country}


def release(address_mac: str, subject: str) -> None:
    """Deletes a subject's claim, with the password's hash; another subject's is left alone."""
    store.delete_claim(address_mac, subject)
