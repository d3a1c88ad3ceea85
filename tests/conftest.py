"""The stack that tests through HTTP and in a browser share, and how long each folder took."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis.internal.conjecture import providers

if TYPE_CHECKING:
    from tests.functions.stack import DeployedStack


def pytest_configure() -> None:
    """Has property tests draw the same examples, whatever modules are loaded.

    By itself Hypothesis also draws the texts and numbers that stand in the code which is loaded at
    that moment: examples would hang on the tests that ran in the process before, and each change of
    a text would change them elsewhere.
    """
    none = providers._local_constants
    providers._get_local_constants = lambda: none


@pytest.fixture(scope="session")
def shared_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedStack]:
    """A fresh local stack with the notice of the product's tests published."""
    # Tests that need no stack need not wait for all that one is made of.
    from tests.functions.stack import deployed

    with deployed(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="module")
def stack(shared_stack: DeployedStack) -> Iterator[DeployedStack]:
    """The shared stack. The clock is set right after each module, since codes of a second factor
    and waits let it go on, and the next module reckons from the right time."""
    yield shared_stack
    shared_stack.move_clock(0)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts unit tests last: their short files keep all processes busy until the end of a run."""
    unit = f"{Path(__file__).parent.name}/unit/"
    items.sort(key=lambda item: item.nodeid.startswith(unit))


def pytest_collection_finish() -> None:
    """Tells the collector of garbage that what was collected stays until the end.

    Else it looks through 26,000 tests, and all that they import, again and again.
    """
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Writes the seconds that the tests of each folder took, their fixtures included.

    They are added up over all processes: with three, the run takes about a third of them.
    """
    seconds: defaultdict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds["/".join(Path(report.nodeid.split("::")[0]).parts[:2])] += report.duration
    for folder, taken in sorted(seconds.items(), key=lambda one: -one[1]):
        terminalreporter.write_line(f"{taken:7.0f} s  {folder}")
