"""What the controller has confirmed: read from the table once, by the digest that is deployed."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.notices import service, store
from chalicelib.notices.compiler import marks
from chalicelib.notices.service import confirmations
from chalicelib.storage import keys
from tests.unit.core.samples import association_document
from tests.unit.publications.world import World

BASIS = "purposes/membership/basis"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(confirmations, "_known", {})
    return World(monkeypatch)


def _document() -> tuple[dict[str, Any], str]:
    """A document with one statement to confirm, and what confirms it."""
    document = association_document()
    document["purposes"][0]["basis"]["to_confirm"] = True
    (entry,) = marks.confirmations(document)
    return document, entry


def test_a_version_that_is_published_loses_its_marks_with_the_next_deployment(world: World) -> None:
    document, entry = _document()
    version = world.publish(document).version
    world.restart()
    assert service.version(version).unconfirmed == (BASIS,)
    world.deploy_confirmed(entry)
    assert service.version(version).unconfirmed == ()


def test_the_list_is_read_once_a_process_and_not_at_all_without_one(world: World) -> None:
    document, entry = _document()
    version = world.publish(document).version
    world.restart()
    before = len(world.tables.steps.names)
    service.version(version)
    assert len(world.tables.steps.names) == before + 1
    world.deploy_confirmed(entry)
    before = len(world.tables.steps.names)
    service.version(version)
    assert len(world.tables.steps.names) == before + 2
    service.version(version)
    assert confirmations.confirmed() == {entry}
    assert len(world.tables.steps.names) == before + 2


def test_a_running_function_goes_on_with_the_list_that_it_was_deployed_with(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, entry = _document()
    world.deploy_confirmed(entry)
    assert confirmations.confirmed() == {entry}
    other = ["controller/dpo=AAAAAAAAAAAA"]
    world.tables.put(store.confirmations_item(confirmations.digest_of(other), other))
    assert confirmations.confirmed() == {entry}
    monkeypatch.setenv("RISERBO_CONFIRMATIONS", confirmations.digest_of(other))
    assert confirmations.confirmed() == set(other)


def test_a_list_that_is_not_there_confirms_nothing_until_it_is(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    _, entry = _document()
    world.deploy_confirmed(entry)
    place = (False, keys.NOTICES, keys.notice_confirmations(confirmations.digest_of([entry])))
    kept = world.tables.items.pop(place)
    assert confirmations.confirmed() == frozenset()
    assert "notice.confirmations_missing" in capsys.readouterr().out
    world.tables.items[place] = kept
    assert confirmations.confirmed() == {entry}


def test_the_digest_is_of_the_entries_in_any_order() -> None:
    entries = ["b=AAAAAAAAAAAA", "a=AAAAAAAAAAAA"]
    assert confirmations.digest_of(entries) == confirmations.digest_of(entries[::-1])
    assert confirmations.item_of(entries) == confirmations.item_of(tuple(entries[::-1]))
    assert confirmations.digest_of(entries) != confirmations.digest_of(entries[:1])
    assert confirmations.digest_of([]) == ""
