"""A page of people in one shard of the due index, of whom some are to be told of a version."""

from __future__ import annotations

from chalicelib.jobs.model import LEASE
from chalicelib.jobs.rounds import service as rounds
from chalicelib.notices import service as notices
from chalicelib.publications.model import Obligation
from chalicelib.publications.service.work import PLANS
from chalicelib.storage import keys
from chalicelib.subjects.model import Decision
from tests.unit.core.samples import NOW
from tests.unit.notices.changes_edits import at, more
from tests.unit.publications.world import World, later_version, subject_of
from tests.unit.storage.tables import Killed

WIDER = more("purposes", "newsletter", "categories", "plot")
LONGER = at("retention", "session_end", period={"days": 60})
READER, REFUSER = {"newsletter": Decision.GRANTED}, {"newsletter": Decision.DENIED}


def in_one_shard(count: int) -> list[int]:
    """Numbers of people who are met in the first shard, one after the other."""
    first = keys.shards("rule")[0]
    found = (n for n in range(10_000) if keys.lane("rule", keys.subject(subject_of(n))) == first)
    return [next(found) for _ in range(count)]


FIRST_SHARD = in_one_shard(60)


def announce_page(world: World) -> None:
    """The worker does the page that is asked for now."""
    rounds.do_page(world.task_of_round(), PLANS, notices.current())


class Page:
    """A page of people, before anybody was told, from which it can begin again and again."""

    def __init__(self, world: World, readers: int, others: int) -> None:
        self.world = world
        numbers = FIRST_SHARD[: readers + others]
        self.readers = {world.person(number, READER) for number in numbers[:readers]}
        self.others = {world.person(number, REFUSER) for number in numbers[readers:]}
        world.publish(later_version(WIDER))
        world.spread()
        self.start = dict(world.tables.items)

    def begin(self) -> None:
        self.world.tables.items = dict(self.start)
        self.world.ses.accepted.clear()
        self.world.now = NOW
        self.world.restart()

    def calls(self) -> list[str]:
        """What the page calls when nothing happens to it."""
        self.begin()
        self.world.steps.names.clear()
        announce_page(self.world)
        return list(self.world.steps.names)

    def kill(self, *before: int) -> int:
        """The page with a worker killed before each of these calls; how often one was."""
        deaths = 0
        for number in before:
            self.world.steps.kill_before(number)
            try:
                announce_page(self.world)
            except Killed:
                deaths += 1
            self.world.restart()
            self.world.now += LEASE
        return deaths


def told(world: World, subject: str) -> Obligation:
    found = world.obligation(subject)
    assert found is not None
    return found
