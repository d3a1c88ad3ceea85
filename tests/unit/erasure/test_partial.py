"""An erasure of some categories: these go, the account stays, whatever breaks off or comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.accounts.store import ProfileItem, profile_place
from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.service import capture
from chalicelib.consents.service.context import Caller
from chalicelib.disclosures.model import Disclosure
from chalicelib.disclosures.store import disclosure_item
from chalicelib.erasure.service import replay
from chalicelib.errors import BadRequest, Conflict
from chalicelib.holds import store as holds
from chalicelib.holds.model import Asked as HoldAsked
from chalicelib.holds.model import Ground as HoldGround
from chalicelib.holds.model import Hold, Named
from chalicelib.holds.service import desk
from chalicelib.jobs.model import LEASE
from chalicelib.jobs.store import JobItem
from chalicelib.notices import erasure as plans
from chalicelib.notices import service as notices
from chalicelib.notices.model import LegalBasis, Notice
from chalicelib.receipts.service import closing, verification
from chalicelib.requests.casework import Act
from chalicelib.requests.grounds import Ground
from chalicelib.requests.machine import Action, Actor, Status
from chalicelib.requests.model import timed
from chalicelib.requests.presentation import request_shown
from chalicelib.requests.preview import preview
from chalicelib.requests.service import casework
from chalicelib.requests.store import ExportItem, RequestItem, export_place, request_place
from chalicelib.subjects import lifecycle
from chalicelib.subjects.model import Decision, Life
from chalicelib.subjects.service import account_standing
from chalicelib.subjects.store import StandingItem
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from functions.kinds import registry
from tests.unit.core.samples import SUBJECT, shipped
from tests.unit.erasure.erased import PK, ErasedWorld

DAY = timedelta(days=1)
COMPANY, IDENTITY = "account#profile#company", "account#profile#identity"
RECIPIENT, OTHER = "own_platform", "credit_reference_agencies"
OWN = "testimonial"
"""A purpose on consent that uses the company alone, in these tests."""


def optional(notice: Notice) -> Notice:
    """The notice in which no contract needs the company, and one consent uses nothing else."""
    purposes = dict(notice.purposes)
    for name, purpose in purposes.items():
        if purpose.basis is LegalBasis.CONTRACT:
            left = tuple(one for one in purpose.categories if one != "company")
            purposes[name] = replace(purpose, categories=left)
    purposes[OWN] = replace(purposes[OWN], categories=("company",))
    return replace(notice, purposes=purposes)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> ErasedWorld:
    found = ErasedWorld(monkeypatch)
    found.fill()
    found.notice = optional(found.notice)
    monkeypatch.setattr(notices, "version", lambda _: found.notice)
    company(found)
    pk, sk = export_place(SUBJECT, "r1")
    key = f"exports/{SUBJECT}/r1.zip"
    found.s3.objects["exports", key] = b"everything"
    found.tables.put(
        ExportItem(
            pk=pk,
            sk=sk,
            kind="export",
            request="r1",
            object=key,
            created_at=found.now,
            issued=[],
            size=10,
        )
    )
    for number, (recipient, category) in enumerate(((RECIPIENT, "company"), (OTHER, "identity"))):
        given = Disclosure(SUBJECT, recipient, category, "run_account", (), found.now)
        found.tables.put(disclosure_item(f"d{number}", given, (), None))
    stands = found.tables.one(StandingItem, PK, "core#standing#")
    stands.disclosed = f"{OTHER}:credit_reference {RECIPIENT}:run_account"
    found.tables.put(stands)
    shown = Shown(found.notice.version, found.notice.digest, "en", "preference_centre")
    agreed = {OWN: Choice.GRANTED, "offers_email": Choice.GRANTED}
    capture.capture(Caller(bearer=found.token), agreed, shown, "yes", found.notice)
    return found


def company(world: ErasedWorld, name: str = "Analytical Engines") -> None:
    """The person's company, as the profile has it."""
    pk, sk = profile_place(SUBJECT, "company")
    item = ProfileItem(pk=pk, sk=sk, kind="profile")
    vault.seal_item(item, DataKey(SUBJECT, ProfileItem.CLASS, b"k" * 32), {"name": name})
    world.tables.put(item)


