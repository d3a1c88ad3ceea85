"""The age from which the notice lets people open an account, and how it is asked for. Pure.

Where the form requires a date of birth for a reason of its own, the age is reckoned by it; else the
person confirms it, and no date is asked for (GDPR art. 5(1)(c), 8). The confirmation is not kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

from chalicelib.errors import Finding
from chalicelib.notices.model import Notice

MEMBER: Final = "of_age"
"""The member by which a person confirms to be as old as the notice asks."""

DESCRIBED: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["least", "by"],
    "description": "The age from which an account may be opened, where the notice states one.",
    "properties": {
        "least": {"type": "integer"},
        "by": {
            "type": "string",
            "maxLength": 100,
            "description": (
                "What tells it: `of_age`, which the person confirms, or a field, as "
                "`category.field`, with the date of birth."
            ),
        },
    },
}
"""The schema of `described`."""


def confirmation(notice: Notice) -> dict[str, Any]:
    """Returns the member of a registration by which people confirm their age, where they do."""
    age = notice.age
    if age is None or age.birth_date is not None:
        return {}
    detail = f"The person says that they are at least {age.least} years old; this is not kept."
    return {MEMBER: {"const": True, "description": detail}}


def described(notice: Notice) -> dict[str, Any]:
    """Returns the member that tells the least age to who draws the form; none without one."""
    age = notice.age
    if age is None:
        return {}
    by = MEMBER if age.birth_date is None else str(age.birth_date)
    return {"age": {"least": age.least, "by": by}}


def findings(notice: Notice, body: object, now: datetime) -> Iterator[Finding]:
    """Yields a finding for a date of birth of somebody who is too young, by the notice's days.

    A date of another form is left to the checks of the field.
    """
    age = notice.age
    if age is None or age.birth_date is None:
        return
    given: Any = body.get("profile") if isinstance(body, dict) else None
    for step in age.birth_date:
        given = given.get(step) if isinstance(given, dict) else None
    try:
        born = date.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return
    if born is not None and not age.reached(born, now.astimezone(notice.zone).date()):
        pointer = f"/profile/{age.birth_date.category}/{age.birth_date.field}"
        detail = f"is of somebody under {age.least}: accounts are open from that age"
        yield Finding(pointer, detail, "too_young", age.least)
