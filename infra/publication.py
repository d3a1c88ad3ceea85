"""Runs `infra.publish` with the settings of a deployed stage."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from boto3 import Session

from infra.package import PROJECT


class PublishingFailed(Exception):
    """The notice was refused; the text is the command's output."""


def publish_document(document: Path, environment: dict[str, str]) -> str:
    """Publishes a notice document; returns the command's output. Raises PublishingFailed."""
    done = subprocess.run(
        [sys.executable, "-m", "infra.publish", str(document.absolute())],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise PublishingFailed(f"{done.stdout}\n{done.stderr}".strip())
    return done.stdout


def lacking_in_force(environment: dict[str, str]) -> list[str]:
    """Returns what the version in force lacks for this release, a line each: version and name.

    Raises PublishingFailed where it cannot be read.
    """
    done = subprocess.run(
        [sys.executable, "-m", "infra.lacking"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise PublishingFailed(f"{done.stdout}\n{done.stderr}".strip())
    return done.stdout.splitlines()


def settings_of(session: Session, function: str, endpoint: str | None) -> dict[str, str]:
    """The settings of a deployed function (its deployed name), by variable name."""
    client = session.client("lambda", endpoint_url=endpoint)
    found = client.get_function_configuration(FunctionName=function)
    return dict(found["Environment"]["Variables"])


def operator_environment(session: Session, function: str, endpoint: str | None) -> dict[str, str]:
    """Environment of a command with the settings of `function` and the rights of the session.

    Raises botocore's errors, and PublishingFailed when the session has no credentials.
    """
    credentials = session.get_credentials()
    if credentials is None:
        raise PublishingFailed("There are no credentials in the environment.")
    frozen = credentials.get_frozen_credentials()
    token = {"AWS_SESSION_TOKEN": frozen.token} if frozen.token else {}
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(PROJECT),
        "AWS_ACCESS_KEY_ID": str(frozen.access_key),
        "AWS_SECRET_ACCESS_KEY": str(frozen.secret_key),
        "AWS_DEFAULT_REGION": session.region_name,
        "AWS_REGION": session.region_name,
        **token,
        **({"AWS_ENDPOINT_URL": endpoint} if endpoint else {}),
        **settings_of(session, function, endpoint),
    }
