"""The desk's pages of reports of which there are pictures, with contents that are made up."""

from __future__ import annotations

from contextlib import redirect_stdout
from datetime import timedelta
from io import StringIO

import pytest

from chalicelib.webhooks.model import Status
from tests.unit.desk.office import Office
from tests.unit.desk.shelf import opens
from tests.unit.desk.test_failures_page import failed
from tests.unit.retention.evidence.test_report import OTHER, Desk, erased, held

_DAY = timedelta(days=1)


def retention() -> str:
    """Returns the page of a month of retention, with a week of runs."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()):  # its logs
        patch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
        desk = Desk(patch)
        desk.ran(held())
        for count in (40, 97, 12, 31, 64, 8):
            desk.now += _DAY
            desk.ran(erased(count), erased(1 + count // 9, rule=OTHER))
        return opens(desk, "/desk/retention", lang="it", month="2026-11").text


def failures() -> str:
    """Returns the page of what failed: callbacks in each state, and a dead letter."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()):
        patch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
        office = Office(patch)
        for number, status in enumerate(Status):
            failed(office, status, number=number + 1)
        return opens(office, "/desk/failures", lang="it").text