def written(world: ErasedWorld) -> None:
    """The company is written once more, as the profile tools write it."""
    standing = account_standing(SUBJECT)
    assert standing is not None
    write: Any = world.tables.transaction(world.notice)
    lifecycle.begin_revision(write, standing, world.now)
    write.commit()
    company(world, "Difference Engines")


def hold(world: ErasedWorld, *records: Named, classes: tuple[str, ...] = ()) -> None:
    """Something is held."""
    placed = Hold(
        id="h" * 26,
        subject=SUBJECT,
        ground=HoldGround.CLAIMS,
        placed_at=world.now,
        until=world.now + 90 * DAY,
        by="o" * 26,
        records=frozenset(records),
        classes=frozenset(classes),
    )
    item = world.tables.one(StandingItem, PK, "core#standing#")
    item.held = 1
    world.tables.put(holds.hold_item(placed), item)


def told(world: ErasedWorld) -> list[str]:
    """Who is told of the erasure of categories, by the jobs that wait."""
    jobs = [one for one in world.tables.all(JobItem) if one.action == "subject.categories_erased"]
    assert all('"categories":["company"]' in (one.target or "") for one in jobs)
    return [one.target.split('"recipient":"')[1].split('"')[0] for one in jobs]


def after(world: ErasedWorld, request: str) -> None:
    """What holds when it is done: the category is gone and the account is there."""
    left = world.left()
    assert COMPANY not in left
    assert IDENTITY in left
    assert [one for one in left if "#session#" in one]
    assert not [one for one in left if "#export#" in one]
    assert ("exports", f"exports/{SUBJECT}/r1.zip") not in world.s3.objects
    assert world.keys_left() == {"account", "evidence"}
    assert world.request(request).status is Status.COMPLETED
    assert world.events(request) == ["submit", "approve", "carry_out", "complete"]
    assert world.item(request).erasing is None
    standing = account_standing(SUBJECT)
    assert standing is not None
    assert standing.life is Life.ACTIVE
    assert standing.decisions[OWN].decision is Decision.WITHDRAWN
    assert standing.decisions["offers_email"].decision is Decision.GRANTED
    assert told(world) == [RECIPIENT]
    assert {one.queue for one in world.tables.all(JobItem)} == {"propagation"}


def test_the_category_goes_and_the_account_stays(world: ErasedWorld) -> None:
    request = world.approved(categories=("company",))
    assert world.retention != []
    world.work_off()
    world.ses.taken.clear()
    world.finish()
    after(world, request)
    assert world.subjects() == ["Kaveripoint has answered your request"]


def test_the_receipt_says_what_went_and_that_the_account_stays(world: ErasedWorld) -> None:
    request = world.approved(categories=("company", "identity"))
    world.finish()
    verdict = verification.verify_closing(world.item(request).receipt or "")
    assert verdict.valid
    said = verdict.content
    assert said is not None
    assert said["erased"] == {"categories": {"company": 1}, "records": {"export": 1, "profile": 1}}
    needed = said["scope"].pop("needed")
    assert said["scope"] == {"account": "stays", "categories": ["company"], "withdrawn": [OWN]}
    assert [(one["category"], one["ground"]) for one in needed] == [("identity", "still_necessary")]
    assert "run_account" in needed[0]["purposes"]
    assert said["recipients_told"] == [RECIPIENT]
    assert said["unreadable_from"] > said["closed_at"]
    assert IDENTITY in world.left()
    shown = request_shown(timed(world.request(request), world.notice, world.now))
    assert shown["kept"] == [
        {"kind": None, "category": "identity", "ground": "still_necessary", "ends_at": None}
    ]


def test_what_the_notice_lets_stay_is_named_with_its_ground(world: ErasedWorld) -> None:
    first = world.ask("port")
    world.notice = replace(
        world.notice,
        purposes={
            name: replace(one, categories=tuple(x for x in one.categories if x != "support"))
            for name, one in world.notice.purposes.items()
        },
    )
    request = world.approved(categories=("support",))
    world.finish()
    said = verification.verify_closing(world.item(request).receipt or "").content
    assert said is not None
    assert [one["kind"] for one in said["kept"]] == ["request"]
    assert said["kept"][0]["ground"]
    assert said["kept"][0]["ends_at"] is None
    assert world.request(first).status is not Status.CANCELLED
    assert [one.gone for one in closing.kept(said)] == [False]
    whole = world.approved()
    world.finish()
    assert world.request(whole).status is Status.COMPLETED
    assert [one.gone for one in closing.kept(said)] == [False]
    world.now += 4000 * DAY
    for _ in range(3):
        world.sweep()
    assert [one.gone for one in closing.kept(said)] == [True]


