"""`make signout EMAIL=...` ends a person's sessions; `make factor EMAIL=...` lifts a lost factor.

It runs with the settings of a stage in the environment and the rights of its caller
(infra/in_stage.py). It never shows the address: the line that it writes to the log, which belongs
in the desk's file, holds only the subject's id.
"""

from __future__ import annotations

import sys

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib.accounts.model import NotNormal
from chalicelib.accounts.service import operator
from chalicelib.errors import Problem

_ACTS = {
    "signout": (
        operator.end_sessions,
        "All sessions of this account have ended.\n",
        "No account that can be used holds this address.\n",
    ),
    "factor": (
        operator.lift_factor,
        "This account has no second factor any more; its sessions have ended, a mail tells so.\n",
        "No account that can be used holds this address with a second factor.\n",
    ),
}


def main(arguments: list[str]) -> int:
    """Do the act for the account with that address; 1, with the reason, if there is none."""
    what, email = arguments
    act, done, nobody = _ACTS[what]
    try:
        found = act(email)
    except NotNormal as refused:
        sys.stderr.write(f"EMAIL {refused}.\n")
        return 1
    except (Problem, PynamoDBException, BotoCoreError, ClientError) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    (sys.stdout if found else sys.stderr).write(done if found else nobody)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
