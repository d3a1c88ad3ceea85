"""Deploys the two CloudFormation stacks, the same way on AWS and on the local engine."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from botocore.exceptions import ClientError, WaiterError

from infra.package import Package

if TYPE_CHECKING:
    from boto3 import Session
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.literals import CapabilityType

DATA = Path(__file__).with_name("data.yaml")
_CAPABILITIES: tuple[CapabilityType, ...] = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")


class DeploymentFailed(Exception):
    """A stack could not be created or updated; the text names the stack and the resources."""


class Stacks:
    """The stacks of one stage, in the account and region of a session."""

    def __init__(self, session: Session, stage: str, endpoint: str | None = None) -> None:
        self._stage = stage
        self._cloudformation = session.client("cloudformation", endpoint_url=endpoint)
        self._s3 = session.client("s3", endpoint_url=endpoint)
        self._poll = 1 if stage == "local" else 15

    @property
    def app_name(self) -> str:
        """Name of the stack with functions, API and queues."""
        return f"riserbo-{self._stage}"

    @property
    def data_name(self) -> str:
        """Name of the stack with tables, keys and buckets."""
        return f"riserbo-{self._stage}-data"

    def deploy_data(self) -> dict[str, str]:
        """Create or update the data stack; its outputs, by name. Raises DeploymentFailed."""
        body = json.dumps(yaml.safe_load(DATA.read_text("utf-8")))
        return self._deploy(self.data_name, {"TemplateBody": body}, {"Stage": self._stage})

    def deploy_app(
        self, package: Package, data: Mapping[str, str], settings: Mapping[str, str]
    ) -> dict[str, str]:
        """Upload package and template, create or update the app stack; its outputs, by name.

        `data` are the data stack's outputs, `settings` the parameters that a stage decides.
        Raises DeploymentFailed.
        """
        bucket = data["ArtefactsBucket"]
        code_uri = f"s3://{bucket}/{self._upload(bucket, package.code.read_bytes(), '.zip')}"
        document = json.loads(package.template.read_text("utf-8"))
        for resource in document["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                resource["Properties"]["CodeUri"] = code_uri
        key = self._upload(bucket, json.dumps(document).encode(), ".json")
        url = f"{self._s3.meta.endpoint_url}/{bucket}/{key}"
        known = {**data, **settings, "Stage": self._stage}
        parameters = {name: known[name] for name in document["Parameters"] if name in known}
        return self._deploy(self.app_name, {"TemplateURL": url}, parameters)

    def outputs(self, name: str) -> dict[str, str]:
        """Outputs of a stack; empty if there is no such stack."""
        try:
            stack = self._cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as refused:
            if "does not exist" in str(refused):
                return {}
            raise
        return {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}

    def _upload(self, bucket: str, content: bytes, suffix: str) -> str:
        key = hashlib.sha256(content).hexdigest() + suffix
        if self._s3.list_objects_v2(Bucket=bucket, Prefix=key)["KeyCount"] == 0:
            self._s3.put_object(Bucket=bucket, Key=key, Body=content)
        return key

    def _deploy(
        self, name: str, source: Mapping[str, str], parameters: Mapping[str, str]
    ) -> dict[str, str]:
        exists = self._status(name) not in (None, "REVIEW_IN_PROGRESS")
        change = self._cloudformation.create_change_set(
            StackName=name,
            ChangeSetName=f"riserbo-{uuid.uuid4()}",
            ChangeSetType="UPDATE" if exists else "CREATE",
            Capabilities=_CAPABILITIES,
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value}
                for key, value in sorted(parameters.items())
            ],
            **source,  # type: ignore[arg-type]  # TemplateBody or TemplateURL
        )["Id"]
        if self._has_changes(name, change):
            self._cloudformation.execute_change_set(ChangeSetName=change)
            self._wait(name, "stack_update_complete" if exists else "stack_create_complete")
        return self.outputs(name)

    def _status(self, name: str) -> str | None:
        try:
            return self._cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        except ClientError as refused:
            if "does not exist" in str(refused):
                return None
            raise

    def _has_changes(self, name: str, change: str) -> bool:
        waiter = self._cloudformation.get_waiter("change_set_create_complete")
        try:
            waiter.wait(
                ChangeSetName=change, WaiterConfig={"Delay": self._poll, "MaxAttempts": 120}
            )
        except WaiterError as refused:
            found = self._cloudformation.describe_change_set(ChangeSetName=change)
            reason = found.get("StatusReason", "")
            self._cloudformation.delete_change_set(ChangeSetName=change)
            if "didn't contain changes" in reason or "No updates" in reason:
                return False
            raise DeploymentFailed(f"{name}: {reason}") from refused
        return True

    def _wait(self, name: str, state: str) -> None:
        waiter = self._cloudformation.get_waiter(state)  # type: ignore[call-overload]
        try:
            waiter.wait(
                StackName=name,
                WaiterConfig={"Delay": self._poll, "MaxAttempts": 3600 // self._poll},
            )
        except WaiterError as refused:
            raise DeploymentFailed(f"{name}: {_reasons(self._cloudformation, name)}") from refused


def _reasons(client: CloudFormationClient, name: str) -> str:
    events = client.describe_stack_events(StackName=name)["StackEvents"]
    failed = [
        f"{event.get('LogicalResourceId')}: {event.get('ResourceStatusReason')}"
        for event in reversed(events)
        if "FAILED" in event.get("ResourceStatus", "")
    ]
    return "; ".join(failed[-10:]) or "no resource says why"
