"""Lines of the functions reach the log as they are written, with app.py in the same process."""

from __future__ import annotations

import json
import logging
import sys

import pytest

import app
from chalicelib import logs


def test_registering_the_functions_leaves_the_lines_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert app.app.app_name == "riserbo"
    logs.log("retention.swept", erased=3)
    try:
        raise OSError("ada@example.org")
    except OSError as error:
        logs.failure("queue.failed", error, message="m0")
    captured = capsys.readouterr()
    lines = [json.loads(line) for line in captured.out.splitlines()]
    assert [(line["level"], line["event"]) for line in lines] == [
        ("INFO", "retention.swept"),
        ("ERROR", "queue.failed"),
    ]
    assert captured.err == ""


def test_the_runtimes_own_handler_does_not_write_them_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # The Lambda runtime puts a handler on the root logger before it imports a function.
    twice = logging.StreamHandler(sys.stdout)
    logging.getLogger().addHandler(twice)
    try:
        logs.log("relay.looked", count=0)
    finally:
        logging.getLogger().removeHandler(twice)
    assert capsys.readouterr().out.count("relay.looked") == 1
