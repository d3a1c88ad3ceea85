"""Behaviour of the kinds of records of an account, where it is not that of a plain one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from chalicelib.catalogue import STORED
from chalicelib.kinds.model import Plain, Reader, Record


class Standings(Plain):
    """Standings. The claim on an address lies elsewhere, and the standing alone leads to it."""

    def told(self, record: Record, reader: Reader) -> Iterable[Record]:
        """Yields the claim and the standing, its decisions as they stand now. At most 2 GetItem."""
        from chalicelib.accounts.service import claims
        from chalicelib.consents.service import ledger
        from chalicelib.subjects import service as subjects

        address = subjects.claim_in(record.fields)
        fields = ledger.readable(reader.subject, record.fields, reader.notice, reader.now)
        if address is not None:
            kind, told_of = claims.told(address)
            yield Record(kind, "", told_of)
        yield replace(record, fields=fields)

    def release(self, subject: str, record: Record) -> None:
        """Removes the claim on the subject's address, with the password's hash."""
        from chalicelib.accounts.service import claims
        from chalicelib.subjects import service as subjects

        address = subjects.claim_in(record.fields)
        if address is not None:
            claims.release(address, subject)


class EmailChanges(Plain):
    """Changes of address, by which the former address is reserved for a while."""

    def release(self, subject: str, record: Record) -> None:
        """Ends the reservation of the former address; without fields it has ended by itself."""
        from chalicelib.accounts.service import claims

        former = record.fields.get("former")
        if former is not None:
            claims.release(former, subject)


class Roles(Plain):
    """Roles at the desk, each with an entry in the list of those who have one."""

    def release(self, subject: str, record: Record) -> None:
        """Removes the subject from the list."""
        from chalicelib.accounts.service import roster

        del record
        roster.forget(subject)


STANDINGS: Final = Standings(STORED["standing"])
EMAIL_CHANGES: Final = EmailChanges(STORED["email_change"])
ROLES: Final = Roles(STORED["role"])
