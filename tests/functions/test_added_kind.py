"""A kind of record that a later release adds: one declaration, and everything knows it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pynamodb.attributes import UnicodeAttribute

from chalicelib import clock, ids
from chalicelib.catalogue import STORED, Ending, Kind, Rule, Source
from chalicelib.catalogue.model import catalogue
from chalicelib.copies import service as copies
from chalicelib.erasure import store as erasures
from chalicelib.erasure.service import replay
from chalicelib.jobs.model import Task
from chalicelib.kinds.model import Plain, Reader, Record
from chalicelib.kinds.registry import Registry
from chalicelib.notices.changes import changes
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from chalicelib.notices.rendering import render_markdown
from chalicelib.publications.service import census, sample
from chalicelib.publications.simulation import Simulation
from chalicelib.requests.model import FULFIL_COPY, Channel
from chalicelib.requests.service import fulfilment, intake
from chalicelib.retention import batch
from chalicelib.retention import sweep as retention
from chalicelib.retention.message import Places
from chalicelib.storage import keys
from chalicelib.storage.item import Item
from chalicelib.storage.transaction import Transaction
from functions import kinds
from infra import table
from tests.functions import people, tables
from tests.functions.api import Api
from tests.functions.commands import operating
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.product import PRODUCT
from tests.unit.copies.samples import unpacked
from tests.unit.retention.sweeping import five_minutes

PROJECT = Path(__file__).parent.parent.parent
MINIMAL = PROJECT / "tests" / "documents" / "minimal.json"
NOTICES = [pytest.param(PRODUCT, id="product"), pytest.param(MINIMAL, id="minimal")]

BADGE = Kind(
    "badge",
    "account",
    plain=frozenset({"colour", "proof"}),
    secrets=frozenset({"proof"}),
    rules=(Rule("created", {"days": 30}, Ending.INDEX, least={"days": 2}, why="a badge is worn"),),
    source=Source.SUBJECT,
    ends="lane `rule`",
)
LATER = catalogue(*STORED.values(), BADGE)


class BadgeItem(Item):
    """A badge that somebody wears."""

    KIND = "badge"
    CLASS = "account"

    colour = UnicodeAttribute()
    proof = UnicodeAttribute()


class Badges(Plain):
    """Badges, each with a pin that lies elsewhere."""

    def __init__(self, declared: Kind) -> None:
        super().__init__(declared)
        self.released: list[tuple[str, str]] = []

    def told(self, record: Record, reader: Reader) -> Iterable[Record]:
        colour = str(record.fields["colour"]).upper()
        yield Record(record.kind, record.id, {**record.fields, "colour": colour})

    def release(self, subject: str, record: Record) -> None:
        self.released.append((subject, record.id))


@pytest.fixture(autouse=True)
def _as_a_function(stack: DeployedStack) -> Iterator[None]:
    """This process has the settings of a deployed function."""
    with operating(stack):
        yield


@pytest.fixture(scope="module")
def ada(stack: DeployedStack) -> Person:
    return people.signed_in(Api(stack))


@pytest.fixture
def notice() -> Notice:
    return compile_notice(document(PRODUCT), LATER)


@pytest.fixture
def badges() -> Badges:
    return Badges(BADGE)


@pytest.fixture
def registry(badges: Badges) -> Registry:
    return kinds.registry(LATER, badges)


def document(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def wear(subject: str, notice: Notice, days: int) -> str:
    """Stores a badge that was given so many days ago; returns its id."""
    badge, now = ids.new_id(), clock.now()
    item = BadgeItem(
        pk=keys.subject(subject),
        sk=keys.record(BadgeItem.CLASS, BadgeItem.KIND, badge),
        kind=BadgeItem.KIND,
        colour="red",
        proof="PROOF-OF-THE-BADGE",
    )
    given, rule = now - timedelta(days=days), notice.rule(BadgeItem.KIND, "created")
    item.schedule("rule", rule.ends(given), rule.event, given)
    write = Transaction(notice)
    write.put(item)
    write.commit()
    return badge


def worn(stack: DeployedStack, subject: str) -> set[str]:
    found = tables.partition(stack, subject)
    return {keys.record_id(one["sk"]["S"]) for one in found if one["kind"]["S"] == "badge"}


@pytest.mark.parametrize("path", NOTICES)
def test_no_notice_has_to_change(path: Path) -> None:
    before, after = (compile_notice(document(path), one) for one in (STORED, LATER))
    assert after.digest == before.digest
    assert after.unconfirmed == before.unconfirmed
    assert "badge" not in before.records
    assert after.records["badge"].fields == BADGE.fields
    assert after.rule("badge", "created").id == "badge_created"
    assert "Badge" in render_markdown(after, after.locales[0])


def test_a_notice_may_say_another_period_within_the_bounds(notice: Notice) -> None:
    later = document(MINIMAL)
    stated = {"id": "badges", "origin": "published", "kind": "badge", "from": "created"}
    later["retention"] = [{**stated, "period": {"days": 2}}]
    assert compile_notice(later, LATER).rule("badge", "created").period.days == 2


def test_its_person_gets_it_with_the_copy(
    stack: DeployedStack, ada: Person, notice: Notice, registry: Registry
) -> None:
    badge = wear(ada.subject, notice, days=1)
    write = Transaction(notice)
    made = intake.open_request(
        write, ada.subject, "copy", "en", notice, clock.now(), channel=Channel.WEBSITE
    )
    write.commit()
    request = keys.record_id(made.sk)
    task = Task(ada.subject, FULFIL_COPY, request)
    assert fulfilment.fulfil_copy(task, notice, registry) is not None
    body = (
        stack.client("s3")
        .get_object(
            Bucket=stack.outputs["ExportsBucket"],
            Key=copies.written(ada.subject)[-1][1],
        )["Body"]
        .read()
    )
    copied = unpacked(body)
    (found,) = [one for one in copied.data["records"] if one["kind"] == "badge"]
    assert found["title"] == "Badge"
    assert found["kept"] == ["Badge: 30 days from creation"]
    (item,) = [one for one in found["items"] if one["id"] == badge]
    assert (item["fields"], item["source"]) == ({"colour": "RED"}, "subject")
    assert "PROOF-OF-THE-BADGE" not in str(copied.data) + copied.page


def test_it_goes_when_its_period_is_over(
    stack: DeployedStack, ada: Person, notice: Notice, registry: Registry, badges: Badges
) -> None:
    stays, goes = (wear(ada.subject, notice, days=days) for days in (29, 31))
    handed = list[tuple[str, str]]()

    def send(batches: Sequence[Places]) -> Sequence[int]:
        for places in batches:
            handed.extend(places)
            batch.work(places, notice, registry, five_minutes)
        return ()

    retention.sweep(five_minutes, lambda _: None, send)
    assert any("#badge#" in sk for _, sk in handed)
    assert badges.released == [(ada.subject, goes)]
    assert stays in worn(stack, ada.subject)
    assert goes not in worn(stack, ada.subject)


def test_the_simulator_counts_it(ada: Person, notice: Notice, registry: Registry) -> None:
    wear(ada.subject, notice, days=20)
    later = document(PRODUCT)
    stated = {"id": "badges", "origin": "published", "kind": "badge", "from": "created"}
    later["version"] = "2031-01-01"
    later["retention"].append({**stated, "period": {"days": 10}})
    after = compile_notice(later, LATER)
    tried = census.tried(notice, after, changes(notice, after))
    body = Simulation((), tried, "en", figures=sample.sample(tried)).body()
    (record,) = body["records"]
    assert (record["kind"], record["rule"]) == ("badge", "badges")
    assert record["count"] is not None


def test_it_goes_with_its_person(
    stack: DeployedStack, notice: Notice, registry: Registry, badges: Badges
) -> None:
    grace = people.signed_in(Api(stack))
    badge = wear(grace.subject, notice, days=1)
    assert worn(stack, grace.subject) == {badge}
    entry = {"subject": grace.subject, "classes": ["account"], "step": ""}
    erasures.log(grace.subject, clock.now(), entry)
    assert replay.replay(clock.now().date(), registry).subjects >= 1
    assert (grace.subject, badge) in badges.released
    assert tables.partition(stack, grace.subject) == []


def test_the_table_names_it() -> None:
    text = table.written_anew(table.DOCUMENT.read_text("utf-8"), LATER)
    assert "| badge | " in text
    assert "| badge | created | 30 days | from 2 days | erase |" in text
