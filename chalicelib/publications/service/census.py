"""Counts all the people and records that a draft concerns, by a round in the background.

A round is about a version, and its target names the digest of the text and the version in force:
when one of them changes, the count is void.
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
from chalicelib.publications.trial import Trial
from chalicelib.retention.amendments import service as amendments
from chalicelib.storage.due import Due
from chalicelib.storage.keys import LANES
from chalicelib.storage.transaction import ConditionFailed, Transaction

COUNT = "count"

PAGE = 100
"""Entries of the index a page: one BatchGetItem reads so many standings."""

GOOD_FOR = timedelta(days=1)
"""Time for which a count is used: people come, go and decide."""

GONE = "gone"
"""Tally of pages that were not counted, since the draft has changed."""


def tried(before: Notice, after: Notice, found: tuple[Change, ...]) -> Trial:
    """Returns the comparison of a version with the one in force, and the changes between them.

    A GetItem, unless this process knows that all rules of the one in force apply.
    """
    return Trial(before, after, found, amendments.amended_after(before, after))


def count(stands: Round, entries: Sequence[Due]) -> Visited:
    """Counts one page, if the round's draft is unchanged. One BatchGetItem when warm."""
    digest, since = stands.target.split(":")
    try:
        found = _trial(stands.about, digest, since)
    except (NotFound, Conflict, Unprocessable):  # deleted, published, saved or broken since
        return Visited({GONE: 1}, {})
    return Visited(counted(entries, found), {})


def find(version: Trial, now: datetime) -> Round | None:
    """Returns the count of this text after this version, at most a day old. One GetItem."""
    stands = rounds.find(version.after.version, COUNT)
    return stands if stands is not None and _holds(stands, version, now) else None


def begin(document: Mapping[str, Any], version: Trial, now: datetime) -> Round | None:
    """Begins a count, in place of any earlier one; returns its round.

    The document becomes a draft, if there is none of its version. One transaction, 4 GetItems, and
    the cost of saving a draft. Raises Conflict when the draft has another text (`draft-changed`) or
    the version is published, and the errors of `drafts.save`.
    """
    after, target = version.after, _target(version)
    _keep(document, after)
    write = Transaction(version.before)
    job = rounds.begin(write, after.version, COUNT, target, version.before, now)
    try:
        write.commit()
    except ConditionFailed:  # another call begins it at the same moment
        return find(version, now)
    jobs.send(job)
    return find(version, now)


def progress(stands: Round) -> Counting:
    """Returns the progress of a count."""
    done = LANES if stands.status is Status.COMPLETE else stands.shard
    return Counting(str(stands.status), done, stands.started_at, stands.finished_at)


def figures(stands: Round | None) -> Figures | None:
    """Returns the figures of a complete count, else None."""
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
    """Saves the document as a draft for the workers, if the same text is not saved yet."""
    try:
        drafts.document(notice.version, notice.digest)
    except NotFound:
        drafts.save(document)


@lru_cache(maxsize=2)
def _trial(version: str, digest: str, since: str) -> Trial:
    """Returns the comparison, cached in the process: the digest identifies the text."""
    after = publication.compiled(drafts.document(version, digest))
    before = notices.version(since)
    return tried(before, after, changes(before, after))
