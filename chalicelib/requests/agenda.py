"""The rules about time of a request that nobody acts on: when it is reminded of, and ends. Pure."""

from datetime import timedelta
from typing import Final

REMIND_DAYS: Final = 3
"""The civil days after which a person is reminded, once, to prove the address."""

PROOF_DAYS: Final = 7
"""The civil days after which a request whose address was not proven is removed."""

LIFTED_AFTER: Final = timedelta(days=7)
"""The time from announcing the end of a restriction to that end (GDPR art. 18(3))."""
