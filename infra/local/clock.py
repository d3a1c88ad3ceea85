"""`make clock PLUS=8d`: moves the local stack's clock ahead by so much; `PLUS=0` resets it.

Functions read the file at each call, so nothing needs a restart. Only the local stack has it.
"""

from __future__ import annotations

import re
import sys

from infra.local.place import Place

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "": 1}


def seconds_of(text: str) -> int:
    """Seconds in a duration such as `8d`, `36h`, `90m`, `-1d` or `45`. Raises ValueError."""
    found = re.fullmatch(r"([+-]?[0-9]{1,9})([smhdw]?)", text.strip())
    if found is None:
        raise ValueError("PLUS is a number with s, m, h, d or w, for example PLUS=8d.")
    return int(found[1]) * _SECONDS[found[2]]


def main(arguments: list[str]) -> int:
    """Write the offset in the argument; 1 if it has none."""
    try:
        seconds = seconds_of(arguments[0])
    except ValueError as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    Place.chosen().move_clock(seconds)
    sys.stdout.write(f"The local stack's clock is ahead by {seconds} seconds.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
