"""The changes of rules by a version, and how far the records follow them, as JSON."""

from typing import TYPE_CHECKING, Any

from chalicelib.instants import instant, optional_instant
from chalicelib.retention.amendments.model import Amendment, Status
from chalicelib.web.contract import Json

if TYPE_CHECKING:
    from chalicelib.retention.amendments.service.confirmation import Progress


def progress_shown(found: "Progress") -> dict[str, Json]:
    """Returns the JSON of a progress: the round, its counts, and each rule.

    `moved` and `left` are those of the round that runs, or ran last, without the records that wait
    for a yes.
    """
    stands = found.round
    rules: list[dict[str, Any]] = [
        _rule(key, one, {} if stands is None else stands.totals)
        for key, one in found.amendments.rules.items()
    ]
    followed = [one for one in rules if one["status"] == Status.APPLIES]
    return {
        "status": None if stands is None else str(stands.status),
        "pass": 0 if stands is None else stands.pass_number,
        "started_at": None if stands is None else instant(stands.started_at),
        "finished_at": None if stands is None else optional_instant(stands.finished_at),
        "moved": sum(one["moved"] for one in rules),
        "left": sum(max(0, one["moves"] - one["moved"]) for one in followed),
        "waiting": sum(one["at_once"] for one in rules if one["status"] == Status.WAITING),
        "rules": list[Json](rules),
    }


def _rule(key: tuple[str, str], one: Amendment, totals: Any) -> dict[str, Any]:
    counted = {name: totals.get(f"{one.rule}.{name}", 0) for name in ("records", "moves", "moved")}
    at_once = totals.get(f"{one.rule}.at_once", 0)
    return {
        "rule": one.rule,
        "kind": key[0],
        "event": key[1],
        "changes": [str(change) for change in sorted(one.changes)],
        "status": str(one.status),
        "records": max(one.records, counted["records"]),
        "moves": counted["moves"] if totals else one.moves,
        "moved": counted["moved"],
        "at_once": one.at_once if one.status is not Status.COUNTING else at_once,
        "confirmed_at": optional_instant(one.confirmed_at),
    }
