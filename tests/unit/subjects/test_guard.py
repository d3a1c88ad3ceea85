"""A condition on a life says what the limits may be, as the rule over values does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from itertools import combinations, product
from pathlib import Path

import pytest

import chalicelib
from chalicelib.subjects import guard
from chalicelib.subjects.model import NO_LIMITS, USABLE, Kind, Life, Limits, Standing
from chalicelib.subjects.store import StandingItem, standing_item
from tests.unit.core.samples import DISOWNED, RESTRICTED, SUBJECT, VISITOR, standing
from tests.unit.storage.memory import Raw, holds

GUARDED = {"state", "disowned", "restricted", "held"}
"""The stored attributes of life and limits."""

WIDENED = Limits(restricted=RESTRICTED.restricted + 1)
"""The flag after the restrictions changed once more: what was read of them is old."""

HELD = Limits(held=RESTRICTED.restricted)
"""A hold stands on some records, as of that moment."""

SUBJECTS = {Kind.ACCOUNT: SUBJECT, Kind.VISITOR: VISITOR}
STANDINGS = [
    standing(subject, life, limits)
    for subject in SUBJECTS.values()
    for life, limits in product(Life, (NO_LIMITS, DISOWNED, RESTRICTED, WIDENED, HELD))
]
LIVES = [set(lives) for size in range(1, 5) for lives in combinations(Life, size)]


def stored(stands: Standing) -> Raw:
    return standing_item(stands).serialize()


@pytest.mark.parametrize("lives", LIVES, ids=lambda lives: "-".join(sorted(lives)))
def test_the_condition_is_the_rule_over_values(lives: set[Life]) -> None:
    for stands in STANDINGS:
        condition = guard.account_in(stands.subject, *lives)
        assert holds(condition, stored(stands)) is stands.is_account_in(*lives)


def test_it_is_for_accounts_in_those_lives_that_nobody_disowned() -> None:
    for stands in STANDINGS:
        free = stands.subject == SUBJECT and not stands.limits.disowned
        assert stands.waits is (free and stands.life is Life.PENDING)
        assert stands.active is (free and stands.life is Life.ACTIVE)
        assert stands.usable is (free and stands.life in USABLE)
        assert stands.erasing is (stands.life in (Life.ERASING, Life.ERASED))
        assert stands.kind is (Kind.VISITOR if stands.subject == VISITOR else Kind.ACCOUNT)


def test_of_a_standing_that_is_gone_none_holds() -> None:
    for subject in SUBJECTS.values():
        assert not holds(guard.account_in(subject, *Life), None)
    for stands in STANDINGS:
        assert not holds(guard.unchanged(stands), None)
    assert not holds(guard.erasing(), None)


def test_unchanged_is_what_was_read_and_nothing_else() -> None:
    for read in STANDINGS:
        for now in STANDINGS:
            same = (read.life, read.limits) == (now.life, now.limits)
            assert holds(guard.unchanged(read), stored(now)) is same


def test_the_holds_are_those_that_were_read_whatever_else_changed() -> None:
    for stands in STANDINGS:
        raw = stored(stands)
        assert holds(guard.same_holds(stands.limits.held), raw)
        assert not holds(guard.same_holds(stands.limits.held + 1), raw)
    assert not holds(guard.same_holds(1), None)


def test_an_erasure_goes_on_whatever_the_limits() -> None:
    for stands in STANDINGS:
        assert holds(guard.erasing(), stored(stands)) is (stands.life is Life.ERASING)


def test_every_limit_is_stored_apart_and_compared_here() -> None:
    limits = {one.name for one in fields(Limits)}
    assert limits | {"state"} == GUARDED
    assert set(StandingItem.get_attributes()) >= GUARDED
    assert standing_item(standing(limits=DISOWNED)).disowned is True


def test_a_life_or_a_limit_is_compared_nowhere_else() -> None:
    """Elsewhere `StandingItem.state` and the limits are only set."""
    package, own = Path(chalicelib.__file__).parent, Path(guard.__file__)
    found = {
        f"{path.relative_to(package)}:{place.lineno}"
        for path in sorted(package.rglob("*.py"))
        if path != own
        for place in _compared(ast.parse(path.read_text("utf-8")))
    }
    assert found == set()
    assert list(_compared(ast.parse(own.read_text("utf-8"))))


def _compared(tree: ast.AST) -> Iterator[ast.Attribute]:
    """Every mention of a guarded attribute of the entity, save one that is set or removed."""
    only_set = {
        id(place.value)
        for place in ast.walk(tree)
        if isinstance(place, ast.Attribute) and place.attr in ("set", "remove")
    }
    for place in ast.walk(tree):
        if (
            isinstance(place, ast.Attribute)
            and place.attr in GUARDED
            and isinstance(place.value, ast.Name)
            and place.value.id == "StandingItem"
            and id(place) not in only_set
        ):
            yield place
