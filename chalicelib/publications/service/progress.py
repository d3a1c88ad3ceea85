"""The progress of telling people of a version."""

from typing import Any

from chalicelib.instants import instant
from chalicelib.jobs.rounds import service as rounds
from chalicelib.publications.service.announcement import ANNOUNCE


def progress(version: str) -> dict[str, Any] | None:
    """Returns the counts of the round that tells people of a version, or None. One GetItem.

    `concerned`, `alone`, `left` and `uncertain` count the people of the current pass, or of the
    last one. `sent`, `repeated`, `bounced` and `seen` are exact once the round is complete; before,
    they may lack the work of a worker that died.
    """
    stands = rounds.find(version, ANNOUNCE)
    if stands is None:
        return None
    names = ("concerned", "sent", "repeated", "bounced", "seen", "alone", "left", "uncertain")
    return {
        "version": version,
        "since": stands.target,
        "status": str(stands.status),
        "pass": stands.pass_number,
        "started_at": instant(stands.started_at),
        "finished_at": None if stands.finished_at is None else instant(stands.finished_at),
        **{name: max(stands.totals.get(name, 0), stands.latest.get(name, 0)) for name in names},
    }
