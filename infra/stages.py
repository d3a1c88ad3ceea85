"""The stages, with their accounts, regions and settings (`infra/stages.json`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boto3 import Session

from chalicelib.limits import model

STAGES = Path(__file__).with_name("stages.json")
LOCAL = "local"
#: No CDN stands before the local stack: a caller sends the header that CloudFront would.
LOCAL_CDN = {"CountryHeader": "CloudFront-Viewer-Country"}
#: Settings that may stay blank; PublicUrl follows from DomainName if only that is given.
_OPTIONAL = frozenset(
    {
        "AddressHeader",
        "AlarmAddress",
        "BudgetAddress",
        "CertificateArn",
        "Confirmed",
        "CorsOrigins",
        "CountryHeader",
        "DomainName",
        "Limits",
        "ProxySecretHash",
        "SecurityContact",
    }
)


class NotDeployable(Exception):
    """The stage's settings, account or notice do not allow a deployment; the text says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a deployment: `endpoint` is the local engine's URL, None for AWS itself."""

    name: str
    region: str
    account: str
    settings: Mapping[str, str]
    endpoint: str | None = None

    def session(self, region: str | None = None) -> Session:
        """Returns a session of the operator; for the local engine, one without AWS credentials."""
        where = region or self.region
        if self.endpoint is None:
            return Session(region_name=where)
        return Session("test", "test", region_name=where)

    def api_url(self, api_id: str) -> str:
        """Returns the API's base URL at its own address, without a slash at the end."""
        if self.endpoint is None:
            return f"https://{api_id}.execute-api.{self.region}.amazonaws.com/api"
        return f"{self.endpoint}/restapis/{api_id}/api/_user_request_"


def read_stage(name: str, path: Path = STAGES) -> dict[str, Any]:
    """Returns region, account and settings of a stage. Raises NotDeployable for missing ones."""
    stages: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8"))
    if name not in stages:
        raise NotDeployable(f"STAGE is one of: {', '.join(stages)}.")
    stage = stages[name]
    settings = stage["settings"]
    if settings.get("DomainName"):
        settings["PublicUrl"] = settings["PublicUrl"] or f"https://{settings['DomainName']}"
    empty = [key for key, value in settings.items() if not value and key not in _OPTIONAL]
    if settings.get("DomainName") and not settings.get("CertificateArn"):
        empty.append("CertificateArn")
    try:
        model.read(settings.get("Limits", ""))
    except model.UnfitFigures as unfit:
        raise NotDeployable(f"{path.name}, Limits of {name}: {unfit}.") from None
    # A proxy's headers are believed only with its secret: any caller can send a header.
    if settings.get("CountryHeader") or settings.get("AddressHeader"):
        empty += [] if settings.get("ProxySecretHash") else ["ProxySecretHash"]
    missing = [key for key in ("region", "account") if not stage[key]] + empty
    if missing:
        raise NotDeployable(f"{path.name} says nothing yet about {name}: {', '.join(missing)}.")
    return stage


def read_target(name: str, endpoint: str | None) -> Target:
    """Returns the target of a command: a stage on AWS, or `local` on the engine at `endpoint`.

    Raises NotDeployable for what is missing, and for `local` without an engine or the reverse.
    """
    if name != LOCAL:
        if endpoint is not None:
            raise NotDeployable(f"ENDPOINT is only for the stage {LOCAL}.")
        stage = read_stage(name)
        return Target(name, stage["region"], stage["account"], stage["settings"])
    if endpoint is None:
        raise NotDeployable(f"The stage {LOCAL} needs the ENDPOINT of a local engine.")
    settings = {"PublicUrl": "", "MailSender": "privacy@riserbo.example", **LOCAL_CDN}
    return Target(LOCAL, "eu-south-1", "000000000000", settings, endpoint)
