"""The progress of telling people of a version, and of having the records follow it."""

from typing import Any

from chalicelib.instants import instant, optional_instant
from chalicelib.jobs.rounds import service as rounds
from chalicelib.jobs.rounds.model import Status
from chalicelib.publications.service.announcement import ANNOUNCE
from chalicelib.retention.amendments.presentation import progress_shown
from chalicelib.retention.amendments.service import confirmation

_COUNTS = ("concerned", "sent", "repeated", "bounced", "seen", "alone", "left", "uncertain")


def progress(version: str) -> dict[str, Any] | None:
    """Returns the counts of the rounds about a version, or None where none is. Three GetItems.

    `concerned`, `alone`, `left` and `uncertain` count the people of the current pass, or of the
    last one. `sent`, `repeated`, `bounced` and `seen` are exact once the round is complete; before,
    they may lack the work of a worker that died. Of a version of which nobody has to be told the
    round counts as complete. `dates` tells how the records follow the rules that it changes.
    """
    stands, followed = rounds.find(version, ANNOUNCE), confirmation.progress(version)
    dates = None if followed is None else progress_shown(followed)
    if stands is None:
        return None if followed is None else _untold(version, followed) | {"dates": dates}
    return {
        "version": version,
        "since": stands.target,
        "status": str(stands.status),
        "pass": stands.pass_number,
        "started_at": instant(stands.started_at),
        "finished_at": optional_instant(stands.finished_at),
        **{name: max(stands.totals.get(name, 0), stands.latest.get(name, 0)) for name in _COUNTS},
        "dates": dates,
    }


def _untold(version: str, followed: confirmation.Progress) -> dict[str, Any]:
    return {
        "version": version,
        "since": followed.amendments.before,
        "status": str(Status.COMPLETE),
        "pass": 0,
        "started_at": instant(followed.amendments.since),
        "finished_at": None,
        **dict.fromkeys(_COUNTS, 0),
    }
