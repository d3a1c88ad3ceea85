"""Many people at once: as registration and verification leave them, made by the same code.

`python -m tests.functions.crowd <count> ...` runs with the settings of a stage in the environment,
one argument a group: `agreed=offers_email:granted,surveys:denied;150`. It answers the subjects by
group, as JSON. Their mails of verification are not sent: nobody waits for them.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from infra.package import PROJECT
from tests.functions.stack import DeployedStack

Groups = Mapping[str, tuple[int, Mapping[str, str]]]
"""Name of a group -> how many people, and what each of them decided."""


def crowd(stack: DeployedStack, groups: Groups) -> dict[str, list[str]]:
    """People with accounts whose addresses are proven: their subjects, by group."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.functions.crowd", json.dumps(groups)],
        cwd=PROJECT,
        env=stack.local.command_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # Above it stand the lines that registering writes to the log.
    found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


def address(group: str, number: int) -> str:
    """Where one of them is written to."""
    return f"{group}.{number}@example.com"


def _make(groups: Mapping[str, Any]) -> dict[str, list[str]]:
    from chalicelib.accounts import passwords

    # Everybody has the same password, and hashing it is slow on purpose.
    passwords.hash_password = functools.cache(passwords.hash_password)
    return {
        name: [_account(address(name, number), number, decisions) for number in range(count)]
        for name, (count, decisions) in groups.items()
    }


def _account(email: str, number: int, decisions: Mapping[str, str]) -> str:
    from chalicelib import clock
    from chalicelib.accounts import store
    from chalicelib.accounts.service import addresses, proof, registration
    from chalicelib.jobs import service as jobs
    from chalicelib.notices import service as notices
    from chalicelib.storage.transaction import Transaction

    jobs.send = lambda job: job.delete()
    notice = notices.current()
    body = {
        "email": email,
        "password": "correct horse battery staple",
        "locale": ("it", "en")[number % 2],
        "notice_version": notice.version,
        "decisions": decisions,
    }
    registration.register(body, f"198.51.{number // 250}.{number % 250}/32", notice)
    mac = addresses.keyed(email)
    (pending,) = store.pending_of(mac, clock.now())
    waiting = proof.waiting(pending.subject)
    assert waiting
    assert proof.start(Transaction(notice), waiting, mac, notice, clock.now())
    return str(pending.subject)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_make(json.loads(sys.argv[1]))))
