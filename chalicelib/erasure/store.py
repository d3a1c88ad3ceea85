"""The log of erasures: ids only, in a write-once bucket, to be replayed after a restore."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from chalicelib import settings
from chalicelib.storage import clients

_PREFIX: Final = "erasures/"


def log(subject: str, at: datetime, entry: Mapping[str, Any]) -> None:
    """Writes an entry of the log. One PutObject.

    The same entry has the same key, so that writing it again changes nothing; another one of the
    same subject and moment has another key, since no entry is ever replaced.
    """
    body = json.dumps(entry, sort_keys=True).encode()
    name = f"{at:%H%M%S%f}-{subject}-{entry['step']}-{hashlib.sha256(body).hexdigest()[:8]}"
    clients.s3().put_object(
        Bucket=settings.erasures_bucket(),
        Key=f"{_PREFIX}{at:%Y/%m/%d}/{name}.json",
        Body=body,
        ContentType="application/json",
    )


def entries_since(since: date) -> Iterator[dict[str, Any]]:
    """Yields the entries of the log on or after a day, oldest first, also those of older releases.

    One ListObjectsV2 for a thousand, one GetObject an entry.
    """
    bucket = settings.erasures_bucket()
    pages = (
        clients.s3()
        .get_paginator("list_objects_v2")
        .paginate(Bucket=bucket, Prefix=_PREFIX, StartAfter=f"{_PREFIX}{since:%Y/%m/%d}")
    )
    for page in pages:
        for listed in page.get("Contents", []):
            found = clients.s3().get_object(Bucket=bucket, Key=listed["Key"])
            entry: dict[str, Any] = json.loads(found["Body"].read())
            yield entry
