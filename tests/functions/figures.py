"""A stage that sets figures of limits: the running one, until the tests that need it are over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.functions.stack import DeployedStack
from tests.functions.waiting import until


@contextmanager
def set_for(stack: DeployedStack, functions: Sequence[str], text: str) -> Iterator[None]:
    """These functions with another `RISERBO_LIMITS`, and at the end with the one they had."""
    before = {name: stack.local.environment_of(name) for name in functions}
    for name, variables in before.items():
        _configure(stack, name, {**variables, "RISERBO_LIMITS": text})
    try:
        yield
    finally:
        for name, variables in before.items():
            _configure(stack, name, variables)


def _configure(stack: DeployedStack, name: str, variables: dict[str, str]) -> None:
    client, function = stack.client("lambda"), stack.function_name(name)
    client.update_function_configuration(
        FunctionName=function, Environment={"Variables": variables}
    )

    def done() -> bool:
        found = client.get_function_configuration(FunctionName=function)
        same: bool = found["Environment"]["Variables"] == variables
        return same and found.get("LastUpdateStatus", "Successful") == "Successful"

    assert until(done)
