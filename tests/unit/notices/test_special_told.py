"""Special data and the condition under which it is used stand wherever its purpose is told."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices import access
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from chalicelib.notices.processing import report_csv, report_json

HEALTH_APP = Path(__file__).parents[2] / "documents" / "health_app.json"
CONDITION = "explicit consent (GDPR Article 9(2)(a))"
HEALTH = "health (GDPR Article 9(1))"


@pytest.fixture(scope="module")
def notice() -> Notice:
    document: dict[str, Any] = json.loads(HEALTH_APP.read_text("utf-8"))
    return compile_notice(document, STORED)


def test_a_copy_names_both(notice: Notice) -> None:
    named = access.purpose_named(notice, notice.purposes["survey"], "en")
    assert named["condition"] == CONDITION
    assert "condition" not in access.purpose_named(notice, notice.purposes["answers"], "en")
    assert access.special_named(notice, notice.categories["symptoms"], "en") == HEALTH
    assert access.special_named(notice, notice.categories["contact"], "en") is None


def test_the_record_of_processing_names_both(notice: Notice) -> None:
    told = {one["purpose"]: one for one in json.loads(report_json(notice, "en"))["activities"]}
    assert told["survey"]["basis"]["condition"] == CONDITION
    assert told["answers"]["basis"]["condition"] is None
    assert [one["special"] for one in told["survey"]["categories"]] == [HEALTH]
    assert [one["special"] for one in told["answers"]["categories"]] == [None]
    rows = list(csv.reader(io.StringIO(report_csv(notice, "en").decode())))
    (row,) = (one for one in rows if any(cell.startswith("Symptom survey") for cell in one))
    assert any(f"Condition: {CONDITION}" in cell for cell in row)
    assert any(cell.startswith(f"Symptoms ({HEALTH}): ") for cell in row)
