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
    `added` are technical fields that a later release brought: a notice declares them or leaves
    them out, so that documents which were written before go on to compile and to be stored by.
    """

    retention_class: str
    fields: frozenset[str]
    events: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()


Catalogue = Mapping[str, StoredKind]


FORMS: Final = frozenset({"registration"})
"""The forms that the software shows: a notice has to say which fields each of them asks for."""


NOTIFICATIONS: Final[Mapping[str, bool]] = MappingProxyType(
    {
        "account_security": False,
        "requests": False,
        "notice_changes": False,
        "new_sign_in": True,
    }
)
"""What the software tells people of itself -> whether a notice may let them turn it off.

What concerns the security of an account, the answer to a request or a change of the notice is
always sent.
"""


WITHDRAWABLE: Final = frozenset({"profile"})
"""Kinds of record that hold a category each: the software erases those that are used with consent
alone when it is withdrawn, so a notice with such a category needs a rule from `withdrawn`."""


def _kind(
    retention_class: str, names: str = "", events: Set[str] = frozenset(), added: str = ""
) -> StoredKind:
    later = frozenset(added.split())
    return StoredKind(retention_class, frozenset(names.split()) | later, frozenset(events), later)


STORED: Final[Catalogue] = MappingProxyType(
    {
        "standing": _kind(
            "core",
            "state locale notice_version seq head decisions events registered_at last_activity_at"
            " claim generation role muted revision signal_at suppressed disclosed",
            {"registered", "last_decision", "last_activity", "disowned"},
            added="captures disowned offered",
        ),
        "claim": _kind(
            "core",
            "subject password_hash verified_at generation second_factor country reserved_until",
            added="proven sessions",
        ),
        "credential": _kind("account", "password_hash registered_at"),
        "profile": _kind("account"),
        "entry": _kind(
            "evidence",
            "seq previous hash commitment notice_version notice_digest source event at"
            " salt decisions locale evidence signal joined channel desk",
        ),
        "pending": _kind("core", "subject expires_at", {"created"}),
        "code": _kind("core", "subject expires_at", {"created"}),
        "limit": _kind("core", "tries expires_at", {"created"}, added="used_at"),
        "session": _kind(
            "core",
            "created_at expires_at generation second_factor ip_address approximate_place",
            {"created"},
            added="idle",
        ),
        "email_change": _kind(
            "account",
            "former target requested_at confirmed_at email former_email",
            {"created"},
            added="proven",
        ),
        "second_factor": _kind("account", "status last_step recovery created_at secret"),
        "reference": _kind("account", "set_at reference"),
        "link": _kind("core", "action target expires_at", {"created"}, added="wrong wrong_since"),
        "job": _kind("core", "queue action target attempts leased_until created_at", {"created"}),
        "request": _kind(
            "evidence",
            "right status received_at request_due_at completed_at channel history locale details",
            {"closed"},
        ),
        "obligation": _kind(
            "evidence",
            "notice_version status ask created_at effective_at sent_at bounced_at seen_at"
            " tries tried_at",
        ),
        "round": _kind(
            "core",
            "action target step pass_number shard cursor tallies status started_at finished_at",
            {"created"},
        ),
        "export": _kind("evidence", "request object created_at issued size", {"created"}),
        "idempotency": _kind("core", "payload_hash status answer expires_at", {"created"}),
        "data_key": _kind("core", "wrapped material created_at"),
        "erasure": _kind("evidence", "subject classes rule erased_at"),
        "disclosure": _kind(
            "evidence", "recipient category purpose fields_given disclosed_at entry", {"ended"}
        ),
        "delivery": _kind(
            "core",
            "recipient type subject status attempts error created_at delivered_at updated_at ref",
            {"created"},
        ),
    }
)
"""Kind of record -> what the software writes in it, in the clear or sealed. Some of it says
something about a person, such as `details` of a request or `ip_address` of a session: a notice
declares it as technical or, better, as an item of one of its categories."""
