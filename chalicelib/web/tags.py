"""Groups operations by the first segment of their path, so that a new operation has one, too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chalicelib.web.contract import Operation

SITE = "site"
"""The group of operations outside of the versioned interface: pages, well-known places, docs."""

_GROUPS: Mapping[str, tuple[str, str]] = {
    "account": ("accounts", "Registering, and one's own account."),
    "accounts": ("accounts", "Registering, and one's own account."),
    "password-resets": ("accounts", "Registering, and one's own account."),
    "sessions": ("sessions", "Signing in and out."),
    "consents": ("consents", "Decisions about purposes, and the ledger of them."),
    "receipts": ("receipts", "Signed copies of decisions, and whether one is genuine."),
    "unsubscribe": ("unsubscribe", "Links that end mails."),
    "unsubscribe-links": ("unsubscribe", "Links that end mails."),
    "decisions": ("decisions", "Whether something may be done with somebody's data."),
    "disclosures": ("disclosures", "Who was given which data."),
    "notice": ("notice", "The privacy notice, its versions, and cookies."),
    "notices": ("notice", "The privacy notice, its versions, and cookies."),
    "cookies": ("notice", "The privacy notice, its versions, and cookies."),
    "{script}": ("notice", "The privacy notice, its versions, and cookies."),
    "requests": ("requests", "Requests of people about their data."),
    "desk": ("desk", "The privacy officer's side."),
    "health": (SITE, "Health, well-known places, and this description."),
}


def of(operation: Operation) -> str:
    """Returns the group of an operation."""
    return _group(operation.path)[0]


def described(operations: Iterable[Operation]) -> list[dict[str, str]]:
    """Lists the groups of these operations, each with its description."""
    found = dict(_group(one.path) for one in operations)
    return [{"name": name, "description": text} for name, text in found.items()]


def _group(path: str) -> tuple[str, str]:
    steps = path.strip("/").split("/")
    if steps[0] != "v1" or len(steps) == 1:
        return _GROUPS["health"]
    return _GROUPS.get(steps[1], (steps[1], f"Operations below /v1/{steps[1]}."))
