"""Behaviour of the records of runs: they end one by one, and the head of their chain never does."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from chalicelib.catalogue import STORED
from chalicelib.kinds.model import Also, Plain
from chalicelib.notices.model import Notice


class Runs(Plain):
    """The chain of the records of runs, of which the head alone lies in the lane."""

    def over(self, record_id: str, notice: Notice, now: datetime) -> int:
        """Counts the records whose period is over. One Query a MB of them."""
        from chalicelib.retention.evidence import service

        del record_id
        return service.over(notice, now)

    def shorten(self, record_id: str, notice: Notice, now: datetime, also: Also) -> int:
        """Removes these records; returns how many."""
        from chalicelib.retention.evidence import service

        del record_id
        return service.prune(notice, now, also)

    def is_used(
        self, subject: str, record_id: str, event: str, notice: Notice, now: datetime
    ) -> bool:
        """Returns True: what is due is the head, which keeps the number and hash of the last."""
        del subject, record_id, event, notice, now
        return True


RUNS: Final = Runs(STORED["retention_run"])
