"""The walk of docs/notice.md, from an empty file to a second version on a stack of its own.

Commands are executed in order, parts of the document are written into it as the text says, and the
block marked `sh` is started and runs until the end.
"""

from __future__ import annotations

import itertools
import json
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.functions import documented
from tests.functions.documented import PROJECT, Block, blocks, orphans

_SECONDS = 300
"""The most that a stack may take until it is ready, or has stopped."""


def walk() -> str:
    """The section of the document that is a walk."""
    text = (PROJECT / "docs" / "notice.md").read_text("utf-8")
    return text.partition("\n## From nothing to a notice\n")[2].partition("\n## ")[0]


def written(document: Any, part: Any) -> Any:
    """A document with a part of it written in: the rule that the walk gives its reader."""
    if isinstance(document, dict) and isinstance(part, dict):
        return document | {name: written(document.get(name), one) for name, one in part.items()}
    if not (isinstance(document, list) and isinstance(part, list)):
        return part
    found = list(document)
    for one in part:
        same = [
            index
            for index, other in enumerate(found)
            if isinstance(one, dict) and other["id"] == one["id"]
        ]
        if same:
            found[same[0]] = written(found[same[0]], one)
        else:
            found.append(one)
    return found


@contextmanager
def started(command: str, folder: Path) -> Iterator[None]:
    """Runs the command of another terminal from the moment that it says `ready` to the end."""
    said = folder / "said.txt"
    with said.open("w") as output:
        running = subprocess.Popen(
            shlex.split(command),
            cwd=folder,
            env=documented.environment(folder),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            ends = time.monotonic() + _SECONDS
            while "ready: " not in said.read_text():
                assert running.poll() is None, said.read_text()
                assert time.monotonic() < ends, said.read_text()
                time.sleep(0.5)
            yield
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGINT)
            running.wait(_SECONDS)


def test_every_step_does_what_it_shows(tmp_path: Path) -> None:
    documented.checkout(tmp_path, "notice.json")
    notice = tmp_path / "notice.json"
    # What is set up says so: a newcomer sees that once, before what the document shows.
    documented.run([Block("bash", "make setup")], tmp_path)
    steps = blocks(walk())
    at = [block.language for block in steps].index("sh")
    wrong = _taken(steps[:at], notice)
    with started(steps[at].text, tmp_path):
        wrong += _taken(steps[at + 1 :], notice)
    assert not wrong, "\n\n".join(wrong)


def _taken(steps: list[Block], notice: Path) -> list[str]:
    """Takes the steps; what they showed otherwise than the document says."""
    wrong: list[str] = []
    for language, group in itertools.groupby(steps, lambda block: block.language):
        taken = list(group)
        if language == "json":
            for block in taken:
                document = written(json.loads(notice.read_text("utf-8")), json.loads(block.text))
                notice.write_text(json.dumps(document, ensure_ascii=False, indent=2), "utf-8")
        else:
            assert language == "bash"
            wrong += documented.wrong(taken, documented.run(taken, notice.parent))
    return wrong


def test_the_walk_begins_with_nothing_and_ends_with_a_second_version() -> None:
    steps = blocks(walk())
    assert not orphans(walk())
    assert steps[0].text.startswith("echo '{}' > notice.json\n")
    assert "cp tests/documents/minimal.json notice.json\n" in steps[1].text
    assert [block.text for block in steps if block.language == "sh"] == [
        "make run NOTICE=notice.json\n"
    ]
    assert "make publish NOTICE=notice.json\n" in steps[-1].text
    assert all(block.shown for block in steps if block.language == "bash")


@pytest.mark.parametrize(
    ("document", "part", "after"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": {"b": 1}}, {"a": {"c": 2}}, {"a": {"b": 1, "c": 2}}),
        ({"a": ["x"]}, {"a": ["y"]}, {"a": ["x", "y"]}),
        ({"a": [{"id": "x"}]}, {"a": [{"id": "x", "b": 1}]}, {"a": [{"id": "x", "b": 1}]}),
        ({"a": [{"id": "x"}]}, {"a": [{"id": "y"}]}, {"a": [{"id": "x"}, {"id": "y"}]}),
        ({}, {"a": [1]}, {"a": [1]}),
    ],
)
def test_a_part_is_written_as_the_walk_says(document: Any, part: Any, after: Any) -> None:
    assert written(document, part) == after
