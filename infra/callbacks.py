"""`make callback`, `make callbacks`: the endpoints by which recipients are told of changes to data.

It runs with the settings of a stage in the environment and the rights of its caller
(infra/in_stage.py).
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib.errors import Problem
from chalicelib.notices import service as notices
from chalicelib.webhooks.service import endpoints
from chalicelib.webhooks.service.endpoints import Endpoint

NOWHERE = "none"
_COLUMNS = "{:<32}  {:<10}  {}"
_HEAD = _COLUMNS.format("recipient", "changed", "url")


def tell(recipient: str, url: str) -> int:
    """Set a recipient's endpoint, and show its new secret, alone on standard output, this once.

    With `none` for a URL its endpoint is removed; 1 if it had none.
    """
    if url == NOWHERE:
        return _stop(recipient)
    secret = endpoints.register(recipient, url, notices.current())
    sys.stderr.write(f"{recipient} is told there. Its secret is shown this once:\n")
    sys.stdout.write(f"{secret}\n")
    return 0


def listed() -> int:
    """Show every endpoint, without its secret."""
    lines = [_HEAD, *map(_line, endpoints.listed())]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _stop(recipient: str) -> int:
    if not endpoints.remove(recipient):
        sys.stderr.write("There is no such endpoint: `make callbacks` lists them.\n")
        return 1
    sys.stdout.write("This recipient is told nowhere any more: the desk sees what it misses.\n")
    return 0


def _line(endpoint: Endpoint) -> str:
    return _COLUMNS.format(endpoint.recipient, f"{endpoint.changed_at:%Y-%m-%d}", endpoint.url)


_COMMANDS: dict[str, Callable[..., int]] = {"tell": tell, "list": listed}


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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
