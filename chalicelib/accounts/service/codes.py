"""The short code of a verification mail, for who reads it on another device."""

from datetime import datetime, timedelta

from chalicelib.accounts import store
from chalicelib.accounts.store import CodeItem
from chalicelib.vault import service as vault

CODE_VALID = timedelta(hours=1)
"""The time that a short code works, since eight digits can be guessed."""


def item(address_mac: str, code: str, subject: str, now: datetime) -> CodeItem:
    """A code as it is stored. One KMS call."""
    pk, sk = store.code_place(address_mac, code_mac(address_mac, code))
    return CodeItem(
        pk=pk,
        sk=sk,
        kind=CodeItem.KIND,
        subject=subject,
        expires_at=now + CODE_VALID,
        expires=now + CODE_VALID,
    )


def code_mac(address_mac: str, code: str) -> str:
    """The keyed hash of a short code of an address: without the key, all codes could be tried."""
    return vault.address_mac(f"code\n{address_mac}\n{code}")
