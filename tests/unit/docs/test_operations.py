"""docs/operations.md: the first day in order, and the checklist of a real account."""

from __future__ import annotations

import re

from tests.unit.docs.markdown import DOCS, PROJECT, rows

DOCUMENT = DOCS / "operations.md"
_STEPS = (
    "region",
    "billing",
    "certificate",
    "account stack",
    "infra/stages.json",
    "quotas",
    "mail domain",
    "production access",
    "first deployment",
    "DNS record of the domain",
    "alarms",
    "restore drill",
    "on call",
    "real account",
)


def _checks() -> list[list[str]]:
    return list(rows(DOCUMENT, "What only a real account can prove"))


def test_the_day_is_told_in_order() -> None:
    steps = list(rows(DOCUMENT, "The day in order"))
    assert [row[0] for row in steps] == [str(number) for number in range(1, len(_STEPS) + 1)]
    for row, step in zip(steps, _STEPS, strict=True):
        assert step in row[1]
        assert row[2].strip()


def test_each_check_of_a_real_account_has_its_answer() -> None:
    checks = _checks()
    assert [row[0] for row in checks] == [str(number) for number in range(1, len(checks) + 1)]
    assert all(row[1].strip() and row[2].strip() for row in checks)
    for row in checks:
        commands = re.findall(r"`((?:aws|curl|for|make) [^`]+)`", row[1])
        assert commands, f"line {row[0]} has no command"


def test_what_only_a_real_account_can_prove_is_on_its_list() -> None:
    """Whatever the local engine has not, or does otherwise, and no test of this project reaches."""
    told = " ".join(row[1] + row[2] for row in _checks())
    for name in (
        *("make deploy", "make rehearse", "make alarm-test", "make remove", "make redrive"),
        *("make audit", "make replay", "make receiptkey", "make role"),
        *("recursion-config", "describe-alarms", "CompositeAlarm", "describe-log-groups"),
        *("get-stage", "429", "get-web-acl", "cloudtrail", "object-lock", "lifecycle"),
        *("continuous-backups", "dkim=pass", "remapped", "--compressed", "413", "cost-and-usage"),
        *("list-stack-resources", "execute-api"),
    ):
        assert name in told, name


def test_commands_that_are_named_exist() -> None:
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    text = DOCUMENT.read_text("utf-8")
    named = set(re.findall(r"(?m)(?:`|^)make ([a-z-]+)", text))
    assert named <= targets
    assert {"deploy", "rehearse", "redrive", "audit", "replay"} <= {
        name for row in _checks() for name in re.findall(r"\bmake ([a-z-]+)", row[1])
    }


def test_each_difference_says_how_it_is_known() -> None:
    different = list(rows(DOCUMENT, "Different from the local engine"))
    assert len(different) > 10
    assert all(cell.strip() for row in different for cell in row)


def test_each_step_of_the_rehearsal_is_told() -> None:
    source = (PROJECT / "infra" / "rehearsal" / "journey.py").read_text("utf-8")
    done = set(re.findall(r'self\._step = "([a-z-]+)"', source))
    told = {
        name
        for row in rows(DOCUMENT, "The rehearsal")
        for name in re.findall(r"`([a-z-]+)`", row[0])
    }
    assert told == done
