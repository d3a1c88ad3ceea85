"""What a website was given with the notice that it showed: the header `Riserbo-Notice-Evidence`.

Such as `1.2026-11-22.it.2026-11-29T10.<MAC>`: a form, a version, a language, the hour (UTC) when
it was served, and a MAC over these and the version's digest. Pure: who has the key checks the MAC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

FORM = "1"
VALID = timedelta(hours=48)
"""How old proof may be when a decision comes with it: pages stay open, and queues wait."""
_SKEW = timedelta(minutes=1)
"""How far two clocks of ours may be apart when an hour begins."""
_HOUR = "%Y-%m-%dT%H"
_PARTS = re.compile(
    r"1[.](?P<version>[0-9-]{10}(?:[.][0-9]{1,3})?)[.](?P<locale>[A-Za-z0-9-]{2,35})"
    r"[.](?P<hour>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2})[.](?P<mac>[0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a text says of what was served, whether or not it is true. `hour` is when it began."""

    version: str
    locale: str
    hour: datetime
    mac: str

    def is_fresh(self, now: datetime) -> bool:
        """Whether it was served in this hour or in the 48 before it."""
        this_hour = now.replace(minute=0, second=0, microsecond=0)
        return this_hour - VALID <= self.hour <= now + _SKEW

    def message(self, digest: str) -> bytes:
        """What the MAC is over; `digest` is the version's."""
        return message(self.version, digest, self.locale, self.hour)

    def __str__(self) -> str:
        """The header's value."""
        hour = self.hour.strftime(_HOUR)
        return ".".join((FORM, self.version, self.locale, hour, self.mac))


def message(version: str, digest: str, locale: str, hour: datetime) -> bytes:
    """What is authenticated about a notice that was served in that hour."""
    return "\n".join((FORM, version, digest, locale, hour.strftime(_HOUR))).encode()


def read(text: str) -> Proof | None:
    """What a text says; None where it cannot be proof of ours."""
    found = _PARTS.fullmatch(text)
    if found is None:
        return None
    try:
        hour = datetime.strptime(found["hour"], _HOUR).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Proof(found["version"], found["locale"], hour, found["mac"])
