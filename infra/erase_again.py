"""Does the erasures since a day again: `make replay` runs it with a stage's settings.

It runs with the settings of a stage in the environment and the rights of its caller. The holds come
back first, by the audit, since they keep records.
"""

from __future__ import annotations

import sys
from datetime import date

from chalicelib.erasure.service import replay
from chalicelib.holds.service import restoration
from chalicelib.notices import service as notices
from functions.kinds import registry


def main(arguments: list[str]) -> int:
    """Do the erasures on or after the day again; 1 if the argument is no day."""
    try:
        since = date.fromisoformat(arguments[0])
    except ValueError:
        sys.stderr.write("SINCE is a day, such as 2026-11-01.\n")
        return 1
    restored = restoration.restore(notices.current())
    found = replay.replay(since, registry())
    sys.stdout.write(f"holds restored: {restored}\n")
    sys.stdout.write(f"records: {found.records}\nerased again: {found.subjects}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
