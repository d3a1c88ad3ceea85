"""Every place where something could have been left behind, as bytes, and how to look for a text."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

import ahocorasick

from tests.functions import tables
from tests.functions.stack import DeployedStack

Sink = tuple[str, bytes]
"""Where it is, and what lies there."""


def now() -> int:
    """The moment from which on logs are read for a text that nobody sent before."""
    return int(time.time() * 1000)


def everywhere(stack: DeployedStack, since: int = 0) -> Iterator[Sink]:
    """Items of all tables, queue messages, names of objects, the log of erasures, all logs.

    Logs of functions are read from the moment `since`: those of a whole run are long.
    """
    yield from items(stack)
    yield from messages(stack)
    for bucket in ("ExportsBucket", "ErasuresBucket"):
        for key in tables.objects(stack, bucket):
            yield f"name in {bucket}", key.encode()
    yield from erasures(stack)
    yield "log of the engine", stack.local.place.log.read_bytes()
    yield from logs(stack, since)


def items(stack: DeployedStack) -> Iterator[Sink]:
    """Every attribute of every item, raw, with its name."""
    for table in tables.TABLES:
        for item in tables.scan(stack, table):
            place = f"{table} {item['pk']['S']} {item['sk']['S']}"
            for name, value in item.items():
                yield f"{place} {name}", name.encode() + b" " + _bytes(value)


def messages(stack: DeployedStack) -> Iterator[Sink]:
    """The messages that wait in the queues; they stay there."""
    client = stack.client("sqs")
    for queue in tables.QUEUES:
        found = client.receive_message(
            QueueUrl=stack.outputs[queue],
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        for message in found.get("Messages", []):
            yield queue, json.dumps(message, default=str).encode()


def erasures(stack: DeployedStack) -> Iterator[Sink]:
    """The log of erasures."""
    s3, bucket = stack.client("s3"), stack.outputs["ErasuresBucket"]
    for key in tables.objects(stack, "ErasuresBucket"):
        yield f"erasure {key}", s3.get_object(Bucket=bucket, Key=key)["Body"].read()


def logs(stack: DeployedStack, since: int = 0, of: str = "") -> Iterator[Sink]:
    """Every line from the moment `since` in every log group, or in those whose name ends so."""
    client = stack.client("logs")
    for page in client.get_paginator("describe_log_groups").paginate():
        for name in [group["logGroupName"] for group in page["logGroups"]]:
            if not name.endswith(of):
                continue
            read = client.get_paginator("filter_log_events")
            for events in read.paginate(logGroupName=name, startTime=since):
                for event in events["events"]:
                    yield f"log {name}", event["message"].encode()


def found_in(sinks: Iterable[Sink], seeds: Iterable[str]) -> list[str]:
    """Which seeds lie where, in whatever of the usual spellings."""
    # All needles are looked for in one pass: there are thousands, in megabytes of logs.
    needles = ahocorasick.Automaton()
    for seed in seeds:
        for needle in spellings(seed):
            needles.add_word(needle.decode("latin-1"), seed)
    if not needles:
        return []
    needles.make_automaton()
    return sorted(
        {
            f"{seed!r} in {where}"
            for where, content in sinks
            for text in (content, content.lower())
            for _, seed in needles.iter(text.decode("latin-1"))
        }
    )


def spellings(seed: str) -> set[bytes]:
    """A text in the spellings in which it could have been written down."""
    return {spelled for text in _cases(seed) for spelled in _encodings(text)}


def _cases(seed: str) -> set[str]:
    return {seed, seed.lower(), seed.upper(), seed.casefold(), seed[::-1]}


def _encodings(text: str) -> Iterator[bytes]:
    plain = text.encode()
    yield plain
    yield text.encode("utf-16-le")
    yield json.dumps(text)[1:-1].encode()
    yield json.dumps(json.dumps(text))[3:-3].encode()
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    for spelled in (quote(text), quote(text, safe=""), quote_plus(text)):
        yield spelled.encode()
    yield from _base64(plain)


def _base64(plain: bytes) -> Iterator[bytes]:
    """What does not change in base64 wherever in a longer text it stands."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + plain)
        core = encoded[-(-before * 8 // 6) : (before + len(plain)) * 8 // 6]
        yield core
        yield core.replace(b"+", b"-").replace(b"/", b"_")


def _bytes(value: Any) -> bytes:
    """A value of DynamoDB's JSON with all that lies in it."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict):
        return b" ".join(key.encode() + b" " + _bytes(part) for key, part in value.items())
    if isinstance(value, list | set | tuple):
        return b" ".join(_bytes(part) for part in value)
    return str(value).encode()
