"""What an address is found and counted by: keyed hashes, for the address itself lies sealed."""

from collections.abc import Callable
from datetime import datetime

from chalicelib.accounts import model
from chalicelib.limits import service as limits
from chalicelib.limits.service import Attempt
from chalicelib.vault import service as vault


def spelled(email: str) -> str:
    """What all spellings of an address have in common; something that is none if it is none."""
    try:
        return model.same_address(model.normal_address(email))
    except model.NotNormal:
        return "-"


def keyed(email: str) -> str:
    """The keyed hash of an address as somebody typed it. One KMS call."""
    return vault.address_mac(spelled(email))


Counting = Callable[[str, str, datetime], Attempt]
"""Which limit something is counted by: takes the keyed hash of an address, a network, the time."""


def mail_attempt(
    email: str, mac: str, network: str, now: datetime, counted: Counting = limits.mail
) -> Attempt:
    """Somebody causes a mail to an address whose keyed hash is `mac`.

    Mails are counted by mailbox: sub-addresses (RFC 5233) are other addresses and end in one. Only
    a sub-address takes another KMS call, which tells nothing of who is known.
    """
    address = spelled(email)
    mailbox = model.mailbox(address)
    return counted(mac if mailbox == address else vault.address_mac(mailbox), network, now)
