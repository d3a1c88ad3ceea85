"""Restores holds, then erases again the subjects erased since a day: `make replay` runs it.

It runs with the settings of a stage in the environment and the rights of its caller.
"""

from __future__ import annotations

import sys
from datetime import date

from chalicelib.holds import service as holds
from chalicelib.notices import service as notices
from chalicelib.retention import service
from functions.kinds import registry


def main(arguments: list[str]) -> int:
    """Restore holds and erase again who was erased since the day; 1 if the argument is no day."""
    try:
        since = date.fromisoformat(arguments[0])
    except ValueError:
        sys.stderr.write("SINCE is a day, such as 2026-11-01.\n")
        return 1
    sys.stdout.write(f"holds restored: {holds.restore(notices.current())}\n")
    sys.stdout.write(f"erased again: {service.replay(since, registry())}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
