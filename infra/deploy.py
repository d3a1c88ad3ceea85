"""`make deploy STAGE=`: deploys a stage, rehearses, and returns to the last version if that fails.

It publishes the notice document that `NOTICE=` names, or the example. The settings of each stage
stand in `infra/stages.json`; a stage without them is refused, and so are an account that is not the
stage's, a region that the notice does not name, and any Python but the one of the Lambda runtime.
On a local engine (`STAGE=local ENDPOINT=http://...`) it does the same, within the engine's
abilities.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.notices.model import Notice
from infra.functions import log_group, read_functions
from infra.notice_document import chosen
from infra.package import PROJECT, Package, PackagingFailed, build_package
from infra.preflight import check_account, check_notice, findings, read_account
from infra.publication import (
    PublishingFailed,
    lacking_in_force,
    operator_environment,
    publish_document,
)
from infra.rehearsal.deployed import Deployed, Unhealthy
from infra.rehearsal.journey import Rehearsal
from infra.stacks import BACKUP, BUDGET, OPERATIONS, DeploymentFailed, Release, Stacks
from infra.stages import LOCAL, NotDeployable, Target, read_stage, read_target

__all__ = ["Deployment", "NotDeployable", "read_stage", "refuse_other_python"]

RUNTIME = (3, 13)
#: Where CloudFormation knows budgets; see infra/budget.yaml.
_BUDGETS_REGION = "us-east-1"
#: The address of an API without a domain is only known once it exists.
_NOT_KNOWN_YET = "http://127.0.0.1"
Outputs = dict[str, str]


class Returned(Exception):
    """The new version did not work; the text says so, and which version serves people now."""


def refuse_other_python(version: tuple[int, ...]) -> None:
    """Raises NotDeployable unless `version` (major, minor) is the Lambda runtime's."""
    if version != RUNTIME:
        raise NotDeployable("The package must be made by Python 3.13, the one of the functions.")


