"""`make role EMAIL=... ROLE=desk`: gives an account a role at the desk; ROLE=none takes it away.

`desk` acts, `reader` reads. Where the notice has no form of registration, an address that no
account holds is invited first.

It runs with the settings of a stage in the environment and the rights of its caller
(infra/in_stage.py). It never shows the address.
"""

from __future__ import annotations

import sys

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib.accounts.model import NotNormal
from chalicelib.accounts.service import registration, roles
from chalicelib.errors import Problem
from chalicelib.notices import service as notices

NONE = "none"
_SECOND_FACTOR = (
    "It works only in sessions opened with a second factor: whose account it is turns one on "
    "and signs in again.\n"
)
_INVITED = (
    "Nobody can register here, so an invitation was sent to this address. Once it is accepted, and "
    "a password chosen by the mail that follows, give the role again.\n"
)


def main(arguments: list[str]) -> int:
    """Give the account with that address the role; 1, with the reason, if it gets none."""
    email, role = arguments
    if role not in (*roles.ROLES, NONE):
        sys.stderr.write(f"ROLE is {', '.join(roles.ROLES)} or {NONE}.\n")
        return 1
    try:
        found = roles.give(email, None if role == NONE else role)
        if not found and role != NONE and not notices.current().registers:
            registration.invite(email, notices.current())
            sys.stdout.write(_INVITED)
            return 0
    except NotNormal as refused:
        sys.stderr.write(f"EMAIL {refused}.\n")
        return 1
    except (Problem, PynamoDBException, BotoCoreError, ClientError) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    if not found:
        which = "account" if role == NONE else "active account"
        sys.stderr.write(f"No {which} holds this address.\n")
        return 1
    if role == NONE:
        sys.stdout.write("This account has no role any more.\n")
    else:
        sys.stdout.write(f"This account has the role {role}.\n{_SECOND_FACTOR}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
