from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib import logs


def lines(captured: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in captured.readouterr().out.splitlines()]


def test_a_line_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    logs.log("retention.swept", count=3, lane="rule", subject="abc")
    assert lines(capsys) == [
        {"level": "INFO", "event": "retention.swept", "count": 3, "lane": "rule", "subject": "abc"}
    ]


@pytest.mark.parametrize(
    "value",
    ["ada@example.org", "Ada Lovelace", "via Roma 1", "+39 02 1234", "a\nb", "è", "a" * 201, {}],
)
def test_what_is_no_id_is_masked(value: Any, capsys: pytest.CaptureFixture[str]) -> None:
    logs.log("x", subject=value)
    assert lines(capsys)[0]["subject"] == "masked"


def test_fields_outside_the_list_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.log("x", email="ada", count=1)  # type: ignore[call-arg]
    assert lines(capsys) == [{"level": "INFO", "event": "x", "count": 1}]


def test_a_failure_tells_where_and_not_what(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        int("ada@example.org")
    except ValueError as error:
        logs.failure("x", error, function="mail")
    (line,) = lines(capsys)
    assert line["error"] == "builtins.ValueError"
    assert line["trace"][-1].endswith(":test_a_failure_tells_where_and_not_what")
    assert "ada" not in json.dumps(line)


def test_a_trace_is_bounded(capsys: pytest.CaptureFixture[str]) -> None:
    def deeper(levels: int) -> None:
        if levels == 0:
            raise KeyError("ada")
        deeper(levels - 1)

    try:
        deeper(200)
    except KeyError as error:
        logs.failure("x", error)
    assert len(lines(capsys)[0]["trace"]) == 20
