"""What operations cost on AWS, from a dated price table and what was counted here.

Lambda bills time, which no local engine can know: it is reckoned from the CPU time measured here,
stretched to the share of a processor that the function's memory buys, and from a wait for each
call. Those assumptions stand below and in the document.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from infra.local.place import PROJECT
from tests.bench.counting import Count
from tests.bench.operation import Operation

PRICES = PROJECT / "infra" / "prices.json"
MILLION = 1_000_000

WAIT_MS: Mapping[str, float] = {"dynamodb": 5, "kms": 8, "sqs": 10, "ses": 60, "s3": 30}
"""Milliseconds that one call is assumed to keep a function waiting."""

MEMORY_OF_ONE_CPU = 1769
"""MB of memory at which Lambda gives one whole virtual processor (AWS Lambda documentation)."""

DELIVERY = 2
"""SQS requests that Lambda makes to hand over one message and to forget it."""

COLUMNS = ("DynamoDB", "KMS", "SQS", "SES", "S3", "API Gateway", "Lambda")


@dataclass(frozen=True, slots=True)
class Dollars:
    """Dollars of a million of something, by service in the order of COLUMNS."""

    parts: tuple[float, ...]

    @property
    def total(self) -> float:
        """All of them."""
        return sum(self.parts)

    def __add__(self, other: Dollars) -> Dollars:
        return Dollars(tuple(a + b for a, b in zip(self.parts, other.parts, strict=True)))


@cache
def table() -> dict[str, Any]:
    """The price table."""
    read: dict[str, Any] = json.loads(PRICES.read_text("utf-8"))
    return read


@cache
def memory_of(function: str) -> int:
    """MB that a function has in production."""
    config = json.loads((PROJECT / ".chalice" / "config.json").read_text("utf-8"))
    functions = config["stages"]["production"]["lambda_functions"]
    memory: int = functions.get(function, {}).get(
        "lambda_memory_size", config["lambda_memory_size"]
    )
    return memory


def billed_ms(operation: Operation, count: Count, cpu_ms: float) -> float:
    """Milliseconds that Lambda is reckoned to bill for one warm invocation."""
    share = min(1.0, memory_of(operation.function) / MEMORY_OF_ONE_CPU)
    return cpu_ms / share + sum(WAIT_MS[name] * calls for name, calls in count.calls.items())


def mails(count: Count) -> int:
    """How many mails were handed over; asking SES for the quota costs nothing."""
    return sum(call.operation == "SendRawEmail" for call in count.log)


def dollars(operation: Operation, count: Count, reads: float, cpu_ms: float) -> Dollars:
    """What a million invocations cost; `cpu_ms` is all the CPU of one, hashing included."""
    each = table()["per_million"]
    seconds = billed_ms(operation, count, cpu_ms) / 1000
    lambda_time = seconds * memory_of(operation.function) / 1024 * table()["lambda_gb_second"]
    # S3 asks KMS once for the key of an object that it encrypts with one.
    kms = count.calls["kms"] + sum(
        "SSEKMSKeyId" in call.parameters for call in count.log if call.service == "s3"
    )
    signatures = sum(call.operation == "Sign" for call in count.log if call.service == "kms")
    puts = sum(call.operation == "PutObject" for call in count.log if call.service == "s3")
    return Dollars(
        (
            count.writes * each["dynamodb_write_unit"] + reads * each["dynamodb_read_unit"],
            (kms - signatures) * each["kms_request"] + signatures * each["kms_signature"],
            (count.calls["sqs"] + DELIVERY * operation.is_queue) * each["sqs_request"],
            mails(count) * each["ses_mail"],
            puts * each["s3_put"],
            operation.is_http * each["api_gateway_rest_request"],
            each["lambda_request"] + lambda_time * MILLION,
        )
    )
