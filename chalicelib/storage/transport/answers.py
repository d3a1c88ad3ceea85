"""Reads the answers of AWS's services in JSON into the form that botocore gives them."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from chalicelib.storage.transport.wire import Answer

Json = dict[str, Any]

_BYTES: Final = (b'"B"', b'"BS"')
"""The tags of DynamoDB's values that are bytes."""


def parsed(answer: Answer, blobs: Iterable[str], *, tagged: bool) -> Json:
    """Returns an answer with `ResponseMetadata`, and with `Error` where its status says so.

    The members `blobs` are bytes; with `tagged`, so is each value that DynamoDB tags as bytes.
    A body that is no JSON is the message of an error, and an empty answer otherwise.
    """
    found = _members(answer.body, tagged=tagged)
    for name in blobs:
        if name in found:
            found[name] = base64.b64decode(found[name])
    if answer.status < 301:
        found.pop("message", None)
    else:
        found = {**_error(answer, found), **found}
        found.pop("__type", None)
    metadata = found["ResponseMetadata"] = {}
    if "x-amzn-requestid" in answer.headers:
        metadata["RequestId"] = answer.headers["x-amzn-requestid"]
    metadata["HTTPStatusCode"] = answer.status
    metadata["HTTPHeaders"] = dict(answer.headers)
    return found


def is_damaged(answer: Answer) -> bool:
    """Tells whether the body does not have the checksum that DynamoDB sent with it."""
    checksum = answer.headers.get("x-amz-crc32")
    return checksum is not None and zlib.crc32(answer.body) != int(checksum)


def expiry(answer: Answer, now: datetime, wait: float) -> str:
    """Returns until when a client waits for the next attempt, by the service's clock; or nothing.

    The service's clock is ahead of this one by as much as its `Date` is; `wait` is in seconds.
    """
    from email.utils import parsedate_to_datetime

    try:
        date = parsedate_to_datetime(answer.headers["date"])
    except (KeyError, ValueError):
        return ""
    ahead = date - now
    return f"{now + timedelta(seconds=wait) + ahead:%Y%m%dT%H%M%SZ}"


def _members(body: bytes, *, tagged: bool) -> Json:
    hook = _untagged if tagged and any(tag in body for tag in _BYTES) else None
    try:
        found = json.loads(body or b"{}", object_hook=hook)
    except ValueError:
        return {"message": body.decode(errors="replace")}
    return found if isinstance(found, dict) else {}


def _untagged(found: Json) -> Json:
    """Decodes a value that is tagged as bytes.

    Names that somebody gave (of attributes, tables, members of maps) never have a text, or a list
    of texts, for their value, so none is taken for a tag.
    """
    if len(found) == 1:
        ((tag, value),) = found.items()
        if tag == "B" and isinstance(value, str):
            return {tag: base64.b64decode(value)}
        if tag == "BS" and isinstance(value, list) and all(isinstance(one, str) for one in value):
            return {tag: [base64.b64decode(one) for one in value]}
    return found


def _error(answer: Answer, found: Json) -> Json:
    """Returns the member `Error` of an answer that is one.

    The code is the end of `__type`, or the status; SQS sends its older code in a header.
    """
    if answer.status >= 500 and (not answer.body.strip() or answer.body.startswith(b"<html>")):
        words = {one.value: one.phrase for one in HTTPStatus}.get(answer.status, "")
        return {"Error": {"Code": str(answer.status), "Message": words}}
    message = found.get("message", found.get("Message", ""))
    code = str(found.get("__type", answer.status)).partition(":")[0].rpartition("#")[2]
    error = {"Message": message, "Code": code}
    older, _, kind = answer.headers.get("x-amzn-query-error", "").partition(";")
    if older and kind and ";" not in kind:
        error |= {"Code": older, "QueryErrorCode": code, "Type": kind}
    return {"Error": error}
