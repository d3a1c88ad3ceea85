"""A sweep that has all the time it needs."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.notices.model import Notice
from chalicelib.retention import service
from chalicelib.retention.service import Swept
from functions.kinds import registry


def sweep(notice: Notice) -> Swept:
    """Sweeps until nothing is due."""
    return service.sweep(notice, registry(), lambda: timedelta(minutes=5))
