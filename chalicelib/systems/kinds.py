"""Behaviour of the kinds of records of other systems, where it is not that of a plain one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from chalicelib.catalogue import STORED
from chalicelib.kinds.model import Plain, Reader, Record


class Questions(Plain):
    """Questions to other systems: a person is told by name who was asked what, and answered."""

    def told(self, record: Record, reader: Reader) -> Iterable[Record]:
        """Yields the question, with names in place of ids.

        An id stands for what the notice in force does not name any more.
        """
        notice, fields = reader.notice, record.fields
        recipient = notice.recipients.get(fields["recipient"])
        named = [
            notice.text(notice.categories[one].title, reader.locale)
            if one in notice.categories
            else one
            for one in fields["categories"].split()
        ]
        name = notice.text(recipient.name, reader.locale) if recipient else fields["recipient"]
        told = {**fields, "recipient": name, "categories": named}
        yield Record(record.kind, record.id, told)


class Answers(Plain):
    """Answers of other systems, whose body may lie in the bucket."""

    def release(self, subject: str, record: Record) -> None:
        """Deletes the body. The record goes after it, so that a crash in between is repeated."""
        from chalicelib.systems import store

        request, _, recipient = record.id.partition(".")
        store.release(subject, request, recipient, store.object_key(subject, request, recipient))


QUESTIONS: Final = Questions(STORED["question"])
ANSWERS: Final = Answers(STORED["answer"])
