"""Writes instants for programs, and the names of time zones for people. Pure."""

from datetime import UTC, datetime


def instant(moment: datetime) -> str:
    """Returns an instant in the form of tables and API: RFC 3339, UTC, milliseconds, `Z`."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def optional_instant(moment: datetime | None) -> str | None:
    """Returns an instant as `instant` writes it; None for None."""
    return None if moment is None else instant(moment)


def zone_name(moment: datetime) -> str:
    """Returns the name of a moment's time zone: `UTC`, or its offset and common name.

    `UTC+01:00 (Europe/Rome)` of a zone in the tz database, `UTC+01:00` of an offset alone.
    """
    key = getattr(moment.tzinfo, "key", None)
    offset = moment.isoformat()[-len("+00:00") :]
    name = "UTC" if offset == "+00:00" else f"UTC{offset}"
    return name if key in (None, "UTC") else f"{name} ({key})"
