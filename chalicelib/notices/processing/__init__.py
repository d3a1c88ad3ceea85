"""The record of processing activities (GDPR art. 30(1)), made of what the notice says.

Pure. One activity is one purpose. The record says nothing that the document does not: what is not
stated there is marked so, and what the controller has still to confirm is listed by its id.
"""

from __future__ import annotations

from chalicelib.notices.processing.activities import activities, controller, security
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
from chalicelib.notices.processing.report import report_json
from chalicelib.notices.processing.table import report_csv

__all__ = [
    "Activity",
    "Basis",
    "Controller",
    "Held",
    "Limit",
    "Party",
    "Receiver",
    "Transfer",
    "activities",
    "controller",
    "report_csv",
    "report_json",
    "security",
]
