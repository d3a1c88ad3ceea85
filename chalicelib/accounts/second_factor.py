"""The rules of the second factor: time-based codes (RFC 6238) and recovery codes. Pure.

A time-based code has six digits and belongs to a step of 30 seconds; it is accepted in its own
step and one to either side, since clocks differ, and once (RFC 6238, section 5.2). A recovery
code has sixteen letters and digits of base32 (RFC 4648), 80 random bits, and works once.
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib import ids

OFFERED, CONFIRMED = "offered", "confirmed"
"""The statuses of a second factor: its secret was handed out, or its person has proven it."""

OFFER_VALID = timedelta(hours=1)
"""The time in which a secret that was handed out can be confirmed."""

RECOVERY_CODES = 10
"""The number of recovery codes that are made at once."""

_STEPS_APART = 1
_LETTERS = 16
_GROUP = 4
_MISREAD = str.maketrans("01", "OI")
"""Base32 has neither 0 nor 1, so a typed one of them was read in place of a letter."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A second factor, opened: its secret (base32), the last step used, its recovery codes.

    `recovery` holds the fingerprints of the codes that are left.
    """

    secret: str = field(repr=False)
    last_step: int
    recovery: frozenset[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class StepUsed:
    """A time-based code was right: the step that it belongs to, and all before it, are used up."""

    step: int


@dataclass(frozen=True, slots=True)
class RecoveryCodeUsed:
    """A recovery code was right: the fingerprint to remove, and how many codes are left then."""

    fingerprint: str = field(repr=False)
    left: int


Used = StepUsed | RecoveryCodeUsed
"""The part of a second factor that a right code uses up."""


def use(factor: Factor, code: str, now: datetime) -> Used | None:
    """Returns what a code uses up, or None when it is wrong or was used before.

    `code` is at most 40 typed characters. Both kinds are worked out for every
    code, so that the time taken does not tell which kind a wrong one was taken for.
    """
    step = step_of(factor.secret, code, now)
    given = fingerprint(factor.secret, code)
    known = [one for one in factor.recovery if hmac.compare_digest(one, given)]
    if step is not None and step > factor.last_step:
        return StepUsed(step)
    if known:
        return RecoveryCodeUsed(given, len(factor.recovery) - 1)
    return None


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step that a time-based code belongs to, of those it is accepted in now; None if none."""
    import pyotp

    typed, totp = _compact(code), pyotp.TOTP(secret)
    try:
        return totp.verify_and_get_timecode(typed, for_time=now, valid_window=_STEPS_APART)
    except pyotp.OTPVerificationError:
        return None


def fingerprint(secret: str, code: str) -> str:
    """Returns the fingerprint stored in place of a recovery code, whichever way it is typed.

    The secret goes into it, which is sealed: so 80 random bits are enough, although a reader of
    the table sees the fingerprints.
    """
    return ids.fingerprint(f"{secret}\n{_compact(code).upper().translate(_MISREAD)}")


def fingerprints(secret: str, codes: Collection[str]) -> frozenset[str]:
    """Returns the fingerprints stored in place of recovery codes."""
    return frozenset(fingerprint(secret, code) for code in codes)


def new_secret() -> str:
    """A fresh secret: 160 random bits (RFC 4226, section 4) as 32 characters of base32."""
    return _random() + _random()


def new_recovery_codes() -> tuple[str, ...]:
    """Fresh recovery codes as they are shown: groups of four, with hyphens."""
    return tuple(_grouped(_random()) for _ in range(RECOVERY_CODES))


def uri(secret: str, issuer: str, account: str) -> str:
    """The otpauth:// URI that an authenticator app takes as a QR code.

    A colon separates issuer and account in it, so neither may hold one.
    """
    import pyotp

    name, site = (part.replace(":", " ") for part in (account, issuer))
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=site)


def is_open(offered_at: datetime, now: datetime) -> bool:
    """Tells whether a secret that was handed out then can still be confirmed."""
    return now < offered_at + OFFER_VALID


def _compact(code: str) -> str:
    """Returns a code without the characters that people put between its parts."""
    return code.replace(" ", "").replace("-", "")


def _random() -> str:
    """80 random bits as sixteen characters of base32."""
    return ids.new_id()[:_LETTERS].upper()


def _grouped(letters: str) -> str:
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