def test_killed_before_any_call_it_is_done_once(world: ErasedWorld) -> None:
    request = world.approved(categories=("company",))
    world.work_off()
    before, objects = world.copied(), dict(world.s3.objects)
    waiting, number, now = list(world.retention), 0, world.now
    while True:
        world.ses.taken.clear()
        world.steps.kill_before(number)
        killed = world.carry_out() and world.retention != []
        world.steps.revive()
        world.finish()
        after(world, request)
        assert len(world.ses.taken) == 1
        if not killed:
            break
        world.tables.items.clear()
        world.tables.items.update({place: dict(raw) for place, raw in before.items()})
        world.s3.objects.clear()
        world.s3.objects.update(objects)
        world.retention[:], world.now = waiting, now
        number += 1
    assert number > 15


@pytest.mark.parametrize("step", ["s3.put", "commit", "page of records", "s3.delete"])
def test_what_is_written_meanwhile_goes_too(world: ErasedWorld, step: str) -> None:
    request = world.approved(categories=("company",))
    world.steps.meanwhile[step] = [lambda: written(world)]
    world.finish()
    assert world.steps.meanwhile[step] == []
    after(world, request)


def test_what_is_written_at_the_last_moment_goes_too(world: ErasedWorld) -> None:
    request = world.approved(categories=("company",))
    second: list[Any] = [dict, lambda: written(world)]
    world.steps.meanwhile["s3.put"] = second
    world.finish()
    after(world, request)


def test_a_copy_that_is_being_made_is_waited_for(world: ErasedWorld) -> None:
    """Its worker has read the category, and may write it after all was looked at."""
    request = world.approved(categories=("company",))
    other = world.ask("copy")
    job = world.tables.one(JobItem, PK, "core#job#copy")
    job.leased_until = world.now + LEASE
    world.tables.put(job)
    world.carry_out()
    assert world.request(request).status is Status.IN_PROGRESS
    world.tables.items.pop((False, job.pk, job.sk))
    world.finish()
    after(world, request)
    assert world.request(other).status is Status.RECEIVED


def test_the_same_message_twice_does_nothing_twice(world: ErasedWorld) -> None:
    request = world.approved(categories=("company",))
    world.retention *= 2
    world.finish()
    after(world, request)


def test_the_log_is_written_before_anything_goes(world: ErasedWorld) -> None:
    request = world.approved(categories=("company",))
    world.steps.names.clear()
    world.finish()
    names = world.steps.names
    assert names.index("s3.put") < names.index("s3.delete")
    assert "commit" not in names[names.index("s3.put") : names.index("s3.delete")]
    begun, closed = world.log()
    assert (begun["step"], closed["step"]) == ("part_begun", "part_closed")
    assert begun["categories"] == closed["categories"] == ["company"]
    assert (begun["request"], closed["receipt"]) == (request, world.item(request).receipt)
    assert "Engines" not in str([begun, closed])


class TestRefused:
    def test_at_once_where_the_account_needs_each(self, world: ErasedWorld) -> None:
        request = world.ask("erase", categories=("identity",))
        world.work_off()
        found = world.request(request)
        assert found.status is Status.REFUSED
        assert found.history[-1].reason == "still_necessary"
        assert world.subjects() == ["Kaveripoint does not carry out your request"]
        assert "still needed" in world.text()
        assert world.ask("erase", categories=("company",)) != request

    def test_words_are_for_the_desk_which_cannot_approve_it(self, world: ErasedWorld) -> None:
        request = world.ask("erase", categories=("identity",), details="My name was never mine.")
        assert world.request(request).status is Status.RECEIVED
        with pytest.raises(Conflict) as refused:
            casework.act("o" * 26, request, Act(Action.APPROVE), world.notice)
        assert refused.value.type == "move-not-allowed"
        refuse = Act(Action.REFUSE, Ground.STILL_NECESSARY)
        done = casework.act("o" * 26, request, refuse, world.notice)
        assert done.timed.request.status is Status.REFUSED

    def test_a_refusal_can_be_disputed(self, world: ErasedWorld) -> None:
        request = world.ask("erase", categories=("identity",))
        world.act(request, Action.DISPUTE, Actor.PERSON)
        assert world.request(request).status is Status.IN_PROGRESS

    def test_who_names_every_category_ends_the_account(self, world: ErasedWorld) -> None:
        every = plans.erased_categories(world.notice)
        request = world.approved(categories=every)
        assert world.request(request).categories == ()
        world.finish()
        assert IDENTITY not in world.left()
        assert account_standing(SUBJECT).life is Life.ERASED  # type: ignore[union-attr]

    def test_everything_joins_some_and_waits_anew(self, world: ErasedWorld) -> None:
        request = world.ask("erase", categories=("company",))
        item = world.item(request)
        item.begins_at = world.now + DAY
        item.sealed_fields = frozenset()
        world.tables.put(item)
        assert world.ask("erase") == request
        found = world.request(request)
        assert (found.categories, found.begins_at) == ((), None)

    def test_what_is_approved_is_not_widened(self, world: ErasedWorld) -> None:
        request = world.approved(categories=("company",))
        with pytest.raises(Conflict):
            world.ask("erase")
        assert world.request(request).categories == ("company",)
        world.finish()
        after(world, request)


