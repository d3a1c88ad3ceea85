"""Handlers of the events of a client, named as botocore names them.

A watcher of a client, such as a count of calls or a test that answers in AWS's place, sees the
client's calls in the same way whether the transport sends them or botocore does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Handler = Callable[..., Any]


class Events:
    """The handlers of one client, by events such as `before-send.dynamodb.GetItem`.

    The transport emits `provide-client-params`, `before-call`, `before-send` and `after-call`; a
    botocore client that is made later has the same handlers of all its events.
    """

    def __init__(self) -> None:
        self._handlers: list[tuple[str, Handler, str | None]] = []
        self._of_event: dict[str, list[Handler]] = {}
        self._beside: Any = None

    def __bool__(self) -> bool:
        """Tells whether there are handlers."""
        return bool(self._handlers)

    def register(self, event: str, handler: Handler, unique_id: str | None = None) -> None:
        """Has a handler called at an event: a name or its beginning, `*` for any part.

        A second handler with the same `unique_id` is not added.
        """
        if unique_id is not None and any(known == unique_id for _, _, known in self._handlers):
            return
        self._handlers.append((event, handler, unique_id))
        self._of_event.clear()
        if self._beside is not None:
            self._beside.register(event, handler, unique_id=unique_id)

    def unregister(self, event: str, handler: Handler) -> None:
        """Ends what `register` began."""
        self._handlers = [one for one in self._handlers if one[:2] != (event, handler)]
        self._of_event.clear()
        if self._beside is not None:
            self._beside.unregister(event, handler)

    def share(self, beside: Any) -> None:
        """Gives all handlers, and those to come, to a botocore client's events too."""
        self._beside = beside
        for event, handler, unique_id in self._handlers:
            beside.register(event, handler, unique_id=unique_id)

    def emit(self, event: str, **details: Any) -> Any:
        """Calls the handlers of an event; returns the first answer that is not None."""
        handlers, first = self._of_event.get(event), None
        if handlers is None:
            handlers = [one for pattern, one, _ in self._handlers if _matches(pattern, event)]
            self._of_event[event] = handlers
        for handler in handlers:
            answer = handler(event_name=event, **details)
            first = answer if first is None else first
        return first


def _matches(pattern: str, event: str) -> bool:
    parts = zip(pattern.split("."), event.split("."), strict=False)
    return all(asked in ("*", found) for asked, found in parts)
