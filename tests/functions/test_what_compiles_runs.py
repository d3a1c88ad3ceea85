"""Whatever may be left out of a notice is left out, each in turn, and everything still runs.

A document either does not compile, which a finding says, or every operation, job and schedule
works with it; unless all examples are asked for, they are tried with a third of those that command
something else than the whole notice, and the others are shown. One document at a time is published
on a local engine, in this process.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from zlib import crc32

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import NoticeRefused, compile_notice
from chalicelib.notices.model import Notice
from chalicelib.notices.processing import report_csv
from chalicelib.notices.rendering import render_html, render_markdown
from functions.http.site import OPERATIONS
from tests.bench.engines import services
from tests.bench.world import World, world
from tests.examples import SHARE
from tests.functions.versions import shipped
from tests.functions.walk import Walk, everything
from tests.unit.notices.optional import leaner

LEANER = leaner(shipped())
COMPILED = compile_notice(shipped(), STORED)


def _only_words(notice: Notice) -> bool:
    """Whether a notice commands what the shipped one does, and only says less of it."""
    words = {"document", "completed", "digest", "unconfirmed"}
    names = {one.name for one in dataclasses.fields(Notice)} - words
    same = all(getattr(notice, name) == getattr(COMPILED, name) for name in names)
    return same and _obeyed(notice) == _obeyed(COMPILED)


def _obeyed(notice: Notice) -> list[object]:
    """What functions read in the document itself, and not in the notice compiled from it."""
    document = notice.completed
    return [document["requests"].get("calendar"), document["cookies"].get("banner")]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        services(tmp_path_factory.mktemp("optional")) as local,
        world(local, hashing=False) as made,
    ):
        made.recorder.off = True
        yield made


@pytest.fixture
def walk(here: World) -> Walk:
    return Walk(here)


def test_the_walk_calls_every_operation(walk: Walk) -> None:
    everything(walk)
    assert walk.failures == []
    assert walk.called == {operation.id for operation in OPERATIONS}


@pytest.mark.parametrize("lacking", LEANER)
def test_without_it_everything_runs_or_it_does_not_compile(walk: Walk, lacking: str) -> None:
    try:
        notice = compile_notice(LEANER[lacking], STORED)
    except NoticeRefused:
        return
    if _only_words(notice) or crc32(lacking.encode()) % SHARE:
        for locale in notice.locales:
            assert notice.site_name in render_html(notice, locale)
            assert notice.site_name in render_markdown(notice, locale)
            assert report_csv(notice, locale)
        return
    walk.world.renew(LEANER[lacking])
    everything(walk)
    assert walk.failures == []
