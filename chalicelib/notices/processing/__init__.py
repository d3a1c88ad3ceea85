"""The record of processing activities (GDPR art. 30(1)), made from the notice.

Pure. One activity is one purpose. The record adds nothing to the document: facts that it does not
state are marked so, and statements that the controller has still to confirm are listed by id.
"""

from __future__ import annotations

from chalicelib.notices.processing.activities import (
    activities,
    arrangements,
    controllers,
    limit,
    security,
)
from chalicelib.notices.processing.model import (
    Activity,
    Basis,
    Controller,
    Held,
    Limit,
    Party,
    Receiver,
    Transfer,
)
from chalicelib.notices.processing.record import Described, Entry, Record, record
from chalicelib.notices.processing.report import report_json
from chalicelib.notices.processing.table import report_csv

__all__ = [
    "Activity",
    "Basis",
    "Controller",
    "Described",
    "Entry",
    "Held",
    "Limit",
    "Party",
    "Receiver",
    "Record",
    "Transfer",
    "activities",
    "arrangements",
    "controllers",
    "limit",
    "record",
    "report_csv",
    "report_json",
    "security",
]
