"""Behaviour of the kinds of records of requests, where it is not that of a plain one."""

from __future__ import annotations

from typing import Final

from chalicelib.catalogue import STORED
from chalicelib.kinds.model import Plain, Record


class Exports(Plain):
    """Copies that answer requests, whose body lies in the bucket."""

    def release(self, subject: str, record: Record) -> None:
        """Deletes the body. The record goes after it, so that a crash in between is repeated."""
        from chalicelib.requests import store

        store.delete_object(store.object_key(subject, record.id))


class Requests(Plain):
    """Requests, with the texts that were written about them and their place in the register."""

    def release(self, subject: str, record: Record) -> None:
        """Deletes what belongs to the request, before it, so that a crash in between is repeated.

        These are its texts, what other systems were asked and gave, its entry in the register, and
        of a request without an account the entry by which it is found by its address, and all else
        in its partition.
        """
        from chalicelib.requests import store
        from chalicelib.systems import service as systems

        store.delete_messages(subject, record.id)
        systems.delete(subject, record.id)
        store.unregister(record.id)
        if subject == record.id:
            store.unlist_contact(subject)
            store.delete_contact(subject)


REQUESTS: Final = Requests(STORED["request"])
EXPORTS: Final = Exports(STORED["export"])
