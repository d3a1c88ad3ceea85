"""`make replay SINCE=2026-11-01`: erases again, after a restore, everyone erased since that day.

Holds come first, as the audit has them.

Give the day of the moment that the tables were restored to; erasing twice does no harm. Without
STAGE it applies to the running local stack.
"""

from __future__ import annotations

import argparse
import sys

from infra import in_stage


def main(arguments: list[str]) -> int:
    """Replay the erasures since the day; 1, with the reason, if it is no day or no stack runs."""
    parser = argparse.ArgumentParser(prog="make replay", description=__doc__)
    parser.add_argument("since")
    parser.add_argument("--stage", default="")
    parser.add_argument("--endpoint", default=None)
    asked = parser.parse_args(arguments)
    return in_stage.run(["infra.erase_again", asked.since], asked.stage, asked.endpoint or None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
