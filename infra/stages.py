"""The stages, with their accounts, regions and settings (`infra/stages.json`)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boto3 import Session

from chalicelib.limits import model
from chalicelib.mail import rate

STAGES = Path(__file__).with_name("stages.json")
LOCAL = "local"
PRODUCTION = "production"
#: No CDN stands before the local stack: a caller sends the header that CloudFront would.
LOCAL_CDN = {"CountryHeader": "CloudFront-Viewer-Country"}
#: Settings that may stay blank; PublicUrl is looked at by itself.
_OPTIONAL = frozenset(
    {
        "AddressHeader",
        "AlarmAddress",
        "BackupVaultArn",
        "BudgetAddress",
        "CertificateArn",
        "CorsOrigins",
        "CountryHeader",
        "DomainName",
        "Firewall",
        "Limits",
        "MailRate",
        "ProxySecretHash",
        "PublicUrl",
        "SecurityContact",
        "Tracing",
        "Trail",
    }
)
_CONFIRMATION = re.compile(r"[^\s=,]+=[A-Za-z0-9_-]{12}")


class NotDeployable(Exception):
    """The stage's settings, account or notice do not allow a deployment; the text says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a deployment: `endpoint` is the local engine's URL, None for AWS itself.

    `confirmed` are the statements of the notice that the controller has confirmed, `<id>=<digest>`.
    """

    name: str
    region: str
    account: str
    settings: Mapping[str, str]
    endpoint: str | None = None
    confirmed: frozenset[str] = frozenset()

    def session(self, region: str | None = None) -> Session:
        """Returns a session of the operator; for the local engine, one without AWS credentials."""
        where = region or self.region
        if self.endpoint is None:
            return Session(region_name=where)
        return Session("test", "test", region_name=where)

    @property
    def execution_role(self) -> str | None:
        """ARN of the role that CloudFormation acts with (infra/execution.yaml); None locally."""
        if self.endpoint is not None:
            return None
        partition = Session().get_partition_for_region(self.region)
        return f"arn:{partition}:iam::{self.account}:role/riserbo-execution"

    def api_url(self, api_id: str) -> str:
        """Returns the API's base URL at its own address, without a slash at the end."""
        if self.endpoint is None:
            return f"https://{api_id}.execute-api.{self.region}.amazonaws.com/api"
        return f"{self.endpoint}/restapis/{api_id}/api/_user_request_"

    def front(self, api_id: str) -> str:
        """Returns the URL by which callers reach the API: its own, or the one of the proxy."""
        behind = self.settings.get("ProxySecretHash")
        return self.settings["PublicUrl"] if behind else self.api_url(api_id)


def read_stage(name: str, path: Path = STAGES) -> dict[str, Any]:
    """Returns region, account, settings and `confirmed` of a stage, from the file of all stages.

    The setting PublicUrl follows from DomainName; with neither, outside production, it stays blank,
    and the deployment takes the address that the API gets. Raises NotDeployable for what is missing
    or unfit.
    """
    stages: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8"))
    if name not in stages:
        raise NotDeployable(f"STAGE is one of: {', '.join(stages)}.")
    stage = {"confirmed": [], **stages[name]}
    settings = stage["settings"]
    if settings.get("DomainName"):
        settings["PublicUrl"] = settings.get("PublicUrl") or f"https://{settings['DomainName']}"
    empty = [key for key, value in settings.items() if not value and key not in _OPTIONAL]
    if settings.get("DomainName") and not settings.get("CertificateArn"):
        empty.append("CertificateArn")
    try:
        model.read(settings.get("Limits", ""))
    except model.UnfitFigures as unfit:
        raise NotDeployable(f"{path.name}, Limits of {name}: {unfit}.") from None
    settings["MailRate"] = _mail_rate(settings, f"{path.name}, MailRate of {name}")
    # A proxy's headers are believed only with its secret: any caller can send a header.
    if settings.get("CountryHeader") or settings.get("AddressHeader"):
        empty += [] if settings.get("ProxySecretHash") else ["ProxySecretHash"]
    if not settings.get("PublicUrl"):
        _refuse_without_address(name, settings, path)
    unfit_entries = [one for one in stage["confirmed"] if not _CONFIRMATION.fullmatch(one)]
    if unfit_entries:
        told = ", ".join(unfit_entries)
        raise NotDeployable(f"{path.name}, confirmed of {name}: no <id>=<digest> are: {told}.")
    missing = [key for key in ("region", "account") if not stage[key]] + empty
    if missing:
        raise NotDeployable(f"{path.name} says nothing yet about {name}: {', '.join(missing)}.")
    return stage


def _refuse_without_address(name: str, settings: Mapping[str, str], path: Path) -> None:
    """Raises NotDeployable where people need an address that outlives the API, and none is given.

    The one that API Gateway gives is for trying a stage out: a new API has another one, and with it
    every link in mails that were sent, and every receipt's address, would lead nowhere.
    """
    if name == PRODUCTION:
        raise NotDeployable(
            f"{path.name} gives production no address: set DomainName with CertificateArn, or "
            "PublicUrl where a CDN has the domain. Links in mails outlive an API; the address that "
            "API Gateway gives does not, so only the other stages may do with it."
        )
    if settings.get("ProxySecretHash"):
        raise NotDeployable(
            f"{path.name}, {name}: ProxySecretHash says that a CDN stands in front, so PublicUrl "
            "has to say its address."
        )


def _mail_rate(settings: Mapping[str, str], place: str) -> str:
    """Returns the quota of mails a second, the usual one if none is given. Raises NotDeployable."""
    text = settings.get("MailRate") or str(rate.DEFAULT)
    if not text.isascii() or not text.isdigit() or not int(text):
        raise NotDeployable(f"{place}: {text!r} is no number of mails a second from 1 on.")
    return text


def read_target(name: str, endpoint: str | None) -> Target:
    """Returns the target of a command: a stage on AWS, or `local` on the engine at `endpoint`.

    Raises NotDeployable for what is missing, and for `local` without an engine or the reverse.
    """
    if name != LOCAL:
        if endpoint is not None:
            raise NotDeployable(f"ENDPOINT is only for the stage {LOCAL}.")
        stage = read_stage(name)
        return Target(
            name,
            stage["region"],
            stage["account"],
            stage["settings"],
            confirmed=frozenset(stage["confirmed"]),
        )
    if endpoint is None:
        raise NotDeployable(f"The stage {LOCAL} needs the ENDPOINT of a local engine.")
    settings = {"PublicUrl": "", "MailSender": "privacy@riserbo.example", **LOCAL_CDN}
    return Target(LOCAL, "eu-south-1", "000000000000", settings, endpoint)
