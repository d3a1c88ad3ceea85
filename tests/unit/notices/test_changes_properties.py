"""What holds for the changes of any two versions."""

from __future__ import annotations

import random
from collections import Counter
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.notices.changes import Change, Effect, changes
from chalicelib.notices.changes.differences import differences
from chalicelib.notices.changes.model import Act
from chalicelib.notices.changes.rules import UNFORESEEN
from chalicelib.notices.compiler import build, load_published
from chalicelib.notices.model import Notice
from tests.examples import SHARE, examples
from tests.unit.core.samples import association, shipped
from tests.unit.notices import grown
from tests.unit.notices.changes_rows import ROWS
from tests.unit.notices.leaves import changed, leaves


@cache
def compiled() -> Notice:
    return grown.compiled(grown.document())


NOTICES = {"shipped": shipped, "association": association, "grown": compiled}


def meaning(found: tuple[Change, ...]) -> Counter[tuple[Any, ...]]:
    """Changes without their places, and without those of order."""
    return Counter(
        (one.effect, one.kind, one.purposes, tuple(sorted(one.about.items())))
        for one in found
        if one.kind != "order_changed"
    )


@pytest.mark.parametrize("name", NOTICES)
def test_a_version_changes_nothing_of_itself(name: str) -> None:
    notice = NOTICES[name]()
    assert changes(notice, notice) == ()
    again = {**notice.document, "version": "2031-01-01", "effective_at": "2031-01-01T00:00:00Z"}
    assert changes(notice, load_published(again)) == ()


@pytest.mark.parametrize("name", NOTICES)
def test_no_leaf_changes_in_silence(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "digest", lambda _: "of no matter here")  # it takes the most time
    notice = NOTICES[name]()
    document = dict(notice.document)
    # A lifetime of one word has no other value: the schema takes `true` alone.
    places = [place for place in leaves(document) if place[-1] not in {"session", "until_deleted"}]
    assert len(places) > 500
    places = places[::SHARE]
    silent = [place for place in places if not _told(notice, changed(document, place))]
    assert silent == []


def _told(notice: Notice, document: dict[str, Any]) -> bool:
    found = changes(notice, load_published(document))
    return bool(found) and all(one.kind != UNFORESEEN.kind for one in found)


@pytest.mark.parametrize("name", NOTICES)
def test_every_pointer_leads_somewhere(name: str) -> None:
    for other in NOTICES.values():
        before, after = NOTICES[name](), other()
        for change in changes(before, after):
            places = [_follow(notice.completed, change.pointer) for notice in (before, after)]
            assert any(place is not None for place in places), change


def _follow(value: Any, pointer: str) -> Any:
    for token in pointer.split("/")[1:]:
        step = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list):
            value = value[int(step)] if int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


SOME_ROWS = st.lists(st.sampled_from(ROWS), min_size=1, max_size=6, unique_by=lambda row: row[0])


def edited(rows: list[Any]) -> Notice | None:
    """The grown association after several edits; None where one stands in the way of another."""
    document = grown.document()
    try:
        for row in rows:
            row[1](document)
    except (AttributeError, IndexError, KeyError, StopIteration, TypeError):
        return None  # such as a member of a controller that an edit before it made two of
    named = [one["id"] for one in document["recipients"]]
    if len(set(named)) < len(named):
        return None  # two edits that add the same one, which the compiler refuses
    try:
        return load_published(document)
    except (KeyError, StopIteration, IndexError):
        return None


@settings(max_examples=examples(60), deadline=None, derandomize=True, database=None)
@given(SOME_ROWS)
def test_material_changes_name_purposes_that_rest_on_consent(rows: list[Any]) -> None:
    before, after = compiled(), edited(rows)
    for old, new in ((before, after), (after, before)):
        if old is None or new is None:
            continue
        for change in changes(old, new):
            if change.effect is Effect.MATERIAL:
                assert change.purposes
                assert set(change.purposes) <= new.choices.keys()
            assert list(change.purposes) == sorted(set(change.purposes))


@settings(max_examples=examples(30), deadline=None, derandomize=True, database=None)
@given(SOME_ROWS, st.integers(min_value=0, max_value=2**32))
def test_the_order_of_what_is_listed_means_nothing(rows: list[Any], seed: int) -> None:
    before, after = compiled(), edited(rows)
    if after is None:
        return
    chance = random.Random(seed)
    mixed = [load_published(_shuffled(one.document, chance)) for one in (before, after)]
    assert meaning(changes(*mixed)) == meaning(changes(before, after))
    assert meaning(changes(after, load_published(_shuffled(after.document, chance)))) == Counter()


def _shuffled(value: Any, chance: random.Random, name: str = "") -> Any:
    """A document in another order, save the languages, of which the first is authentic."""
    if isinstance(value, dict):
        members = list(value.items())
        chance.shuffle(members)
        return {key: _shuffled(inner, chance, key) for key, inner in members}
    if isinstance(value, list) and name != "locales":
        return chance.sample([_shuffled(inner, chance) for inner in value], len(value))
    return value


@pytest.mark.parametrize("section", ["purposes", "categories", "recipients", "records"])
def test_an_id_is_not_taken_for_a_member(section: str) -> None:
    document = grown.document()
    element = document[section][-1]
    name = "kind" if "kind" in element else "id"
    document[section].append({**element, name: "origin"})
    told = {one.effect for one in changes(compiled(), load_published(document))}
    assert told & {Effect.INFORMATIVE, Effect.MATERIAL}


def test_differences_are_found_in_lists_and_members() -> None:
    document = grown.document()
    document["purposes"].insert(0, {**document["purposes"][0], "id": "first"})
    found = list(differences(compiled(), load_published(document)))
    assert [(one.act, one.pointer) for one in found] == [(Act.ADDED, "/purposes/0")]
