"""The traces of attacks in the logs: proofs asked for, their outcome, limits reached.

A line names the account by its id, and the network by a hash that is keyed anew each week: so the
tries of one network can be compared, and no line tells where a person was. Addresses, tokens and
names stand in none. Lines expire with the log group (`LogDays`). A trace that cannot be written
never changes the answer.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib import clock, logs
from chalicelib.vault import service as vault

SIGN_INS, REFUSED, LIMITS = "SignIns", "SignInsRefused", "LimitsReached"
"""The metrics: sign-ins, proofs that were refused, limits that were reached."""

PASSWORD, CODE, MAILED_CODE = "password", "second_factor", "mailed_code"
"""The factors by which a person proves who they are."""

_WEEK = timedelta(weeks=1)


@dataclass
class _Key:
    """The key of a week, once this process has it; None if the function may not make it."""

    week: int = -1
    material: bytes | None = None


_key = _Key()


def signed_in(subject: str, factor: str, network: str) -> None:
    """Logs and counts a sign-in, by the password alone or with a second factor."""
    where = keyed(network)
    logs.measure("auth.signed_in", SIGN_INS, subject=subject, factor=factor, network=where)


def refused(reason: str, factor: str, network: str, subject: str | None = None) -> None:
    """Logs and counts a wrong proof: for the account of that id, or for an unknown one."""
    fields = logs.Fields(reason=reason, factor=factor, network=keyed(network))
    if subject is not None:
        fields["subject"] = subject
    logs.measure("auth.refused", REFUSED, **fields)


def asked(subject: str | None, network: str) -> None:
    """Logs that a right password led to the question for the second factor, by owner or thief."""
    logs.log("auth.code_asked", subject=subject or "", network=keyed(network))


def changed(what: str, subject: str, network: str | None = None) -> None:
    """Logs a change of an account's credentials; `what` is a fixed word."""
    if network is None:
        logs.log(f"auth.{what}", subject=subject)
    else:
        logs.log(f"auth.{what}", subject=subject, network=keyed(network))


def limited(limit: str, network: str | None, subject: str | None = None) -> None:
    """Logs and counts that a limit was reached, by its figure's name, with the account if known."""
    fields = logs.Fields(limit=limit)
    if network is not None:
        fields["network"] = keyed(network)
    if subject is not None:
        fields["subject"] = subject
    logs.measure("limit.reached", LIMITS, **fields)


def keyed(network: str) -> str:
    """Returns a network's keyed hash for the logs: the same all week, and not reversible.

    One KMS call a week in each process; `unkeyed` where the function may not make it.
    """
    key = _key_of(clock.now())
    if key is None:
        return "unkeyed"
    return hmac.new(key, network.encode(), hashlib.sha256).hexdigest()[:20]


def _key_of(now: datetime) -> bytes | None:
    from botocore.exceptions import BotoCoreError, ClientError

    week = int(now.timestamp() // _WEEK.total_seconds())
    if _key.week != week:
        try:
            _key.material = vault.derived_key(f"networks of logs {week}")
        except (BotoCoreError, ClientError):
            _key.material = None
        _key.week = week
    return _key.material
