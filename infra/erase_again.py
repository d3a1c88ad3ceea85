"""Erases again the subjects erased since a day: `make replay` runs it with a stage's settings.

It runs with the settings of a stage in the environment and the rights of its caller.
"""

from __future__ import annotations

import sys
from datetime import date

from chalicelib.retention import service
from functions.kinds import registry


def main(arguments: list[str]) -> int:
    """Erase again the subjects erased on or after the day; 1 if the argument is no day."""
    try:
        since = date.fromisoformat(arguments[0])
    except ValueError:
        sys.stderr.write("SINCE is a day, such as 2026-11-01.\n")
        return 1
    sys.stdout.write(f"erased again: {service.replay(since, registry())}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
