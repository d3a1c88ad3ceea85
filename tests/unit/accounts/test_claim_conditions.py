"""Who may take an address, and when what was read of a claim is still so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.accounts import store
from chalicelib.accounts.address_store import (
    EmailChangeItem,
    email_change_place,
    not_confirmed_since,
    same,
)
from chalicelib.accounts.service.claims import holder, is_reserved
from chalicelib.accounts.store import ClaimItem, is_free, new_password, same_password
from tests.unit.core.samples import NOW, SUBJECT, shipped
from tests.unit.storage.memory import Memory, holds

MAC = "ab" * 32
MS = timedelta(milliseconds=1)
SOMEBODY = "b" * 26


def claim(**fields: Any) -> ClaimItem:
    """A claim on the address, held unless the fields say something else."""
    pk, sk = store.claim_place(MAC)
    given: dict[str, Any] = {
        "subject": SUBJECT,
        "password_hash": "hash",
        "verified_at": NOW,
        "generation": 2,
    }
    return ClaimItem(pk=pk, sk=sk, kind="claim", **(given | fields))


def given_up(until: datetime) -> ClaimItem:
    """What is left of a claim whose account moved away: same subject, same generation."""
    return claim(password_hash=None, reserved_until=until)


class TestAnAddress:
    def test_is_free_when_nobody_has_it(self) -> None:
        assert holds(is_free(NOW), None)
        assert holder(None) is None
        assert not is_reserved(None, NOW)

    def test_is_not_when_somebody_holds_it(self) -> None:
        held = claim()
        assert not holds(is_free(NOW + timedelta(days=36_500)), held.serialize())
        assert holder(held) is held
        assert not is_reserved(held, NOW)

    def test_is_kept_free_for_who_gave_it_up_to_the_last_moment(self) -> None:
        lately = given_up(NOW + MS)
        assert not holds(is_free(NOW), lately.serialize())
        assert holder(lately) is None
        assert is_reserved(lately, NOW)

    @pytest.mark.parametrize("ago", [timedelta(0), MS, timedelta(days=3)])
    def test_is_free_then_although_dynamodb_removes_the_item_days_later(
        self, ago: timedelta
    ) -> None:
        left = given_up(NOW - ago)
        assert holds(is_free(NOW), left.serialize())
        assert holder(left) is None
        assert not is_reserved(left, NOW)


class TestThePasswordThatWasRead:
    @pytest.mark.parametrize(
        "stored",
        [
            claim(),
            claim(password_hash="made anew with other parameters"),
            claim(country="FR"),
            claim(second_factor=True),
        ],
    )
    def test_is_the_same_for_as_long_as_its_generation(self, stored: ClaimItem) -> None:
        assert holds(same_password(claim()), stored.serialize())

    @pytest.mark.parametrize(
        "stored",
        [
            claim(generation=3),
            claim(generation=1),
            claim(generation=0),
            claim(subject=SOMEBODY),
            given_up(NOW + timedelta(hours=72)),
            given_up(NOW),
        ],
    )
    def test_is_not_after_a_change_nor_at_an_address_that_was_given_up(
        self, stored: ClaimItem
    ) -> None:
        assert not holds(same_password(claim()), stored.serialize())

    @pytest.mark.parametrize("generation", [0, 2])
    def test_is_not_when_the_claim_is_gone(self, generation: int) -> None:
        assert not holds(same_password(claim(generation=generation)), None)

    def test_is_the_same_where_there_were_no_generations_yet(self) -> None:
        raw = claim(generation=0).serialize()
        del raw["generation"]
        assert holds(same_password(ClaimItem.from_raw_data(raw)), raw)
        assert not holds(same_password(claim(generation=1)), raw)


@pytest.mark.parametrize("password_hash", ["another", None])
def test_a_new_password_takes_the_place_of_the_old(password_hash: str | None) -> None:
    memory, read = Memory(claim(country="IT", second_factor=True)), claim()
    write: Any = memory.transaction(shipped())
    write.update(read, new_password(password_hash, 3), same_password(read))
    write.commit()
    (found,) = memory.batch([(ClaimItem, read.pk, read.sk)])
    assert (found.password_hash, found.generation) == (password_hash, 3)
    assert (found.country, found.second_factor, found.subject) == ("IT", True, SUBJECT)


def move(requested: datetime = NOW, confirmed: datetime | None = None) -> EmailChangeItem:
    """A move of the account to another address."""
    pk, sk = email_change_place(SUBJECT)
    return EmailChangeItem(
        pk=pk,
        sk=sk,
        kind="email_change",
        former=MAC,
        target="cd" * 32,
        requested_at=requested,
        confirmed_at=confirmed,
    )


class TestAMove:
    @pytest.mark.parametrize(
        ("stored", "allowed"),
        [
            (None, True),
            (move(), True),
            (move(confirmed=NOW - MS), True),
            (move(confirmed=NOW), True),
            (move(confirmed=NOW + MS), False),
        ],
        ids=["none", "a wish", "long ago", "just over", "may still be undone"],
    )
    def test_follows_another_only_when_that_cannot_be_undone_any_more(
        self, stored: EmailChangeItem | None, allowed: bool
    ) -> None:
        raw = None if stored is None else stored.serialize()
        assert holds(not_confirmed_since(NOW), raw) is allowed

    @pytest.mark.parametrize("read", [move(), move(confirmed=NOW)], ids=["wish", "done"])
    def test_is_the_one_that_was_read_or_is_not_touched(self, read: EmailChangeItem) -> None:
        others = [move(NOW + MS), move(confirmed=NOW + MS), move(NOW + MS, NOW)]
        others += [move(confirmed=NOW) if read.confirmed_at is None else move()]
        assert holds(same(read), read.serialize())
        assert not holds(same(read), None)
        assert not [one for one in others if holds(same(read), one.serialize())]
