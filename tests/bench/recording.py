"""Which calls a piece of code makes to AWS: real clients, watched by botocore's own events.

What a watch costs (copying a request, reading the items it will write) is measured too, so that
whoever measures CPU time can take it off again.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from chalicelib.storage.transport.events import Events
from tests.bench.units import Images, Place, read_units, write_units, writes

_WRITES = frozenset({"TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"})
_NO_UNITS = frozenset({"DescribeTable"})
_BATCH = 50
"""Items that are looked at with one call: at most a hundred, and 16 MB."""


@dataclass(slots=True)
class AwsCall:
    """One call: what was asked, what it cost as the engine says and as the rules say.

    `refused` tells whether it was answered with an error, such as a condition that did not hold.
    """

    service: str
    operation: str
    parameters: dict[str, Any]
    reads: float = 0.0
    writes: float = 0.0
    computed_reads: float = 0.0
    computed_writes: float = 0.0
    before: dict[Place, Any] = field(default_factory=dict)
    refused: bool = False


@dataclass
class Recorder:
    """Watches clients. `calls` are those since the last `clear`, in order."""

    tables: Any
    """A client that nobody watches, of the engine that holds the tables."""

    projection: frozenset[str] | None = None
    asks_units: bool = True
    keeps_images: bool = False
    off: bool = False
    """Whether units are asked for; whether items are looked at before they are written, as they are
    where units are asked for; whether nothing is watched at all."""

    preparing: bool = False
    """Whether calls only make something ready: what they ask is kept, and no item is looked at."""

    calls: list[AwsCall] = field(default_factory=list)
    sent: int = 0
    spent: float = 0.0
    """HTTP requests, repetitions included; CPU seconds that watching took."""

    _asking: AwsCall = field(default_factory=lambda: AwsCall("", "", {}))
    _lean: list[Events] = field(default_factory=list)

    def clear(self) -> None:
        """Forget what was seen."""
        self.calls, self.sent, self.spent = [], 0, 0.0

    def watch(self, client: Any) -> None:
        """Watch a client from now on."""
        events = client.meta.events
        if isinstance(events, Events):
            self._lean.append(events)
        for event, handler in self._handlers():
            events.register(event, handler)

    @contextmanager
    def unwatched(self) -> Iterator[None]:
        """Has what is done meanwhile go unseen and cost what it costs in production.

        The lean transport has no handlers then; those of botocore's clients, which have handlers of
        their own for each call, return at once.
        """
        for events in self._lean:
            for event, handler in self._handlers():
                events.unregister(event, handler)
        self.off = True
        try:
            yield
        finally:
            self.off = False
            for events in self._lean:
                for event, handler in self._handlers():
                    events.register(event, handler)

    def _handlers(self) -> Iterator[tuple[str, Callable[..., None]]]:
        yield "provide-client-params.*.*", self._asked
        yield "before-call.*.*", self._called
        yield "before-send.*.*", self._sent
        yield "after-call.*.*", self._answered

    def count(self, service: str) -> int:
        """Calls of one service."""
        return sum(call.service == service for call in self.calls)

    @property
    def read_units(self) -> float:
        """Read units, as the engine counted them."""
        return sum(call.reads for call in self.calls)

    @property
    def write_units(self) -> float:
        """Write units, as the engine counted them."""
        return sum(call.writes for call in self.calls)

    @property
    def computed_read_units(self) -> float:
        """Read units by DynamoDB's published rules, from what was answered."""
        return sum(call.computed_reads for call in self.calls)

    @property
    def computed_write_units(self) -> float:
        """Write units by DynamoDB's published rules, from the items before and after."""
        return sum(call.computed_writes for call in self.calls)

    def last(self, service: str, operation: str) -> AwsCall:
        """The latest call of that operation."""
        return next(
            call
            for call in reversed(self.calls)
            if (call.service, call.operation) == (service, operation)
        )

    def _asked(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if self.off:
            return
        started = time.process_time()
        service = str(model.service_model.service_name)
        call = AwsCall(service, str(model.name), copy.deepcopy(params))
        if service == "dynamodb" and not self.preparing:
            if self.asks_units or self.keeps_images:
                call.before = self._images(call)
            if self.asks_units:
                params["ReturnConsumedCapacity"] = "INDEXES"
        self._asking = call
        self.spent += time.process_time() - started

    def _called(self, **_: Any) -> None:
        # A presigned address is asked for with parameters too, and never called.
        if not self.off:
            self.calls.append(self._asking)

    def _sent(self, **_: Any) -> None:
        self.sent += 1

    def _answered(self, parsed: Mapping[str, Any], model: Any, **_: Any) -> None:
        if self.off:
            return
        self.calls[-1].refused = "Error" in parsed
        if not self.asks_units or self.preparing or model.service_model.service_name != "dynamodb":
            return
        call = self.calls[-1]
        units = sum(one["CapacityUnits"] for one in _capacities(parsed))
        if call.operation in _WRITES:
            call.writes = units
            if "Error" not in parsed:
                after = self._images(call)
                call.computed_writes = write_units(
                    call.operation, call.parameters, call.before, after, self.projection
                )
        elif call.operation not in _NO_UNITS:
            call.reads = units
            if "Error" not in parsed:
                call.computed_reads = read_units(call.operation, call.parameters, parsed)

    def _images(self, call: AwsCall) -> dict[Place, Any]:
        return images(self.tables, [w.place for w in writes(call.operation, call.parameters)])


def images(tables: Any, places: list[Place]) -> dict[Place, Any]:
    """The items at those places, as they stand now."""
    found: dict[Place, Any] = dict.fromkeys(places)
    wanted = list(found)
    for start in range(0, len(wanted), _BATCH):
        asked: dict[str, Any] = {}
        for place in wanted[start : start + _BATCH]:
            at = _at(place)
            keys = asked.setdefault(at["TableName"], {"Keys": [], "ConsistentRead": True})
            keys["Keys"].append(at["Key"])
        answer = tables.batch_get_item(RequestItems=asked)
        assert not answer["UnprocessedKeys"], "the engine did not look at all of them"
        for table, items in answer["Responses"].items():
            found |= {(table, one["pk"]["S"], one["sk"]["S"]): one for one in items}
    return found


def restore(tables: Any, before: Images) -> None:
    """Puts items back as they stood."""
    for place, item in before.items():
        if item is None:
            tables.delete_item(**_at(place))
        else:
            tables.put_item(TableName=place[0], Item=dict(item))


def _at(place: Place) -> dict[str, Any]:
    return {"TableName": place[0], "Key": {"pk": {"S": place[1]}, "sk": {"S": place[2]}}}


def _capacities(parsed: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = parsed.get("ConsumedCapacity") or []
    return [found] if isinstance(found, Mapping) else list(found)
