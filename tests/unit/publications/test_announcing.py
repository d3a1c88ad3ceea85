"""A page of a round: whom it tells, at what cost, and what it does when others are at it too."""

from __future__ import annotations

import pytest

from chalicelib.jobs.rounds import service as rounds
from chalicelib.jobs.rounds import store as round_store
from chalicelib.jobs.rounds.model import BETWEEN_PASSES, Deferred, Status
from chalicelib.publications.model import Status as Told
from chalicelib.publications.service import announcement
from chalicelib.publications.service.announcement import ANNOUNCE, LATER, PAGE
from chalicelib.publications.service.progress import progress
from chalicelib.publications.service.work import work
from chalicelib.storage import due, keys
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Life
from chalicelib.subjects.store import StandingItem
from tests.unit.core.samples import NOW, association_document
from tests.unit.notices.changes_edits import all_of
from tests.unit.publications.pages import (
    FIRST_SHARD,
    LONGER,
    READER,
    REFUSER,
    WIDER,
    Page,
    announce_page,
    told,
)
from tests.unit.publications.world import AHEAD, SECOND, World, later_version


def test_each_change_finds_its_people(world: World) -> None:
    reader, refuser = world.person(1, READER), world.person(2, REFUSER)
    undecided = world.person(3)
    world.publish(later_version(all_of(WIDER, LONGER)))
    world.work_off()
    assert world.mails() == {reader: 1, refuser: 1, undecided: 1}
    asked = {subject: told(world, subject).ask for subject in (reader, refuser, undecided)}
    assert asked == {reader: ("newsletter",), refuser: (), undecided: ()}


def test_a_page_holds_what_one_call_reads_and_one_transaction_writes(world: World) -> None:
    for number in FIRST_SHARD:
        world.person(number, READER)
    world.publish(later_version(WIDER))
    world.spread()
    world.steps.names.clear()
    announce_page(world)
    assert world.mails().total() == PAGE
    # The part with its round, standings with obligations, keys with addresses.
    assert world.steps.names.count("batch") == 3
    assert world.steps.names.count("commit") == 2
    assert world.steps.names.count("update") == 2 * PAGE
    announce_page(world)
    assert world.mails().total() == len(FIRST_SHARD)


def test_all_are_obliged_before_the_first_mail_goes_out(world: World) -> None:
    page = Page(world, readers=5, others=0)
    seen: list[Told] = []

    def look() -> None:
        seen.extend(told(world, one).status for one in page.readers)

    world.steps.meanwhile["ses.send"] = [look]
    announce_page(world)
    assert seen == [Told.DUE] * 5


def test_who_goes_meanwhile_does_not_keep_the_others_from_being_told(world: World) -> None:
    page = Page(world, readers=5, others=0)
    gone = min(page.readers)

    def erase() -> None:
        _, pk, sk = subjects.standing_at(gone)
        item = world.tables.one(StandingItem, pk, sk)
        item.state = str(Life.ERASING)
        world.tables.put(item)

    world.steps.meanwhile["commit"] = [erase]
    world.work_off()
    assert world.mails().keys() == page.readers - {gone}
    assert world.obligation(gone) is None, "what is written now would outlive them"
    found = progress(SECOND)
    assert found is not None
    assert (found["status"], found["left"]) == ("complete", 0)


def test_who_was_obliged_by_another_worker_is_told_once(world: World) -> None:
    page = Page(world, readers=3, others=0)
    world.steps.meanwhile["commit"] = [lambda: announce_page(world)]
    announce_page(world)
    world.work_off()
    assert world.mails() == dict.fromkeys(page.readers, 1)


@pytest.mark.parametrize("moment", ["walk", "batch", "ses.quota", "commit", "update", "ses.send"])
def test_two_workers_at_one_page_send_each_mail_once(world: World, moment: str) -> None:
    page = Page(world, readers=3, others=1)
    task = world.task_of_round()
    world.steps.meanwhile[moment] = [lambda: work(task)]
    work(task)
    world.work_off()
    assert world.mails() == dict.fromkeys(page.readers, 1)
    found = progress(SECOND)
    assert found is not None
    assert (found["sent"], found["repeated"]) == (3, 0)


def test_a_page_that_the_quota_of_the_day_does_not_hold_waits(world: World) -> None:
    page = Page(world, readers=5, others=2)
    world.ses.quota = {"Max24HourSend": 10.0, "SentLast24Hours": 4.0, "MaxSendRate": 100.0}
    announce_page(world)
    assert world.mails().total() == 4, "as many as there were left"
    assert max(job.due_at for job in world.jobs() if job.due_at) == NOW + LATER
    world.ses.quota = {"Max24HourSend": 10.0, "SentLast24Hours": 3.0, "MaxSendRate": 100.0}
    world.work_off()
    assert world.mails() == dict.fromkeys(page.readers, 1)


def test_what_was_sent_before_ses_had_enough_is_counted(world: World) -> None:
    Page(world, readers=5, others=0)
    _, stands = round_store.get_part(SECOND, ANNOUNCE, 0)
    assert stands is not None
    entries, _ = due.walk(keys.shards("rule")[0], None, PAGE)
    world.ses.answers = ["ok", "ok", *["Throttling"] * 3]
    assert announcement.announce(stands, due.readable(entries)) == Deferred(
        announcement.SOON, {"sent": 2}
    )
    world.work_off()
    assert set(world.mails().values()) == {1}
    found = progress(SECOND)
    assert found is not None
    assert found["sent"] == 5


def test_whom_the_first_pass_misses_the_second_finds(world: World) -> None:
    world.publish(later_version(LONGER))
    while (stands := world.round()) is not None and stands.pass_number == 1:
        assert world.deliver()
    late = world.person(FIRST_SHARD[0], registered_at=NOW - AHEAD)
    world.work_off()
    assert world.mails() == {late: 1}
    assert world.now >= NOW + BETWEEN_PASSES


def test_who_comes_when_it_is_in_force_has_read_it_and_is_not_told(world: World) -> None:
    before = world.person(1, registered_at=NOW + AHEAD / 2)
    world.person(2, registered_at=NOW + AHEAD, version=SECOND)
    world.publish(later_version(LONGER))
    world.work_off()
    assert world.mails() == {before: 1}


def test_there_is_nothing_to_report_where_nobody_is_told() -> None:
    with pytest.MonkeyPatch.context() as patch:
        world = World(patch)
        world.publish(association_document())
        assert progress("2025-03-01") is None
        assert rounds.find("2025-03-01", ANNOUNCE) is None


def test_a_round_that_is_over_leaves_no_job(world: World) -> None:
    world.person(1, READER)
    world.publish(later_version(WIDER))
    world.work_off()
    assert world.jobs() == []
    found = world.round()
    assert found is not None
    assert (found.status, found.pass_number) == (Status.COMPLETE, 2)
