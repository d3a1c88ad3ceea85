"""`make restore STAGE=dev AT=2026-11-30T09:15:00Z`: brings a stage's tables back to a moment.

Without CONFIRM=<stage> it says what it would do. AT=former goes back to the tables before. It can
be run again after an interruption: what was done is not done twice.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from infra.package import PROJECT
from infra.publication import PublishingFailed, operator_environment
from infra.rehearsal.deployed import Deployed, Unhealthy
from infra.rehearsal.journey import Rehearsal
from infra.restored import (
    Pair,
    carry_over,
    holds_moment,
    put_settings,
    restore,
    restored_name,
    settings_of,
)
from infra.stacks import DeploymentFailed, Stacks
from infra.stages import NotDeployable, Target, read_target

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FORMER = "former"
IN_FORCE = {"records": "RecordsTableInForce", "access": "AccessTableInForce"}
"""The data stack's parameters that name a table in place of the stack's own."""

_OWN = {"records": "Records", "access": "Access"}
"""The logical ids of the stack's own tables."""

_IN_USE = ("RecordsTable", "RecordsTableArn", "AccessTable", "AccessTableArn")
"""The parameters by which the other stacks name the tables that a restore replaces."""

_POLLS = 960
_MOMENT = re.compile(r"-restored-(\d{8}T\d{6}Z)$")


class NotRestorable(Exception):
    """The restore is refused or did not go through; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A restore: `at` is the moment, `before` the tables in force, `source` what is restored.

    `source` is None where tables that exist take over, as when going back to the former ones.
    """

    at: datetime
    before: Pair
    after: Pair
    source: Pair | None


