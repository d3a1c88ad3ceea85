"""Holds as JSON, in the contract's form."""

from chalicelib.holds.model import Hold
from chalicelib.instants import instant
from chalicelib.web.contract import Json


def hold_shown(hold: Hold, reason: str | None) -> dict[str, Json]:
    """Returns the JSON of a hold; `reason` is None where it is not shown."""
    return {
        "id": hold.name,
        "subject": hold.subject,
        "classes": list[Json](sorted(hold.classes)),
        "records": [{"kind": one.kind, "id": one.id} for one in sorted(hold.records)],
        "ground": str(hold.ground),
        "reason": reason,
        "placed_at": instant(hold.placed_at),
        "until": instant(hold.until),
        "by": hold.by,
    }
