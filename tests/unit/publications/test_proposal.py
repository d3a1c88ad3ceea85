"""Publishing from the desk: a code, two people where it is grave, and a mail to all of the desk."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts import roster_store
from chalicelib.accounts.second_factor import CONFIRMED
from chalicelib.accounts.second_factor_store import SecondFactorItem, second_factor_place
from chalicelib.accounts.service import current_code, roles
from chalicelib.errors import Conflict, TooManyRequests, Unauthenticated, Unprocessable
from chalicelib.notices import service as notices
from chalicelib.publications import approval_store
from chalicelib.publications.service import desk_letters
from chalicelib.publications.service.proposal import Asked, Proposed, propose
from chalicelib.publications.service.publication import publish
from chalicelib.publications.service.withdrawal import withdraw
from chalicelib.sessions.model import Opened, Session, SignedIn
from chalicelib.sessions.role_store import role_item
from chalicelib.storage.item import NobodysData
from chalicelib.subjects import service as subjects
from chalicelib.subjects.store import StandingItem, standing_place
from tests.unit.core.samples import NOW
from tests.unit.core.test_publication import LONGER, WIDER
from tests.unit.notices.changes_edits import at
from tests.unit.publications.world import AHEAD, FIRST, SECOND, World, later_version

GRAVE = at("retention", "session_end", period={"days": 1})
"""Something is kept for less than a month from then on."""


@pytest.fixture(autouse=True)
def _codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every code of six digits is right, and its number is its step."""

    def step_of(_: Any, code: str, __: Any) -> int | None:
        return int(code) if code.isdigit() else None

    monkeypatch.setattr(current_code, "step_of", step_of)
    monkeypatch.setenv("RISERBO_MAIL_QUEUE_URL", "https://sqs.example/mail")


def officer(world: World, number: int, *, enrolled: bool = True) -> SignedIn:
    """Somebody of the desk, in a session of theirs."""
    subject = world.person(number)
    item = world.tables.one(StandingItem, *standing_place(subject))
    world.tables.put(role_item(subject, roles.DESK))
    if enrolled:
        pk, sk = second_factor_place(subject)
        factor = SecondFactorItem(
            pk=pk, sk=sk, kind="second_factor", status=CONFIRMED, created_at=NOW
        )
        world.tables.put(factor)
    write = world.tables.transaction(NobodysData())
    roster_store.put_member(write, subject, roles.DESK)  # type: ignore[arg-type]
    write.commit()
    opened = Opened(second_factor=True)
    session = Session(subject, "s", NOW, NOW + timedelta(days=1), 1, opened)
    return SignedIn(session, replace(subjects.standing_of(item)))


_CODES = itertools.count(1)


def by(who: SignedIn, document: dict[str, Any], **more: Any) -> Proposed:
    """Somebody of the desk publishes, with a code."""
    return propose(document, Asked(who, f"{next(_CODES):06d}", **more))


def mailed(world: World, action: str) -> list[str]:
    """Whom the jobs of a mail to the desk are for."""
    return sorted(job.subject for job in world.jobs() if job.action == action)


def test_a_code_is_needed_once_all_else_is_right(world: World) -> None:
    ann = officer(world, 1)
    with pytest.raises(Unauthenticated) as needed:
        propose(later_version(LONGER), Asked(ann, None))
    assert needed.value.type == "second-factor-needed"
    with pytest.raises(Unprocessable):
        propose({}, Asked(ann, None))
    assert notices.waiting() is None


def test_a_code_publishes_once(world: World) -> None:
    ann = officer(world, 1)
    asked = Asked(ann, "000777")
    assert propose(later_version(GRAVE), asked).approval is not None
    with pytest.raises(Unauthenticated) as used:
        propose(later_version(LONGER), asked)
    assert used.value.type == "second-factor-wrong"
    assert notices.waiting() is None


def test_codes_are_not_guessed(world: World) -> None:
    ann, bob = officer(world, 1), officer(world, 2)
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            propose(later_version(LONGER), Asked(ann, "wrong"))
    for code in ("wrong", "000042"):
        with pytest.raises(TooManyRequests) as enough:
            propose(later_version(LONGER), Asked(ann, code))
        assert 0 < (enough.value.retry_after or 0) <= 3600
    assert notices.waiting() is None
    assert by(bob, later_version(LONGER)).approval is None


def test_the_right_code_counts_again_an_hour_later(world: World) -> None:
    ann = officer(world, 1)
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            propose(later_version(LONGER), Asked(ann, "wrong"))
    world.now += timedelta(hours=1)
    assert by(ann, later_version(LONGER)).approval is None


