"""People whom no mail reaches any more: they are not written to, and that stands recorded."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.publications import store
from chalicelib.publications.model import Status
from chalicelib.publications.service import letters
from chalicelib.publications.service.concerned import people, version
from chalicelib.publications.service.progress import progress
from chalicelib.publications.service.told import came_back, version_of
from chalicelib.subjects.model import Decision
from chalicelib.subjects.store import StandingItem, standing_place
from tests.unit.core.samples import NOW
from tests.unit.notices.changes_edits import more
from tests.unit.publications.world import FIRST, SECOND, World, later_version

WIDER = more("purposes", "newsletter", "categories", "plot")
READER = {"newsletter": Decision.GRANTED}


@pytest.fixture
def readers(world: World) -> list[str]:
    """Three who get the letter, and a version that asks for more."""
    found = [world.person(number, READER) for number in (1, 2, 3)]
    world.publish(later_version(WIDER))
    return found


def suppress(world: World, subject: str, reason: str) -> None:
    place = standing_place(subject)
    item = world.tables.one(StandingItem, *place)
    item.suppressed = reason
    world.tables.put(item)


@pytest.mark.parametrize("reason", ["bounce", "complaint"])
def test_they_are_not_written_to_and_the_others_are(
    world: World, readers: list[str], reason: str
) -> None:
    suppress(world, readers[0], reason)
    world.work_off()
    assert set(world.mails()) == set(readers[1:])
    found = world.obligation(readers[0])
    assert found is not None
    assert (found.status, found.bounced_at, found.sent_at, found.tries) == (
        Status.BOUNCED,
        NOW,
        None,
        0,
    )
    told: Any = progress(SECOND)
    assert (told["concerned"], told["sent"], told["bounced"]) == (3, 2, 1)


def test_a_mail_that_comes_back_later_is_noted(world: World, readers: list[str]) -> None:
    world.work_off()
    came_back(readers[0], SECOND, NOW)
    found = world.obligation(readers[0])
    assert found is not None
    assert (found.status, found.sent_at, found.bounced_at) == (Status.BOUNCED, NOW, NOW)


def test_it_is_noted_also_before_the_acceptance_is(world: World, readers: list[str]) -> None:
    """The report may be faster than the worker that sends."""

    def report() -> None:
        came_back(readers[0], SECOND, NOW)

    world.ses.step.meanwhile["ses.send"] = [report]
    world.work_off()
    found = world.obligation(readers[0])
    assert found is not None
    assert found.status is Status.BOUNCED


def test_who_never_had_to_be_told_gets_no_record_by_it(world: World, readers: list[str]) -> None:
    came_back("z" * 26, SECOND, NOW)
    assert world.obligation("z" * 26) is None
    assert store.mark_returned("z" * 26, SECOND, NOW) is False


def test_the_mail_says_of_which_version_it_is_when_it_comes_back(
    world: World, readers: list[str]
) -> None:
    told = version(FIRST, SECOND)
    (person, *_), _ = people(readers, told)
    message = letters.compose(
        person.standing, "a@example.com", person.concern, told.before, told.after
    )
    assert version_of(message.tags) == SECOND
