"""docs/runbook.md names every field and event of the logs, every queue and every schedule."""

from __future__ import annotations

import re

from chalicelib import logs
from infra.functions import read_functions
from tests.unit.docs.markdown import DOCS, PROJECT, code, rows

DOCUMENT = DOCS / "runbook.md"
_EVENT = re.compile(r"logs\.(?:log|failure|measure)\(\s*\"([a-z_.]+)\"")
_SET_BACK = re.compile(r"set_back\(\s*\w+,\s*\w+,\s*\"([a-z_]+)\"")
_CHANGE = re.compile(r"traces\.changed\(\s*\"([a-z_]+)\"")


def _logs() -> tuple[set[str], set[str]]:
    """The fields and the events that the document tells."""
    told = [code(row[0]) for row in rows(DOCUMENT, "Logs")]
    names = {name for cell in told for name in cell}
    return {name for name in names if "." not in name}, {name for name in names if "." in name}


def _events() -> set[str]:
    found = set()
    for folder in ("chalicelib", "functions"):
        for source in (PROJECT / folder).rglob("*.py"):
            text = source.read_text("utf-8")
            found |= set(_EVENT.findall(text))
            for run in _SET_BACK.findall(text):
                found |= {f"{run}.failed", f"{run}.not_set_back"}
            found |= {f"auth.{change}" for change in _CHANGE.findall(text)}
    return found


def test_every_field_is_told() -> None:
    assert _logs()[0] == set(logs.Fields.__annotations__) | {"level", "event"}


def test_every_event_is_told() -> None:
    assert _logs()[1] == _events()


def _of_kind(kind: str) -> set[str]:
    return {function.name for function in read_functions(PROJECT) if function.kind == kind}


def test_every_queue_is_told() -> None:
    assert {row[0].strip("`") for row in rows(DOCUMENT, "Queues")} == _of_kind("queues")


def test_every_schedule_is_told_with_its_rate() -> None:
    told = {row[0].strip("`"): row[1] for row in rows(DOCUMENT, "Schedules")}
    assert told.keys() == _of_kind("schedules")
    for name, every in told.items():
        source = (PROJECT / "functions" / "schedules" / f"{name}.py").read_text("utf-8")
        found = re.search(r'"rate\((\d+) (\w+?)s?\)"', source)
        assert found is not None
        assert every in (found[2], f"{found[1]} {found[2]}s")
