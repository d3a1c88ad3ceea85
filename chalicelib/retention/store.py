"""The log of erasures: ids only, in a write-once bucket, to be replayed after a restore."""

import json
from datetime import datetime

from chalicelib import settings
from chalicelib.clock import instant
from chalicelib.storage import clients


def log_erasure(subject: str, classes: list[str], rule: str, now: datetime) -> None:
    """Writes that a subject's classes are being erased: what lies under one name never changes."""
    entry = {
        "subject": subject,
        "classes": sorted(classes),
        "rule": rule,
        "erased_at": instant(now),
    }
    clients.s3().put_object(
        Bucket=settings.erasures_bucket(),
        Key=f"erasures/{now:%Y/%m/%d}/{subject}-{now:%H%M%S%f}.json",
        Body=json.dumps(entry).encode(),
        ContentType="application/json",
    )
