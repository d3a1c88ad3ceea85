"""Asking that recipients be told, together with what they are to be told of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.jobs.model import FIRST_CHECK
from chalicelib.storage.transaction import ConditionFailed
from chalicelib.subjects import burial, lifecycle
from chalicelib.subjects.model import Erasure, Life
from chalicelib.webhooks import service as webhooks
from chalicelib.webhooks.model import Event, callback_of
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.webhooks.world import BOTH, LISTS, PARTNERS, SPONSORS, World, received


class Untouchable:
    """A transaction to which nothing may be added."""


@pytest.mark.parametrize("kind", Event)
def test_where_nobody_received_anything_nothing_is_asked(world: World, kind: Event) -> None:
    nobody: Any = Untouchable()
    stands = replace(world.stands, disclosed=frozenset())
    assert webhooks.notify(nobody, stands, kind, world.notice, world.now, purposes=[LISTS]) == []
    assert world.steps.names == []


@pytest.mark.parametrize("purposes", [(), ("surveys",), ("no_such",)])
def test_of_a_decision_about_something_else_nobody_is_told(
    world: World, purposes: tuple[str, ...]
) -> None:
    nobody: Any = Untouchable()
    for kind in ("consent.withdrawn", "decision.changed"):
        assert (
            webhooks.notify(nobody, world.stands, kind, world.notice, world.now, purposes=purposes)
            == []
        )


def test_a_withdrawal_is_a_job_for_each_who_received_data_for_it(world: World) -> None:
    entry = f"{SUBJECT}.4"
    asked = world.notify("consent.withdrawn", purposes=["surveys", LISTS], entry=entry)
    found = [callback_of(job.target) for job in world.jobs()]
    assert {one.recipient for one in found} == BOTH
    assert {one.id for one in found} == {callback_of(job.target).id for job in asked}
    for one in found:
        assert (one.event, one.subject, one.entry) == (Event.CONSENT_WITHDRAWN, SUBJECT, entry)
        assert (one.purposes, one.at) == ((LISTS,), world.now)
        assert one.notice_version == world.notice.version
    for job in world.jobs():
        assert (job.subject, job.queue, job.action) == (
            SUBJECT,
            "propagation",
            "consent.withdrawn",
        )
        assert job.due_at == world.now + FIRST_CHECK
    assert len(world.sqs.bodies) == 2


def test_what_is_about_to_go_is_told_from_elsewhere(world: World) -> None:
    world.notify(Event.ERASED, elsewhere=True)
    places = {job.subject for job in world.jobs()}
    assert SUBJECT not in places
    assert len(places) == 2
    assert {callback_of(job.target).subject for job in world.jobs()} == {SUBJECT}


def test_an_event_that_nobody_knows_is_a_mistake_of_ours(world: World) -> None:
    with pytest.raises(ValueError):
        world.notify("subject.exploded")


BEGUN = Erasure("disowned", NOW)


def passes(world: World, act: str) -> bool:
    """Whether an act on what was read goes through, when `sponsors` received data meanwhile."""
    if act == "forget":
        world.stands = replace(world.stands, erasure=BEGUN)
        world.put_standing(world.stands)
    read, write = world.stands, world.tables.transaction(world.notice)
    transaction: Any = write
    world.put_standing(replace(read, disclosed=read.disclosed | received(SPONSORS)))
    match act:
        case "revision":
            lifecycle.begin_revision(transaction, read, world.now)
        case "disown":
            lifecycle.disown(transaction, read, world.notice, world.now)
        case "forget":
            burial.note(transaction, read, replace(BEGUN, counts={}))
    try:
        write.commit()
    except ConditionFailed:
        return False
    return True


@pytest.mark.parametrize(
    ("act", "life"),
    [
        ("revision", Life.ACTIVE),
        ("disown", Life.PENDING),
        ("forget", Life.ERASING),
    ],
)
def test_who_receives_data_meanwhile_is_not_overlooked(world: World, act: str, life: Life) -> None:
    for disclosed in (frozenset(), received(PARTNERS)):
        world.stands = replace(world.stands, life=life, disclosed=disclosed)
        assert not passes(world, act)
    world.stands = replace(world.stands, life=life, disclosed=received(*BOTH))
    assert passes(world, act)


def test_only_of_who_is_being_erased_it_is_forgotten_who_received_data(world: World) -> None:
    world.stands = replace(world.stands, disclosed=received(*BOTH))
    assert not passes(world, "forget")
    world.stands = replace(world.stands, life=Life.ERASING)
    assert passes(world, "forget")
    stands = world.standing()
    assert stands is not None
    assert stands == replace(world.stands, disclosed=frozenset())
