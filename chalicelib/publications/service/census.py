"""Counting everybody whom a draft would concern: a round in the background, for who wants it exact.

A round is about a version, and its target says which text of it, after which version in force: when
one of them is another, what was counted is worth nothing any more.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from chalicelib.errors import Conflict, NotFound, Unprocessable
from chalicelib.jobs import service as jobs
from chalicelib.jobs.rounds import service as rounds
from chalicelib.jobs.rounds.model import Round, Status, Visited
from chalicelib.notices import service as notices
from chalicelib.notices.changes import Change, changes
from chalicelib.notices.model import Notice
from chalicelib.notices.service import drafts, publication
from chalicelib.publications import trial
from chalicelib.publications.service.sample import counted
from chalicelib.publications.simulation import Counting, Figures
from chalicelib.publications.trial import Shortened, Trial
from chalicelib.retention.new_dates import shortened
from chalicelib.storage.due import Due
from chalicelib.storage.keys import LANES
from chalicelib.storage.transaction import ConditionFailed, Transaction

COUNT = "count"

PAGE = 100
"""Entries of the index a page: what one BatchGetItem reads when all of them are people."""

GOOD_FOR = timedelta(days=1)
"""How long a count is worth something: people come, go and decide."""

GONE = "gone"
"""Tally of pages that were not counted, since the draft is not what it was."""


def tried(before: Notice, after: Notice, found: tuple[Change, ...]) -> Trial:
    """A version as it is tried out after the one in force, with the changes between them."""
    earlier = {(rule.kind, rule.event): rule for rule in before.retention.values()}
    rules = {
        (rule.kind, rule.event): Shortened(earlier[rule.kind, rule.event], rule)
        for rule in shortened(before, after)
    }
    return Trial(before, after, found, rules)


def count(stands: Round, entries: Sequence[Due]) -> Visited:
    """Counts one page, of a round whose draft is still what it was. One BatchGetItem when warm."""
    digest, since = stands.target.split(":")
    try:
        found = _trial(stands.about, digest, since)
    except (NotFound, Conflict, Unprocessable):  # deleted, published, saved again, compiles no more
        return Visited({GONE: 1}, {})
    return Visited(counted(entries, found), {})


def find(version: Trial, now: datetime) -> Round | None:
    """The count of this very text after this very version, not older than a day. One GetItem."""
    stands = rounds.find(version.after.version, COUNT)
    return stands if stands is not None and _holds(stands, version, now) else None


def begin(document: Mapping[str, Any], version: Trial, now: datetime) -> Round | None:
    """Begins to count, in place of what was counted before; the round as it stands then.

    The document becomes a draft, if there is none of its version. One transaction, 4 GetItems, and
    what saving a draft costs. Raises Conflict when the draft has another text (`draft-changed`) or
    the version is published, and what `drafts.save` does.
    """
    after, target = version.after, _target(version)
    _keep(document, after)
    write = Transaction(version.before)
    job = rounds.begin(write, after.version, COUNT, target, version.before, now)
    try:
        write.commit()
    except ConditionFailed:  # somebody else begins it right now
        return find(version, now)
    jobs.send(job)
    return find(version, now)


def progress(stands: Round) -> Counting:
    """How far a count has come."""
    done = LANES if stands.status is Status.COMPLETE else stands.shard
    return Counting(str(stands.status), done, stands.started_at, stands.finished_at)


def figures(stands: Round | None) -> Figures | None:
    """What was counted; None before all is."""
    if stands is None or stands.status is not Status.COMPLETE:
        return None
    return Figures(stands.totals, True, LANES, stands.totals.get(trial.READ, 0))


def _target(version: Trial) -> str:
    return f"{version.after.digest}:{version.before.version}"


def _holds(stands: Round, version: Trial, now: datetime) -> bool:
    return (
        stands.target == _target(version)
        and GONE not in stands.totals
        and stands.status is not Status.GIVEN_UP
        and now - stands.started_at < GOOD_FOR
    )


def _keep(document: Mapping[str, Any], notice: Notice) -> None:
    """Sees to it that workers find the document; nobody else's draft is written over."""
    try:
        drafts.document(notice.version, notice.digest)
    except NotFound:
        drafts.save(document)


@lru_cache(maxsize=2)
def _trial(version: str, digest: str, since: str) -> Trial:
    """Compiled once a process, whoever saves what meanwhile: its digest says which text it is."""
    after = publication.compiled(drafts.document(version, digest))
    before = notices.version(since)
    return tried(before, after, changes(before, after))
