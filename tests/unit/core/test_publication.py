"""Publishing a version: what is refused, and that all of it is written at once or nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Conflict, NotFound, Problem, TooLarge, Unprocessable
from chalicelib.instants import instant
from chalicelib.jobs.rounds.model import Status
from chalicelib.notices import draft_store, service, store
from chalicelib.notices.compiler import marks
from chalicelib.notices.publication import Pointer, Shown
from chalicelib.notices.service import NoNotice, drafts
from chalicelib.publications.service.activation import activate
from chalicelib.publications.service.announcement import ANNOUNCE
from chalicelib.publications.service.publication import publish
from tests.unit.core.samples import NOW, association_document
from tests.unit.notices.changes_edits import at, more
from tests.unit.publications.world import World
from tests.unit.storage.tables import Killed

DAY = timedelta(days=1)
LONGER = at("retention", "session_end", period={"days": 60})
"""Everybody is told of it."""

WIDER = more("purposes", "newsletter", "categories", "plot")
"""Whoever gets the letter is asked again."""


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def document(
    version: str = "2026-11-01", *edits: Any, ahead: timedelta | None = None
) -> dict[str, Any]:
    """The association's document as another version."""
    changed = association_document()
    for edit in edits:
        edit(changed)
    changed["version"] = version
    if ahead is not None:
        changed["effective_at"] = instant(NOW + ahead)
    return changed


def refused(changed: dict[str, Any], *, again: bool = False) -> Problem:
    """How a publication is refused."""
    with pytest.raises(Problem) as raised:
        publish(changed, again=again)
    return raised.value


def places(problem: Problem) -> list[str]:
    return [finding.pointer for finding in problem.findings]


def test_the_first_version_is_in_force_at_once(world: World) -> None:
    published = publish(document())
    assert service.current().version == published.version == "2026-11-01"
    assert service.current().digest == published.digest
    assert store.get_pointer() == Pointer("2026-11-01", None, None)
    assert world.jobs() == []


def test_one_transaction_writes_all_of_it(world: World) -> None:
    publish(document())
    world.steps.names.clear()
    publish(document("2026-12-20", LONGER, ahead=20 * DAY))
    assert world.steps.names.count("commit") == 1
    assert not {"update", "delete"} & set(world.steps.names)
    assert store.get_listed("2026-12-20") is not None
    assert store.get_pointer() == Pointer(
        "2026-11-01",
        "2026-12-20",
        NOW + 20 * DAY,
        None,
        Shown("2026-12-20", "2026-11-01", "informative", NOW + 20 * DAY, NOW + 41 * DAY),
    )


def test_the_round_and_its_job_are_part_of_it(world: World) -> None:
    publish(document())
    publish(document("2026-12-20", LONGER, ahead=20 * DAY))
    (job,) = world.jobs()
    assert (job.queue, job.action, job.target) == (
        "announcements",
        "round",
        "2026-12-20 announce 2026-11-01 0",
    )
    assert len(world.sqs.bodies) == 1
    stands = world.round("2026-12-20", ANNOUNCE)
    assert stands is not None
    assert (stands.status, stands.step, stands.pass_number) == (Status.RUNNING, 0, 1)


def test_wherever_it_is_killed_nothing_is_half_written(world: World) -> None:
    publish(document())
    drafts.save(document("2026-12-20", WIDER, ahead=20 * DAY))
    before = dict(world.tables.items)
    world.restart()
    world.steps.names.clear()
    publish(document("2026-12-20", WIDER, ahead=20 * DAY))
    after, calls = dict(world.tables.items), len(world.steps.names)
    ids = {key for key in after if "#job#" in key[2]}
    for number in range(calls):
        world.tables.items = dict(before)
        world.restart()
        world.steps.kill_before(number)
        with pytest.raises(Killed):
            publish(document("2026-12-20", WIDER, ahead=20 * DAY))
        left = dict(world.tables.items)
        if left != before:  # it was killed after the commit: only the job's id is another
            assert left.keys() - after.keys() == {key for key in left if "#job#" in key[2]} - ids
            assert after.keys() - left.keys() == ids
    assert calls > 5


def test_repeating_it_is_refused(world: World) -> None:
    publish(document())
    problem = refused(document())
    assert (problem.status, problem.type) == (409, "already-published")


def test_an_operator_may_repeat_it_and_nothing_changes(world: World) -> None:
    publish(document())
    publish(document("2026-12-20", LONGER, ahead=20 * DAY))
    before = dict(world.tables.items)
    world.now += DAY
    for version in ("2026-11-01", "2026-12-20"):
        changed = document(version)
        if version == "2026-12-20":
            changed = document(version, LONGER, ahead=20 * DAY)
        assert publish(changed, again=True).version == version
    assert world.tables.items == before
    assert len(world.sqs.bodies) == 1


@pytest.mark.parametrize("again", [False, True])
def test_another_text_under_the_same_version_is_refused(world: World, again: bool) -> None:
    publish(document())
    before = dict(world.tables.items)
    problem = refused(document() | {"text_date": "2024-12-31"}, again=again)
    assert (problem.status, problem.type) == (409, "already-published")
    assert world.tables.items == before


def test_two_at_once_and_one_of_them_is_published(world: World) -> None:
    publish(document())

    def other() -> None:
        publish(document("2026-12-19", LONGER, ahead=25 * DAY))

    world.steps.meanwhile["commit"] = [other]
    problem = refused(document("2026-12-20", WIDER, ahead=20 * DAY))
    assert (problem.status, problem.type) == (409, "publishing")
    pointer = store.get_pointer()
    assert pointer is not None
    assert pointer.next == "2026-12-19"
    assert store.get_listed("2026-12-20") is None
    assert store.get_document("2026-12-20") is None
    assert world.round("2026-12-20", ANNOUNCE) is None
    assert [job.target.split(" ")[0] for job in world.jobs()] == ["2026-12-19"]