class Restore:
    """The restore of one stage; `say` gets a line for each step."""

    def __init__(self, target: Target, say: Callable[[str], None]) -> None:
        self._target = target
        self._say = say
        session = target.session()
        self._stacks = Stacks(session, target.name, target.endpoint)
        self._tables: DynamoDBClient = session.client("dynamodb", endpoint_url=target.endpoint)
        self._data = self._stacks.outputs(self._stacks.data_name)
        if not self._data:
            raise NotRestorable("This stage is not deployed.")

    def plan(self, at: str, records: str = "", access: str = "") -> Plan:
        """Returns what a restore to `at` would do.

        `at` is an instant in UTC, or `former`; `records` and `access` name tables that hold that
        moment already, such as ones from a backup. Raises NotRestorable.
        """
        before = Pair(self._data["RecordsTable"], self._data["AccessTable"])
        own = self._own()
        if at == FORMER:
            made = _MOMENT.search(before.records)
            if made is None:
                raise NotRestorable(
                    "The stage's own tables are in force: there are no former ones."
                )
            return Plan(_instant(made[1], "%Y%m%dT%H%M%SZ"), before, own, None)
        moment = _instant(at, "%Y-%m-%dT%H:%M:%SZ")
        if records or access:
            if not (records and access):
                raise NotRestorable("Name both tables, RECORDS and ACCESS, of one moment.")
            return Plan(moment, before, Pair(records, access), None)
        source = self._source(moment, [before, own])
        after = Pair(restored_name(source.records, moment), restored_name(source.access, moment))
        return Plan(moment, before, after, source)

    def steps(self, plan: Plan) -> list[str]:
        """Says the steps of a plan, a line each."""
        made = []
        if plan.source is not None:
            made = [f"restore {plan.source.records} and {plan.source.access} to {plan.at:%FT%TZ}"]
        return [
            "stop every function: nobody is served until the end",
            *made,
            f"use {plan.after.records} and {plan.after.access}",
            f"give them the settings of {plan.before.records} and {plan.before.access}",
            "carry over audit and API keys, end all sessions and roles that were taken away",
            f"do the erasures since {plan.at:%F} again",
            "let functions run, let trail, alarms and copies outside look at them, and try them",
            "keys, links and limits stay as they are; what was written since is lost",
        ]

    def tables(self, plan: Plan) -> None:
        """Makes the tables of a plan, and waits for them; nothing uses them yet."""
        if plan.source is not None:
            pairs = _both(plan.source, plan.after)
            for table, to in pairs:
                begun = restore(self._tables, table, to, plan.at)
                self._say(f"{to}: {'being restored' if begun else 'was restored before'}")
        pause = {"Delay": 1 if self._target.endpoint else 30, "MaxAttempts": _POLLS}
        for name in (plan.after.records, plan.after.access):
            waiter = self._tables.get_waiter("table_exists")
            waiter.wait(TableName=name, WaiterConfig=pause)  # type: ignore[arg-type]

    def run(self, plan: Plan) -> None:
        """Restores, switches, erases again and tries. Raises NotRestorable, and AWS's errors."""
        self._let_run(running=False)
        self._say("no function runs")
        self.tables(plan)
        for table, to in _both(plan.before, plan.after):
            put_settings(self._tables, to, settings_of(self._tables, table))
        self._say("settings put back")
        for done, count in carry_over(self._tables, plan.before, plan.after).items():
            self._say(f"{done}: {count}")
        self._switch(plan.after)
        self._say(f"in force: {plan.after.records}, {plan.after.access}")
        since = plan.at.date().isoformat()
        if not self._erased_again(since):
            raise NotRestorable(
                "The erasures were not done again, so no function runs: correct the cause that is "
                "told above and run this command again."
            )
        self._let_run(running=True)
        self._look_at_those_in_force()
        try:
            self._rehearse()
        except Unhealthy as failed:
            raise NotRestorable(
                f"The restored stage does not work: {failed}. AT={FORMER} goes back."
            ) from failed
        self._say("it works: every step of the rehearsal did")
        self._say("next: the checklist in docs/runbook.md, After a restore")

    def _own(self) -> Pair:
        found = self._stacks.resources(self._stacks.data_name)
        return Pair(*(found[name] for name in _OWN.values()))

    def _source(self, at: datetime, candidates: list[Pair]) -> Pair:
        if self._target.endpoint is not None:
            self._say("a drill: the local engine keeps no history and copies tables as they are")
            return candidates[0]
        for pair in candidates:
            if all(holds_moment(self._tables, name, at) for name in (pair.records, pair.access)):
                return pair
        raise NotRestorable(
            f"No table in force can be restored to {at:%FT%TZ}: it lies before point-in-time "
            "recovery began, within the last five minutes, or a table is gone. For a deleted table "
            "see docs/runbook.md, After a restore."
        )

    def _switch(self, after: Pair) -> None:
        own = self._own()
        names = {
            IN_FORCE["records"]: "" if after.records == own.records else after.records,
            IN_FORCE["access"]: "" if after.access == own.access else after.access,
        }
        self._data = self._stacks.change(self._stacks.data_name, names)
        if (self._data["RecordsTable"], self._data["AccessTable"]) != (after.records, after.access):
            raise NotRestorable(
                f"{self._stacks.data_name} did not take the tables, so no function runs: look at "
                "its events, and run this command again."
            )
        used = {name: self._data[name] for name in _IN_USE}
        self._stacks.change(self._stacks.app_name, used)
        bucket = self._data["ArtefactsBucket"]
        last = self._stacks.last_release(bucket)
        if last is not None:
            # Returning to the last version must not return to the tables before.
            kept = replace(last, parameters={**last.parameters, **used})
            self._stacks.keep_release(bucket, kept)

    def _look_at_those_in_force(self) -> None:
        """Lets the stacks beside follow: the trail of who looks at data, alarms, copies outside.

        People are served already, so a stack that does not follow is told of and holds nothing up.
        """
        for name in self._stacks.beside():
            known = self._stacks.parameters(name)
            used = {one: self._data[one] for one in _IN_USE if one in known}
            if not used:
                continue
            try:
                self._stacks.change(name, used)
                self._say(f"{name} looks at them")
            except (DeploymentFailed, ClientError) as failed:
                self._say(f"warning: {name} still looks at the tables before: {failed}")

    def _erased_again(self, since: str) -> bool:
        """Does the erasures of a day and later again; tells whether that went through."""
        function = self._stacks.outputs(self._stacks.app_name)["NoticesFunction"]
        environment = operator_environment(self._target.session(), function, self._target.endpoint)
        done = subprocess.run(
            [sys.executable, "-m", "infra.erase_again", since],
            cwd=PROJECT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for line in (done.stdout + done.stderr).splitlines():
            self._say(line)
        return done.returncode == 0

    def _let_run(self, *, running: bool) -> None:
        """Stops every function, or gives each the limit that its release says."""
        last = self._stacks.last_release(self._data["ArtefactsBucket"])
        said: Mapping[str, str] = last.parameters if last is not None else {}
        names = self._stacks.parameters(self._stacks.app_name)
        limits = {
            name: said.get(name, "") if running else "0"
            for name in names
            if name.endswith("Concurrency")
        }
        self._stacks.change(self._stacks.app_name, limits)

    def _rehearse(self) -> None:
        outputs = self._stacks.outputs(self._stacks.app_name)
        found = self._stacks.parameters(self._stacks.app_name)
        own = self._target.api_url(outputs["ApiId"])
        front = found["PublicUrl"] if found.get("ProxySecretHash") else own
        pause = 1 if self._target.endpoint else 5
        stage = Deployed(self._target.session(), outputs, front, self._target.endpoint, pause)
        Rehearsal(stage, self._say).run()


def _both(one: Pair, other: Pair) -> tuple[tuple[str, str], tuple[str, str]]:
    return (one.records, other.records), (one.access, other.access)


def _instant(text: str, form: str) -> datetime:
    try:
        at = datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        raise NotRestorable("AT is an instant in UTC such as 2026-11-30T09:15:00Z.") from None
    if at > datetime.now(UTC) + timedelta(minutes=1):
        raise NotRestorable("AT lies in the future.")
    return at


def main(arguments: list[str]) -> int:
    """Say or do the restore of the named stage; 1, with the reason, if it is refused or fails."""
    parser = argparse.ArgumentParser(prog="make restore", description=__doc__)
    parser.add_argument("at")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--endpoint", default=None)
    parser.add_argument("--records", default="")
    parser.add_argument("--access", default="")
    parser.add_argument("--confirm", default="")
    asked = parser.parse_args(arguments)
    try:
        whole = Restore(read_target(asked.stage, asked.endpoint or None), _say)
        plan = whole.plan(asked.at, asked.records, asked.access)
        for line in whole.steps(plan):
            _say(line)
        if asked.confirm != asked.stage:
            _say(f"Nothing was done. To do it, say the same with CONFIRM={asked.stage}.")
            return 0
        whole.run(plan)
    except (
        NotDeployable,
        NotRestorable,
        DeploymentFailed,
        PublishingFailed,
    ) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    except (BotoCoreError, ClientError, WaiterError) as refused:
        sys.stderr.write(f"AWS refused: {refused}\n")
        return 1
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
