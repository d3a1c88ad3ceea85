"""What `make alarm-test` makes of CloudWatch's history, which the local engine does not write."""

from __future__ import annotations

from typing import Any

import pytest

from infra import alarm_test
from infra.alarm_test import Bell, NotRung, rung


class CloudWatch:
    """An alarm whose history says `said` once its state was set."""

    def __init__(self, said: list[str]) -> None:
        self.said = said
        self.states: list[str] = []

    def describe_alarms(self, **_: Any) -> Any:
        return {"MetricAlarms": [{"AlarmActions": ["arn:aws:sns:eu-south-1:1:alarms"]}]}

    def describe_alarm_history(self, **_: Any) -> Any:
        return {"AlarmHistoryItems": [{"HistorySummary": one} for one in self.said]}

    def set_alarm_state(self, **asked: str) -> None:
        self.states.append(asked["StateValue"])


class Sns:
    """A topic with these subscriptions."""

    def __init__(self, *arns: str) -> None:
        self.arns = arns

    def get_paginator(self, _: str) -> Sns:
        return self

    def paginate(self, **_: str) -> Any:
        yield {"Subscriptions": [{"SubscriptionArn": one} for one in self.arns]}


CONFIRMED = "arn:aws:sns:eu-south-1:1:alarms:one"
TOLD = "Successfully executed action arn:aws:sns:eu-south-1:1:alarms"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm_test, "_PAUSE", 30)
    monkeypatch.setattr("time.sleep", lambda _: None)


def test_it_rings_once_cloudwatch_told_the_topic_and_is_put_back() -> None:
    cloudwatch, said = CloudWatch([TOLD]), list[str]()
    rung(Bell("a", cloudwatch, Sns(CONFIRMED), aws=True), said.append, lambda: True)
    assert cloudwatch.states == ["ALARM", "OK"]
    assert said[0] == "a rings, and 1 are told."


def test_a_topic_that_cloudwatch_may_not_use_is_seen_and_the_alarm_put_back() -> None:
    cloudwatch = CloudWatch(["Failed to execute action: no permission to use the key"])
    with pytest.raises(NotRung, match="no permission to use the key"):
        rung(Bell("a", cloudwatch, Sns(CONFIRMED), aws=True), lambda _: None, lambda: True)
    assert cloudwatch.states == ["ALARM", "OK"]


def test_who_did_not_confirm_is_told_of_and_alone_not_enough() -> None:
    cloudwatch, said = CloudWatch([TOLD]), list[str]()
    with pytest.raises(NotRung, match="Nobody has confirmed"):
        rung(Bell("a", cloudwatch, Sns("PendingConfirmation"), aws=True), said.append, lambda: True)
    assert cloudwatch.states == []
    assert said[0].startswith("warning: 1 did not confirm")
