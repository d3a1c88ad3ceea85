"""The memory that a copy takes, in a process of its own: `python -m tests.bench.memory 50000`.

The table is played page by page, as botocore hands it over, so that nothing but the code that makes
the copy holds records. S3 takes the parts and forgets them.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from tests.product import PRODUCT

SUBJECT: Final = "s" * 26
NOW: Final = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
PAGE: Final = 1_000_000
"""Bytes of a page of a Query, about."""

MOST: Final = 1.25
"""A copy of 50,000 records may take so many times the memory of one of 100."""

_KEY: Final = b"k" * 32


@dataclass(frozen=True, slots=True)
class Measured:
    """A copy in a process of its own: its peak in KiB, and what was written."""

    records: int
    peak: int
    size: int
    parts: int
    pages: int
    seconds: float


def measured(records: int) -> Measured:
    """Makes a copy of so many records in a fresh process."""
    command = [sys.executable, "-m", "tests.bench.memory", str(records)]
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    return Measured(**json.loads(found.stdout.splitlines()[-1]))


def _items(count: int) -> Iterator[dict[str, Any]]:
    """Sealed records of some 450 bytes, in the order of their keys, as they lie in the table."""
    from chalicelib.vault.envelope import DataKey, seal

    pk, key = f"S#{SUBJECT}", DataKey(SUBJECT, "evidence", _KEY)
    for number in range(count):
        sk = f"evidence#request_message#{number:026d}"
        text = f"{number} {os.urandom(85).hex()}"
        yield {
            "pk": {"S": pk},
            "sk": {"S": sk},
            "kind": {"S": "request_message"},
            "v": {"N": "1"},
            "request": {"S": f"{number:026d}"},
            "at": {"S": "2026-11-22T16:00:00.000Z"},
            "by": {"S": "person"},
            "sealed": {"B": base64.b64encode(seal(key, pk, sk, {"text": text})).decode()},
        }


class _Table:
    """A table whose partition is made up as it is read."""

    def __init__(self, name: str, count: int) -> None:
        self.pages = 0
        self._rest = iter(_items(count)) if name == "records" else iter(())

    def query(self, pk: str, **_: Any) -> Mapping[str, Any]:
        """The next page: read from JSON, its blobs from base64, as botocore does."""
        self.pages += 1
        page, size = list[Any](), 0
        for item in self._rest:
            page.append(item)
            size += sum(len(str(value)) for value in item.values())
            if size >= PAGE:
                break
        answer: dict[str, Any] = json.loads(json.dumps({"Items": page}))
        for item in answer["Items"]:
            item["sealed"] = {"B": base64.b64decode(item["sealed"]["B"])}
        if size >= PAGE:
            answer["LastEvaluatedKey"] = {"pk": {"S": pk}}
        return answer


class _Bucket:
    """S3, which forgets what it takes."""

    def __init__(self) -> None:
        self.size = self.parts = 0

    def put_object(self, **call: Any) -> None:
        self.size += sum(map(len, call["Body"]))

    def create_multipart_upload(self, **_: Any) -> dict[str, str]:
        return {"UploadId": "u"}

    def upload_part(self, **call: Any) -> dict[str, str]:
        self.size += sum(map(len, call["Body"]))
        self.parts += 1
        return {"ETag": "e"}

    def complete_multipart_upload(self, **_: Any) -> None:
        """Does nothing."""


def _make(records: int) -> Measured:
    for name in ("RECORDS", "ACCESS", "LINKS", "LIMITS", "KEYS"):
        os.environ[f"RISERBO_{name}_TABLE"] = name.lower()
    os.environ |= {
        "RISERBO_PUBLIC_URL": "https://privacy.example",
        "RISERBO_EXPORTS_BUCKET": "exports",
        "RISERBO_KEY_EVIDENCE": "key",
        "AWS_DEFAULT_REGION": "eu-south-1",
    }
    from chalicelib.copies import service
    from chalicelib.copies.model import Order, Scope
    from chalicelib.notices.compiler import load_published
    from chalicelib.requests.service import fulfilment
    from chalicelib.storage import clients, connection
    from chalicelib.vault.store import DataKeyItem
    from functions.kinds import registry

    for client in (clients.kms(), clients.sqs(), connection.connection().client):
        assert client  # what the function has in memory anyway, however few records there are
    bucket, tables = _Bucket(), dict[str, _Table]()
    clients.s3 = lambda: bucket  # type: ignore[assignment,return-value]
    connection.table = lambda name: tables.setdefault(  # type: ignore[assignment]
        name, _Table(name, records)
    )
    key = DataKeyItem(pk=f"S#{SUBJECT}", sk="evidence", kind="data_key", material=_KEY)
    notice = load_published(json.loads(PRODUCT.read_text("utf-8")))
    order = Order("r" * 26, Scope.ACCESS, SUBJECT, NOW, "en", notice, NOW)
    begun = time.process_time()
    written = service.write(order, fulfilment._held(SUBJECT, [key], lambda _: False), registry())
    seconds = time.process_time() - begun
    assert written.records == records
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pages = sum(table.pages for table in tables.values())
    return Measured(records, peak, written.size, bucket.parts, pages, round(seconds, 2))


if __name__ == "__main__":
    found = _make(int(sys.argv[1]))
    values = {name: getattr(found, name) for name in Measured.__slots__}
    sys.stdout.write(json.dumps(values) + "\n")
