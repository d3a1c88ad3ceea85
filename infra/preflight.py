"""Checks before a deployment: the notice, the account, its quotas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.notices.compiler import marks
from chalicelib.notices.model import Notice
from infra.notice_document import NoticeUnusable, notice_of
from infra.stages import NotDeployable, Target

UNKNOWN = "unknown"
#: The quota that AWS gives an account that has been in use; a new one may have 10.
_USUAL_CONCURRENCY = 1000
#: A function's environment holds 4 KiB in all, and names of tables, queues and keys take the rest.
MAX_CONFIRMED = 1500


def check_notice(document: Path, target: Target) -> Notice:
    """Returns the compiled notice that the stage will serve.

    Raises NotDeployable when it cannot be read or does not compile, when no recipient's `hosting`
    names the region, when more is confirmed one by one than the settings hold, and, for
    production, when the controller has still to confirm parts of it.
    """
    given = target.settings.get("Confirmed", "")
    if len(given.encode()) > MAX_CONFIRMED:
        raise NotDeployable(
            f"Confirmed has more than {MAX_CONFIRMED} bytes, which the functions' environment does "
            "not hold: confirm whole sections of the notice (make notice shows how)."
        )
    confirmed = frozenset(entry.strip() for entry in given.split(",") if entry.strip())
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
    if target.name == "production" and notice.unconfirmed:
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


def findings(target: Target) -> Iterator[str]:
    """Yields the account's quotas, a line each; a line that needs action starts with `warning`.

    A quota that cannot be read, for lack of the right or on an engine without the call, is
    `unknown`: it never stops a deployment.
    """
    yield f"account: {target.account} in {target.region}"
    yield _concurrency(_asked(target, "lambda", _account_concurrency))
    yield _mail(_asked(target, "sesv2", _leaves_sandbox))
    yield _api_logs(_asked(target, "apigateway", _api_role))


def _asked(target: Target, service: str, question: Callable[[Any], Any]) -> Any:
    client: Any = target.session().client(service, endpoint_url=target.endpoint)  # type: ignore[call-overload]
    try:
        return question(client)
    except (ClientError, BotoCoreError, KeyError):
        return UNKNOWN


def _account_concurrency(client: Any) -> Any:
    return client.get_account_settings()["AccountLimit"]["ConcurrentExecutions"]


def _leaves_sandbox(client: Any) -> Any:
    return client.get_account()["ProductionAccessEnabled"]


def _api_role(client: Any) -> Any:
    return client.get_account().get("cloudwatchRoleArn", "")


def _concurrency(found: Any) -> str:
    if found == UNKNOWN or found >= _USUAL_CONCURRENCY:
        return f"functions at once: {found}"
    return f"warning: functions at once: {found}; ask AWS for {_USUAL_CONCURRENCY}"


def _mail(found: Any) -> str:
    if found == UNKNOWN:
        return "mail: unknown"
    if found:
        return "mail: to any address"
    return "warning: mail: SES is in its sandbox, so only verified addresses get any"


def _api_logs(found: Any) -> str:
    if found == UNKNOWN:
        return "access logs: unknown"
    if found:
        return "access logs: allowed"
    return "warning: access logs: this account has no role for them; deploy infra/account.yaml"
