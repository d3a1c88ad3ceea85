"""`make redrive`: dead letters are shown by their ids alone and sent again only when confirmed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.retention import message as batches
from infra import redrive
from tests.functions.stack import DeployedStack
from tests.functions.waiting import until

POISON = "a body that somebody else wrote: ada@example.org"
TICKET = {"subject": "a" * 26, "job": "b" * 26}


@pytest.fixture
def dead(stack: DeployedStack) -> Iterator[Any]:
    """A client of SQS; the dead-letter queue of fulfilment is empty before and afterwards."""
    client = stack.client("sqs")
    client.purge_queue(QueueUrl=stack.outputs["FulfilmentDeadLettersUrl"])
    yield client
    client.purge_queue(QueueUrl=stack.outputs["FulfilmentDeadLettersUrl"])


def _run(stack: DeployedStack, *rest: str) -> int:
    engine = stack.local.engine.url
    return redrive.main(["fulfilment", "--stage", "local", "--endpoint", engine, *rest])


def test_an_empty_queue_has_nothing_to_show(
    stack: DeployedStack, dead: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(stack, "--confirm", "yes") == 0
    assert capsys.readouterr().out == "dead letters: 0\n"


def test_dead_letters_are_shown_by_ids_and_stay(
    stack: DeployedStack, dead: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    url = stack.outputs["FulfilmentDeadLettersUrl"]
    ids = {
        dead.send_message(QueueUrl=url, MessageBody=body)["MessageId"]
        for body in (POISON, json.dumps(TICKET))
    }
    for _ in range(2):  # what was shown can be shown at once again
        assert _run(stack) == 0
        said = capsys.readouterr().out
        assert "dead letters: 2" in said
        assert {line.split()[0] for line in said.splitlines() if " h  " in line} == ids
        assert f"job {TICKET['job']} of subject {TICKET['subject']}" in said
        assert "ada@example.org" not in said
        assert "CONFIRM=yes" in said


def test_confirmed_they_are_sent_again_and_worked_on(
    stack: DeployedStack, dead: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    url = stack.outputs["FulfilmentDeadLettersUrl"]
    for _ in range(12):  # more than one receipt of ten
        dead.send_message(QueueUrl=url, MessageBody=json.dumps(TICKET))
    assert _run(stack, "--confirm", "yes") == 0
    assert "sent again: 12" in capsys.readouterr().out
    assert _waiting(stack, dead, "FulfilmentDeadLettersUrl") == 0
    # Their job is long done, so the worker finishes them.
    assert until(lambda: _waiting(stack, dead, "FulfilmentQueueUrl") == 0)


def _waiting(stack: DeployedStack, client: Any, queue: str) -> int:
    found = client.get_queue_attributes(
        QueueUrl=stack.outputs[queue],
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )
    return sum(int(number) for number in found["Attributes"].values())


def test_without_a_stage_it_is_about_the_running_local_stack(
    stack: DeployedStack,
    dead: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dead.send_message(QueueUrl=stack.outputs["FulfilmentDeadLettersUrl"], MessageBody=POISON)
    monkeypatch.setenv("RISERBO_LOCAL", str(stack.local.place.folder))
    assert redrive.main(["fulfilment"]) == 0
    assert "dead letters: 1" in capsys.readouterr().out


def test_where_nothing_runs_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISERBO_LOCAL", str(tmp_path))
    assert redrive.main(["mail"]) == 1
    assert "make run" in capsys.readouterr().err


def test_the_local_stage_needs_its_engine_s_address(capsys: pytest.CaptureFixture[str]) -> None:
    assert redrive.main(["mail", "--stage", "local"]) == 1
    assert "ENDPOINT" in capsys.readouterr().err


def test_a_batch_of_retention_is_shown_by_its_size() -> None:
    body = batches.written([("S#a", "core#standing#"), ("R#b", "core#delivery#x")])
    assert redrive._work(body) == "a batch of retention, 2 records"
    assert redrive._work('{"places": [["S#a"]]}') == "no job of this software"
