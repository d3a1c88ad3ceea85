"""`make retention DRY_RUN=1`: what the next run would do, which it then does."""

from __future__ import annotations

import pytest

from chalicelib.notices import service as notices
from chalicelib.retention.amendments import service as amendments
from chalicelib.retention.evidence.store import TallyItem
from chalicelib.retention.model import Outcome
from infra import retention
from tests.unit.retention.world import DAY, HOUR, World, person


@pytest.fixture
def said(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> list[str]:
    """The lines of a dry run over records of many kinds."""
    monkeypatch.setattr(notices, "current", lambda: world.notice)
    monkeypatch.setattr(amendments, "obeyed", lambda notice: notice)
    world.deliveries(60, 3)
    world.deliveries(40, 9, 3 * HOUR)
    world.exports(2, 4)
    world.exports(1, 5, since=world.now - DAY, subject=person(70))
    world.somebody(person(90))
    before = {key: dict(raw) for key, raw in world.tables.items.items()}
    assert retention.main(["1"]) == 0
    assert world.tables.items == before
    assert not {"commit", "update", "delete", "body", "log"} & set(world.tables.steps.names)
    return capsys.readouterr().out.splitlines()


def test_it_says_what_would_be_done_by_rule(said: list[str]) -> None:
    rule = "unverified_account" if "  unverified_account: 1 erased" in said else said[-1].split()[0]
    assert said == [
        "By version 2026-11-22 the next run would look at 104 records.",
        "  delivery_created: 100 erased",
        "  export_created: 2 erased, 1 kept",
        f"  {rule.rstrip(':')}: 1 erased",
    ]


def test_it_names_nobody(world: World, said: list[str]) -> None:
    text = "\n".join(said)
    for _, pk, sk in world.tables.items:
        assert pk.partition("#")[2] not in text
        assert sk not in text


def test_the_run_does_the_same(world: World, said: list[str]) -> None:
    did = world.sweep().did
    done = [
        f"  {rule}: "
        + ", ".join(f"{count} {outcome}" for outcome, count in sorted(line.outcomes.items()))
        for rule, line in sorted(did.lines.items())
    ]
    assert said[1:] == done
    assert did.count(Outcome.ERASED) == 103


def test_it_foresees_what_cannot_be_read_and_what_is_closed(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(notices, "current", lambda: world.notice)
    monkeypatch.setattr(amendments, "obeyed", lambda notice: notice)
    world.message(world.deliveries(1, 3))
    (place,) = world.exports(1, 3)
    del world.tables.items[False, *place]["due_since"]
    capsys.readouterr()
    assert retention.main(["1"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "By version 2026-11-22 the next run would look at 1 records, and close 1 tallies.",
        "  -: 1 failed",
    ]
    assert len(world.left(TallyItem)) == 1


@pytest.mark.parametrize("arguments", [[], [""], ["0"], ["yes"]])
def test_it_does_nothing_but_a_dry_run(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert retention.main(arguments) == 2
    assert "DRY_RUN=1" in capsys.readouterr().err
