"""Makes proof of each notice that is served, and checks it when a decision comes with it."""

import hmac
from datetime import datetime
from typing import Final

from chalicelib import clock, settings
from chalicelib.notices import proof
from chalicelib.notices.model import Notice
from chalicelib.notices.proof import Proof
from chalicelib.storage import clients

_ALGORITHM: Final = "HMAC_SHA_256"
_known: dict[tuple[str, str, datetime], str] = {}
"""The MACs that this process made or verified, by version, language and hour."""


def made(notice: Notice, locale: str) -> str:
    """Returns proof that this version is served in that language now.

    One KMS call an hour for each version and language; none otherwise.
    """
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    slot = (notice.version, locale, hour)
    if slot not in _known:
        answer = clients.kms().generate_mac(
            KeyId=settings.notice_key(),
            MacAlgorithm=_ALGORITHM,
            Message=proof.message(notice.version, notice.digest, locale, hour),
        )
        _remember(slot, answer["Mac"].hex())
    return str(Proof(notice.version, locale, hour, _known[slot]))


def holds(said: Proof, notice: Notice, locale: str) -> bool:
    """Tells whether this deployment served this version in that language, at most 48 hours ago.

    One KMS call for each version, language and hour of which this process has seen no true proof;
    none otherwise.
    """
    if (said.version, said.locale) != (notice.version, locale):
        return False
    if not said.is_fresh(clock.now()):
        return False
    slot = (said.version, said.locale, said.hour)
    known = _known.get(slot)
    if known is not None:
        return hmac.compare_digest(known, said.mac)
    if not _is_ours(said, notice):
        return False
    _remember(slot, said.mac)
    return True


def _is_ours(said: Proof, notice: Notice) -> bool:
    from botocore.exceptions import ClientError

    try:
        answer = clients.kms().verify_mac(
            KeyId=settings.notice_key(),
            MacAlgorithm=_ALGORITHM,
            Message=said.message(notice.digest),
            Mac=bytes.fromhex(said.mac),
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "KMSInvalidMacException":
            return False
        raise
    return bool(answer["MacValid"])


def _remember(slot: tuple[str, str, datetime], mac: str) -> None:
    oldest = clock.now() - 2 * proof.VALID
    for old in [one for one in _known if one[2] < oldest]:
        del _known[old]
    _known[slot] = mac
