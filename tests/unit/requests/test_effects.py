"""What each right does: when it is asked for, when it is approved, and at its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.consents.model import Choice
from chalicelib.consents.store import EntryItem
from chalicelib.decisions.restriction import Ground, Restriction
from chalicelib.errors import Conflict
from chalicelib.requests.machine import Action, Status
from chalicelib.requests.model import RestrictionGround
from chalicelib.storage.item import Item
from chalicelib.subjects.model import Decision, Life
from chalicelib.subjects.store import RestrictionItem, standing_item
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from tests.examples import examples
from tests.unit.core.samples import SUBJECT
from tests.unit.requests.rights import (
    CONSENT,
    CONTRACT,
    INTEREST,
    MARKETING,
    OTHER_CONSENT,
    OTHER_INTEREST,
    Rights,
)

DAY = timedelta(days=1)
KEY = DataKey(SUBJECT, "evidence", b"k" * 32)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Rights:
    return Rights(monkeypatch)


def entries(world: Rights) -> int:
    return len([one for one in world.tables.all(EntryItem) if one.sk[-12:].isdigit()])


def decided(world: Rights, purpose: str) -> Decision | None:
    found = world.stands().decisions.get(purpose)
    return None if found is None else found.decision


def done(world: Rights, request_id: str) -> None:
    """The request was completed in the answer, and its person is told once."""
    request = world.request(request_id)
    assert request.status is Status.COMPLETED
    assert [str(one.event) for one in request.history] == ["submit", "complete"]
    assert request.completed_at == world.now
    item = world.item(request_id)
    assert (item.lane or "").startswith("rule#")
    assert item.due_event == "closed"
    told = [job.action for job in world.jobs() if job.target == request_id]
    assert told == ["request_outcome"]


class TestWithdraw:
    def test_is_done_at_once_for_the_purposes_it_names(self, world: Rights) -> None:
        world.decide(CONSENT)
        world.decide(OTHER_CONSENT)
        done(world, world.ask("withdraw", purposes=(CONSENT,)))
        assert world.reasons(CONSENT) == ["withdrawn"]
        assert world.reasons(OTHER_CONSENT) == []

    def test_names_nothing_and_means_all_that_was_granted(self, world: Rights) -> None:
        world.decide(CONSENT)
        world.decide(MARKETING, Choice.DENIED)
        done(world, world.ask("withdraw"))
        assert decided(world, CONSENT) is Decision.WITHDRAWN
        assert decided(world, MARKETING) is Decision.DENIED
        assert entries(world) == 3

    def test_what_is_withdrawn_already_makes_no_entry(self, world: Rights) -> None:
        world.decide(CONSENT)
        for _ in range(3):
            done(world, world.ask("withdraw", purposes=(CONSENT,)))
        assert entries(world) == 2

    def test_with_nothing_to_withdraw_it_is_done_too(self, world: Rights) -> None:
        done(world, world.ask("withdraw"))
        assert entries(world) == 0

    def test_whoever_received_data_for_it_is_told(self, world: Rights) -> None:
        world.decide(CONSENT)
        world.give(f"aws:{CONSENT}", f"other:{INTEREST}")
        world.ask("withdraw", purposes=(CONSENT,))
        assert world.callbacks() == [("consent.withdrawn", "aws", (CONSENT,))]

    def test_the_person_may_agree_again(self, world: Rights) -> None:
        world.ask("withdraw", purposes=(CONSENT,))
        world.decide(CONSENT)
        assert world.reasons(CONSENT) == []


def test_opting_out_refuses_all_marketing_and_nothing_else(world: Rights) -> None:
    world.decide(MARKETING)
    world.decide(CONSENT)
    done(world, world.ask("opt_out"))
    marketing = {one.id for one in world.notice.purposes.values() if one.marketing}
    refused = {one for one in world.stands().decisions if decided(world, one) != "granted"}
    assert refused == marketing
    assert decided(world, MARKETING) is Decision.WITHDRAWN
    assert world.reasons(CONSENT) == world.reasons(CONTRACT) == []


class TestDeactivate:
    def test_stops_the_account_at_once(self, world: Rights) -> None:
        request = world.ask("deactivate")
        assert world.stands().life is Life.DEACTIVATED
        assert {job.action for job in world.jobs()} == {"request_outcome", "account_deactivated"}
        assert world.request(request).status is Status.COMPLETED
        assert world.reasons(CONTRACT) == ["deactivated"]

    def test_a_second_time_changes_nothing(self, world: Rights) -> None:
        world.ask("deactivate")
        stands = world.stands()
        world.later(hours=1)
        world.ask("deactivate")
        assert world.stands().life is stands.life
        assert [job.action for job in world.jobs()].count("account_deactivated") == 1


class TestObject:
    def test_marketing_ends_at_once_and_for_good(self, world: Rights) -> None:
        world.decide(MARKETING)
        done(world, world.ask("object", purposes=(MARKETING,)))
        assert world.reasons(MARKETING) == ["objected"]
        assert world.restrictions() == ()

    def test_a_legitimate_interest_is_restricted_until_it_is_decided(self, world: Rights) -> None:
        request = world.ask("object", purposes=(MARKETING, INTEREST))
        assert world.request(request).status is Status.RECEIVED
        assert world.reasons(MARKETING) == ["objected"]
        assert world.reasons(INTEREST) == ["restricted"]
        assert world.reasons(OTHER_INTEREST) == []
        assert world.restrictions() == (
            Restriction(request, Ground.OBJECTION, world.now, frozenset({INTEREST})),
        )

    def test_approved_it_stands_objected(self, world: Rights) -> None:
        request = world.ask("object", purposes=(INTEREST,))
        world.desk(request, Action.APPROVE)
        assert world.request(request).status is Status.COMPLETED
        assert world.reasons(INTEREST) == ["objected"]
        assert world.restrictions() == ()
        assert not world.stands().restricted
        assert world.tables.all(RestrictionItem) == []

    def test_completed_by_hand_it_stands_objected_too(self, world: Rights) -> None:
        request = world.ask("object", purposes=(INTEREST,))
        world.desk(request, Action.COMPLETE)
        assert world.reasons(INTEREST) == ["objected"]

    def test_refused_it_ends_seven_days_after_the_person_was_told(self, world: Rights) -> None:
        request = world.ask("object", purposes=(INTEREST, MARKETING))
        world.desk(request, Action.REFUSE, "compelling_grounds")
        world.later(days=6, hours=23)
        assert world.reasons(INTEREST) == ["restricted"]
        assert not world.sweep()
        world.later(hours=1)
        assert world.reasons(INTEREST) == []
        assert world.sweep()
        assert not world.stands().restricted
        assert world.reasons(MARKETING) == ["objected"], "that was for good"

    def test_cancelled_it_ends_at_once(self, world: Rights) -> None:
        request = world.ask("object", purposes=(INTEREST,))
        world.cancel(request)
        assert world.reasons(INTEREST) == []
        assert not world.stands().restricted

    def test_without_names_it_is_about_all_that_can_be_objected_to(self, world: Rights) -> None:
        world.ask("object")
        said = {one: world.reasons(one) for one in world.notice.purposes}
        for purpose in world.notice.purposes.values():
            if purpose.marketing:
                assert "objected" in said[purpose.id]
            elif purpose.basis == "legitimate_interest":
                assert said[purpose.id] == ["restricted"]
            else:
                assert {"objected", "restricted"}.isdisjoint(said[purpose.id])


class TestRestrict:
    def test_holds_from_receipt_whatever_is_granted_later(self, world: Rights) -> None:
        world.ask("restrict", purposes=(CONSENT,), ground=RestrictionGround.ACCURACY)
        world.decide(CONSENT)
        assert decided(world, CONSENT) is Decision.GRANTED
        assert world.reasons(CONSENT) == ["restricted"]
        (found,) = world.restrictions()
        assert (found.ground, found.since) == (Ground.ACCURACY, world.now)

    def test_without_a_scope_it_is_everything(self, world: Rights) -> None:
        world.ask("restrict")
        assert all("restricted" in world.reasons(one) for one in world.notice.purposes)

    def test_a_category_is_restricted_for_every_purpose(self, world: Rights) -> None:
        world.ask("restrict", categories=("device",))
        assert world.reasons(INTEREST, "device") == ["restricted"]
        assert world.reasons(INTEREST, "support") == []
        assert world.reasons(INTEREST) == ["restricted"]

    def test_asked_again_it_is_wider_and_the_same_request(self, world: Rights) -> None:
        first = world.ask("restrict", purposes=(INTEREST,))
        assert world.ask("restrict", purposes=(OTHER_INTEREST,)) == first
        (found,) = world.restrictions()
        assert found.purposes == {INTEREST, OTHER_INTEREST}
        assert world.ask("restrict") == first
        assert world.reasons(CONTRACT) == ["restricted"]
        assert world.request(first).purposes == ()
        assert world.ask("restrict", purposes=(INTEREST,)) == first
        assert world.reasons(CONTRACT) == ["restricted"], "it is never narrowed"

    def test_approved_it_stays_until_it_is_lifted(self, world: Rights) -> None:
        request = world.ask("restrict", purposes=(INTEREST,))
        world.desk(request, Action.APPROVE)
        assert world.request(request).status is Status.COMPLETED
        world.later(days=400)
        assert not world.sweep()
        assert world.reasons(INTEREST) == ["restricted"]
        world.desk(request, Action.LIFT)
        (item,) = world.tables.all(RestrictionItem)
        assert item.due_at == world.now + 7 * DAY
        assert (item.lane or "").startswith("deadline#")
        world.later(days=3)
        with pytest.raises(Conflict):
            world.desk(request, Action.LIFT)  # told already: the end stays where it was
        assert world.reasons(INTEREST) == ["restricted"]
        world.later(days=4)
        assert world.reasons(INTEREST) == []
        assert world.sweep()
        assert not world.sweep()
        assert world.tables.all(RestrictionItem) == []

    def test_disputed_it_does_not_end(self, world: Rights) -> None:
        request = world.ask("restrict", purposes=(INTEREST,))
        world.desk(request, Action.REFUSE, "no_ground")
        world.later(days=3)
        world.disputed(request)
        world.later(days=30)
        assert not world.sweep()
        assert world.reasons(INTEREST) == ["restricted"]
        grounds = {one.ground for one in world.restrictions()}
        assert grounds == {None, Ground.DISPUTE}
        world.desk(request, Action.REFUSE, "no_ground")
        assert {one.ground for one in world.restrictions()} == {None}
        world.later(days=7)
        assert world.sweep()
        assert world.reasons(INTEREST) == []

    def test_recipients_are_told_of_both_ends(self, world: Rights) -> None:
        world.give(f"aws:{INTEREST}", f"aws:{CONTRACT}", f"other:{CONTRACT}")
        request = world.ask("restrict", purposes=(INTEREST,))
        assert world.callbacks() == [("subject.restricted", "aws", (INTEREST,))]
        world.ask("restrict", purposes=(OTHER_INTEREST,))
        assert len(world.callbacks()) == 1, "nobody received data for that"
        world.later(hours=1)
        world.desk(request, Action.REFUSE, "no_ground")
        assert len(world.callbacks()) == 1, "it still stands"
        world.later(days=7)
        world.sweep()
        assert world.callbacks()[1:] == [("subject.restriction_lifted", "aws", (INTEREST,))]

    def test_two_requests_restrict_one_purpose_until_both_end(self, world: Rights) -> None:
        world.give(f"aws:{INTEREST}")
        one = world.ask("restrict", purposes=(INTEREST,))
        other = world.ask("object", purposes=(INTEREST,))
        world.cancel(one)
        assert world.reasons(INTEREST) == ["restricted"]
        assert len(world.callbacks()) == 1
        world.later(hours=1)
        world.cancel(other)
        assert world.reasons(INTEREST) == []
        assert [event for event, _, _ in world.callbacks()] == [
            "subject.restricted",
            "subject.restriction_lifted",
        ]


class TestLimits:
    def test_a_late_request_limits_what_it_names(self, world: Rights) -> None:
        request = world.ask("erase", categories=("identity",), details="I moved.")
        world.late(request)
        assert world.reasons(INTEREST) == world.reasons(OTHER_INTEREST) == ["restricted"]
        assert "restricted" in world.reasons(CONSENT)
        assert world.reasons(CONTRACT) == []
        world.desk(request, Action.REFUSE, "claims")
        assert world.reasons(INTEREST) == []
        assert not world.stands().restricted

    def test_where_it_names_a_purpose_nothing_else_is_limited(self, world: Rights) -> None:
        request = world.ask("restrict", purposes=(INTEREST,))
        world.late(request)
        assert world.reasons(OTHER_INTEREST) == []
        world.desk(request, Action.COMPLETE)
        assert [one.ground for one in world.restrictions()] == [None]

    def test_it_ends_with_the_corrections_too(self, world: Rights) -> None:
        request = proposed(world)
        world.late(request)
        world.desk(request, Action.APPROVE)
        assert world.reasons(INTEREST) == ["restricted"]
        world.fulfil(request)
        assert world.request(request).status is Status.COMPLETED
        assert world.reasons(INTEREST) == []


class TestByLetter:
    def test_what_was_agreed_to_after_it_came_stands(self, world: Rights) -> None:
        world.decide(OTHER_CONSENT)
        world.later(days=2)
        world.decide(CONSENT)
        world.later(days=1)
        request = world.enter("withdraw", world.now - 2 * DAY)
        assert world.request(request).status is Status.COMPLETED
        assert decided(world, OTHER_CONSENT) is Decision.WITHDRAWN
        assert world.reasons(CONSENT) == []

    def test_a_correction_waits_for_the_desk(self, world: Rights) -> None:
        request = world.enter("rectify", world.now, changes=CHANGES)
        assert world.profile()["name"] == "Ada"
        world.desk(request, Action.APPROVE)
        world.fulfil(request)
        assert world.profile() == {"email": "ada@example.com", "name": "Ada King"}
        assert world.item(request).sealed is None

    def test_a_restriction_holds_at_once(self, world: Rights) -> None:
        world.enter("restrict", world.now - 9 * DAY, purposes=(INTEREST,))
        assert world.reasons(INTEREST) == ["restricted"]


CHANGES = {"identity": {"name": "Ada King", "phone": None}}


def proposed(world: Rights, changes: Any = None) -> str:
    """A correction that waits for the desk, as one that came by letter."""
    request = world.ask("rectify", changes={"support": {"details": "-"}}, details="By letter.")
    item = world.item(request)
    vault.seal_item(item, KEY, {"details": "By letter.", "changes": changes or CHANGES})
    world.tables.put(item)
    return request


def sealed_in(world: Rights, request: str) -> dict[str, Any]:
    """What is sealed in a request."""
    return vault.open_item(world.item(request), KEY)


class TestRectify:
    def test_what_the_profile_tools_do_is_done_at_once(self, world: Rights) -> None:
        world.give(f"aws:{CONTRACT}")
        request = world.ask("rectify", changes=CHANGES)
        done(world, request)
        assert world.profile() == {"email": "ada@example.com", "name": "Ada King"}
        assert world.request(request).fields == ("identity.name", "identity.phone")
        assert world.item(request).sealed is None
        assert world.callbacks() == [("subject.rectified", "aws", ())]
        assert world.stands().revision == 1

    def test_words_stay_and_values_do_not(self, world: Rights) -> None:
        request = world.ask("rectify", changes=CHANGES, details="I married.")
        assert sealed_in(world, request) == {"details": "I married."}

    def test_what_no_profile_holds_waits_for_the_desk(self, world: Rights) -> None:
        changes = {"identity": {"name": "Ada King"}, "support": {"details": "Other words."}}
        request = world.ask("rectify", changes=changes)
        assert world.request(request).status is Status.RECEIVED
        assert world.profile()["name"] == "Ada King", "the rest is done"
        assert sealed_in(world, request) == {"changes": {"support": {"details": "Other words."}}}
        assert world.request(request).fields == ("identity.name", "support.details")

    def test_approved_it_is_made_and_told_to_who_received_it(self, world: Rights) -> None:
        request = proposed(world)
        world.desk(request, Action.APPROVE)
        assert world.profile()["name"] == "Ada", "the desk opens no account"
        asked = world.fulfil(request)
        assert world.profile() == {"email": "ada@example.com", "name": "Ada King"}
        assert [job.action for job in asked] == ["request_outcome"]
        assert world.request(request).status is Status.COMPLETED
        assert sealed_in(world, request) == {"details": "By letter."}
        assert world.fulfil(request) == [], "once"

    def test_what_cannot_be_made_is_left_to_the_desk(self, world: Rights) -> None:
        changes = {"identity": {"name": "Ada King", "email": "b@example.org"}}
        request = proposed(world, changes)
        world.desk(request, Action.APPROVE)
        assert world.fulfil(request) == []
        assert world.profile() == {"email": "ada@example.com", "name": "Ada King"}
        assert world.request(request).status is Status.IN_PROGRESS
        left = {"changes": {"identity": {"email": "b@example.org"}}, "details": "By letter."}
        assert sealed_in(world, request) == left
        world.desk(request, Action.COMPLETE)
        assert sealed_in(world, request) == {"details": "By letter."}

    @pytest.mark.parametrize("end", ["refused", "cancelled"])
    def test_what_is_not_made_leaves_no_value_either(self, world: Rights, end: str) -> None:
        request = proposed(world)
        if end == "refused":
            world.desk(request, Action.REFUSE, "accurate")
        else:
            world.cancel(request)
        assert sealed_in(world, request) == {"details": "By letter."}
        assert world.profile()["name"] == "Ada"

    def test_not_approved_it_is_not_made(self, world: Rights) -> None:
        request = proposed(world)
        assert world.fulfil(request) == []
        assert world.profile()["name"] == "Ada"


VALUES = st.text("abcdefghijklmnopqrstuvwxyz", min_size=8, max_size=20)
WAYS = ["at once", "approved", "refused", "cancelled"]


@settings(max_examples=examples(30), deadline=None)
@given(old=VALUES, new=VALUES, way=st.sampled_from(WAYS))
def test_a_corrected_value_is_found_nowhere_but_in_the_profile(
    old: str, new: str, way: str
) -> None:
    with pytest.MonkeyPatch.context() as patches:
        world = Rights(patches)
        world.ask("rectify", changes={"identity": {"name": f"old {old}"}})
        corrected(world, f"new {new}", way)
        made = way in ("at once", "approved")
        assert world.profile()["name"] == (f"new {new}" if made else f"old {old}")
        assert found_in(world, f"new {new}") == ({"profile"} if made else set())
        assert found_in(world, f"old {old}") == (set() if made else {"profile"})


def corrected(world: Rights, name: str, way: str) -> None:
    """A correction is asked for, and made or not."""
    changes = {"identity": {"name": name}}
    if way == "at once":
        world.ask("rectify", changes=changes)
        return
    request = world.enter("rectify", world.now, changes=changes, details="By letter.")
    if way == "approved":
        world.desk(request, Action.APPROVE)
        world.fulfil(request)
    elif way == "refused":
        world.desk(request, Action.REFUSE, "accurate")
    else:
        world.cancel(request)


def found_in(world: Rights, value: str) -> set[str]:
    """The kinds of items in which a value lies, in the clear or sealed."""
    found = set()
    for _, pk, sk in world.tables.items:
        item = world.tables.one(Item, pk, sk)
        raw = repr(world.tables.items[False, pk, sk]) if item is not None else ""
        group = sk.partition("#")[0]
        if item is not None and item.sealed is not None and group in ("account", "evidence"):
            raw += repr(vault.open_item(item, DataKey(SUBJECT, group, b"k" * 32)))
        if value in raw:
            found.add(item.kind)
    return found


class TestTogether:
    def test_a_decision_that_comes_in_between_is_not_lost(self, world: Rights) -> None:
        world.decide(CONSENT)
        world.steps.meanwhile["commit"] = [lambda: world.decide(MARKETING)]
        world.ask("withdraw", purposes=(CONSENT,))
        assert decided(world, CONSENT) is Decision.WITHDRAWN
        assert decided(world, MARKETING) is Decision.GRANTED

    def test_two_restrictions_at_once_both_stand(self, world: Rights) -> None:
        world.steps.meanwhile["commit"] = [lambda: world.ask("object", purposes=(INTEREST,))]
        world.ask("restrict", purposes=(OTHER_INTEREST,))
        assert world.reasons(INTEREST) == world.reasons(OTHER_INTEREST) == ["restricted"]

    def test_an_act_on_what_was_read_before_a_restriction_is_done_again(
        self, world: Rights
    ) -> None:
        request = world.ask("object", purposes=(INTEREST,))
        world.steps.meanwhile["commit"] = [
            lambda: world.ask("restrict", purposes=(OTHER_INTEREST,))
        ]
        world.desk(request, Action.APPROVE)
        assert world.reasons(INTEREST) == ["objected"]
        assert world.reasons(OTHER_INTEREST) == ["restricted"]

    def test_of_somebody_being_erased_a_request_acts_on_nothing(self, world: Rights) -> None:
        request = world.ask("object", purposes=(INTEREST,))
        erasing = replace(world.stands(), life=Life.ERASING)
        world.tables.put(standing_item(erasing))
        world.desk(request, Action.APPROVE)
        assert decided(world, INTEREST) is None
