"""What a sweep decides about what is due, done in short: it erases, or puts off, and no more."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from chalicelib.notices.model import Notice, UndeclaredRetention
from chalicelib.retention.model import Fate, fate
from chalicelib.storage import due, keys
from chalicelib.storage.item import Item
from chalicelib.subjects import service as subjects


def act(notice: Notice, now: datetime) -> Counter[str]:
    """Handles the due records of every shard by a notice; how many went, and how many stay."""
    found: Counter[str] = Counter()
    for shard in keys.shards("rule"):
        entries, _ = due.page(shard, now, None, 10_000)
        for entry in due.readable(entries):
            try:
                rule = notice.rule(entry.kind, entry.event)
            except UndeclaredRetention:
                due.postpone(entry, now + timedelta(days=30))
                found["none"] += 1
                continue
            since = entry.since
            if entry.kind == subjects.STANDING:
                since = subjects.since(keys.subject_of(entry.pk), entry.event) or since
            if fate(rule, since, now) is Fate.ERASE:
                Item(pk=entry.pk, sk=entry.sk).delete()
                found["erased"] += 1
            elif fate(rule, since, now) is Fate.KEEP:
                found["kept"] += due.postpone(entry, rule.ends(since))
            else:
                found["waits"] += due.postpone(entry, now + timedelta(days=30))
    return found
