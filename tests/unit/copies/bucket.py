"""The bucket of copies in memory: objects, and the parts of uploads that are not finished."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib import clock

SMALLEST_PART = 5 * 1024 * 1024
"""S3 refuses a smaller part, except the last."""

Object = dict[str, Any]


class Bucket:
    """S3, as far as copies use it. Each call is a step; while it is `away` none is answered."""

    def __init__(self, step: Callable[[str], object]) -> None:
        self.step = step
        self.objects: dict[str, Object] = {}
        self.uploads: dict[str, Object] = {}
        self.parts: list[int] = []
        """The sizes of all parts that were ever sent."""
        self.away: set[str] = set()
        self._number = 0

    def put_object(self, **call: Any) -> None:
        """Lays an object there, whatever lay there."""
        self._called("put_object")
        self.objects[call["Key"]] = {**call, "Body": call["Body"].read(), "at": clock.now()}

    def create_multipart_upload(self, **call: Any) -> dict[str, str]:
        """Begins an upload."""
        self._called("create_multipart_upload")
        self._number += 1
        self.uploads[f"u{self._number}"] = {**call, "parts": {}}
        return {"UploadId": f"u{self._number}"}

    def upload_part(self, **call: Any) -> dict[str, str]:
        """Takes a part."""
        self._called("upload_part")
        body = call["Body"].read()
        self._upload(call)["parts"][call["PartNumber"]] = body
        self.parts.append(len(body))
        return {"ETag": hashlib.sha256(body).hexdigest()}

    def complete_multipart_upload(self, **call: Any) -> None:
        """Puts the parts together, in their order."""
        self._called("complete_multipart_upload")
        upload = self._upload(call)
        bodies = [upload["parts"][part["PartNumber"]] for part in call["MultipartUpload"]["Parts"]]
        assert all(len(body) >= SMALLEST_PART for body in bodies[:-1])
        del self.uploads[call["UploadId"]]
        kept = {name: value for name, value in upload.items() if name != "parts"}
        self.objects[call["Key"]] = {**kept, "Body": b"".join(bodies), "at": clock.now()}

    def abort_multipart_upload(self, **call: Any) -> None:
        """Forgets an upload and its parts."""
        self._called("abort_multipart_upload")
        self._upload(call)
        del self.uploads[call["UploadId"]]

    def delete_object(self, **call: Any) -> None:
        """Deletes an object; a missing one is no error."""
        self._called("delete_object")
        self.objects.pop(call["Key"], None)

    def get_paginator(self, _: str) -> Bucket:
        """Lists objects, in one page."""
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> list[dict[str, Any]]:  # noqa: N803 - S3
        """The one page of a listing."""
        del Bucket
        self._called("list_objects_v2")
        found = {key: one for key, one in self.objects.items() if key.startswith(Prefix)}
        return [{"Contents": [{"Key": key, "LastModified": found[key]["at"]} for key in found]}]

    def generate_presigned_url(self, _: str, *, Params: Any, ExpiresIn: int) -> str:  # noqa: N803
        """An address; no call."""
        return f"https://s3.example/{Params['Key']}?X-Amz-Expires={ExpiresIn}"

    def a_day_later(self) -> None:
        """What the bucket's rule does with uploads that nobody finished."""
        self.uploads.clear()

    def _called(self, name: str) -> None:
        self.step(f"s3.{name}")
        if name in self.away:
            raise EndpointConnectionError(endpoint_url="s3")

    def _upload(self, call: Any) -> Object:
        found = self.uploads.get(call["UploadId"])
        if found is None or found["Key"] != call["Key"]:
            raise ClientError({"Error": {"Code": "NoSuchUpload"}}, "S3")
        return found
