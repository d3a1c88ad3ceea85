"""The kinds of record, forms and notifications of the software, under any notice.

A kind of record brings its fields, its periods with their bounds and, in the files of
`chalicelib/pages/words`, its words. A notice says which items of its categories a kind holds and
overrides the periods it cares about; it need not name the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from chalicelib.catalogue.kinds import STORED
from chalicelib.catalogue.model import Catalogue, Ending, Kind, Rule, Source, Untold

__all__ = [
    "FORMS",
    "NOTIFICATIONS",
    "NOTIFICATIONS_OF_ACCOUNTS",
    "OF_ACCOUNTS",
    "STORED",
    "Catalogue",
    "Ending",
    "Kind",
    "Rule",
    "Source",
    "Untold",
]

FORMS: Final = frozenset({"registration"})
"""The forms that the software shows: a notice has to say which fields each of them asks for."""

OF_ACCOUNTS: Final = frozenset(
    {
        *("claim", "code", "credential", "email_change", "pending", "profile", "reference"),
        *("role", "second_factor", "session", "warning"),
    }
)
"""The kinds of record that there are of accounts alone."""

NOTIFICATIONS_OF_ACCOUNTS: Final = frozenset({"account_security", "new_sign_in"})
"""The notifications that nobody but the holder of an account gets."""

NOTIFICATIONS: Final[Mapping[str, bool]] = MappingProxyType(
    {
        "account_security": False,
        "requests": False,
        "notice_changes": False,
        "new_sign_in": True,
    }
)
"""The software's notifications -> whether people may turn them off.

A notification about the security of an account, the answer to a request or a change of the notice
is always sent."""
