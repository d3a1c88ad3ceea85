"""Counts the effects of a version: on everybody of a page, or on a sample of a whole shard.

Subjects lie in the shards of the due index by a hash of their random id, so that one shard is a
fair sample of all. It has to be a whole one: within it, entries are in the order of their dates.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from fractions import Fraction

from chalicelib import clock
from chalicelib.publications import trial
from chalicelib.publications.simulation import Figures
from chalicelib.publications.trial import Trial
from chalicelib.storage import due, keys, reads
from chalicelib.storage.due import Due
from chalicelib.subjects import service as subjects

LANE = "rule"

FEW = 50
"""A shard with fewer people than these is too small a sample: all shards are read instead."""

MOST_READ = 1_000
"""Most people of a shard that are read: percentages are then right to about three points."""

LISTED = 1_000
"""Entries of the index that one Query lists."""

MOST_PAGES, MOST_TIME = 25, timedelta(seconds=6)
"""Most Queries of a sample, and the time within which the last begins, since the caller waits."""

BATCH = 100
"""Most items that one BatchGetItem reads."""


class TooMany(Exception):
    """The index has more entries than a sample may list."""


def sample(tried: Trial) -> Figures:
    """Counts the effects of a version by a sample; exactly where there are few people.

    Up to 25 Queries of the index and 10 BatchGetItems; with few people 16 Queries, and a
    BatchGetItem for each hundred. Raises TooMany.
    """
    shards = keys.shards(LANE)
    pages = _pages()
    first = _whole(shards[0], pages)
    if len(_people(first)) < FEW:
        entries = first + [entry for shard in shards[1:] for entry in _whole(shard, pages)]
        counts = counted(entries, tried)
        return Figures(counts, True, len(shards), counts[trial.READ])
    return _reckoned(first, tried, len(shards))


def counted(entries: Sequence[Due], tried: Trial) -> Counter[str]:
    """Counts the effects of a version on the people and records of some entries.

    One BatchGetItem for each hundred people.
    """
    found = _of_others(entries, tried)
    found.update(_of_people(_people(entries), tried))
    return found


def _reckoned(entries: Sequence[Due], tried: Trial, shards: int) -> Figures:
    """Scales the counts of one shard, and of some of its people, to all shards."""
    people = _people(entries)
    some = trial.chosen((entry.pk for entry in people), MOST_READ)
    read = _of_people([entry for entry in people if entry.pk in some], tried)
    counts = trial.scaled(_of_others(entries, tried), Fraction(shards))
    counts.update(trial.scaled(read, Fraction(shards * len(people), len(some))))
    return Figures(counts, False, 1, read[trial.READ])


def _people(entries: Iterable[Due]) -> list[Due]:
    """Returns one entry for each person: one whose date moved between two pages is read twice."""
    found = {entry.pk: entry for entry in entries if entry.kind == subjects.STANDING}
    return list(found.values())


def _of_others(entries: Iterable[Due], tried: Trial) -> Counter[str]:
    found: Counter[str] = Counter()
    for entry in entries:
        if entry.kind != subjects.STANDING:
            found.update(trial.of_record(entry.kind, entry.event, entry.since, tried))
    return found


def _of_people(entries: Sequence[Due], tried: Trial) -> Counter[str]:
    found: Counter[str] = Counter()
    for start in range(0, len(entries), BATCH):
        some = entries[start : start + BATCH]
        places = [subjects.standing_at(keys.subject_of(entry.pk)) for entry in some]
        for entry, item in zip(some, reads.batch(places), strict=True):
            if item is None:  # erased meanwhile
                continue
            standing = subjects.standing_of(item)
            found.update(trial.of_person(standing, tried))
            found.update(trial.of_record(entry.kind, entry.event, entry.since, tried, standing))
    return found


def _pages() -> Iterator[int]:
    """Yields the numbers of the Queries that may still be made."""
    ends = clock.now() + MOST_TIME
    for number in range(MOST_PAGES):
        if clock.now() > ends:
            return
        yield number


def _whole(shard: str, pages: Iterable[int]) -> list[Due]:
    """Lists all readable entries of a shard, while Queries are left. Raises TooMany."""
    found: list[Due] = []
    cursor: str | None = None
    for _ in pages:
        entries, cursor = due.walk(shard, cursor, LISTED)
        found += due.readable(entries)
        if cursor is None:
            return found
    raise TooMany
