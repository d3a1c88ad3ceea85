"""A restore brings nobody back: the erasures since are done again."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

from infra.local.place import PROJECT
from tests.functions import commands, people, tables
from tests.functions.api import Api
from tests.functions.stack import DeployedStack

WEEK_AND_A_DAY = timedelta(days=8)


def replay(stack: DeployedStack, day: str) -> subprocess.CompletedProcess[str]:
    """The operator's command."""
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "infra.replay",
            day,
            "--stage",
            "local",
            "--endpoint",
            stack.local.engine.url,
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_who_was_erased_since_the_backup_is_erased_again(right_clock: DeployedStack) -> None:
    stack = right_clock
    _, token = people.pending(Api(stack))
    subject = token.partition(".")[0]
    backup = {table: tables.partition(stack, subject, table) for table in tables.TABLES}
    stack.move_clock(int(WEEK_AND_A_DAY.total_seconds()))
    stack.sweep()
    assert not any(tables.partition(stack, subject, table) for table in tables.TABLES)

    dynamodb = stack.client("dynamodb")
    for table, items in backup.items():
        for item in items:
            dynamodb.put_item(TableName=stack.outputs[table], Item=item)
    later = (datetime.now(UTC) + 2 * WEEK_AND_A_DAY).date()
    assert replay(stack, later.isoformat()).stdout.splitlines()[-1] == "erased again: 0"
    assert tables.partition(stack, subject)

    today = datetime.now(UTC).date()
    # With the rights of the operator's role.
    again = commands.run(stack, "infra.erase_again", today.isoformat())
    assert again.stdout.splitlines()[-1] == "erased again: 1"
    assert not any(tables.partition(stack, subject, table) for table in tables.TABLES)
    again = commands.run(stack, "infra.erase_again", today.isoformat())
    assert again.stdout.splitlines()[-1] == "erased again: 0"


def test_a_day_that_is_none_is_refused(stack: DeployedStack) -> None:
    refused = replay(stack, "yesterday")
    assert refused.returncode == 1
    assert "SINCE is a day" in refused.stderr
