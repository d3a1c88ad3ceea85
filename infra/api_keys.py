"""`make key`, `make keys`, `make rotate`, `make revoke`: the API keys of the site's own systems.

It runs with the settings of a stage in the environment and the rights of its caller
(infra/in_stage.py).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib.api_keys import service
from chalicelib.api_keys.service import ApiKey
from chalicelib.errors import BadRequest, Problem
from chalicelib.notices import service as notices

_COLUMNS = "{:<26}  {:<10}  {:<10}  {:<10}  {:<22}  {}"
_HEAD = _COLUMNS.format("id", "created", "expires", "revoked", "scopes", "name")


def create(name: str, scopes: str, last_day: str, recipient: str = "") -> int:
    """Make a key and show it, alone on standard output, this once.

    `scopes` are separated by commas; `last_day` is the last day on which it works, in UTC, or
    empty. `recipient` is the one of the notice for which a key with the scope `answers` answers.
    """
    asked = [scope.strip() for scope in scopes.split(",") if scope.strip()]
    if recipient:
        _require_known(recipient)
    key, text = service.create(name, asked, _end_of(last_day), recipient or None)
    _show(key, text)
    return 0


def rotate(key: str, last_day: str) -> int:
    """Make a key that replaces another, which works on for some days, and show it."""
    new, text, until = service.rotate(key, _end_of(last_day))
    sys.stderr.write(f"The old key works until {until:%Y-%m-%d %H:%M} UTC.\n")
    _show(new, text)
    return 0


def listed() -> int:
    """Show every key that was ever made, without its secret."""
    lines = [_HEAD, *map(_line, service.listed())]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def revoke(key: str) -> int:
    """End a key at once; 1 if there is no such key."""
    if not service.revoke(key):
        sys.stderr.write("There is no such key: `make keys` lists them by id.\n")
        return 1
    sys.stdout.write("This key works no more.\n")
    return 0


_COMMANDS: dict[str, Callable[..., int]] = {
    "create": create,
    "list": listed,
    "rotate": rotate,
    "revoke": revoke,
}


def main(arguments: list[str]) -> int:
    """Run the named command; 1, with all findings, if it is refused."""
    name, *values = arguments
    try:
        return _COMMANDS[name](*values)
    except Problem as refused:
        findings = [f"{found.pointer}: {found.detail}" for found in refused.findings]
        sys.stderr.write("\n".join([refused.detail or refused.title, *findings]) + "\n")
    except (PynamoDBException, BotoCoreError, ClientError) as refused:
        sys.stderr.write(f"{refused}\n")
    return 1


def _require_known(recipient: str) -> None:
    """Raises BadRequest for a recipient that the notice in force does not name.

    It need not take part in requests yet: a key is made before a version asks.
    """
    known = notices.current().recipients
    if recipient not in known:
        raise BadRequest(f"RECIPIENT is one of the notice's: {', '.join(sorted(known))}.")


def _end_of(last_day: str) -> datetime | None:
    """Returns the end of a day in UTC; None for an empty text.

    Raises BadRequest for an invalid one.
    """
    if not last_day:
        return None
    try:
        return datetime.combine(date.fromisoformat(last_day) + timedelta(days=1), time(), UTC)
    except (ValueError, OverflowError):
        raise BadRequest("EXPIRES is a day, such as 2027-11-30.") from None


def _show(key: ApiKey, text: str) -> None:
    sys.stderr.write(f"{key.id} is the id of this key. It is shown this once:\n")
    sys.stdout.write(f"{text}\n")


def _line(key: ApiKey) -> str:
    last = None if key.expires_at is None else key.expires_at - timedelta(milliseconds=1)
    days = [
        "-" if at is None else f"{at:%Y-%m-%d}" for at in (key.created_at, last, key.revoked_at)
    ]
    scopes = ",".join(sorted(key.scopes))
    whose = scopes if key.recipient is None else f"{scopes} as {key.recipient}"
    return _COLUMNS.format(key.id, *days, whose, key.name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
