"""One table says what ends each kind of record, and no kind is without an end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.accounts.address_store import EmailChangeItem
from chalicelib.accounts.service import moves
from chalicelib.catalogue import STORED, Ending, Kind, Rule
from chalicelib.catalogue.endings import Goes, goes, table
from chalicelib.holds import model as holds
from tests.unit.core.samples import NOW, shipped
from tests.unit.docs.markdown import DOCS, rows

BY_DYNAMODB = {Goes.ITSELF, Goes.UNCONFIRMED}


@pytest.mark.parametrize("kind", STORED.values(), ids=STORED)
def test_every_kind_comes_to_an_end(kind: Kind) -> None:
    assert goes(kind)


def test_a_kind_without_a_rule_is_in_no_column() -> None:
    assert goes(replace(STORED["profile"], rules=())) == set()


@pytest.mark.parametrize("kind", STORED.values(), ids=STORED)
def test_no_hold_can_name_what_dynamodb_removes(kind: Kind) -> None:
    assert not (goes(kind) & BY_DYNAMODB and holds.can_be_held(kind))


@pytest.mark.parametrize("how", sorted(BY_DYNAMODB))
def test_a_kind_that_dynamodb_removes_can_never_be_held(how: Goes) -> None:
    kept = STORED["disclosure"]
    assert holds.can_be_held(kept)
    if how is Goes.ITSELF:
        changed = replace(kept, rules=(Rule("created", {"days": 1}, Ending.EXPIRY),))
    else:
        changed = replace(kept, tentative=True)
    assert goes(changed) & {how}
    assert not holds.can_be_held(changed)


def test_the_documents_show_the_table() -> None:
    shown = {
        kind: {way for way, cell in zip(Goes, cells, strict=True) if cell == "yes"}
        for kind, *cells in rows(DOCS / "table.md", "What ends a kind")
    }
    assert shown == table(STORED)


def test_only_what_the_software_ends_waits_for_a_rule() -> None:
    waiting = {rule.kind for rule in shipped().retention.values() if rule.waits}
    assert waiting == {name for name, ways in table(STORED).items() if Goes.DATE in ways}


def test_a_move_is_kept_as_long_as_it_can_be_undone() -> None:
    """Three days of the calendar are 71 hours where the clocks go forward."""
    before = NOW.replace(year=2027, month=3, day=26, hour=12)
    item = EmailChangeItem("S#a", "account#email_change#", kind="email_change")
    moves.schedule(item, shipped(), before)
    assert shipped().rule("email_change", "created").ends(before) < before + moves.UNDO_VALID
    assert item.due_at == before + moves.UNDO_VALID
    assert moves.UNDO_VALID.days == 3
