"""Proof of the notice that a website was served: the header `Riserbo-Notice-Evidence`.

It is such as `1.2026-11-22.it.2026-11-29T10.<MAC>`: a form, a version, a language, the hour (UTC)
when it was served, and a MAC over these and the version's digest. Pure: a caller with the key
checks the MAC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

FORM = "1"
VALID = timedelta(hours=48)
"""Greatest age of proof that comes with a decision: pages stay open, and queues wait."""
_SKEW = timedelta(minutes=1)
"""Greatest difference of two clocks of this deployment when an hour begins."""
_HOUR = "%Y-%m-%dT%H"
_PARTS = re.compile(
    r"1[.](?P<version>[0-9-]{10}(?:[.][0-9]{1,3})?)[.](?P<locale>[A-Za-z0-9-]{2,35})"
    r"[.](?P<hour>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2})[.](?P<mac>[0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Proof:
    """The claims of a proof, true or not. `hour` is when it began."""

    version: str
    locale: str
    hour: datetime
    mac: str

    def is_fresh(self, now: datetime) -> bool:
        """Tells whether the notice was served in this hour or in the 48 before it."""
        this_hour = now.replace(minute=0, second=0, microsecond=0)
        return this_hour - VALID <= self.hour <= now + _SKEW

    def message(self, digest: str) -> bytes:
        """Returns the text under the MAC; `digest` is the version's."""
        return message(self.version, digest, self.locale, self.hour)

    def __str__(self) -> str:
        """Returns the header's value."""
        hour = self.hour.strftime(_HOUR)
        return ".".join((FORM, self.version, self.locale, hour, self.mac))


def message(version: str, digest: str, locale: str, hour: datetime) -> bytes:
    """Returns the text that is authenticated about a notice served in that hour."""
    return "\n".join((FORM, version, digest, locale, hour.strftime(_HOUR))).encode()


def read(text: str) -> Proof | None:
    """Returns the claims in a text; None where it has not the form of a proof."""
    found = _PARTS.fullmatch(text)
    if found is None:
        return None
    try:
        hour = datetime.strptime(found["hour"], _HOUR).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Proof(found["version"], found["locale"], hour, found["mac"])
