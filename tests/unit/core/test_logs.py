from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib import ids, logs
from chalicelib.logs import Fields
from tests.unit.core.samples import SUBJECT

PERSONAL = [
    "ada.lovelace@example.org",
    "Ada Lovelace",
    "Via Roma 12, 20121 Milano",
    "+39 02 1234567",
    "Società Esempio S.r.l.",
    "{'email': 'ada'}",
    "https://x.example/?token=abc",
    "line\nbreak",
    'quote"',
]


def line(captured: pytest.CaptureFixture[str]) -> dict[str, Any]:
    text = captured.readouterr().out
    assert text.count("\n") == 1, "one line a record"
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize("value", PERSONAL)
def test_a_personal_value_is_masked_in_every_field(
    value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    names = sorted(Fields.__annotations__)
    logs.log("x", **dict.fromkeys(names, value))  # type: ignore[arg-type]
    assert line(capsys) == {"level": "INFO", "event": "x"} | dict.fromkeys(names, "masked")


@pytest.mark.parametrize("value", PERSONAL)
def test_it_is_masked_inside_a_list_and_as_an_event(
    value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.log(value, trace=["fine", value, [value]])  # type: ignore[list-item]
    assert line(capsys) == {
        "level": "INFO",
        "event": "masked",
        "trace": ["fine", "masked", ["masked"]],
    }


def test_our_own_ids_are_not_masked(capsys: pytest.CaptureFixture[str]) -> None:
    job = ids.new_id()
    logs.log("job.done", subject=SUBJECT, job=job, entry=f"{SUBJECT}.12", lane="rule#07")
    found = line(capsys)
    assert (found["subject"], found["job"]) == (SUBJECT, job)
    assert (found["entry"], found["lane"]) == (f"{SUBJECT}.12", "rule#07")


def test_a_failure_says_nothing_of_its_causes_either(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        try:
            raise KeyError("ada@example.org")
        except KeyError as cause:
            raise RuntimeError("Ada Lovelace") from cause
    except RuntimeError as error:
        logs.failure("x", error)
    text = json.dumps(line(capsys))
    assert "ada" not in text
    assert "Lovelace" not in text
