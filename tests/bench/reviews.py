"""What reviews cost at the desk: the list of what waits, and a decision about a record."""

from __future__ import annotations

import secrets
from datetime import timedelta

from chalicelib import clock, ids
from chalicelib.instants import instant
from chalicelib.notices import service as notices
from chalicelib.requests.store import RequestItem, request_place
from chalicelib.retention.reviews.model import Review
from chalicelib.retention.reviews.store import review_id, review_item
from chalicelib.storage.transaction import Transaction
from tests.bench.desk import officer
from tests.bench.operation import Operation
from tests.bench.world import Run, World, done

REVIEWS = "/v1/desk/reviews"
LIST, KEEP, ERASE = "desk: 20 reviews", "desk: a record is kept", "desk: a record is to be erased"
_YEARS = timedelta(days=6 * 365)
"""Longer than any period of a notice for closed requests."""
