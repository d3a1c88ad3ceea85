"""Behaviour of the kinds of records of disclosures, where it is not that of a plain one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from chalicelib.catalogue import STORED
from chalicelib.kinds.model import Plain, Reader, Record
from chalicelib.notices.model import Notice, Words


class Disclosures(Plain):
    """Disclosures: a person is told by name who was given what for what (GDPR art. 15(1)(c))."""

    def told(self, record: Record, reader: Reader) -> Iterable[Record]:
        """Yields the disclosure, with names in place of ids."""
        named = _named(record.fields, reader.notice, reader.locale)
        yield replace(record, fields={**record.fields, **named})


def _named(fields: Mapping[str, Any], notice: Notice, locale: str) -> dict[str, Any]:
    """Returns who was given which data for what, by name.

    Ids stand for what the notice in force does not name any more.
    """
    category = notice.categories.get(fields["category"])
    known = {} if category is None else category.fields
    recipients = {one.id: one.name for one in notice.recipients.values()}
    categories = {one.id: one.title for one in notice.categories.values()}
    purposes = {one.id: one.title for one in notice.purposes.values()}
    items = {one.id: one.title for one in known.values()}

    def name(names: Mapping[str, Words], known_as: str) -> str:
        return notice.text(names[known_as], locale) if known_as in names else known_as

    return {
        "recipient": name(recipients, fields["recipient"]),
        "category": name(categories, fields["category"]),
        "purpose": name(purposes, fields["purpose"]),
        "fields_given": [name(items, one) for one in (fields.get("fields_given") or "").split()],
    }


DISCLOSURES: Final = Disclosures(STORED["disclosure"])
