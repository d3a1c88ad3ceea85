"""The smoke test of a deployment: health, the notice, a consent and its withdrawal.

It acts as a browser without account. It leaves a random token's fingerprint and two decisions about
it: no person's data, and erased by the notice's own rule for visitors.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

import urllib3
from boto3 import Session
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.notices.model import Notice

_SECONDS = 20
#: API Gateway may serve an old deployment for some seconds.
_ATTEMPTS = 4


class Unhealthy(Exception):
    """The deployment does not work; the text holds the call and the answer."""


class SmokeTest:
    """One run against the API at `base_url`, `pause` seconds between attempts."""

    def __init__(self, base_url: str, pause: float) -> None:
        self._base_url = base_url
        self._pause = pause
        self._http = urllib3.PoolManager(timeout=_SECONDS, retries=False)

    def run(self, notice: Notice) -> None:
        """Reads health and notice; gives and withdraws a consent, if the notice asks for one.

        Raises Unhealthy.
        """
        try:
            self._run(notice)
        except (AttributeError, KeyError, TypeError, ValueError) as found:
            # The answer is not from this software: that is a failure of the deployment, too.
            raise Unhealthy(f"an answer has another shape: {found!r}") from found

    def _run(self, notice: Notice) -> None:
        version = self._when_ready("/v1/health")["notice"]
        for locale in notice.locales:
            self._call("GET", f"/v1/notice?lang={locale}", 200)
        visitor = {"Riserbo-Visitor": secrets.token_urlsafe(24)}
        if not notice.choices:
            self._call("GET", "/v1/consents", 200, visitor)
            return
        purpose = min(notice.choices)
        for said, stands in (("granted", "granted"), ("denied", "withdrawn")):
            body = {
                "notice_version": version,
                "decisions": {purpose: said},
                "source": "api",
            }
            self._call("POST", "/v1/consents", 201, visitor, body)
            self._expect(purpose, stands, visitor)

    def _expect(self, purpose: str, stands: str, visitor: Mapping[str, str]) -> None:
        found = self._call("GET", "/v1/consents", 200, visitor)["standing"]
        decision = found.get(purpose, {}).get("decision")
        if decision != stands:
            raise Unhealthy(f"GET /v1/consents: {purpose} is {decision}, not {stands}")

    def _when_ready(self, path: str) -> Any:
        for attempt in range(_ATTEMPTS):
            try:
                return self._call("GET", path, 200)
            except Unhealthy:
                if attempt == _ATTEMPTS - 1:
                    raise
                time.sleep(self._pause)
        raise AssertionError(path)

    def _call(
        self,
        method: str,
        path: str,
        status: int,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        asked = {"Accept": "application/json", **(headers or {})}
        try:
            answer = self._http.request(method, self._base_url + path, headers=asked, json=body)
        except urllib3.exceptions.HTTPError as failed:
            raise Unhealthy(f"{method} {path}: {type(failed).__name__}") from failed
        if answer.status != status:
            raise Unhealthy(f"{method} {path}: {answer.status} {answer.data[:300]!r}")
        return answer.json()


def wake(session: Session, functions: Sequence[str], endpoint: str | None) -> None:
    """Invokes queue functions with no message, so that their code loads. Raises Unhealthy."""
    client = session.client("lambda", endpoint_url=endpoint)
    for function in functions:
        try:
            answer = client.invoke(FunctionName=function, Payload=json.dumps({"Records": []}))
        except (BotoCoreError, ClientError) as failed:
            raise Unhealthy(f"{function}: {failed}") from failed
        if "FunctionError" in answer:
            raise Unhealthy(f"{function}: {answer['Payload'].read()[:300]!r}")
