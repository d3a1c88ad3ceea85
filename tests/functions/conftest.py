"""The stack that all tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.functions.stack import DeployedStack, deployed


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedStack]:
    """A fresh local stack with the shipped notice published."""
    with deployed(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture
def right_clock(stack: DeployedStack) -> Iterator[DeployedStack]:
    """The stack, whose clock is set right again after the test."""
    try:
        yield stack
    finally:
        stack.move_clock(0)
