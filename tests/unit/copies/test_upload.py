"""The body of a copy on its way into the bucket."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator

import pytest

from chalicelib.copies import service, store
from chalicelib.copies.model import PART
from chalicelib.kinds.model import Record
from chalicelib.storage import clients
from tests.unit.copies.bucket import Bucket
from tests.unit.copies.samples import HELD, KINDS, order, unpacked
from tests.unit.core.samples import SUBJECT

KEY = f"exports/{SUBJECT}/{'q' * 26}.zip"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Bucket:
    made = Bucket(lambda _: None)
    monkeypatch.setattr(clients, "s3", lambda: made)
    monkeypatch.setenv("RISERBO_EXPORTS_BUCKET", "exports")
    monkeypatch.setenv("RISERBO_KEY_EVIDENCE", "arn:key")
    return made


def noise(records: int) -> Iterator[Record]:
    """Records that no packer makes smaller, 50 KB each."""
    luck = random.Random(7)
    for number in range(records):
        yield Record("profile", f"p{number}", {"text": luck.randbytes(25_000).hex()})


def test_a_small_copy_is_one_object(bucket: Bucket) -> None:
    written = service.write(order(), iter(HELD), KINDS)
    found = bucket.objects[written.key]
    assert (*bucket.objects,) == (written.key,)
    assert written.key.startswith(f"exports/{SUBJECT}/{'q' * 26}.")
    assert store.request_of(written.key) == store.request_of(KEY) == "q" * 26
    assert (written.size, written.records) == (len(found["Body"]), 14)
    assert written.sha256 == hashlib.sha256(found["Body"]).hexdigest()
    assert (found["ServerSideEncryption"], found["SSEKMSKeyId"]) == ("aws:kms", "arn:key")
    assert found["ContentDisposition"] == 'attachment; filename="riserbo-copy.zip"'
    assert bucket.uploads == {}
    assert unpacked(found["Body"]).data["held"]["records"] == 14


def test_a_large_one_goes_in_parts_of_8_mb(bucket: Bucket) -> None:
    written = service.write(order(), noise(330), KINDS)
    found = bucket.objects[written.key]
    assert bucket.parts[:-1] == [PART] * (len(bucket.parts) - 1)
    assert len(bucket.parts) >= 2
    assert written.sha256 == hashlib.sha256(found["Body"]).hexdigest()
    assert found["ServerSideEncryption"] == "aws:kms"
    assert bucket.uploads == {}
    assert len(unpacked(found["Body"]).items("profile")) == 330


@pytest.mark.parametrize(
    "call", ["create_multipart_upload", "upload_part", "complete_multipart_upload", "put_object"]
)
def test_no_part_and_no_object_is_left_where_it_fails(bucket: Bucket, call: str) -> None:
    bucket.away = {call}
    held = iter(HELD) if call == "put_object" else noise(330)
    with pytest.raises(Exception, match="Could not connect"):
        service.write(order(), held, KINDS)
    assert (bucket.objects, bucket.uploads) == ({}, {})


def test_no_part_is_left_where_a_record_cannot_be_read(bucket: Bucket) -> None:
    def broken() -> Iterator[Record]:
        yield from noise(330)
        raise OSError("the table is away")

    with pytest.raises(OSError, match="the table is away"):
        service.write(order(), broken(), KINDS)
    assert bucket.parts
    assert (bucket.objects, bucket.uploads) == ({}, {})


def test_an_abort_that_fails_hides_no_error(bucket: Bucket) -> None:
    bucket.away = {"upload_part", "abort_multipart_upload"}
    with pytest.raises(Exception, match="Could not connect"):
        service.write(order(), noise(330), KINDS)
    assert bucket.uploads  # which the bucket's own rule removes after a day
    bucket.a_day_later()
    assert bucket.uploads == {}


def test_each_writing_is_an_object_of_its_own_and_all_are_removed(bucket: Bucket) -> None:
    keys = [service.write(order(), iter(HELD), KINDS).key for _ in range(2)]
    assert [*bucket.objects] == keys
    assert len({one["Body"] for one in bucket.objects.values()}) == 1
    assert store.signed_url(keys[0], 60).endswith("X-Amz-Expires=60")
    assert [key for _, key, _ in service.written(SUBJECT)] == keys
    service.remove(keys[0])
    service.remove(keys[0])
    assert [*bucket.objects] == keys[1:]
    bucket.objects |= {KEY: bucket.objects[keys[1]]}  # as earlier releases named it
    service.remove_all(SUBJECT, "p" * 26)
    assert len(bucket.objects) == 2
    service.remove_all(SUBJECT, "q" * 26)
    assert bucket.objects == {}
