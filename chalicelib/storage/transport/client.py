"""A client of one service that sends its frequent operations by the transport."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any

from chalicelib.storage.transport.calls import Service, Transport
from chalicelib.storage.transport.events import Events


class Client:
    """Takes the place of a botocore client.

    The operations of `service` go by the transport that `make` returns; everything else is asked of
    the botocore client that `whole` returns, which is made when it is first needed.
    """

    def __init__(
        self, service: Service, make: Callable[[Events], Transport], whole: Callable[[], Any]
    ) -> None:
        self.meta = _Meta(self)
        self._transport = make(self.meta.events)
        self._whole, self._one = whole, Lock()
        self._made: Any = None
        self._operations = {_method(name): name for name in service.operations}

    def _make_api_call(self, operation: str, parameters: dict[str, Any]) -> Any:
        """Calls an operation by its name in AWS's model, as PynamoDB does."""
        if operation in self._operations.values():
            return self._transport.call(operation, parameters)
        return self.whole()._make_api_call(operation, parameters)

    def __getattr__(self, name: str) -> Any:
        """Returns a method of botocore's client, such as `send_message`."""
        if name.startswith("_"):
            raise AttributeError(name)
        operation = self._operations.get(name)
        if operation is None:
            return getattr(self.whole(), name)
        return partial(_call, self._transport, operation)

    def whole(self) -> Any:
        """Returns the botocore client of the service; whatever watches this one watches it too."""
        with self._one:
            if self._made is None:
                self._made = self._whole()
                self.meta.events.share(self._made.meta.events)
            return self._made


class _Meta:
    """A client's events, and all else that a botocore client's `meta` has."""

    def __init__(self, client: Client) -> None:
        self.events = Events()
        self._client = client

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._client.whole().meta, name)


def _call(transport: Transport, operation: str, **parameters: Any) -> Any:
    return transport.call(operation, parameters)


def _method(operation: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).lower()
