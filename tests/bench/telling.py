"""Bringing a version to people: trying it out, pages of the fan-out, and what people see of it."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib import clock, ids, settings
from chalicelib.jobs import service as jobs
from chalicelib.jobs.model import Task
from chalicelib.jobs.rounds import service as rounds
from chalicelib.jobs.rounds import store as round_store
from chalicelib.jobs.rounds.store import RoundItem
from chalicelib.jobs.service import Ticket
from chalicelib.notices import service as notices
from chalicelib.notices.service import drafts
from chalicelib.publications import store
from chalicelib.publications.model import Status
from chalicelib.publications.service import concerned
from chalicelib.publications.service.announcement import ANNOUNCE, PAGE
from chalicelib.publications.service.concerned import Version
from chalicelib.publications.service.work import PLANS
from chalicelib.storage.transaction import Transaction
from tests.bench import crowd, desk
from tests.bench.crowd import Crowd
from tests.bench.operation import Operation
from tests.bench.world import Person, Run, World
from tests.functions.versions import ASKED

TOLD = f"announce, {PAGE} people told"
AGAIN = f"announce, {PAGE} people told before"
ALONE = f"announce, {PAGE} people left alone"

_AGREED, _SILENT = 0, 1
"""The shards of those who agreed to what versions widen, and of those who agreed to nothing."""


def _crowd(world: World, shard: int) -> Crowd:
    """A page of people; the same ones each time."""
    if shard not in world.crowds:
        purposes = (ASKED,) if shard == _AGREED else ()
        tables, notice = world.recorder.tables, notices.current()
        world.crowds[shard] = crowd.crowd(tables, shard, PAGE, purposes, notice)
    return world.crowds[shard]


def _simulating(world: World) -> Run:
    draft = drafts.save(desk.next_version(world))
    _crowd(world, _AGREED)  # so many that one shard is a sample
    return desk.posting(world, f"{desk.NOTICES}/simulate", version=draft.version)


def _telling(world: World) -> Run:
    version, people = _version(world), _crowd(world, _AGREED)
    places = [store.obligation_at(one, version.after.version) for one in people.subjects]
    gone = [{"DeleteRequest": {"Key": {"pk": {"S": pk}, "sk": {"S": sk}}}} for _, pk, sk in places]
    crowd.write(world.recorder.tables, settings.records_table(), gone)
    return _page(world, version, people)


def _telling_again(world: World) -> Run:
    version, people = _version(world), _crowd(world, _AGREED)
    _oblige(world, people.subjects, version)
    return _page(world, version, people)


def _leaving_alone(world: World) -> Run:
    return _page(world, _version(world), _crowd(world, _SILENT))


def _version(world: World) -> Version:
    """The version that waits, as a process knows it that told people of it before."""
    name = desk.waiting(world)
    stands = rounds.find(name, ANNOUNCE)
    assert stands is not None
    return concerned.version(stands.target, name)


def _page(world: World, version: Version, people: Crowd) -> Run:
    """The page of those people, of the part of a round that has come as far as them."""
    name, since, notice = version.after.version, version.before.version, notices.current()
    write = Transaction(notice)
    first = rounds.begin(write, name, ANNOUNCE, since, notice, clock.now())
    write.commit()
    rounds.do_page(Task(first.subject, first.action, first.target), PLANS, notice)
    part = round_store.get_item(name, ANNOUNCE, people.shard)
    assert part is not None
    part.update(actions=[RoundItem.cursor.set(people.cursor)])
    about = f"{name} {ANNOUNCE} {since} 0 {people.shard}"
    job = jobs.new_job(ids.new_id(), rounds.QUEUE, rounds.PAGE, about, clock.now())
    job.save()
    return world.queue("announcements", Ticket(job.subject, job.id).body())


def _oblige(world: World, subjects: Iterable[str], version: Version) -> None:
    """Records that those people were told of the version."""
    now, after = clock.now(), version.after
    items = [
        store.new_obligation(subject, after.version, (ASKED,), after.effective_at, now)
        for subject in subjects
    ]
    for item in items:
        item.status, item.sent_at, item.tries, item.tried_at = str(Status.SENT), now, 1, now
    crowd.put(world.recorder.tables, items)


def _informed(world: World) -> tuple[Person, str]:
    """Somebody who was told of a version, and its name."""
    version, person = _version(world), world.person()
    _oblige(world, [person.subject], version)
    return person, version.after.version


def _listing(world: World) -> Run:
    person, _ = _informed(world)
    return world.http("profile", "GET", "/v1/account/notices", headers=person.headers)


def _seeing(world: World) -> Run:
    person, version = _informed(world)
    path = "/v1/account/notices/{version}/seen"
    at = {"version": version}
    return world.http("profile", "POST", path, headers=person.headers, at=at)


OPERATIONS: tuple[Operation, ...] = (
    Operation("simulate, a sample", "desk_notices", _simulating, 200, compiles=True),
    Operation(TOLD, "announcements", _telling, heavy=True, people=PAGE),
    Operation(AGAIN, "announcements", _telling_again, heavy=True, people=PAGE),
    Operation(ALONE, "announcements", _leaving_alone, heavy=True, people=PAGE),
    Operation("account notices read", "profile", _listing, 200),
    Operation("account notice seen", "profile", _seeing, 204),
)
"""Seeing whom a version would concern, telling them, and what they do about it."""
