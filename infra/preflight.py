"""Checks before a deployment: the notice, the account, its quotas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.mail import rate
from chalicelib.notices.compiler import marks
from chalicelib.notices.model import Notice
from chalicelib.notices.service import confirmations
from infra.notice_document import NoticeUnusable, notice_of
from infra.quotas import quota
from infra.stages import LOCAL, PRODUCTION, NotDeployable, Target

UNKNOWN = "unknown"
#: The states of a region in which an account may use it (GetRegionOptStatus).
_ENABLED = ("ENABLED", "ENABLED_BY_DEFAULT")
_ISSUED = "ISSUED"
_ACCOUNT_STACK = "deploy infra/account.yaml"
_MORE_API = "ask for the quota L-8A5B8E43 (docs/operations.md)"
#: Fewer functions at once are not enough for people: a new account has 10 in all.
_LEAST_CONCURRENCY = 100
#: The quota that AWS gives an account that has been in use; a new one may have 10.
_USUAL_CONCURRENCY = 1000


def check_notice(document: Path, target: Target) -> Notice:
    """Returns the compiled notice that the stage will serve.

    Raises NotDeployable when it cannot be read or does not compile, when no recipient's `hosting`
    names the region, when the list of confirmations does not fit into its item, and, for
    production, when the controller has still to confirm parts of it.
    """
    confirmed = target.confirmed
    if sum(len(entry.encode()) + 1 for entry in confirmed) > confirmations.MAX_BYTES:
        raise NotDeployable(
            f"More than {confirmations.MAX_BYTES} bytes are confirmed one by one, which one item "
            "does not hold: confirm whole sections of the notice (make notice shows how)."
        )
    try:
        notice = notice_of(document, confirmed)
    except NoticeUnusable as unusable:
        raise NotDeployable(str(unusable)) from None
    place = f"aws:{target.region}"
    if place not in notice.hosting:
        named = ", ".join(sorted(notice.hosting)) or "no place at all"
        raise NotDeployable(
            f"The notice tells people that their data lies in {named}, not in {place}."
        )
    if target.name == PRODUCTION and notice.unconfirmed:
        missing = marks.confirmations(notice.document, confirmed)
        told = ["The controller has still to confirm parts of the notice:", *missing]
        whole = ["Whole sections, each at once:", *marks.sections(notice.document)]
        raise NotDeployable("\n".join([*told, *whole]))
    return notice


def check_account(target: Target) -> None:
    """Raises NotDeployable when the credentials belong to another account than the stage."""
    client = target.session().client("sts", endpoint_url=target.endpoint)
    account = client.get_caller_identity()["Account"]
    if account != target.account:
        raise NotDeployable(
            f"These credentials belong to account {account}, which is not {target.name}."
        )


@dataclass(frozen=True, slots=True)
class Account:
    """The answers of an account's services; None is for a question that was not answered.

    `concurrency` is the number of functions that may run at once, `mails_anybody` tells whether SES
    left its sandbox, `logs_role` is the role by which API Gateway writes access logs, empty without
    one, `region` the state of an opt-in region and `certificate` the state of the stage's.
    `mail_quota` is the number of mails that SES takes a second and a day; -1 a day is any number.
    `api_rate` is the number of requests a second that API Gateway takes of the account.
    """

    concurrency: int | None = None
    mails_anybody: bool | None = None
    logs_role: str | None = None
    region: str | None = None
    certificate: str | None = None
    mail_quota: tuple[float, float] | None = None
    api_rate: float | None = None


def read_account(target: Target) -> Account:
    """Returns the answers of the target's account.

    A service that refuses to answer, or an engine that does not know it, answers nothing: that
    never stops a deployment.
    """
    arn = target.settings.get("CertificateArn", "")
    return Account(
        _asked(target, "lambda", _account_concurrency),
        _asked(target, "sesv2", _leaves_sandbox),
        _asked(target, "apigateway", _api_role),
        _asked(target, "account", partial(_region_state, region=target.region)),
        _asked(target, "acm", partial(_certificate_state, arn=arn)) if arn else None,
        _asked(target, "sesv2", _mail_quota),
        _asked(target, "apigateway", _api_rate),
    )


def findings(target: Target, account: Account) -> Iterator[str]:
    """Yields a line for each finding; a line that needs action starts with `warning`.

    Raises NotDeployable, with all that is wrong, for what would make the deployment fail or the
    stage useless: the local engine has none of it.
    """
    yield f"account: {target.account} in {target.region}"
    yield _concurrency(account.concurrency)
    yield _mail(account.mails_anybody)
    yield _mail_rate(target, account.mail_quota)
    yield _api_logs(account.logs_role)
    yield _api_requests(account.api_rate)
    refused = [] if target.name == LOCAL else list(_refusals(target, account))
    if refused:
        raise NotDeployable("\n".join(["The account is not ready:", *refused]))


def _refusals(target: Target, account: Account) -> Iterator[str]:
    production = target.name == PRODUCTION
    if account.region is not None and account.region not in _ENABLED:
        yield f"- the region {target.region} is {account.region}: enable it for the account"
    if account.logs_role == "":
        yield "- API Gateway has no role for access logs, so the stage fails: " + _ACCOUNT_STACK
    if production and account.concurrency is not None and account.concurrency < _LEAST_CONCURRENCY:
        yield (
            f"- {account.concurrency} functions may run at once, shared by everything; production "
            f"needs {_LEAST_CONCURRENCY}: ask for the quota L-B99A9384 (docs/operations.md)"
        )
    if production and account.mails_anybody is False:
        yield "- SES is in its sandbox, so people get no mail: ask for production access"
    if production and account.mail_quota and _rate_of(target) > account.mail_quota[0]:
        yield (
            f"- MailRate is {_rate_of(target):g} mails a second and SES takes "
            f"{account.mail_quota[0]:g}: lower it, or ask for more (docs/operations.md)"
        )
    if production and account.api_rate is not None and account.api_rate < _api_reckoned():
        yield (
            f"- API Gateway takes {account.api_rate:g} requests a second, and the doors are "
            f"reckoned with {_api_reckoned():g}, so one loud door closes the others: {_MORE_API}"
        )
    if account.certificate is not None and account.certificate != _ISSUED:
        yield f"- the certificate is {account.certificate}: create its DNS record and wait"


def _asked(target: Target, service: str, question: Callable[[Any], Any]) -> Any:
    client: Any = target.session().client(service, endpoint_url=target.endpoint)  # type: ignore[call-overload]
    try:
        return question(client)
    except (ClientError, BotoCoreError, KeyError):
        return None


def _account_concurrency(client: Any) -> Any:
    return client.get_account_settings()["AccountLimit"]["ConcurrentExecutions"]


def _leaves_sandbox(client: Any) -> Any:
    return client.get_account()["ProductionAccessEnabled"]


def _mail_quota(client: Any) -> Any:
    quota = client.get_account()["SendQuota"]
    return float(quota["MaxSendRate"]), float(quota["Max24HourSend"])


def _api_role(client: Any) -> Any:
    return client.get_account().get("cloudwatchRoleArn", "")


def _api_rate(client: Any) -> Any:
    return float(client.get_account()["throttleSettings"]["rateLimit"])


def _region_state(client: Any, region: str) -> Any:
    return client.get_region_opt_status(RegionName=region)["RegionOptStatus"]


def _certificate_state(client: Any, arn: str) -> Any:
    return client.describe_certificate(CertificateArn=arn)["Certificate"]["Status"]


def _concurrency(found: int | None) -> str:
    if found is None or found >= _USUAL_CONCURRENCY:
        return f"functions at once: {UNKNOWN if found is None else found}"
    return f"warning: functions at once: {found}; ask AWS for {_USUAL_CONCURRENCY}"


def _mail(found: bool | None) -> str:
    if found is None:
        return f"mail: {UNKNOWN}"
    if found:
        return "mail: to any address"
    return "warning: mail: SES is in its sandbox, so only verified addresses get any"


def _rate_of(target: Target) -> float:
    return float(target.settings.get("MailRate") or rate.DEFAULT)


def _mail_rate(target: Target, found: tuple[float, float] | None) -> str:
    if found is None:
        return f"mail quota: {UNKNOWN}"
    a_second, a_day = found
    told = f"mail quota: {a_second:g} a second, {'any number' if a_day < 0 else f'{a_day:g}'} a day"
    deployed = _rate_of(target)
    if deployed > a_second:
        return f"warning: {told}; MailRate says {deployed:g}, so SES will refuse some at first"
    return told


def _api_reckoned() -> float:
    """The rate that the throttles of the doors leave half of to others (infra/throttles.py)."""
    return quota("API Gateway: requests a second in Milan")


def _api_requests(found: float | None) -> str:
    if found is None:
        return f"API requests a second: {UNKNOWN}"
    if found < _api_reckoned():
        return f"warning: API requests a second: {found:g}; {_MORE_API}"
    return f"API requests a second: {found:g}"


def _api_logs(found: str | None) -> str:
    if found is None:
        return f"access logs: {UNKNOWN}"
    if found:
        return "access logs: allowed"
    return f"warning: access logs: this account has no role for them; {_ACCOUNT_STACK}"
