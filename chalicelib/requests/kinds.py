"""Behaviour of the kinds of records of requests, where it is not that of a plain one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from chalicelib.catalogue import STORED, Source
from chalicelib.instants import instant
from chalicelib.kinds.model import Plain, Reader, Record
from chalicelib.pages.words import words
from chalicelib.requests.grounds import ARTICLES, OF_OTHER_LAW
from chalicelib.requests.history import read
from chalicelib.requests.machine import Action, Actor, Entry

_ARTICLES: Final[Mapping[str, Mapping[str, str]]] = {
    str(right): {str(ground): found for ground, found in grounds.items()}
    for right, grounds in ARTICLES.items()
}
_OTHER: Final = {str(ground): found for ground, found in OF_OTHER_LAW.items()}


class Exports(Plain):
    """Copies that answer requests, whose body lies in the bucket."""

    def release(self, subject: str, record: Record) -> None:
        """Deletes the body, and what else was written of the copy and is told of nowhere.

        The record goes after them, so that a crash in between is repeated.
        """
        from chalicelib.copies import service as copies

        copies.remove_all(subject, record.id)


class Requests(Plain):
    """Requests, with the texts that were written about them and their place in the register."""

    def told(self, record: Record, reader: Reader) -> Iterable[Record]:
        """Yields the request, with its history and the reasons of its answers in words."""
        fields = dict(record.fields)
        right, language = str(fields.get("right")), reader.locale
        fields["history"] = [
            _event(read(text), right, language) for text in fields.get("history", ())
        ]
        for name in ("purposes", "categories", "fields", "waiting"):
            if name in fields:
                fields[name] = str(fields[name]).split()
        yield replace(record, fields=fields)

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


class Messages(Plain):
    """The texts about a request, of its person and of the desk."""

    def told(self, record: Record, reader: Reader) -> Iterable[Record]:
        """Yields the text, which the person gave where they wrote it."""
        del reader
        wrote = record.fields.get("by") == Actor.PERSON
        yield replace(record, source=Source.SUBJECT if wrote else Source.SOFTWARE)


def _event(entry: Entry, right: str, language: str) -> Mapping[str, Any]:
    """Returns an event of a request's history; of a refusal with its ground in words."""
    said = {
        "at": instant(entry.at),
        "status": str(entry.status),
        "event": None if entry.event is None else str(entry.event),
        "by": None if entry.by is None else str(entry.by),
    }
    if entry.reason is None:
        return said
    said["reason"] = entry.reason
    if entry.event is Action.REFUSE:
        said["ground"] = words("requests", language).get(f"ground.{entry.reason}")
        said["article"] = _ARTICLES.get(right, _OTHER).get(entry.reason) or None
    return said


REQUESTS: Final = Requests(STORED["request"])
EXPORTS: Final = Exports(STORED["export"])
MESSAGES: Final = Messages(STORED["request_message"])
