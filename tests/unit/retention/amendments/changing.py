"""A deployment whose versions change rules: copies and accounts with dates, rounds and sweeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.copies import store as bodies
from chalicelib.jobs.model import Task
from chalicelib.jobs.rounds import service as rounds
from chalicelib.jobs.rounds.model import Status
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.publications.service.activation import activate
from chalicelib.publications.service.work import PLANS
from chalicelib.requests.store import ExportItem, export_place
from chalicelib.retention import batch
from chalicelib.retention.amendments import service as amendments
from chalicelib.retention.amendments import store
from chalicelib.retention.amendments.model import Amendment
from chalicelib.retention.amendments.service import confirmation, dates, obedience, record
from chalicelib.retention.amendments.service.confirmation import Progress
from chalicelib.retention.amendments.service.dates import RESCHEDULE
from chalicelib.storage import due
from chalicelib.subjects import service as subjects
from chalicelib.subjects.store import StandingItem
from tests.unit.notices.changes_edits import at
from tests.unit.publications.world import AHEAD, SECOND, World, later_version, subject_of
from tests.unit.retention.sweeping import sweep
from tests.unit.storage.tables import Tables

IMPORTED = (confirmation, dates, due, obedience, record, batch, store)
"""Imported before tables take DynamoDB's place."""

DAY = timedelta(days=1)
THIRD = "2027-03-01"
OFFICER = "o" * 26


def exports(**length: int) -> Callable[[dict[str, Any]], object]:
    """Copies are kept for another time."""
    return at("retention", "export_end", period=length)


class Changing(World):
    """The deployment."""

    tables: Tables

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        monkeypatch.setattr(bodies, "delete_object", lambda _: None)
        monkeypatch.setattr(bodies, "exports_of", lambda *_: [])

    def export(self, number: int, made: datetime, due_at: datetime | None = None) -> ExportItem:
        """A copy that was made for somebody, with the date of the rule that is obeyed."""
        pk, sk = export_place(subject_of(number), "r" * 26)
        item = ExportItem(pk=pk, sk=sk, kind="export", request="r", object="o")
        item.created_at, item.issued, item.size = made, [], 1
        rule = self.obeyed().rule("export", "created")
        item.schedule("rule", due_at or rule.ends(made), "created", made)
        self.tables.put(item)
        return item

    def date(self, item: ExportItem) -> datetime:
        """The date of a copy in the due index."""
        found: ExportItem = self.tables.one(ExportItem, item.pk, item.sk)
        assert found.due_at is not None
        return found.due_at

    def there(self, item: ExportItem) -> bool:
        """Whether a copy is there."""
        return self.tables.one(ExportItem, item.pk, item.sk) is not None

    def end_of(self, subject: str) -> datetime:
        """The date of an account in the due index."""
        _, pk, sk = subjects.standing_at(subject)
        found: StandingItem = self.tables.one(StandingItem, pk, sk)
        assert found.due_at is not None
        return found.due_at

    def comes(
        self, *edits: Any, version: str = SECOND, after: timedelta = AHEAD, noted: bool = True
    ) -> None:
        """A version is published, people are told, and it takes effect."""
        effective = self.now + after
        self.publish(later_version(*edits, version=version, effective_at=effective))
        self.work_off()
        self.now = effective
        if noted:
            activate()

    def obeyed(self) -> Notice:
        """The notice that the sweep obeys."""
        notices.forget_pointer()
        return amendments.obeyed(notices.current())

    def sweep(self) -> Counter[str]:
        """Acts on what is due by the obeyed rules; how many went, and how many stay."""
        done = sweep(self.obeyed())
        assert (done.failed, done.errors) == (0, [])
        counts = {"erased": done.erased, "kept": done.postponed, "waits": done.reviews}
        return Counter({name: count for name, count in counts.items() if count})

    def rule(self, version: str = SECOND, rule: str = "export_end") -> Amendment:
        """A changed rule, as it is recorded."""
        known = store.get_amendments(version)
        assert known is not None
        return next(one for one in known.rules.values() if one.rule == rule)

    def confirm(self, erases: int, version: str = SECOND, rule: str = "export_end") -> Progress:
        """Somebody at the desk says yes."""
        return confirmation.confirm(OFFICER, version, rule, erases, notices.current())

    def page(self, version: str = SECOND) -> None:
        """The worker does the page of the round that is asked for now."""
        wanted = [job for job in self.jobs() if f"{version} {RESCHEDULE} " in job.target]
        job = max(wanted, key=lambda one: int(one.target.split(" ")[3]))
        task = Task(job.subject, job.action, job.target)
        rounds.do_page(task, PLANS, notices.current())

    def walk_to(self, walk: int, version: str = SECOND) -> None:
        """The round comes to the first page of a walk."""
        while (stands := self.round(version, RESCHEDULE)) and stands.pass_number < walk:
            self.page(version)

    def counted(self, version: str = SECOND) -> dict[str, int]:
        """What the round counted of copies; what it moved may lack the work of who died."""
        stands = self.round(version, RESCHEDULE)
        assert stands is not None
        names = ("export_end.records", "export_end.at_once")
        return {name: stands.totals.get(name, 0) for name in names}

    def done(self, version: str = SECOND) -> bool:
        """Whether the round that moves dates is over."""
        stands = self.round(version, RESCHEDULE)
        return stands is not None and stands.status is Status.COMPLETE