class TestHeld:
    @pytest.mark.parametrize("classes", [(), ("account",)])
    def test_what_is_held_is_not_approved(
        self, world: ErasedWorld, classes: tuple[str, ...]
    ) -> None:
        request = world.ask("erase", categories=("company",))
        hold(world, *([] if classes else [Named("account", "profile", "company")]), classes=classes)
        with pytest.raises(Conflict) as refused:
            casework.act("o" * 26, request, Act(Action.APPROVE), world.notice)
        assert refused.value.type == "held"
        assert world.request(request).status is Status.RECEIVED

    def test_a_hold_on_something_else_is_no_matter(self, world: ErasedWorld) -> None:
        request = world.ask("erase", categories=("company",))
        hold(world, Named("account", "profile", "identity"))
        casework.act("o" * 26, request, Act(Action.APPROVE), world.notice)
        world.finish()
        after(world, request)

    def test_one_that_comes_after_the_approval_keeps_the_record(self, world: ErasedWorld) -> None:
        request = world.approved(categories=("company",))
        hold(world, Named("account", "profile", "company"))
        world.finish()
        assert COMPANY in world.left()
        said = verification.verify_closing(world.item(request).receipt or "").content
        assert said is not None
        assert [one["ground"] for one in said["holds"]] == ["claims"]
        assert [(one["kind"], one["ground"]) for one in said["kept"]] == [("profile", "hold")]

    def test_one_that_comes_at_the_same_moment_is_seen(self, world: ErasedWorld) -> None:
        request = world.approved(categories=("company",))
        named = Named("account", "profile", "company")
        world.steps.meanwhile["page of records"] = [lambda: hold(world, named)]
        world.finish()
        assert COMPANY in world.left()
        assert world.request(request).status is Status.COMPLETED


@pytest.mark.parametrize("number", range(24))
def test_of_a_hold_and_the_erasure_one_wins_whole(world: ErasedWorld, number: int) -> None:
    """Before whichever call the desk holds the record, it is kept, or the desk hears that not."""
    request = world.approved(categories=("company",))
    named = (Named("account", "profile", "company"),)
    asked = HoldAsked(SUBJECT, HoldGround.CLAIMS, world.now + 90 * DAY, "A claim.", named=named)
    placed, steps, numbers = list[bool](), world.tables.steps, count()

    def place() -> None:
        try:
            desk.place("o" * 26, asked, world.notice)
        except (BadRequest, Conflict):
            placed.append(False)
        else:
            placed.append(True)

    def hooked(name: str) -> None:
        if next(numbers) == number:
            world.tables.steps = steps
            place()
            world.tables.steps = hooked  # type: ignore[assignment]
        steps(name)

    world.tables.steps = hooked  # type: ignore[assignment]
    world.finish()
    world.tables.steps = steps
    if not placed:
        place()
    assert (COMPANY in world.left()) is placed[0]
    assert world.request(request).status is Status.COMPLETED
    said = verification.verify_closing(world.item(request).receipt or "").content
    assert said is not None
    assert [one["kind"] for one in said["kept"]] == ["profile"] * placed[0]
    assert bool(said["holds"]) is placed[0]


