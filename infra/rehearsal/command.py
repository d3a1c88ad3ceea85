"""`make rehearse STAGE=`: a made-up person uses a deployed stage as people do, and is erased again.

Its caller needs few rights: to read the app stack's outputs, and to invoke functions of the stage.
Without a stage, or with `local` and no endpoint, it applies to the running local stack.
"""

from __future__ import annotations

import argparse
import sys

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.place import Place
from infra.local.stack import LocalStack, NotRunning
from infra.rehearsal.deployed import Deployed, Unhealthy
from infra.rehearsal.journey import Rehearsal
from infra.stacks import Stacks
from infra.stages import LOCAL, NotDeployable, read_target


def find(stage: str, endpoint: str | None) -> Deployed:
    """Returns the deployed stage of that name.

    Raises NotDeployable for one that is not deployed or has no settings, NotRunning without a
    local stack.
    """
    if endpoint is None and stage in ("", LOCAL):
        local = LocalStack(Place.chosen())
        local.attach()
        return Deployed(local.session(), local.outputs, local.base_url, local.engine.url, 1)
    target = read_target(stage, endpoint)
    session = target.session()
    stacks = Stacks(session, target.name, target.endpoint)
    outputs = stacks.outputs(stacks.app_name)
    if "ApiId" not in outputs:
        raise NotDeployable(f"The stage {target.name} is not deployed.")
    pause = 1 if target.endpoint else 5
    return Deployed(session, outputs, target.front(outputs["ApiId"]), target.endpoint, pause)


def main(arguments: list[str]) -> int:
    """Rehearse in the named stage; 1, with the step that failed, if it does not work."""
    parser = argparse.ArgumentParser(prog="make rehearse", description=__doc__)
    parser.add_argument("--stage", default="")
    parser.add_argument("--endpoint", default=None)
    asked = parser.parse_args(arguments)
    try:
        Rehearsal(find(asked.stage, asked.endpoint or None), _say).run()
    except Unhealthy as failed:
        sys.stderr.write(f"The rehearsal failed at {failed}\n")
        return 1
    except (NotDeployable, NotRunning, BotoCoreError, ClientError) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    _say("rehearsal: every step worked")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
