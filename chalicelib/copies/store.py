"""The bodies of copies in their bucket: uploaded in parts, given out, removed."""

from __future__ import annotations

import hashlib
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from chalicelib import logs, settings
from chalicelib.copies.model import PART
from chalicelib.storage import clients

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

_SMALL: Final = 256 * 1024
"""The size up to which a body grows in memory as it comes."""

CLASS: Final = "evidence"
"""The retention class of an export, whose KMS key encrypts its body."""


_FOLDER: Final = "exports"


def object_key(subject: str, request_id: str, writing: str) -> str:
    """Returns the key of an export's body: ids only, `writing` is that of one writing of it."""
    return f"{_FOLDER}/{subject}/{request_id}.{writing}.zip"


def request_of(key: str) -> str:
    """Returns the request whose body has a key; earlier releases named it by the request alone."""
    return key.rpartition("/")[2].partition(".")[0]


class Upload:
    """A body that is written to as it is made, and lies in the bucket once `finish` has returned.

    A body smaller than a part is one PutObject; a larger one a multipart upload in parts of 8 MB,
    of which one is in memory. It is encrypted with the class's KMS key. Parts of an upload that
    was neither finished nor aborted, since its worker died, are removed by the bucket after a day.
    """

    def __init__(self, key: str) -> None:
        # The client reads a file piece by piece; bytes would lie in memory twice meanwhile.
        self._key, self._buffer, self._id = key, BytesIO(), ""
        self._parts: list[CompletedPartTypeDef] = []
        self._digest, self._reserved = hashlib.sha256(), False
        self.size = 0

    @property
    def sha256(self) -> str:
        """The SHA-256 of what was written, in hex."""
        return self._digest.hexdigest()

    def write(self, data: bytes) -> int:
        """Takes bytes; one UploadPart for each 8 MB, and CreateMultipartUpload before the first."""
        self._digest.update(data)
        self.size += len(data)
        left = memoryview(data)
        while left:
            room = PART - self._buffer.tell()
            if not self._reserved and len(left) > _SMALL - self._buffer.tell():
                self._reserve()
            self._buffer.write(left[:room])
            left = left[room:]
            if self._buffer.tell() == PART:
                self._send()
        return len(data)

    def flush(self) -> None:
        """Does nothing: a part is sent when it is full."""

    def finish(self) -> None:
        """Puts the body in its place.

        One PutObject, or UploadPart and CompleteMultipartUpload.
        """
        if not self._parts:
            self._s3().put_object(**self._place(), Body=self._whole(), **_form())
            return
        if self._buffer.tell():
            self._send()
        self._s3().complete_multipart_upload(
            **self._place(), UploadId=self._id, MultipartUpload={"Parts": self._parts}
        )

    def abort(self) -> None:
        """Removes the parts that were sent. An error is logged: the bucket does it after a day."""
        from botocore.exceptions import BotoCoreError, ClientError

        if not self._id:
            return
        try:
            self._s3().abort_multipart_upload(**self._place(), UploadId=self._id)
        except (BotoCoreError, ClientError) as error:
            logs.failure("copy.not_aborted", error)

    def _reserve(self) -> None:
        """Takes the memory of a part at once: growing step by step would take it twice."""
        at = self._buffer.tell()
        self._buffer.seek(PART - 1)
        self._buffer.write(b"\0")
        self._buffer.seek(at)
        self._reserved = True

    def _whole(self) -> BytesIO:
        self._buffer.truncate()
        self._buffer.seek(0)
        return self._buffer

    def _send(self) -> None:
        if not self._id:
            made = self._s3().create_multipart_upload(**self._place(), **_form())
            self._id = made["UploadId"]
        number = len(self._parts) + 1
        sent = self._s3().upload_part(
            **self._place(), UploadId=self._id, PartNumber=number, Body=self._whole()
        )
        self._buffer.seek(0)
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})

    def _place(self) -> dict[str, Any]:
        return {"Bucket": settings.exports_bucket(), "Key": self._key}

    def _s3(self) -> Any:
        return clients.s3()


def delete_object(key: str) -> None:
    """Deletes an export's body; a missing one is no error. One DeleteObject."""
    clients.s3().delete_object(Bucket=settings.exports_bucket(), Key=key)


def objects_of(subject: str) -> list[str]:
    """Lists the keys of all bodies of a subject: copies, and what other systems gave.

    Three ListObjectsV2, and one more for each thousand.
    """
    listed, bucket = clients.s3().get_paginator("list_objects_v2"), settings.exports_bucket()
    return [
        entry["Key"]
        for folder in (_FOLDER, "answers", "uploads")
        for page in listed.paginate(Bucket=bucket, Prefix=f"{folder}/{subject}/")
        for entry in page.get("Contents", [])
    ]


def exports_of(subject: str, request_id: str = "") -> list[tuple[str, datetime]]:
    """Lists the bodies of exports of a subject, or of one request, each with its last writing.

    One ListObjectsV2, and one more for each thousand.
    """
    listed = clients.s3().get_paginator("list_objects_v2")
    prefix = f"{_FOLDER}/{subject}/{request_id}"
    return [
        (entry["Key"], entry["LastModified"])
        for page in listed.paginate(Bucket=settings.exports_bucket(), Prefix=prefix)
        for entry in page.get("Contents", [])
    ]


def signed_url(key: str, seconds: int) -> str:
    """Returns an address by which anyone can fetch an export for that many seconds. No call."""
    url: str = clients.s3().generate_presigned_url(
        "get_object",
        Params={"Bucket": settings.exports_bucket(), "Key": key},
        ExpiresIn=seconds,
    )
    return url


def _form() -> dict[str, Any]:
    return {
        "ContentType": "application/zip",
        "ContentDisposition": 'attachment; filename="riserbo-copy.zip"',
        "CacheControl": "no-store",
        "ServerSideEncryption": "aws:kms",
        "SSEKMSKeyId": settings.class_key(CLASS),
    }
