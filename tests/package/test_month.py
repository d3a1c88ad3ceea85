"""The table of a month's cost: recomputed from the cost book, the templates and the prices."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from chalicelib.requests.service import backlog
from infra.alarms import API_THROTTLED
from infra.functions import Function
from infra.stacks import DATA
from infra.template import rates_of
from tests.bench import month
from tests.bench.month import HABITS, IDLE_RUNS, Standing
from tests.bench.prices import PRICES
from tests.unit.docs.markdown import DOCS, PROJECT

Json = dict[str, Any]

FIXED = Standing(
    keys=2,
    alarms=10,
    watched=5,
    composites=1,
    dashboards=1,
    queues=1,
    runs={"retention": 1_000_000, "deadlines": 0, "relay": 0, "activation": 0},
)


@pytest.fixture(scope="module")
def prices() -> Json:
    found: Json = json.loads(PRICES.read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def fixed(
    template: Json, watching: Json, operations: Json, functions: tuple[Function, ...]
) -> Standing:
    """What stands in a stage's templates."""
    data: Json = yaml.safe_load(DATA.read_text("utf-8"))
    stacks = [template, watching, data, operations]
    return month.standing(stacks, rates_of(template, functions))


def test_the_document_has_the_table_of_today(fixed: Standing, prices: Json) -> None:
    book = month.book_of((DOCS / "performance.md").read_text("utf-8"))
    text = month.DOCUMENT.read_text("utf-8")
    whole = month.written(text, month.table(fixed, book, prices))
    assert text == whole, "run: python -m tests.bench.month"


def test_what_stands_is_counted_in_the_templates(fixed: Standing) -> None:
    assert fixed.queues == 6
    assert fixed.runs == {"retention": 720, "deadlines": 720, "relay": 8640, "activation": 8640}
    assert fixed.runs.keys() == IDLE_RUNS.keys()
    assert fixed.alarms > fixed.watched > fixed.composites == 2
    assert fixed.dashboards == 1


def test_a_month_without_anybody_costs_what_stands(prices: Json) -> None:
    book = dict.fromkeys([*IDLE_RUNS.values(), *_operations()], 3.0)
    found = month.month(FIXED, book, prices, 0)
    assert found["KMS keys"] == 2.0
    assert found["alarms"] == pytest.approx(1.5 + 0.5)
    assert found["metrics that lines carry"] == pytest.approx(0.9)
    assert found["queues being asked for messages"] == pytest.approx(0.648 * 0.4)
    assert found["schedules that find nothing"] == 3.0
    assert found["firewall"] == 6.0
    assert {found[habit.name] for habit in HABITS} == {0.0}
    assert found["storage, with its recovery"] == found["logs"] == 0.0


def test_what_people_do_costs_by_its_number(prices: Json) -> None:
    book = dict.fromkeys((*IDLE_RUNS.values(), *_operations()), 0.0) | {"sign in": 15.0}
    few, many = (month.month(FIXED, book, prices, number) for number in (10_000, 1_000_000))
    assert few["sign-ins"] == pytest.approx(0.6)
    assert many["sign-ins"] == pytest.approx(60.0)
    assert many["storage, with its recovery"] == pytest.approx(4.5)
    assert many["KMS keys"] == few["KMS keys"]


def test_every_habit_and_every_run_is_in_the_cost_book() -> None:
    book = month.book_of((DOCS / "performance.md").read_text("utf-8"))
    assert {*IDLE_RUNS.values(), *_operations()} <= book.keys()
    assert book["sign in"] > 0


def test_metrics_that_cost_are_all_counted() -> None:
    """Each name that a line or a filter counts under is a metric, and 30 cents a month."""
    text = "".join(
        path.read_text("utf-8") for path in sorted((PROJECT / "chalicelib").rglob("*.py"))
    )
    calls = set(re.findall(r"logs\.measure\(\s*\"[a-z_.]+\",\s*([\w.]+)", text))
    # The backlog has one call for its three metrics.
    names = calls - {"metric"} | {backlog.OPEN, backlog.DUE_SOON, backlog.OVERDUE, API_THROTTLED}
    assert len(names) == len(month.HOURLY_METRICS) + month.COUNTED_METRICS


def test_a_document_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="month: begin"):
        month.written("nothing", "a table")


def _operations() -> set[str]:
    return {name for habit in HABITS for name in habit.times}
