"""The one source of time.

Rules take instants as arguments; all other code calls `now`, and requests to AWS `unmoved`. In the
local stage the clock can be moved by a number of seconds written in a file, so that a person can
see in a minute what retention does in a week. No other stage reads that file.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from chalicelib import settings

_LONGEST_SECONDS = 36_525 * 24 * 60 * 60


def now() -> datetime:
    """Returns the current instant, in UTC, to the millisecond, the precision of the table."""
    moment = datetime.now(UTC) + _offset()
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def unmoved() -> datetime:
    """Returns the current instant, in UTC, whatever the local stage's clock says.

    It is the time of requests to AWS, which refuses a signature of another time.
    """
    return datetime.now(UTC)


def _offset() -> timedelta:
    """Returns the local stage's offset; zero in every other stage, or where it is unreadable."""
    path = settings.clock_file()
    if path is None:
        return timedelta(0)
    try:
        seconds = int(Path(path).read_text(encoding="ascii").strip() or "0")
    except (FileNotFoundError, ValueError):
        return timedelta(0)
    return timedelta(seconds=max(-_LONGEST_SECONDS, min(_LONGEST_SECONDS, seconds)))
