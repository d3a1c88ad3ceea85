"""The keyed hashes by which addresses are found and counted: the address itself lies sealed."""

from collections.abc import Callable
from datetime import datetime

from chalicelib.accounts import model
from chalicelib.limits import service as limits
from chalicelib.limits.service import Attempt
from chalicelib.vault import service as vault


def spelled(email: str) -> str:
    """Returns the form that all spellings of an address share, or the text itself if it is none."""
    try:
        return model.same_address(model.normal_address(email))
    except model.NotNormal:
        return "-"


def keyed(email: str) -> str:
    """Returns the keyed hash of an address as it was typed. One KMS call."""
    return vault.address_mac(spelled(email))


Counting = Callable[[str, str, datetime], Attempt]
"""Returns the limit that counts an act, by the keyed hash of an address, a network, the time."""


def mail_attempt(
    email: str, mac: str, network: str, now: datetime, counted: Counting = limits.mail
) -> Attempt:
    """Returns the count of a mail to an address whose keyed hash is `mac`.

    Mails are counted by mailbox, which sub-addresses (RFC 5233) share. Only a sub-address takes
    another KMS call, which does not tell known addresses apart.
    """
    address = spelled(email)
    mailbox = model.mailbox(address)
    return counted(mac if mailbox == address else vault.address_mac(mailbox), network, now)
