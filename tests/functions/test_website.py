"""The page for a website's developer, word for word, in one bash against the deployed stack."""

from __future__ import annotations

from pathlib import Path

from tests.functions import documented
from tests.functions.documented import PROJECT, blocks, orphans
from tests.functions.stack import DeployedStack

TEXT = (PROJECT / "docs" / "website.md").read_text("utf-8")
COMMANDS = [block for block in blocks(TEXT) if block.language == "bash"]


def test_every_call_does_what_it_shows(stack: DeployedStack, tmp_path: Path) -> None:
    documented.checkout(tmp_path)
    (tmp_path / ".local").symlink_to(stack.local.place.folder)
    wrong = documented.wrong(COMMANDS, documented.run(COMMANDS, tmp_path))
    assert not wrong, "\n\n".join(wrong)


def test_it_has_each_call_that_a_website_makes() -> None:
    commands = "\n".join(block.text for block in COMMANDS)
    for call in (
        "/v1/notice",
        "/v1/cookies",
        "/v1/consents",
        "/v1/activity",
        "/v1/accounts",
        "/v1/accounts/verification",
        "/v1/sessions",
        "/v1/account",
        "/v1/decisions",
        "/v1/messages",
        "/v1/records",
        "/v1/requests",
    ):
        assert call in commands
    assert not orphans(TEXT)
    assert {block.language for block in blocks(TEXT)} == {"bash"}
