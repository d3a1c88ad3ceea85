"""The log of erasures: ids only, in a write-once bucket, to be replayed after a restore."""

import json
from collections.abc import Iterator
from datetime import date, datetime

from chalicelib import settings
from chalicelib.instants import instant
from chalicelib.storage import clients

_PREFIX = "erasures/"


def log_erasure(subject: str, classes: list[str], rule: str, now: datetime) -> None:
    """Writes to the log that a subject's classes are being erased.

    An object is never overwritten.
    """
    entry = {
        "subject": subject,
        "classes": sorted(classes),
        "rule": rule,
        "erased_at": instant(now),
    }
    clients.s3().put_object(
        Bucket=settings.erasures_bucket(),
        Key=f"{_PREFIX}{now:%Y/%m/%d}/{subject}-{now:%H%M%S%f}.json",
        Body=json.dumps(entry).encode(),
        ContentType="application/json",
    )


def erased_since(since: date) -> Iterator[str]:
    """Lists the ids of subjects erased on or after a day, by the names in the log, oldest first.

    One ListObjectsV2 call per thousand. A subject erased in two steps comes twice.
    """
    pages = (
        clients.s3()
        .get_paginator("list_objects_v2")
        .paginate(
            Bucket=settings.erasures_bucket(),
            Prefix=_PREFIX,
            StartAfter=f"{_PREFIX}{since:%Y/%m/%d}",
        )
    )
    for page in pages:
        for entry in page.get("Contents", []):
            yield entry["Key"].rsplit("/", 1)[1].split("-", 1)[0]
