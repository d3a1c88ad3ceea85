"""Wherever the worker of a page dies, nobody is skipped, and at most one mail comes twice."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.publications.model import Status as Told
from chalicelib.publications.service.progress import progress
from tests.examples import examples
from tests.unit.core.samples import association_document
from tests.unit.publications.pages import (
    READER,
    WIDER,
    Page,
    told,
)
from tests.unit.publications.world import SECOND, World, later_version


def test_killed_before_any_call_it_skips_nobody_and_repeats_at_most_one_mail(world: World) -> None:
    page = Page(world, readers=4, others=2)
    calls = page.calls()
    assert calls.count("ses.send") == 4
    unrecorded = [number + 1 for number, name in enumerate(calls) if name == "ses.send"]
    for number in range(len(calls)):
        page.begin()
        assert page.kill(number) == 1
        world.work_off()
        mails, found = world.mails(), progress(SECOND)
        assert found is not None
        assert mails.keys() == page.readers
        repeated = {subject for subject, count in mails.items() if count > 1}
        assert len(repeated) == (1 if number in unrecorded else 0), calls[number]
        assert mails.total() == 4 + len(repeated)
        if repeated:
            assert found["repeated"] == 1
            assert [one for one in page.readers if told(world, one).tries == 2] == list(repeated)
        assert (found["sent"], found["concerned"], found["alone"]) == (4, 4, 2)
        assert all(told(world, one).status is Told.SENT for one in page.readers)
        assert all(world.obligation(one) is None for one in page.others)
        assert found["status"] == "complete"


def test_a_repetition_is_counted_only_where_a_mail_may_be_one(world: World) -> None:
    """Killed before SES was called, the try is counted too: nobody could tell the difference."""
    page = Page(world, readers=1, others=0)
    calls = page.calls()
    for number in range(len(calls)):
        page.begin()
        page.kill(number)
        world.work_off()
        tried = calls[number] in ("ses.send",) or calls[number - 1] == "ses.send"
        assert told(world, *page.readers).tries == (2 if tried else 1), calls[number]


@settings(max_examples=examples(40))
@given(st.lists(st.integers(0, 40), min_size=1, max_size=4), st.integers(1, 5), st.integers(0, 3))
def test_killed_several_times_nobody_is_skipped_in_silence(
    deaths: list[int], readers: int, others: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        world = World(patch)
        world.publish(association_document())
        page = Page(world, readers, others)
        page.begin()
        died = page.kill(*deaths)
        world.work_off()
        mails, found = world.mails(), progress(SECOND)
        assert found is not None
        assert mails.keys() <= page.readers
        assert max(mails.values(), default=0) <= 2
        assert mails.total() - len(mails) <= died
        uncertain = {one for one in page.readers if told(world, one).status is Told.DUE}
        assert {one for one in page.readers if not mails[one]} <= uncertain
        assert found["uncertain"] == len(uncertain) <= died // 2
        assert found["sent"] == readers - len(uncertain)
        assert found["repeated"] >= sum(mails[one] == 2 for one in page.readers - uncertain)
        assert all(world.obligation(one) is None for one in page.others)
        assert found["status"] == "complete"


@settings(max_examples=examples(15))
@given(st.integers(0, 400))
def test_a_whole_round_survives_a_death_anywhere(number: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        world = World(patch)
        world.publish(association_document())
        people = {world.person(one, READER) for one in range(24)}
        world.publish(later_version(WIDER))
        world.steps.kill_before(number)
        world.work_off()
        assert world.mails().keys() == people
        assert world.mails().total() <= len(people) + 1
        found = progress(SECOND)
        assert found is not None
        assert (found["status"], found["sent"]) == ("complete", len(people))
