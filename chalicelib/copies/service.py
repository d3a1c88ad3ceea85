"""Makes copies of people's data, gives out their addresses, and removes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from chalicelib import ids
from chalicelib.copies import archive, store
from chalicelib.copies.model import Order, Written
from chalicelib.kinds.model import Record
from chalicelib.kinds.registry import Registry
from chalicelib.systems.model import Supplement


def write(
    order: Order,
    records: Iterable[Record],
    kinds: Registry,
    supplements: Iterable[Supplement] = (),
) -> Written:
    """Writes a copy as a stream into the bucket, and returns what lies there.

    `records` are all that is stored about the person, opened, in the order of their keys; they are
    read once. `supplements` are the answers of other systems. It takes one PutObject where the ZIP
    is smaller than 8 MB, else one UploadPart for each 8 MB and two calls; memory does not grow
    with the records. Each writing has an object of its own, so that none takes the place of one
    that a record tells of. Where it fails, no object and no part is left, and the error goes on.
    """
    key = store.object_key(order.subject, order.request, ids.new_id())
    upload = store.Upload(key)
    try:
        records_told = archive.pack(order, records, kinds, upload, supplements)
        upload.finish()
    except Exception:
        upload.abort()
        raise
    return Written(key, upload.size, upload.sha256, records_told)


def remove(key: str) -> None:
    """Deletes the body of a copy; a missing one is no error. One DeleteObject."""
    store.delete_object(key)


def remove_all(subject: str, request: str) -> None:
    """Deletes all bodies of a request's copy: one ListObjectsV2, one DeleteObject each."""
    for key, _ in store.exports_of(subject, request):
        store.delete_object(key)


def written(subject: str) -> list[tuple[str, str, datetime]]:
    """Lists the copies of a subject in the bucket: request, key, and when each was written.

    One ListObjectsV2, one more a thousand.
    """
    return [(store.request_of(key), key, at) for key, at in store.exports_of(subject)]


def bodies(subject: str) -> list[str]:
    """Lists the keys of all bodies of a subject. Three ListObjectsV2, one more a thousand."""
    return store.objects_of(subject)


def address(key: str, seconds: int) -> str:
    """Returns an address by which anyone can fetch the body for that many seconds. No call."""
    return store.signed_url(key, seconds)
