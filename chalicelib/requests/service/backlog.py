"""Counts the open requests by their due day, for the dashboard."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from chalicelib import clock, logs
from chalicelib.requests import store
from chalicelib.storage import keys

OPEN, DUE_SOON, OVERDUE = "RequestsOpen", "RequestsDueSoon", "RequestsOverdue"
"""The metrics: all open requests, those due within a week, and those whose due day is over."""

SOON: Final = timedelta(days=7)

MOST: Final = 2_500
"""Requests that are looked at: their entries in the index fit a page of DynamoDB, of one megabyte.
The earliest come first, so of more than that only OPEN is too low."""


def measure() -> None:
    """Writes a line for each metric that is above zero, so that an idle stage pays for none.

    One Query of the index `desk`, which holds no data of anybody.
    """
    now = clock.now()
    found, _ = store.on_shelf(keys.OPEN_SHELF, None, MOST)
    counts = {
        OPEN: len(found),
        DUE_SOON: sum(now <= one.at < now + SOON for one in found),
        OVERDUE: sum(one.at < now for one in found),
    }
    for metric, number in counts.items():
        if number:
            logs.measure("requests.open", metric, number)
