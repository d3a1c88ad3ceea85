"""`make alarm-test STAGE=`: raises one alarm, asks whether it arrived, and puts it back.

An alarm that reaches nobody looks exactly like a service that works. The command sets the state of
one alarm, so everything from CloudWatch over the topic and its key to the mailbox is as it is at
three in the morning. It fails where nobody has confirmed a subscription, where CloudWatch does not
say that it told the topic, and where the operator says that nothing came.

Without STAGE it applies to the running local stack, whose engine tells the topic and writes nothing
of that into the alarm's history.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.place import Place
from infra.local.stack import STAGE, LocalStack, NotRunning
from infra.stages import LOCAL, NotDeployable, read_target

#: This alarm is under no composite alarm, so nothing else rings.
ALARM = "LimitsReached"
REASON = "A test by make alarm-test: nothing is wrong."
_YES = ("y", "yes")
#: Seconds in which CloudWatch says that it told the topic, and between two looks.
_PATIENCE, _PAUSE = 60, 2


class NotRung(Exception):
    """The alarm did not reach anybody; the text says how far it came and what helps."""


@dataclass(frozen=True, slots=True)
class Bell:
    """A stage's alarm: its name, clients of CloudWatch and SNS, and whether AWS itself answers."""

    name: str
    cloudwatch: Any
    sns: Any
    aws: bool

    def listeners(self) -> tuple[int, int]:
        """Returns how many have confirmed that they want alarms, and how many have yet to.

        Raises NotRung where there is no such alarm.
        """
        found = self.cloudwatch.describe_alarms(AlarmNames=[self.name])["MetricAlarms"]
        if not found:
            raise NotRung(f"There is no alarm {self.name}: deploy the stage.")
        (topic,) = found[0]["AlarmActions"]
        pages = self.sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        arns = [one["SubscriptionArn"] for page in pages for one in page["Subscriptions"]]
        waiting = sum(not arn.startswith("arn:") for arn in arns)
        return len(arns) - waiting, waiting

    def ring(self) -> None:
        """Raises the alarm, unless it rings already. Raises NotRung where its topic is not told."""
        started = datetime.now(UTC)
        self._set("ALARM")
        if not self.aws:
            return
        last = "nothing"
        for _ in range(_PATIENCE // _PAUSE):
            history = self.cloudwatch.describe_alarm_history(
                AlarmName=self.name, HistoryItemType="Action", StartDate=started
            )["AlarmHistoryItems"]
            said = [one["HistorySummary"] for one in history]
            if any(one.startswith("Successfully executed action") for one in said):
                return
            last = said[0] if said else last
            time.sleep(_PAUSE)
        raise NotRung(f"CloudWatch did not tell the topic within a minute; it says: {last}.")

    def quiet(self) -> None:
        """Puts the alarm back; the topic is told of that, too."""
        self._set("OK")

    def _set(self, state: str) -> None:
        self.cloudwatch.set_alarm_state(AlarmName=self.name, StateValue=state, StateReason=REASON)


def rung(bell: Bell, say: Callable[[str], None], arrived: Callable[[], bool]) -> None:
    """Rings and puts the alarm back, whatever happens between. Raises NotRung.

    `arrived` asks the operator whether the mail is there.
    """
    confirmed, waiting = bell.listeners()
    if waiting:
        say(f"warning: {waiting} did not confirm by the link in their mail, and get nothing")
    if not confirmed:
        raise NotRung("Nobody has confirmed that they want alarms (docs/operations.md, Alarms).")
    try:
        bell.ring()
        say(f"{bell.name} rings, and {confirmed} are told.")
        if not arrived():
            raise NotRung("It did not arrive: look at the filters of the mailbox and at the topic.")
    finally:
        bell.quiet()
        say(f"{bell.name} is put back; the end of it is told, too.")


def bell_of(stage: str, endpoint: str | None) -> Bell:
    """Returns the alarm of a stage, or of the running local stack.

    Raises NotDeployable and NotRunning.
    """
    if endpoint is None and stage in ("", LOCAL):
        local = LocalStack(Place.chosen())
        local.attach()
        session, url, name = local.session(), local.engine.url, STAGE
    else:
        target = read_target(stage, endpoint)
        session, url, name = target.session(), target.endpoint or "", target.name
    cloudwatch = session.client("cloudwatch", endpoint_url=url or None)
    sns = session.client("sns", endpoint_url=url or None)
    return Bell(f"riserbo-{name}-{ALARM}", cloudwatch, sns, aws=not url)


def main(arguments: list[str]) -> int:
    """Ring the alarm of the named stage; 1, with the reason, if it reaches nobody."""
    parser = argparse.ArgumentParser(prog="make alarm-test", description=__doc__)
    parser.add_argument("--stage", default="")
    parser.add_argument("--endpoint", default=None)
    asked = parser.parse_args(arguments)
    try:
        rung(bell_of(asked.stage, asked.endpoint or None), _say, _ask)
    except (NotRung, NotDeployable, NotRunning, BotoCoreError, ClientError) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    return 0


def _ask() -> bool:
    sys.stdout.write("Did the mail arrive? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in _YES


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
