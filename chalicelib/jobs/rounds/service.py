"""Begins rounds and does their pages, one job each.

Of a round that walks all shards exactly one chain of jobs is alive; of one that is spread into
parts one for each part. The first job of such a round writes its parts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from chalicelib import clock, ids, logs
from chalicelib.jobs import service as jobs
from chalicelib.jobs.model import FIRST_CHECK, Task
from chalicelib.jobs.rounds import model, store
from chalicelib.jobs.rounds.model import Deferred, Round, Status, Visited
from chalicelib.jobs.rounds.store import RoundItem
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.storage import due, keys
from chalicelib.storage.due import Due
from chalicelib.storage.transaction import ConditionFailed, Transaction

QUEUE, PAGE = "announcements", "round"

GIVEN_UP: Final = "RoundsGivenUp"
"""The metric of rounds that ended with something undone or uncertain."""

Visit: TypeAlias = Callable[[Round, Sequence[Due]], Visited | Deferred]
"""The work on the items of a page. It may get the same page again, so it must be idempotent."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How one kind of round runs: its work on a page, the items of a page, the number of passes.

    With `parallel` it runs in all shards at once, and `visit` must not ask how far the others are.
    """

    visit: Visit
    page: int
    passes: int
    parallel: bool = False


class GivenUp(RuntimeError):
    """A round ended with something undone or uncertain; its worker fails once, for an alarm."""


def begin(
    write: Transaction, about: str, action: str, target: str, notice: Notice, now: datetime
) -> JobItem:
    """Adds a round and the job of its first page, which the caller sends after the commit.

    The commit fails at the label `round` if the same round begins at the same moment. An earlier
    round of this action about this version is overwritten.
    """
    begun = model.begun(about, action, target, now)
    ends = notice.rule(RoundItem.KIND, "created").ends(now)
    store.put_new(write, begun, ends, "created", store.get_item(about, action))
    return _ask(write, begun, timedelta(0), now)


def find(about: str, action: str) -> Round | None:
    """Returns a round, or None when there is none. One GetItem; a Query where it has parts."""
    stands = store.get_round(about, action)
    if stands is None or not stands.parts:
        return stands
    return model.together(stands, store.get_parts(about, action))


def stop(write: Transaction, about: str, action: str, now: datetime) -> None:
    """Adds the update that stops a running round; nothing where none runs. The cost of `find`.

    A page that is being done at that moment is still done.
    """
    stands = find(about, action)
    if stands is not None and stands.status is Status.RUNNING:
        store.put_stop(write, about, action, now)


def do_page(task: Task, plans: Mapping[str, Plan], notice: Notice) -> None:
    """Does one page of a round and records the job of the next; or spreads it into its parts.

    One GetItem, or a BatchGetItem of a part and its round; one Query, the cost of the plan's
    `visit`, and one transaction. A page that was done already, or that belongs to a replaced round,
    is left alone. An entry that cannot be read is logged and counted as uncertain, so that the
    round goes on and ends with GivenUp. Raises GivenUp.
    """
    about, action, target, step, *part = task.target.split(" ")
    stands = _running(about, action, int(part[0]) if part else None)
    if stands is None or (stands.target, stands.step) != (target, int(step)):
        return
    plan = plans[action]
    if plan.parallel and stands.part is None and not stands.step:
        _spread(stands, notice)
        return
    shard = keys.shards(store.LANE)[stands.shard]
    entries, cursor = due.walk(shard, stands.cursor, plan.page)
    found = due.readable(entries)
    visited = model.with_unread(plan.visit(stands, found), len(entries) - len(found))
    _go_on(stands, model.advance(stands, cursor, visited, plan.passes, clock.now()), notice)


def _running(about: str, action: str, part: int | None) -> Round | None:
    """Returns a running round, or the running part of one; None where it does not run."""
    if part is None:
        stands = store.get_round(about, action)
    else:
        whole, stands = store.get_part(about, action, part)
        if whole is None or whole.status is not Status.RUNNING or not whole.parts:
            return None
    return None if stands is None or stands.status is not Status.RUNNING else stands


def _spread(stands: Round, notice: Notice) -> None:
    """Writes the parts of a round, each with the job of its first page. One transaction."""
    write, now = Transaction(notice), clock.now()
    parts = model.parts_of(stands, now)
    store.put_step(write, stands, replace(stands, step=1, parts=len(parts)))
    ends = notice.rule(RoundItem.KIND, "created").ends(now)
    for part in parts:
        store.put_part(write, part, ends, "created")
    asked = [_ask(write, part, timedelta(0), now) for part in parts]
    try:
        write.commit()
    except ConditionFailed:  # another worker did
        return
    jobs.send_all(asked)


def _go_on(stands: Round, following: model.Next, notice: Notice) -> None:
    write, job, after = Transaction(notice), None, following.round
    store.put_step(write, stands, after)
    if after.status is Status.RUNNING:
        job = _ask(write, after, following.wait, clock.now())
    try:
        write.commit()
    except ConditionFailed:  # another worker did this page
        return
    if job is not None and not following.wait:
        jobs.send(job)
    if following.wait and after.pass_number == stands.pass_number:
        logs.log("round.deferred", kind=after.action, count=after.step)
    if after.status is Status.COMPLETE:
        logs.log("round.complete", kind=after.action, count=after.pass_number)
    undone = after.latest.get(model.LEFT, 0) + after.latest.get(model.UNCERTAIN, 0)
    if after.status is not Status.RUNNING and undone:
        logs.measure("round.given_up", GIVEN_UP, kind=after.action, remaining=undone)
        raise GivenUp


def _ask(write: Transaction, stands: Round, wait: timedelta, now: datetime) -> JobItem:
    """Adds the job of the next page, in a partition of its own, since no subject owns it."""
    about = f"{stands.about} {stands.action} {stands.target} {stands.step}"
    if stands.part is not None:
        about += f" {stands.part}"
    job = jobs.new_job(ids.new_id(), QUEUE, PAGE, about, now, wait or FIRST_CHECK)
    write.put(job)
    return job
