"""What happens when a version takes effect: once, whoever calls, and loudly where it came early."""

from __future__ import annotations

import pytest

from chalicelib.jobs.rounds.model import Status
from chalicelib.jobs.rounds.store import RoundItem
from chalicelib.notices import service as notices
from chalicelib.notices import store
from chalicelib.publications.service.activation import NotAllTold, activate
from chalicelib.publications.service.announcement import ANNOUNCE
from chalicelib.retention.amendments.service.dates import RESCHEDULE
from chalicelib.subjects.model import Decision
from tests.unit.core.samples import NOW
from tests.unit.notices.changes_edits import at, more
from tests.unit.publications.world import AHEAD, FIRST, SECOND, World, later_version
from tests.unit.storage.tables import Killed

LONGER = at("retention", "session_end", period={"days": 60})
SHORTER = at("retention", "export_end", period={"months": 3})
WIDER = more("purposes", "newsletter", "categories", "plot")


def due(world: World, *edits: object) -> None:
    """A version was published, everybody was told, and its date has come."""
    world.publish(later_version(*edits))
    world.work_off()
    world.now = NOW + AHEAD


def test_before_its_date_there_is_nothing_to_do(world: World) -> None:
    assert activate() == {"activated": 0}
    world.publish(later_version(LONGER))
    before = dict(world.tables.items)
    world.steps.names.clear()
    assert activate() == {"activated": 0}
    assert world.steps.names.count("get") <= 2
    assert "commit" not in world.steps.names
    assert world.tables.items == before


def test_it_is_noted_once(world: World) -> None:
    due(world, LONGER)
    assert notices.current().version == SECOND, "whether or not anybody notes it"
    assert activate() == {"activated": 1}
    pointer = store.get_pointer()
    assert pointer is not None
    assert (pointer.current, pointer.next, pointer.next_at) == (SECOND, None, None)
    before = dict(world.tables.items)
    assert activate() == {"activated": 0}
    assert world.tables.items == before


def test_what_is_shown_and_in_force_does_not_depend_on_it(world: World) -> None:
    due(world, LONGER)

    def seen() -> tuple[object, ...]:
        notices.forget_pointer()
        dates = {name: notices.version(name).effective_at for name in (FIRST, SECOND)}
        stands = (notices.status(name, date) for name, date in dates.items())
        return (notices.current().version, notices.announced(), *stands)

    before = seen()
    activate()
    assert seen() == before


def test_of_two_at_once_one_notes_it(world: World) -> None:
    due(world, SHORTER)
    answers = []
    world.steps.meanwhile["commit"] = [lambda: answers.append(activate())]
    answers.append(activate())
    assert answers == [{"activated": 1}, {"activated": 0}]
    actions = sorted(job.target.split(" ")[1] for job in world.jobs())
    assert actions == ["announce", RESCHEDULE]
    stands = world.round(action=RESCHEDULE)
    assert stands is not None
    assert (stands.step, stands.target) == (0, FIRST)


def test_two_that_meet_a_publication(world: World) -> None:
    due(world, LONGER)
    then = world.now + AHEAD

    def publish() -> None:
        world.publish(later_version(LONGER, WIDER, version="2027-03-01", effective_at=then))

    world.steps.meanwhile["commit"] = [publish]
    assert activate() == {"activated": 0}
    pointer = store.get_pointer()
    assert pointer is not None
    assert (pointer.current, pointer.next) == (SECOND, "2027-03-01")


def test_wherever_it_dies_another_call_does_the_rest(world: World) -> None:
    due(world, SHORTER)
    start = dict(world.tables.items)
    world.restart()
    world.steps.names.clear()
    activate()
    for number in range(len(world.steps.names)):
        world.tables.items = dict(start)
        world.restart()
        world.steps.kill_before(number)
        with pytest.raises(Killed):
            activate()
        world.restart()
        activate()
        pointer = store.get_pointer()
        assert pointer is not None
        assert pointer.next is None
        stands = world.round(action=RESCHEDULE)
        assert stands is not None
        world.work_off()
        assert world.jobs() == []


@pytest.mark.parametrize(("edit", "begins"), [(SHORTER, True), (LONGER, False), (WIDER, False)])
def test_records_are_visited_only_where_some_go_earlier(
    world: World, edit: object, begins: bool
) -> None:
    due(world, edit)
    activate()
    assert (world.round(action=RESCHEDULE) is not None) is begins
    moving = [job for job in world.jobs() if f" {RESCHEDULE} " in job.target]
    assert bool(moving) is begins
    assert len(world.sqs.bodies) == len(world.jobs())


def test_who_was_not_told_in_time_is_told_of_loudly_once_and_the_version_counts(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.publish(later_version(LONGER))
    world.now = NOW + AHEAD
    with pytest.raises(NotAllTold):
        activate()
    assert '"event":"announcement.late"' in capsys.readouterr().out
    pointer = store.get_pointer()
    assert pointer is not None
    assert (pointer.current, pointer.next) == (SECOND, None)
    assert activate() == {"activated": 0}
    assert world.round(action=ANNOUNCE) is not None
    late = world.person(1, {"newsletter": Decision.GRANTED})
    world.work_off()
    assert world.mails() == {late: 1}, "they are told all the same"


def test_the_pass_that_looks_for_who_was_missed_need_not_be_over(world: World) -> None:
    world.publish(later_version(LONGER))
    while (stands := world.round()) is not None and stands.pass_number == 1:
        world.deliver()
    world.now = NOW + AHEAD
    assert activate() == {"activated": 1}


def test_it_has_to_be_over_where_the_first_left_somebody_out(world: World) -> None:
    world.person(1)
    world.publish(later_version(LONGER))
    world.ses.answers = ["lost"]
    while (stands := world.round()) is not None and stands.pass_number == 1:
        world.deliver()
    world.now = NOW + AHEAD
    with pytest.raises(NotAllTold):
        activate()


def test_a_round_that_gave_up_is_told_of(world: World) -> None:
    due(world, LONGER)
    item = next(one for one in world.tables.all(RoundItem) if one.part == 3)
    item.status = str(Status.GIVEN_UP)
    world.tables.put(item)
    with pytest.raises(NotAllTold):
        activate()


def test_a_publication_does_not_pass_over_the_version_that_took_effect_before(
    world: World,
) -> None:
    due(world, SHORTER)
    then = world.now + AHEAD
    world.publish(later_version(SHORTER, version="2027-03-01", effective_at=then))
    pointer = store.get_pointer()
    assert pointer is not None
    assert (pointer.current, pointer.next) == (SECOND, "2027-03-01")
    stands = world.round(action=RESCHEDULE)
    assert stands is not None
    assert (stands.about, stands.target) == (SECOND, FIRST)
    assert activate() == {"activated": 0}


def test_who_agrees_after_being_visited_is_told_when_it_takes_effect(world: World) -> None:
    late = world.person(1, {"newsletter": Decision.DENIED})
    due(world, WIDER)
    assert world.mails() == {}
    world.person(1, {"newsletter": Decision.GRANTED})
    assert activate() == {"activated": 1}
    world.work_off()
    assert world.mails() == {late: 1}
    found = world.obligation(late)
    assert found is not None
    assert found.ask == ("newsletter",)
