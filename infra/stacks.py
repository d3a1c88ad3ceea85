"""Deploys a stage's CloudFormation stacks, the same way on AWS and on the local engine."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from botocore.exceptions import ClientError, WaiterError

from chalicelib.mail import rate
from chalicelib.notices.service import confirmations
from infra.package import Package
from infra.stages import LOCAL
from infra.template import set_workers

if TYPE_CHECKING:
    from boto3 import Session
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.literals import CapabilityType

DATA = Path(__file__).with_name("data.yaml")
OPERATIONS = Path(__file__).with_name("operations.yaml")
BUDGET = Path(__file__).with_name("budget.yaml")
BACKUP = Path(__file__).with_name("backup.yaml")
_NOT_THERE = (None, "REVIEW_IN_PROGRESS")
"""The states of a stack that was never created."""

_CAPABILITIES: tuple[CapabilityType, ...] = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")


class DeploymentFailed(Exception):
    """A stack could not be created or updated; the text names the stack and the resources."""


@dataclass(frozen=True, slots=True)
class Release:
    """One version of the app stack, with everything that is needed to deploy it again.

    `template` is the key of the template in the artefacts bucket; the template names its package,
    which lies there too. `parameters` are the stack's parameters by name.
    """

    template: str
    parameters: Mapping[str, str]


def _silent(_line: str) -> None:
    """Says nothing."""


class Stacks:
    """The stacks of one stage, in the account and region of a session.

    `say` is called with each change that a deployment is about to make, a line each. `role` is the
    ARN of the role that CloudFormation takes to make them; without it, the session's own rights.
    """

    def __init__(
        self,
        session: Session,
        stage: str,
        endpoint: str | None = None,
        say: Callable[[str], None] = _silent,
        role: str | None = None,
    ) -> None:
        self._stage = stage
        self._role = {"RoleARN": role} if role else {}
        self._say = say
        self._cloudformation = session.client("cloudformation", endpoint_url=endpoint)
        self._s3 = session.client("s3", endpoint_url=endpoint)
        self._dynamodb = session.client("dynamodb", endpoint_url=endpoint)
        self._poll = 1 if endpoint else 15  # seconds

    @property
    def app_name(self) -> str:
        """Name of the stack with functions, API and queues."""
        return f"riserbo-{self._stage}"

    @property
    def data_name(self) -> str:
        """Name of the stack with tables, keys and buckets."""
        return f"riserbo-{self._stage}-data"

    @property
    def logs_name(self) -> str:
        """Name of the stack with log groups."""
        return f"{self.app_name}-logs"

    @property
    def alarms_name(self) -> str:
        """Name of the stack with the alarms on single metrics and the dashboard."""
        return f"{self.app_name}-alarms"

    def deploy_data(self) -> dict[str, str]:
        """Creates or updates the data stack; returns its outputs. Raises DeploymentFailed.

        The key that signs receipts stays the one in use, also where an operator replaced it, and so
        do tables that a restore put in the place of the stack's own.
        """
        in_use = self.outputs(self.data_name).get("ReceiptKey", "")
        known = self.parameters(self.data_name)
        tables = {name: value for name, value in known.items() if name.endswith("TableInForce")}
        settings = {"ReceiptKeyInUse": in_use, **tables}
        if self._status(self.data_name) in _NOT_THERE and self._stage != LOCAL:
            # A first creation that fails is deleted, which protected tables would not allow.
            self.deploy_template(self.data_name, DATA, {**settings, "Protected": "false"})
        return self.deploy_template(self.data_name, DATA, {**settings, "Protected": "true"})

    def change(self, name: str, parameters: Mapping[str, str]) -> dict[str, str]:
        """Changes some parameters of a stack and nothing else; returns its outputs.

        Raises DeploymentFailed, and botocore's errors where there is no such stack.
        """
        found = self._cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        kept = {one["ParameterKey"]: one["ParameterValue"] for one in found["Parameters"]}
        return self._deploy(name, {"UsePreviousTemplate": True}, {**kept, **parameters})

    def deploy_template(self, name: str, path: Path, settings: Mapping[str, str]) -> dict[str, str]:
        """Creates or updates a stack from a small template; returns its outputs.

        It gets those of the settings that it has parameters for. Raises DeploymentFailed.
        """
        document = yaml.safe_load(path.read_text("utf-8"))
        parameters = _known(document, {**settings, "Stage": self._stage})
        return self._deploy(name, {"TemplateBody": json.dumps(document)}, parameters)

    def deploy_logs(self, package: Package, settings: Mapping[str, str]) -> None:
        """Creates or updates the log groups, which have to be there before the app stack.

        Raises DeploymentFailed.
        """
        self.deploy_template(self.logs_name, package.logs, settings)

    def deploy_alarms(self, package: Package, settings: Mapping[str, str]) -> None:
        """Creates or updates the alarms and the dashboard; the app stack has to be there.

        `settings` are the app stack's outputs and those parameters that a stage decides. Raises
        DeploymentFailed.
        """
        self.deploy_template(self.alarms_name, package.alarms, settings)

    def deploy_app(
        self, package: Package, data: Mapping[str, str], settings: Mapping[str, str]
    ) -> dict[str, str]:
        """Uploads package and template, creates or updates the app stack; returns its outputs.

        `data` are the data stack's outputs, `settings` the parameters that a stage decides. Raises
        DeploymentFailed.
        """
        bucket = data["ArtefactsBucket"]
        return self.deploy_release(bucket, self.upload(package, data, settings))

    def upload(
        self, package: Package, data: Mapping[str, str], settings: Mapping[str, str]
    ) -> Release:
        """Uploads package and template; nothing is ever overwritten, since names are digests."""
        bucket = data["ArtefactsBucket"]
        code_uri = f"s3://{bucket}/{self._upload(bucket, package.code.read_bytes(), '.zip')}"
        document = json.loads(package.template.read_text("utf-8"))
        for resource in document["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                resource["Properties"]["CodeUri"] = code_uri
        set_workers(document, float(settings.get("MailRate", rate.DEFAULT)))
        key = self._upload(bucket, json.dumps(document).encode(), ".json")
        return Release(key, _known(document, {**data, **settings, "Stage": self._stage}))

    def keep_confirmations(self, data: Mapping[str, str], confirmed: Collection[str]) -> str:
        """Writes what the controller has confirmed into the records table; returns its digest.

        `data` are the data stack's outputs. Nothing is written, and the digest is empty, where
        nothing is confirmed.
        """
        if confirmed:
            item = dict(confirmations.item_of(confirmed))
            self._dynamodb.put_item(TableName=data["RecordsTable"], Item=item)
        return confirmations.digest_of(confirmed)

    def deploy_release(self, bucket: str, release: Release) -> dict[str, str]:
        """Creates or updates the app stack; returns its outputs. Raises DeploymentFailed."""
        url = f"{self._s3.meta.endpoint_url}/{bucket}/{release.template}"
        return self._deploy(self.app_name, {"TemplateURL": url}, release.parameters)

    def last_release(self, bucket: str) -> Release | None:
        """Returns the last release that was found to work; None before the first."""
        try:
            kept = self._s3.get_object(Bucket=bucket, Key=self._release_key)["Body"].read()
        except self._s3.exceptions.NoSuchKey:
            return None
        return Release(**json.loads(kept))

    def keep_release(self, bucket: str, release: Release) -> None:
        """Stores a release as the one to return to. The bucket keeps the earlier ones too."""
        body = json.dumps({"template": release.template, "parameters": dict(release.parameters)})
        self._s3.put_object(Bucket=bucket, Key=self._release_key, Body=body.encode())

    @property
    def _release_key(self) -> str:
        return f"releases/{self._stage}.json"

    def outputs(self, name: str) -> dict[str, str]:
        """Outputs of a stack; empty if there is no such stack."""
        found = self._described(name).get("Outputs", [])
        return {item["OutputKey"]: item["OutputValue"] for item in found}

    def parameters(self, name: str) -> dict[str, str]:
        """Parameters of a stack as they are; empty if there is no such stack."""
        found = self._described(name).get("Parameters", [])
        return {item["ParameterKey"]: item.get("ParameterValue", "") for item in found}

    def resources(self, name: str) -> dict[str, str]:
        """Physical ids of a stack's resources by logical id; empty if there is no such stack."""
        found = self._listed(name)
        return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in found}

    def kinds(self, name: str) -> dict[str, list[str]]:
        """Physical ids of a stack's resources by type; empty if there is no such stack."""
        found: dict[str, list[str]] = {}
        for one in self._listed(name):
            if one.get("PhysicalResourceId"):
                found.setdefault(one["ResourceType"], []).append(one["PhysicalResourceId"])
        return found

    def beside(self) -> list[str]:
        """Names of the stage's stacks in this region that the app does without.

        The order is that in which they can be deleted: composite alarms, which are in the
        operations stack, name the alarms.
        """
        pages = self._cloudformation.get_paginator("describe_stacks").paginate()
        names = (stack["StackName"] for page in pages for stack in page["Stacks"])
        own = f"{self.app_name}-"
        needed = (self.data_name, self.logs_name)
        found = [one for one in names if one.startswith(own) and one not in needed]
        return sorted(found, key=lambda one: (one == self.alarms_name, one))

    def delete(self, name: str) -> None:
        """Deletes a stack, if there is one, and waits until it is gone. Raises DeploymentFailed."""
        if not self._described(name):
            return
        self._say(f"deleting the stack {name}")
        self._cloudformation.delete_stack(StackName=name)
        self._wait(name, "stack_delete_complete")

    def _listed(self, name: str) -> list[Mapping[str, Any]]:
        if not self._described(name):
            return []
        pages = self._cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
        return [one for page in pages for one in page["StackResourceSummaries"]]

    def _described(self, name: str) -> Mapping[str, Any]:
        try:
            return self._cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as refused:
            if "does not exist" in str(refused):
                return {}
            raise

    def _upload(self, bucket: str, content: bytes, suffix: str) -> str:
        key = hashlib.sha256(content).hexdigest() + suffix
        if self._s3.list_objects_v2(Bucket=bucket, Prefix=key)["KeyCount"] == 0:
            self._s3.put_object(Bucket=bucket, Key=key, Body=content)
        return key

    def _deploy(
        self, name: str, source: Mapping[str, str | bool], parameters: Mapping[str, str]
    ) -> dict[str, str]:
        # IAM allows a change set by its stack, so every call names the stack too.
        status = self._status(name)
        _refuse_stuck(name, status)
        exists = status not in _NOT_THERE
        source = {**source, **self._role}
        if not exists:
            source = {**source, "OnStackFailure": "DELETE"}
        change = f"riserbo-{uuid.uuid4()}"
        self._cloudformation.create_change_set(
            StackName=name,
            ChangeSetName=change,
            ChangeSetType="UPDATE" if exists else "CREATE",
            Capabilities=_CAPABILITIES,
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value}
                for key, value in sorted(parameters.items())
            ],
            **source,  # type: ignore[arg-type]  # the template, and what a failure does
        )
        if self._has_changes(name, change):
            self._show(name, change)
            self._cloudformation.execute_change_set(StackName=name, ChangeSetName=change)
            self._wait(name, "stack_update_complete" if exists else "stack_create_complete")
        return self.outputs(name)

    def _status(self, name: str) -> str | None:
        status: str | None = self._described(name).get("StackStatus")
        return status

    def _has_changes(self, name: str, change: str) -> bool:
        waiter = self._cloudformation.get_waiter("change_set_create_complete")
        try:
            waiter.wait(
                StackName=name,
                ChangeSetName=change,
                WaiterConfig={"Delay": self._poll, "MaxAttempts": 120},
            )
        except WaiterError as refused:
            found = self._cloudformation.describe_change_set(StackName=name, ChangeSetName=change)
            reason = found.get("StatusReason", "")
            self._cloudformation.delete_change_set(StackName=name, ChangeSetName=change)
            if "didn't contain changes" in reason or "No updates" in reason:
                return False
            raise DeploymentFailed(f"{name}: {reason}") from refused
        return True

    def _show(self, name: str, change: str) -> None:
        paginator = self._cloudformation.get_paginator("describe_change_set")
        found = [
            each["ResourceChange"]
            for page in paginator.paginate(ChangeSetName=change, StackName=name)
            for each in page["Changes"]
        ]
        self._say(f"{name}: {len(found)} changes")
        for each in found:
            replaced = " (REPLACED)" if each.get("Replacement") == "True" else ""
            resource = f"{each['LogicalResourceId']} {each['ResourceType']}"
            self._say(f"  {each['Action']:<7} {resource}{replaced}")

    def _wait(self, name: str, state: str) -> None:
        waiter = self._cloudformation.get_waiter(state)  # type: ignore[call-overload]
        try:
            waiter.wait(
                StackName=name,
                WaiterConfig={"Delay": self._poll, "MaxAttempts": 3600 // self._poll},
            )
        except WaiterError as refused:
            raise DeploymentFailed(f"{name}: {_reasons(self._cloudformation, name)}") from refused


def _refuse_stuck(name: str, status: str | None) -> None:
    """Raises DeploymentFailed for a stack that AWS neither creates nor updates as it is.

    The text names the state and the commands that lead out of it.
    """
    helps = {
        "ROLLBACK_COMPLETE": (
            "its first creation failed, and AWS updates no such stack; delete it and deploy again: "
            f"aws cloudformation delete-stack --stack-name {name}"
        ),
        "UPDATE_ROLLBACK_FAILED": (
            "an update failed and could not be undone; remove the cause that the stack's events "
            f"name, then: aws cloudformation continue-update-rollback --stack-name {name}"
        ),
    }
    helps["ROLLBACK_FAILED"] = helps["DELETE_FAILED"] = helps["ROLLBACK_COMPLETE"]
    if status in helps:
        raise DeploymentFailed(f"{name} is in the state {status}: {helps[status]}")


def _known(document: Mapping[str, Any], settings: Mapping[str, str]) -> dict[str, str]:
    return {name: settings[name] for name in document["Parameters"] if name in settings}


def _reasons(client: CloudFormationClient, name: str) -> str:
    events = client.describe_stack_events(StackName=name)["StackEvents"]
    failed = [
        f"{event.get('LogicalResourceId')}: {event.get('ResourceStatusReason')}"
        for event in reversed(events)
        if "FAILED" in event.get("ResourceStatus", "")
    ]
    return "; ".join(failed[-10:]) or "no resource says why"