class Deployment:
    """One deployment of the code and a notice `document` to a target.

    `say` gets a line for each thing that happens.
    """

    def __init__(self, target: Target, document: Path, say: Callable[[str], None]) -> None:
        self._target = target
        self._document = document
        self._say = say
        self._session = target.session()
        self._stacks = Stacks(
            self._session, target.name, target.endpoint, say, target.execution_role
        )

    def check(self) -> Notice:
        """Checks everything that can be refused before any change. Raises NotDeployable."""
        notice = check_notice(self._document, self._target)
        check_account(self._target)
        for line in findings(self._target, read_account(self._target)):
            self._say(line)
        self._say_what_is_too_old()
        return notice

    def _say_what_is_too_old(self) -> None:
        """Says what the version in force lacks for this release, where a stack is deployed."""
        outputs = self._stacks.outputs(self._stacks.app_name)
        if "NoticesFunction" not in outputs:
            return
        try:
            environment = operator_environment(
                self._session, outputs["NoticesFunction"], self._target.endpoint
            )
            lacking = lacking_in_force(environment)
        except (PublishingFailed, BotoCoreError, ClientError) as refused:
            self._say(f"version in force: unknown ({type(refused).__name__})")
            return
        for line in lacking:
            version, name = line.split(" ", 1)
            self._say(
                f"warning: the version in force, {version}, lacks {name}: until a version of this "
                "release is in force, the operations that need it answer 503 notice-too-old"
            )

    def run(self, package: Package) -> Outputs:
        """Deploys, publishes and rehearses; returns the app stack's outputs.

        Raises DeploymentFailed, when CloudFormation has rolled back by itself, and Returned, when
        the version did not work and the last one was deployed again.
        """
        data = self._stacks.deploy_data()
        bucket = data["ArtefactsBucket"]
        last = self._stacks.last_release(bucket)
        self._stacks.deploy_logs(package, self._target.settings)
        release, outputs = self._deploy_app(package, data)
        self._publish(outputs)
        try:
            self._try(outputs)
        except Unhealthy as failed:
            raise Returned(self._return_to(last, bucket, str(failed))) from failed
        self._stacks.keep_release(bucket, release)
        self._stacks.deploy_alarms(package, {**outputs, **self._target.settings})
        self._watch({**data, **outputs})
        return outputs

    def _deploy_app(self, package: Package, data: Outputs) -> tuple[Release, Outputs]:
        settings = dict(self._target.settings)
        address = settings["PublicUrl"] or self._address(
            self._stacks.outputs(self._stacks.app_name)
        )
        settings["PublicUrl"] = address or _NOT_KNOWN_YET
        # Before any function is told of the list: one that runs meanwhile knows the one before.
        settings["Confirmations"] = self._stacks.keep_confirmations(data, self._target.confirmed)
        release = self._stacks.upload(package, data, settings)
        outputs = self._stacks.deploy_release(data["ArtefactsBucket"], release)
        if not address:
            parameters = {**release.parameters, "PublicUrl": self._address(outputs)}
            release = Release(release.template, parameters)
            outputs = self._stacks.deploy_release(data["ArtefactsBucket"], release)
        return release, outputs

    def _address(self, outputs: Outputs) -> str:
        return self._target.api_url(outputs["ApiId"]) if "ApiId" in outputs else ""

    def _publish(self, outputs: Outputs) -> None:
        function, endpoint = outputs["NoticesFunction"], self._target.endpoint
        try:
            environment = operator_environment(self._session, function, endpoint)
            self._say(publish_document(self._document, environment).strip())
        except (PublishingFailed, BotoCoreError, ClientError) as refused:
            # A notice in force stays in force; without one, health refuses below.
            self._say(f"warning: the notice was not published: {refused}")

    def _try(self, outputs: Outputs) -> None:
        pause = 1 if self._target.endpoint else 5
        front = self._target.front(outputs["ApiId"])
        stage = Deployed(self._session, outputs, front, self._target.endpoint, pause)
        Rehearsal(stage, self._say).run()
        self._say("it works: every step of the rehearsal did")

    def _return_to(self, last: Release | None, bucket: str, reason: str) -> str:
        self._say(f"!!! THE NEW VERSION DOES NOT WORK: {reason}")
        if last is None:
            return "The new version does not work, and there is no earlier one to return to."
        self._say("!!! RETURNING TO THE LAST VERSION")
        outputs = self._stacks.deploy_release(bucket, last)
        try:
            self._try(outputs)
        except Unhealthy as failed:
            return f"The last version was deployed again, and DOES NOT WORK EITHER: {failed}"
        return f"The new version does not work ({reason}). The last one serves people again."

    def _watch(self, outputs: Outputs) -> None:
        if self._target.name == LOCAL:
            self._say("operations: the local engine has no composite alarms; left out")
            return
        groups = (
            log_group(one.name).replace("${Stage}", self._target.name)
            for one in read_functions(PROJECT)
        )
        settings = {**outputs, "LogGroups": ",".join(groups), **self._target.settings}
        self._stacks.deploy_template(f"{self._stacks.app_name}-operations", OPERATIONS, settings)
        if settings.get("BackupVaultArn"):
            data = self._stacks.outputs(self._stacks.data_name)
            name = f"{self._stacks.app_name}-backup"
            self._stacks.deploy_template(name, BACKUP, {**settings, **data})
        if settings.get("BudgetAddress"):
            elsewhere = self._target.session(_BUDGETS_REGION)
            budgets = Stacks(
                elsewhere, self._target.name, say=self._say, role=self._target.execution_role
            )
            budgets.deploy_template(f"{self._stacks.app_name}-budget", BUDGET, settings)


def main(arguments: list[str]) -> int:
    """Deploy the named stage; 1, with the reason, if it is refused or does not work."""
    parser = argparse.ArgumentParser(prog="make deploy", description=__doc__)
    parser.add_argument("stage", help="dev, staging, production; local with --endpoint")
    parser.add_argument("--endpoint", help="URL of a local engine", default=None)
    asked = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        target = read_target(asked.stage, asked.endpoint or None)
        if target.name != LOCAL:
            refuse_other_python(tuple(sys.version_info[:2]))
        deployment = Deployment(target, chosen(), _say)
        deployment.check()
        outputs = deployment.run(build_package())
    except (NotDeployable, PackagingFailed, DeploymentFailed, Returned) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    except (BotoCoreError, ClientError) as refused:
        sys.stderr.write(f"AWS refused: {refused}\n")
        return 1
    seconds = time.monotonic() - started
    _say(f"deployed {target.name} in {seconds:.0f} s: {target.api_url(outputs['ApiId'])}")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
