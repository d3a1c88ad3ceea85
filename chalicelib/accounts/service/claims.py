"""Letting go of an address when its account is erased."""

from chalicelib.accounts import store


def release(address_mac: str, subject: str) -> None:
    """Removes a subject's claim, with the password's hash; somebody else's is left alone."""
    store.delete_claim(address_mac, subject)
