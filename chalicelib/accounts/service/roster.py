"""The list of who works at the desk, beside the roles: nothing finds people by theirs."""

from chalicelib.accounts import roster_store


def forget(subject: str) -> None:
    """Deletes the list's entry of a subject that is erased. One DeleteItem."""
    roster_store.remove(subject)