def test_what_is_not_grave_is_published_by_one(world: World) -> None:
    ann, bob = officer(world, 1), officer(world, 2)
    assert by(ann, later_version(WIDER)).approval is None
    notices.forget_pointer()
    assert notices.waiting() == SECOND
    assert mailed(world, desk_letters.PUBLISHED) == sorted([ann.subject, bob.subject])
    assert all(job.target == SECOND for job in world.jobs() if job.action == desk_letters.PUBLISHED)


class TestGrave:
    def test_the_second_person_publishes_the_same_document(self, world: World) -> None:
        ann, bob = officer(world, 1), officer(world, 2)
        first = by(ann, later_version(GRAVE))
        assert first.approval is not None
        assert {str(one.gravity) for one in first.reasons} >= {"below_a_month"}
        assert not first.alone
        assert notices.waiting() is None
        assert mailed(world, desk_letters.ASKED) == sorted([ann.subject, bob.subject])
        assert mailed(world, desk_letters.PUBLISHED) == []
        assert by(bob, later_version(GRAVE)).approval is None
        notices.forget_pointer()
        assert notices.waiting() == SECOND
        assert approval_store.get_approval(SECOND) is None

    def test_the_first_person_is_no_second_one(self, world: World) -> None:
        ann = officer(world, 1)
        officer(world, 2)
        first = by(ann, later_version(GRAVE))
        world.now += timedelta(days=2)
        again = by(ann, later_version(GRAVE))
        assert again.approval == first.approval
        assert notices.waiting() is None
        assert len(mailed(world, desk_letters.ASKED)) == 2

    def test_who_publishes_another_document_is_the_first_again(self, world: World) -> None:
        ann, bob = officer(world, 1), officer(world, 2)
        by(ann, later_version(GRAVE))
        other = later_version(GRAVE, WIDER)
        assert by(bob, other).approval is not None
        assert by(bob, other).approval is not None
        assert by(ann, later_version(GRAVE)).approval is not None  # bob's took its place
        assert notices.waiting() is None
        assert by(bob, later_version(GRAVE)).approval is None

    def test_an_approval_ends_after_seven_days(self, world: World) -> None:
        ann, bob = officer(world, 1), officer(world, 2)
        late = later_version(GRAVE, effective_at=NOW + 3 * AHEAD)
        by(ann, late)
        world.now += timedelta(days=7)
        assert by(bob, late).approval is not None
        assert by(ann, late).approval is None

    def test_who_is_alone_may_again_a_day_later(self, world: World) -> None:
        ann = officer(world, 1)
        officer(world, 2, enrolled=False)  # who cannot sign in to the desk is no second person
        first = by(ann, later_version(GRAVE))
        assert first.alone
        world.now += timedelta(hours=23)
        assert by(ann, later_version(GRAVE)).approval == first.approval
        world.now += timedelta(hours=1)
        assert by(ann, later_version(GRAVE)).approval is None

    def test_an_operator_needs_none(self, world: World) -> None:
        ann = officer(world, 1)
        by(ann, later_version(GRAVE))
        publish(later_version(GRAVE))
        assert approval_store.get_approval(SECOND) is None
        assert mailed(world, desk_letters.PUBLISHED) == [ann.subject]

    def test_what_waits_so_holds_nothing_about_anybody(self, world: World) -> None:
        ann = officer(world, 1)
        by(ann, later_version(GRAVE))
        item = next(raw for key, raw in world.tables.items.items() if key[2] == "approval")
        assert ann.subject not in str(item)
        assert "expires" in item


class TestInPlaceOfAnother:
    def test_a_better_version_replaces_the_one_that_waits(self, world: World) -> None:
        ann = officer(world, 1)
        world.publish(later_version(LONGER))
        better = later_version(LONGER, version=f"{SECOND}.1")
        with pytest.raises(Conflict) as waits:
            by(ann, better)
        assert waits.value.type == "version-waiting"
        assert by(ann, better, replaces=SECOND).approval is None
        notices.forget_pointer()
        assert notices.waiting() == f"{SECOND}.1"
        assert notices.is_withdrawn(SECOND)
        assert world.round(action="recall") is not None

    @pytest.mark.parametrize("replaced", [FIRST, "2031-01-01"])
    def test_only_what_waits_is_replaced(self, world: World, replaced: str) -> None:
        ann = officer(world, 1)
        with pytest.raises(Conflict) as late:
            by(ann, later_version(LONGER), replaces=replaced)
        assert late.value.type == "too-late"


def test_the_desk_is_told_of_a_withdrawal(world: World) -> None:
    ann = officer(world, 1)
    world.publish(later_version(LONGER))
    withdraw(SECOND, "b" * 26)
    assert mailed(world, desk_letters.WITHDRAWN) == [ann.subject]


def test_who_left_the_desk_is_not_told(world: World) -> None:
    ann = officer(world, 1)
    world.tables.put(role_item(ann.subject, "nobody"))  # the list knows them still
    world.publish(later_version(LONGER))
    assert mailed(world, desk_letters.PUBLISHED) == []
