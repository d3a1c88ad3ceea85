"""What the controller confirmed holds for a statement as it reads, and not for its name."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import compile_notice, marks
from chalicelib.notices.compiler.marks import confirmations, sections, unconfirmed
from tests.unit.notices.leaves import leaves


@pytest.fixture
def marked(association: dict[str, Any]) -> dict[str, Any]:
    """A notice with proposals of its author."""
    association["retention"][0]["origin"] = "controller_choice"
    association["purposes"][0]["basis"]["to_confirm"] = True
    return association


def test_all_that_is_confirmed_as_it_reads_is_confirmed(marked: dict[str, Any]) -> None:
    assert compile_notice(marked, STORED, confirmations(marked)).unconfirmed == ()
    again = copy.deepcopy(marked)
    assert unconfirmed(again, confirmations(marked)) == ()


def test_an_id_alone_confirms_nothing(marked: dict[str, Any]) -> None:
    found = unconfirmed(marked, ())
    assert len(found) == 2
    assert unconfirmed(marked, found) == found
    assert unconfirmed(marked, {f"{name}=" for name in found}) == found


def within(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every leaf of a value, as what holds it and the name there."""
    for place in leaves(value, ("",)):
        holder = value
        for step in place[1:-1]:
            holder = holder[step]
        yield holder, place[-1]


def test_whatever_changes_in_a_statement_it_is_unconfirmed_again(marked: dict[str, Any]) -> None:
    known = confirmations(marked)
    rule = marked["retention"][0]
    checked = 0
    for holder, name in within(rule):
        if name in ("origin", "id"):
            continue
        before = holder[name]
        holder[name] = "another" if isinstance(before, str) else 1
        if holder[name] != before:
            assert unconfirmed(marked, known) == (f"retention/{rule['id']}",), name
            checked += 1
        holder[name] = before
    assert checked > 4
    rule["period"] = {"days": 1}
    rule["then"] = "review"
    assert unconfirmed(marked, known) == (f"retention/{rule['id']}",)


def test_a_confirmation_is_of_one_statement(marked: dict[str, Any]) -> None:
    one, other = (entry.partition("=") for entry in confirmations(marked))
    swapped = {f"{one[0]}={other[2]}", f"{other[0]}={one[2]}"}
    assert len(unconfirmed(marked, swapped)) == 2


def test_a_section_is_confirmed_at_once_until_anything_in_it_changes(
    marked: dict[str, Any],
) -> None:
    entries = sections(marked)
    assert {entry.partition("=")[0] for entry in entries} == {"purposes", "retention"}
    assert unconfirmed(marked, entries) == ()
    marked["retention"][-1]["period"] = {"days": 1}
    assert unconfirmed(marked, entries) == (f"retention/{marked['retention'][0]['id']}",)


def test_what_is_confirmed_of_a_statement_is_not_confirmed_of_one_within_it(
    marked: dict[str, Any],
) -> None:
    purpose = marked["purposes"][0]
    purpose["origin"] = "controller_choice"
    outer = marks.confirmation(f"purposes/{purpose['id']}", purpose)
    assert f"purposes/{purpose['id']}/basis" in unconfirmed(marked, {outer})
    assert f"purposes/{purpose['id']}" not in unconfirmed(marked, {outer})
