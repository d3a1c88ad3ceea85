"""What cannot be read in the index is set aside: neither a relay run nor a round stops at it."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.jobs import model
from chalicelib.jobs import service as jobs
from chalicelib.jobs.model import FIRST_CHECK, LONGEST_WAIT
from chalicelib.jobs.service import Relayed
from chalicelib.jobs.store import JobItem
from chalicelib.publications.service.progress import progress
from chalicelib.storage import due, keys, lateness
from chalicelib.storage.lateness import Lateness
from functions.schedules import relay as schedule
from tests.unit.core.samples import SUBJECT
from tests.unit.notices.changes_edits import all_of
from tests.unit.publications.pages import READER, WIDER
from tests.unit.publications.simulated import ask, people
from tests.unit.publications.test_trial import widened
from tests.unit.publications.world import SECOND, World, later_version

KEPT = timedelta(days=14)
EVENT = (
    "version",
    "account",
    "region",
    "detail",
    "detail-type",
    "source",
    "time",
    "id",
    "resources",
)
"""What an event of EventBridge's has."""

DAMAGES: dict[str, dict[str, str | None]] = {
    "no beginning": {"due_since": None},
    "a beginning that is no date": {"due_since": "last Tuesday"},
    "no event": {"due_event": None},
    "no date of its own": {"created_at": None},
    "a date of its own that is none": {"created_at": "last Tuesday"},
    "no queue": {"queue": None},
    "a queue that there is not": {"queue": "nowhere"},
}


def raw(world: World, pk: str, sk: str) -> dict[str, Any]:
    return world.tables.items[(False, pk, sk)]


def damage(world: World, pk: str, sk: str, fields: dict[str, str | None]) -> None:
    """Somebody edits an item past this software."""
    for name, value in fields.items():
        if value is None:
            raw(world, pk, sk).pop(name, None)
        else:
            raw(world, pk, sk)[name] = {"S": value}


def overdue(world: World, job_id: str, age: timedelta = timedelta(hours=1)) -> JobItem:
    job = jobs.new_job(SUBJECT, "announcements", "round", "x", world.now - age, job_id=job_id)
    world.tables.put(job)
    return job


def relay(world: World, batch: int = 100) -> Relayed:
    return jobs.resend_overdue(lambda made: made + KEPT, batch)


@pytest.mark.parametrize("name", DAMAGES)
def test_a_job_that_cannot_be_relayed_keeps_no_other_waiting(
    world: World, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = overdue(world, "broken", timedelta(hours=2))
    sound = overdue(world, "sound")
    damage(world, broken.pk, broken.sk, DAMAGES[name])
    assert relay(world) == Relayed(sent=1, failed=1)
    assert sound.id in world.sqs.bodies[0]
    assert '"event":"job.not_relayed"' in (told := capsys.readouterr().out)
    assert SUBJECT not in told
    for tries, wait in ((1, 2), (2, 4), (3, 8)):
        late = lateness.read(raw(world, broken.pk, broken.sk)["late"]["S"])
        assert (late.tries, late.until) == (tries, world.now + wait * FIRST_CHECK)
        assert relay(world).failed == 0, "it rests"
        world.now = late.until
        assert relay(world).failed == 1
    assert model.wait(99) == LONGEST_WAIT


def test_a_job_that_was_corrected_is_sent(world: World) -> None:
    job = overdue(world, "broken")
    since = raw(world, job.pk, job.sk)["due_since"]["S"]
    damage(world, job.pk, job.sk, {"due_since": "last Tuesday"})
    relay(world)
    damage(world, job.pk, job.sk, {"due_since": since})
    world.now += 2 * FIRST_CHECK
    assert relay(world) == Relayed(sent=1)


def test_however_many_cannot_be_read_the_same_run_comes_to_the_others(world: World) -> None:
    for number in range(3):
        job = overdue(world, f"broken{number}", timedelta(hours=2))
        damage(world, job.pk, job.sk, {"due_event": None})
    overdue(world, "sound")
    assert relay(world, batch=3) == Relayed(sent=1, failed=3)
    assert relay(world, batch=3) == Relayed()


def test_what_somebody_moved_meanwhile_is_theirs(world: World) -> None:
    job = overdue(world, "broken")
    damage(world, job.pk, job.sk, {"due_event": None})

    def corrected() -> None:
        damage(world, job.pk, job.sk, {"due_at": "2030-01-01T00:00:00.000Z"})

    world.steps.meanwhile["update"] = [corrected]
    assert relay(world) == Relayed()


def test_one_whose_place_cannot_be_changed_keeps_no_other_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = overdue(world, "broken", timedelta(hours=2))
    damage(world, job.pk, job.sk, {"due_event": None})
    overdue(world, "sound")

    def broken(item: due.Entry, late: Lateness) -> bool:
        raise RuntimeError

    monkeypatch.setattr(due, "set_back", broken)
    assert relay(world) == Relayed(sent=1, failed=1)


def test_the_run_fails_after_the_others_were_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = overdue(world, "broken", timedelta(hours=2))
    damage(world, job.pk, job.sk, {"due_event": None})
    overdue(world, "sound")
    world.sqs.bodies.clear()
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)
    with pytest.raises(schedule.NotRelayed):
        schedule.relay(dict.fromkeys(EVENT, ""), context)
    assert len(world.sqs.bodies) == 1


@pytest.mark.parametrize("fields", [{"due_since": "last Tuesday"}, {"due_event": None}])
def test_a_round_visits_the_others_and_ends_loudly(
    world: World, fields: dict[str, str | None], capsys: pytest.CaptureFixture[str]
) -> None:
    everybody = [world.person(number, READER) for number in range(8)]
    lost = everybody[3]
    damage(world, keys.subject(lost), "core#standing#", fields)
    world.publish(later_version(all_of(WIDER)))
    world.work_off()
    assert world.mails() == dict.fromkeys(set(everybody) - {lost}, 1)
    found = progress(SECOND)
    assert found is not None
    assert (found["status"], found["left"], found["uncertain"]) == ("complete", 0, 1)
    said = capsys.readouterr().out
    assert said.count('"event":"due.not_readable"') == 2, "once a pass"
    assert said.count('"event":"round.given_up"') == 1
    assert lost not in said


def test_a_count_and_a_sample_pass_it_over(world: World) -> None:
    people(world)
    before = ask(later_version(widened))["people"]
    extra = world.person(40)
    damage(world, keys.subject(extra), "core#standing#", {"due_since": "last Tuesday"})
    assert ask(later_version(widened))["people"] == before