def test_a_version_that_came_and_took_effect_meanwhile_is_not_passed_over(world: World) -> None:
    publish(document())

    def other() -> None:
        publish(document("2026-12-01", ahead=DAY))
        world.now += 2 * DAY
        activate()

    world.steps.meanwhile["commit"] = [other]
    assert refused(document("2026-12-20", WIDER, ahead=20 * DAY)).type == "publishing"
    assert store.get_pointer() == Pointer(
        "2026-12-01",
        None,
        None,
        Shown("2026-12-01", "2026-11-01", "editorial", NOW + DAY, NOW + 22 * DAY),
    )


def test_two_first_versions_at_once(world: World) -> None:
    world.steps.meanwhile["commit"] = [lambda: publish(document("2026-11-02"))]
    assert refused(document()).type == "publishing"
    assert service.current().version == "2026-11-02"


def test_the_same_version_twice_at_once(world: World) -> None:
    publish(document())
    changed = document("2026-12-20", LONGER, ahead=20 * DAY)
    world.steps.meanwhile["commit"] = [lambda: publish(changed)]
    assert refused(changed).status == 409
    assert len(world.jobs()) == len(world.sqs.bodies) == 1


def test_a_version_that_waits_is_not_dropped_by_a_later_one(world: World) -> None:
    publish(document())
    publish(document("2026-12-01", ahead=9 * DAY))
    before = dict(world.tables.items)
    problem = refused(document("2026-12-20", ahead=28 * DAY))
    assert (problem.status, problem.type) == (409, "version-waiting")
    assert world.tables.items == before
    world.now = NOW + 10 * DAY
    assert service.current().version == "2026-12-01"
    assert publish(document("2026-12-20", ahead=28 * DAY)).version == "2026-12-20"
    assert store.get_pointer() == Pointer(
        "2026-12-01",
        "2026-12-20",
        NOW + 28 * DAY,
        Shown("2026-12-01", "2026-11-01", "editorial", NOW + 9 * DAY, NOW + 30 * DAY),
        Shown("2026-12-20", "2026-12-01", "editorial", NOW + 28 * DAY, NOW + 49 * DAY),
    )


def test_the_draft_goes_with_the_publication(world: World) -> None:
    publish(document())
    drafts.save(document("2026-12-01", ahead=9 * DAY))
    drafts.save(document("2026-12-02", ahead=9 * DAY))
    publish(document("2026-12-01", ahead=9 * DAY))
    assert [one.version for one in draft_store.drafts(None, 10)] == ["2026-12-02"]
    with pytest.raises(NotFound):
        drafts.read("2026-12-01")
    with pytest.raises(Conflict):
        drafts.save(document("2026-12-01", ahead=9 * DAY))


@pytest.mark.parametrize("edit", [None, at("purposes", "newsletter", title={"en": "News"})])
def test_nobody_is_visited_where_nothing_changes_for_anybody(world: World, edit: Any) -> None:
    publish(document())
    publish(document("2026-12-20", *([edit] if edit else []), ahead=20 * DAY))
    assert world.jobs() == []
    assert world.round("2026-12-20", ANNOUNCE) is None


def test_all_findings_of_the_compiler_are_told_and_nothing_is_stored(world: World) -> None:
    broken = document()
    del broken["controller"], broken["purposes"]
    problem = refused(broken)
    assert (problem.status, problem.type) == (422, "notice-refused")
    assert len(problem.findings) >= 2
    assert world.tables.items == {}


def unconfirmed(version: str = "2026-11-01") -> dict[str, Any]:
    """A document with a fact that the controller has still to confirm."""
    changed = document(version)
    changed["purposes"][0]["basis"]["to_confirm"] = True
    return changed


@pytest.mark.parametrize("stage", ["local", "dev", "staging"])
def test_an_unconfirmed_fact_may_be_shown_before_production(
    world: World, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISERBO_STAGE", stage)
    assert publish(unconfirmed()).unconfirmed == ("purposes/membership/basis",)


def test_production_refuses_it_until_it_is_confirmed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISERBO_STAGE", "production")
    problem = refused(unconfirmed())
    assert (problem.status, problem.type) == (422, "notice-unconfirmed")
    assert places(problem) == ["/purposes/membership/basis"]
    assert world.tables.items == {}
    (found,) = problem.findings
    (entry,) = marks.confirmations(unconfirmed())
    assert found.detail.endswith(entry)
    world.deploy_confirmed("purposes/membership/basis")  # how it reads is not said
    assert places(refused(unconfirmed())) == ["/purposes/membership/basis"]
    world.deploy_confirmed(entry)
    other = unconfirmed()
    other["purposes"][0]["basis"]["kind"] = "consent"
    assert "/purposes/membership/basis" in places(refused(other))
    assert publish(unconfirmed()).unconfirmed == ()


def test_nothing_is_in_force_before(world: World) -> None:
    with pytest.raises(NoNotice) as raised:
        service.current()
    assert raised.value.status == 503
    with pytest.raises(Unprocessable):
        publish({})


def test_a_document_that_fits_no_item_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(document())
    monkeypatch.setattr(store, "MAX_PACKED", 1024)
    before = dict(world.tables.items)
    with pytest.raises(TooLarge):
        publish(document("2026-12-20", LONGER, ahead=20 * DAY))
    assert world.tables.items == before
