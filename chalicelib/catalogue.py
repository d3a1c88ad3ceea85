"""What the software itself stores, whatever the notice says.

A notice has to declare every kind and every field named here, in the same retention class, and no
kind beyond them: what is stored and what people are told cannot drift apart. Fields that a notice
decides, such as the items of a profile, do not stand here; they come from the notice's categories.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from types import MappingProxyType
from typing import Final, NamedTuple


class StoredKind(NamedTuple):
    """A kind of record: the class whose key seals it, the fields that the software writes.

    `events` are those from which the software reckons: a notice needs a retention rule for each.
    """

    retention_class: str
    fields: frozenset[str]
    events: frozenset[str] = frozenset()


Catalogue = Mapping[str, StoredKind]


FORMS: Final = frozenset({"registration"})
"""The forms that the software shows: a notice has to say which fields each of them asks for."""


def _kind(retention_class: str, names: str = "", events: Set[str] = frozenset()) -> StoredKind:
    return StoredKind(retention_class, frozenset(names.split()), frozenset(events))


STORED: Final[Catalogue] = MappingProxyType(
    {
        "standing": _kind(
            "core",
            "state locale notice_version seq head decisions events registered_at last_activity_at"
            " claim",
            {"registered", "last_decision", "last_activity"},
        ),
        "claim": _kind("core", "subject password_hash verified_at"),
        "credential": _kind("account", "password_hash registered_at"),
        "profile": _kind("account"),
        "entry": _kind(
            "evidence",
            "seq previous hash commitment notice_version notice_digest source event at"
            " salt decisions locale evidence",
        ),
        "session": _kind("core", "created_at expires_at", {"created"}),
        "link": _kind("core", "action target expires_at", {"created"}),
        "job": _kind("core", "queue action target attempts leased_until created_at", {"created"}),
        "request": _kind(
            "evidence",
            "right status received_at request_due_at completed_at channel history locale details",
            {"closed"},
        ),
        "export": _kind("evidence", "request object created_at issued size", {"created"}),
        "idempotency": _kind("core", "payload_hash status answer expires_at", {"created"}),
        "data_key": _kind("core", "wrapped material created_at"),
        "erasure": _kind("evidence", "subject classes rule erased_at"),
    }
)
"""Kind of record -> what the software writes in it. `details` of a request is what a person wrote:
a notice declares it as technical or, better, as an item of one of its categories."""
