"""`make retention DRY_RUN=1 STAGE=...`: what the next run of retention would do, by rule.

It is the run itself up to the write: it reads what is due, asks the rule in force about each record
and counts. It runs with the settings of a stage in the environment and the rights of its caller
(infra/in_stage.py), changes nothing and names nobody.
"""

from __future__ import annotations

import sys
from datetime import timedelta

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib.errors import Problem
from chalicelib.notices import service as notices
from chalicelib.retention import sweep
from chalicelib.retention.amendments import service as amendments
from chalicelib.retention.evidence.model import Line
from chalicelib.retention.sweep import Swept
from functions.kinds import registry

#: Lambda gives the schedule so long.
_TIME = timedelta(minutes=5)


def main(arguments: list[str]) -> int:
    """Say what would be done; 1 where it cannot be read, 2 unless a dry run is asked for."""
    if arguments != ["1"]:
        sys.stderr.write(
            "The schedule runs retention, each hour. With DRY_RUN=1 this says what the next run "
            "would do.\n"
        )
        return 2
    try:
        notice = amendments.obeyed(notices.current())
        swept, did = sweep.foresee(notice, registry(), lambda: _TIME)
    except (Problem, PynamoDBException, BotoCoreError, ClientError) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    sys.stdout.write(
        f"By version {notice.version} the next run would look at {_looked_at(swept)}.\n"
    )
    for rule, line in sorted(did.lines.items()):
        sys.stdout.write(f"  {rule}: {_outcomes(line)}\n")
    return 0


def _looked_at(swept: Swept) -> str:
    left = f", and leave about {swept.left}" if swept.left else ""
    tallies = f", and close {swept.closed} tallies" if swept.closed else ""
    return f"{swept.handed} records{left}{tallies}"


def _outcomes(line: Line) -> str:
    counts = sorted((str(outcome), count) for outcome, count in line.outcomes.items())
    return ", ".join(f"{count} {outcome}" for outcome, count in counts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
