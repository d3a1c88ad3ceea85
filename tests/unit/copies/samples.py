"""Copies made in memory, and records to make them of."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import jsonschema

from chalicelib.consents.kinds import ENTRIES
from chalicelib.copies import archive
from chalicelib.copies.model import Order, Scope
from chalicelib.disclosures.kinds import DISCLOSURES
from chalicelib.kinds.model import Record
from chalicelib.kinds.registry import Registry
from chalicelib.notices.model import Notice
from chalicelib.publications.kinds import OBLIGATIONS
from chalicelib.requests.kinds import EXPORTS, MESSAGES, REQUESTS
from chalicelib.systems.model import Supplement
from tests.unit.core.samples import NOW, SUBJECT, shipped

KINDS = Registry(ENTRIES, DISCLOSURES, OBLIGATIONS, REQUESTS, EXPORTS, MESSAGES)
"""The kinds whose records are told otherwise than they are stored, save those that read a table."""

REQUEST = "q" * 26
HISTORY = (
    "2026-11-22T10:00:00.000Z received submit person",
    "2026-11-23T10:00:00.000Z refused refuse desk claims",
)

HELD = [
    Record("profile", "identity", {"email": "ada@example.org", "name": "Ada"}),
    Record("profile", "company", {"name": "Analytical Engines"}),
    Record("standing", "", {"state": "active", "decisions": {"surveys": {"decision": "granted"}}}),
    Record(
        "entry",
        "000000000001",
        {"seq": 1, "decisions": {"surveys": "granted"}, "salt": "SALT-IN-CLEAR", "hash": "h"},
    ),
    Record(
        "session",
        "s1",
        {
            "created_at": "2026-11-22",
            "expires_at": "2026-12-06",
            "ip_address": "203.0.113.0/24",
            "approximate_place": "IT",
            "generation": "GENERATION",
        },
        NOW,
    ),
    Record(
        "request",
        "r1",
        {
            "right": "erase",
            "status": "refused",
            "details": "please hurry",
            "history": [*HISTORY],
            "categories": "identity company",
            "contact": b"CONTACT-HASH",
            "code": "CODE-HASH",
            "token": "TOKEN-FINGERPRINT",
        },
        NOW,
    ),
    Record("request_message", "r1.0001", {"request": "r1", "by": "desk", "text": "No, sorry."}),
    Record(
        "obligation",
        "2026-12-01",
        {"notice_version": "2026-12-01", "status": "sent", "ask": "surveys", "sent_at": "then"},
    ),
    Record(
        "disclosure",
        "d1",
        {
            "recipient": "sponsors",
            "category": "identity",
            "purpose": "partner_lists",
            "fields_given": "name email",
            "disclosed_at": "2026-11-22T09:00:00.000Z",
            "entry": "e.1",
        },
    ),
    Record("claim", "", {"verified_at": "2026-11-22", "second_factor": True, "country": "IT"}),
    Record(
        "second_factor",
        "",
        {
            "status": "confirmed",
            "created_at": "2026-11-22",
            "last_step": 59_999_999,
            "secret": "FACTOR-SECRET",
            "recovery": ["RECOVERY-FINGERPRINT"],
        },
    ),
    Record(
        "email_change",
        "",
        {
            "email": "ada@example.net",
            "former_email": "ada@example.com",
            "requested_at": "2026-11-22",
            "former": "FORMER-HASH",
            "target": "TARGET-HASH",
        },
    ),
    Record("reference", "", {"reference": "customer-1815", "set_at": "2026-11-22"}),
    Record("export", "r0", {"request": "r0", "object": "OBJECT-KEY", "issued": [], "size": 1}, NOW),
    Record("credential", "", {"password_hash": "$argon2id$CREDENTIAL", "registered_at": "now"}),
    Record("link", "l1", {"action": "verify_address", "target": "LINK-TARGET"}),
    Record("job", "j1", {"queue": "mail", "target": "JOB-TARGET"}),
]

HIDDEN = (
    "SALT-IN-CLEAR",
    "GENERATION",
    "CONTACT-HASH",
    b"CONTACT-HASH".hex(),
    "CODE-HASH",
    "TOKEN-FINGERPRINT",
    "FACTOR-SECRET",
    "RECOVERY-FINGERPRINT",
    "59999999",
    "FORMER-HASH",
    "TARGET-HASH",
    "OBJECT-KEY",
    "$argon2id",
    "LINK-TARGET",
    "JOB-TARGET",
)
"""Values of the records above that nobody is told."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A ZIP as its person unpacks it."""

    data: Any
    page: str
    body: bytes

    def items(self, kind: str) -> list[dict[str, Any]]:
        """The records of a kind."""
        return [
            item for one in self.data["records"] if one["kind"] == kind for item in one["items"]
        ]

    def fields(self, kind: str) -> list[dict[str, Any]]:
        """What the records of a kind hold."""
        return [item["fields"] for item in self.items(kind)]

    @property
    def kinds(self) -> list[str]:
        """The kinds of records, in the order of the copy."""
        return [one["kind"] for one in self.data["records"]]

    def about(self, category: str) -> dict[str, Any]:
        """What is said of a category."""
        (found,) = [
            one for one in self.data["information"]["categories"] if one["category"] == category
        ]
        assert isinstance(found, dict)
        return found


class Written(BytesIO):
    """A file that can only be written, as an upload is."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError

    def seek(self, *_: int) -> int:
        raise OSError


def order(
    scope: Scope = Scope.ACCESS,
    locale: str = "it",
    notice: Notice | None = None,
    at: datetime = NOW,
) -> Order:
    """An order for a copy."""
    return Order(REQUEST, scope, SUBJECT, NOW, locale, notice or shipped(), at)


def unpacked(body: bytes) -> Copy:
    """A ZIP, whose data fits the schema that lies beside it."""
    with zipfile.ZipFile(BytesIO(body)) as archived:
        assert archived.testzip() is None
        assert archived.namelist() == ["data.json", "copy.schema.json", "index.html"]
        data = json.loads(archived.read("data.json"))
        schema = json.loads(archived.read("copy.schema.json"))
        page = archived.read("index.html").decode()
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.FormatChecker()
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(data)
    return Copy(data, page, body)


def made(
    asked: Order | None = None,
    held: Iterable[Record] = HELD,
    supplements: Iterable[Supplement] = (),
    kinds: Registry = KINDS,
) -> Copy:
    """A copy of these records."""
    written = Written()
    archive.pack(asked or order(), iter(held), kinds, written, supplements)
    return unpacked(written.getvalue())


def port(held: Iterable[Record] = HELD, notice: Notice | None = None) -> Copy:
    """What a person takes along."""
    return made(order(Scope.PORT, notice=notice), held)
