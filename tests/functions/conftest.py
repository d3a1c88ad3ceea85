"""What tests of this folder share beside the stack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.functions.stack import DeployedStack


@pytest.fixture
def right_clock(stack: DeployedStack) -> Iterator[DeployedStack]:
    """The stack, whose clock is set right again after the test."""
    try:
        yield stack
    finally:
        stack.move_clock(0)
