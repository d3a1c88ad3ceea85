"""The functions behind the queues, put aside for a while."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.functions.stack import DeployedStack


@contextmanager
def worker_away(stack: DeployedStack, queue: str) -> Iterator[None]:
    """While the queue's function takes no messages."""
    client = stack.client("lambda")
    function = stack.function_name(queue)
    (mapping,) = client.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
    client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    try:
        time.sleep(1)  # what was being received is let through
        yield
    finally:
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
