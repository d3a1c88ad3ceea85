"""Rules that refuse a version because of the one before it."""

from __future__ import annotations

from typing import Final

from chalicelib.errors import Finding
from chalicelib.notices.model import LegalBasis, Notice, Purpose

_NO_GROUND: Final = (
    "is missing: the purpose rested on consent until now. Record that basis and the ground on which"
    " it changes (GDPR art. 5(1)(a), 6(1))."
)
_OTHER_BASIS: Final = "is not the basis that the purpose had until now, which is consent."


def refusals(before: Notice, after: Notice) -> tuple[Finding, ...]:
    """Lists why `after` may not follow `before`, at places of its own document; empty if it may.

    A purpose does not leave consent for another basis without a recorded ground: people were told
    that it is their choice, so to go on without asking is unfair unless there is a good reason
    (GDPR art. 5(1)(a); EDPB Guidelines 05/2020, points 121 to 123).
    """
    found = []
    for index, purpose in enumerate(after.purposes.values()):
        earlier = before.purposes.get(purpose.id)
        if earlier is not None and earlier.needs_consent and not purpose.needs_consent:
            found += _unrecorded(f"/purposes/{index}/basis_change", purpose)
    return tuple(found)


def _unrecorded(pointer: str, purpose: Purpose) -> list[Finding]:
    if purpose.basis_change is None:
        return [Finding(pointer, _NO_GROUND)]
    if purpose.basis_change.before is not LegalBasis.CONSENT:
        return [Finding(f"{pointer}/from", _OTHER_BASIS)]
    return []
