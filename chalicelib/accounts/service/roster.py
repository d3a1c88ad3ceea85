"""The list of who works at the desk, beside the roles: nothing finds people by theirs."""

from chalicelib.accounts import roster_store


def forget(subject: str) -> None:
    """Takes somebody off the list who is erased. One DeleteItem."""
    roster_store.remove(subject)
