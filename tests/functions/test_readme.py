"""The README's walk through, word for word, in one bash against a deployed local stack.

Blocks marked `bash` are executed in order; a block marked `console` that follows one is what it
shows, where `…` stands for anything. The block marked `sh` starts the product and is only compared
with the documented command.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.functions.stack import DeployedStack

PROJECT = Path(__file__).parent.parent.parent
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_END = "end of block"
_MINUTES = 5


class Step(NamedTuple):
    """A block of commands and what the README shows of its output; "" when it shows nothing."""

    commands: str
    shown: str


def _fences() -> list[tuple[str, str]]:
    return _FENCE.findall((PROJECT / "README.md").read_text("utf-8"))


def _steps() -> list[Step]:
    fences = _fences()
    following = [*fences[1:], ("", "")]
    return [
        Step(text, after if kind == "console" else "")
        for (language, text), (kind, after) in zip(fences, following, strict=True)
        if language == "bash"
    ]


def _is_shown(shown: str, output: str) -> bool:
    """Whether the output is what is shown, `…` standing for any text, also of several lines."""
    pattern = ".*?".join(re.escape(part) for part in shown.strip().split("…"))
    return re.fullmatch(pattern, output.strip().replace("\r", ""), re.DOTALL) is not None


@pytest.fixture
def checkout(right_clock: DeployedStack, tmp_path: Path) -> Path:
    """The project's folder as a newcomer has it, where `.local` is the tests' own stack."""
    for entry in PROJECT.iterdir():
        if entry.name not in (".local", ".git"):
            (tmp_path / entry.name).symlink_to(entry)
    place = right_clock.local.place.folder
    (tmp_path / ".local").symlink_to(place)
    return tmp_path


def _run(steps: list[Step], folder: Path) -> list[str]:
    """What each step writes, run one after the other in one bash that stops at a failure."""
    script = "set -euo pipefail\n" + "".join(
        f"{step.commands}\nprintf '\\n%s\\n' '{_END}'\n" for step in steps
    )
    # What finds the Python that the environments were made with: another would make them anew.
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYENV_ROOT") if name in os.environ}
    environment = {**kept, "RISERBO_LOCAL": str(folder / ".local")}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60 * _MINUTES,
        check=False,
    )
    outputs = done.stdout.split(f"\n{_END}\n")
    assert done.returncode == 0, f"after {len(outputs) - 1} blocks: {outputs[-1]}{done.stderr}"
    return outputs[:-1]


def test_every_command_of_the_readme_does_what_it_shows(checkout: Path) -> None:
    steps = _steps()
    outputs = _run(steps, checkout)
    assert len(outputs) == len(steps)
    wrong = [
        f"$ {step.commands}\nshown:\n{step.shown}\nwritten:\n{output}"
        for step, output in zip(steps, outputs, strict=True)
        if step.shown and not _is_shown(step.shown, output)
    ]
    assert not wrong, "\n\n".join(wrong)


def test_the_walk_covers_the_whole_journey() -> None:
    commands = "\n".join(step.commands for step in _steps())
    for part in (
        "/v1/accounts",
        ".local/mailbox",
        "/v1/accounts/verification",
        "/v1/sessions",
        "lang=it",
        "text/html",
        "text/markdown",
        "/v1/consents",
        "Sec-GPC: 1",
        "/v1/receipts/verify",
        "/v1/decisions",
        "/v1/unsubscribe-links",
        "List-Unsubscribe=One-Click",
        "/v1/requests",
        "/export",
        "make clock PLUS=8d",
        "make schedule NAME=retention",
    ):
        assert part in commands


def test_every_output_belongs_to_commands() -> None:
    languages = [language for language, _ in _fences()]
    orphans = [
        index
        for index, language in enumerate(languages)
        if language == "console" and languages[index - 1 : index] != ["bash"]
    ]
    assert not orphans


def test_it_is_started_by_the_documented_command() -> None:
    assert [text for language, text in _fences() if language == "sh"] == ["make run\n"]
    help_shown = subprocess.run(
        ["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout
    assert re.search(r"^ *make run ", help_shown, re.MULTILINE)


def test_what_is_shown_is_compared() -> None:
    assert _is_shown('{"a": …}\n', '{"a": 1}\n\n')
    assert not _is_shown('{"a": …}\n', '{"b": 1}')
    assert not _is_shown("one\n", "one\ntwo\n")
