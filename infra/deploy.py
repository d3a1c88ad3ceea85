"""`make deploy STAGE=`: deploys to AWS with the credentials of the environment.

The settings of each stage stand in `infra/stages.json`; a stage without them is refused, and so
is an account that is not the stage's, and any Python but the one of the Lambda runtime.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from boto3 import Session
from botocore.exceptions import BotoCoreError, ClientError

from infra.package import PackagingFailed, build_package
from infra.stacks import DeploymentFailed, Stacks

STAGES = Path(__file__).with_name("stages.json")
RUNTIME = (3, 13)
_OPTIONAL = frozenset({"CorsOrigins", "Confirmed"})


class NotDeployable(Exception):
    """What is missing before this stage can be deployed."""


def read_stage(name: str, path: Path = STAGES) -> dict[str, Any]:
    """Region, account and settings of a stage. Raises NotDeployable for what is missing."""
    stages: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8"))
    if name not in stages:
        raise NotDeployable(f"STAGE is one of: {', '.join(stages)}.")
    stage = stages[name]
    empty = [key for key, value in stage["settings"].items() if not value and key not in _OPTIONAL]
    missing = [key for key in ("region", "account") if not stage[key]] + empty
    if missing:
        raise NotDeployable(f"{path.name} says nothing yet about {name}: {', '.join(missing)}.")
    return stage


def refuse_other_python(version: tuple[int, ...]) -> None:
    """Raises NotDeployable unless `version` (major, minor) is the Lambda runtime's."""
    if version != RUNTIME:
        raise NotDeployable("The package must be made by Python 3.13, the one of the functions.")


def deploy(name: str, stage: dict[str, Any]) -> dict[str, str]:
    """Deploy data and app stacks of a stage; the app stack's outputs.

    Raises NotDeployable, PackagingFailed, DeploymentFailed and botocore's errors.
    """
    session = Session(region_name=stage["region"])
    account = session.client("sts").get_caller_identity()["Account"]
    if account != stage["account"]:
        raise NotDeployable(f"These credentials belong to account {account}, which is not {name}.")
    package = build_package()
    stacks = Stacks(session, name)
    data = stacks.deploy_data()
    return stacks.deploy_app(package, data, stage["settings"])


def main(arguments: list[str]) -> int:
    """Deploy the named stage; 1, with the reason, if it cannot be."""
    name = arguments[0]
    try:
        stage = read_stage(name)
        refuse_other_python(tuple(sys.version_info[:2]))
        outputs = deploy(name, stage)
    except (NotDeployable, PackagingFailed, DeploymentFailed) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    except (BotoCoreError, ClientError) as refused:
        sys.stderr.write(f"AWS refused: {refused}\n")
        return 1
    sys.stdout.write(f"deployed {name}: API {outputs['ApiId']}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