class TestReplay:
    def again(self, world: ErasedWorld) -> replay.Replayed:
        return replay.replay((world.now - 4000 * DAY).date(), registry())

    def lying(self, world: ErasedWorld) -> dict[Any, Any]:
        return {
            place: raw for place, raw in world.copied().items() if raw["kind"]["S"] != JobItem.KIND
        }

    def restore(self, world: ErasedWorld, copy: dict[Any, Any]) -> None:
        world.tables.items.clear()
        world.tables.items.update({place: dict(raw) for place, raw in copy.items()})

    def test_it_is_done_again_byte_for_byte(self, world: ErasedWorld) -> None:
        world.notice = replace(
            world.notice,
            purposes={name: one for name, one in world.notice.purposes.items() if name != OWN},
        )
        world.approved(categories=("company",))
        world.work_off()
        copy = world.copied()
        world.steps.meanwhile["s3.put"] = [lambda: setattr(world, "now", world.now + DAY)]
        world.finish()
        erased = self.lying(world)
        self.restore(world, copy)
        world.now += 3 * DAY
        assert self.again(world).subjects == 1
        assert self.lying(world) == erased
        assert self.again(world) == replay.Replayed(0, 0)
        assert self.lying(world) == erased

    def test_a_consent_that_ended_ends_again(self, world: ErasedWorld) -> None:
        request = world.approved(categories=("company",))
        world.work_off()
        copy = world.copied()
        world.finish()
        self.restore(world, copy)
        assert self.again(world).subjects == 1
        standing = account_standing(SUBJECT)
        assert standing is not None
        assert standing.decisions[OWN].decision is Decision.WITHDRAWN
        assert COMPANY not in world.left()
        assert world.request(request).status is Status.COMPLETED

    def test_what_the_person_wrote_afterwards_stays(self, world: ErasedWorld) -> None:
        world.approved(categories=("company",))
        world.finish()
        written(world)
        before = world.copied()
        assert self.again(world) == replay.Replayed(0, 0)
        assert world.copied() == before

    def test_an_account_that_is_gone_by_now_is_left_alone(self, world: ErasedWorld) -> None:
        world.approved(categories=("company",))
        world.finish()
        world.approved()
        world.finish()
        before = self.lying(world)
        assert self.again(world) == replay.Replayed(0, 0)
        assert self.lying(world) == before


def test_an_erasure_of_everything_meanwhile_ends_it_too(world: ErasedWorld) -> None:
    request = world.approved(categories=("company",))
    item = world.tables.one(StandingItem, PK, "core#standing#")

    def due() -> None:
        stands = world.tables.one(StandingItem, PK, "core#standing#")
        stands.schedule("rule", world.now, "disowned", world.now)
        world.tables.put(stands)
        world.sweep()

    assert item is not None
    world.steps.meanwhile["s3.put"] = [due]
    world.finish()
    assert COMPANY not in world.left()
    assert IDENTITY not in world.left()
    assert world.tables.one(RequestItem, *request_place(SUBJECT, request)) is None


def test_the_plan_takes_copies_and_leaves_proof_and_what_the_account_is(world: ErasedWorld) -> None:
    found = plans.part(world.notice, ("company",))
    assert not found.goes("request", "evidence", "x")
    assert not found.goes("claim", "core", "")
    assert found.goes("export", "evidence", "x")
    assert plans.part(world.notice, ("identity",)).erased == frozenset()


def test_what_a_form_wrote_holds_the_categories_of_that_form(world: ErasedWorld) -> None:
    found = replace(
        plans.part(world.notice, ("company",)),
        groups={"message": frozenset({"company", "support"})},
        forms={"survey": frozenset({"company"}), "feedback": frozenset({"support"})},
    )
    assert found.goes("message", "support", "m1", "survey")
    assert not found.goes("message", "support", "m1", "feedback")
    assert found.goes("message", "support", "m1", "one of an earlier notice")
    assert found.goes("message", "support", "company.m1", "survey")
    assert not found.goes("message", "support", "support.m1")


def test_the_preview_says_what_goes_and_what_the_account_needs(world: ErasedWorld) -> None:
    request = world.ask("erase", categories=("company", "identity", "support"))
    seen = preview(world.request(request), {}, world.notice)
    assert seen is not None
    assert (seen.done, seen.erased) == ("by_job", ("company",))
    assert seen.needed == ("identity", "support")
    assert preview(world.request(request), {}, shipped()).erased == ()  # type: ignore[union-attr]
