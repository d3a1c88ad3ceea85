"""The README's walk through, word for word, in one bash against a deployed local stack.

The block marked `sh` starts the product and is only compared with the documented command. The walk
is one under the example notice, which `make run` serves.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.notice_document import EXAMPLE
from tests.functions import documented
from tests.functions.documented import PROJECT, Block, blocks, is_shown, orphans
from tests.functions.stack import deployed

TEXT = (PROJECT / "README.md").read_text("utf-8")
COMMANDS = [block for block in blocks(TEXT) if block.language == "bash"]


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """The project's folder as a newcomer has it, where `make run` has just said `ready`."""
    documented.checkout(tmp_path)
    with deployed(tmp_path / ".local", notice=EXAMPLE):
        yield tmp_path


def test_every_command_of_the_readme_does_what_it_shows(checkout: Path) -> None:
    outputs = documented.run(COMMANDS, checkout)
    wrong = documented.wrong(COMMANDS, outputs)
    assert not wrong, "\n\n".join(wrong)


def test_the_walk_covers_the_whole_journey() -> None:
    commands = "\n".join(block.text for block in COMMANDS)
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
        "make audit",
        "/v1/desk/reports/retention",
        '"right": "erase"',
        "make schedule NAME=deadlines",
    ):
        assert part in commands


def test_every_output_belongs_to_commands() -> None:
    assert not orphans(TEXT)


def test_it_is_started_by_the_documented_command() -> None:
    assert [block for block in blocks(TEXT) if block.language == "sh"] == [
        Block("sh", "make run\n")
    ]
    help_shown = subprocess.run(
        ["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout
    assert re.search(r"^ *make run ", help_shown, re.MULTILINE)


def test_what_is_shown_is_compared() -> None:
    assert is_shown('{"a": …}\n', '{"a": 1}\n\n')
    assert not is_shown('{"a": …}\n', '{"b": 1}')
    assert not is_shown("one\n", "one\ntwo\n")
