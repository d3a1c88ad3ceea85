"""Calling the deployed API as a client does, and reading its problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import requests

from tests.functions.stack import DeployedStack

JSON: Final = "application/json"
HTML: Final = "text/html"
MARKDOWN: Final = "text/markdown"
PROBLEM: Final = "application/problem+json"

_SECONDS = 60


class Api:
    """The API of a stack. Not to be shared by threads: each has its own connection."""

    def __init__(self, stack: DeployedStack) -> None:
        self.stack = stack
        self.base_url = stack.base_url
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.clear()

    def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Any = None,
        json: Any = None,
        data: bytes | str | None = None,
    ) -> requests.Response:
        """One request; redirects are answers, not followed."""
        return self._session.request(
            method,
            self.base_url + path,
            headers=dict(headers or {}),
            params=params,
            json=json,
            data=data.encode() if isinstance(data, str) else data,
            timeout=_SECONDS,
            allow_redirects=False,
        )

    def get(self, path: str, **rest: Any) -> requests.Response:
        """GET."""
        return self.call("GET", path, **rest)

    def post(self, path: str, **rest: Any) -> requests.Response:
        """POST."""
        return self.call("POST", path, **rest)

    def delete(self, path: str, **rest: Any) -> requests.Response:
        """DELETE."""
        return self.call("DELETE", path, **rest)

    def notice_version(self) -> str:
        """The version in force."""
        version: str = ok(self.get("/v1/health"))["notice"]
        return version


def ok(response: requests.Response, status: int = 200) -> dict[str, Any]:
    """The JSON object of an answer that has to have this status."""
    assert response.status_code == status, f"{response.status_code}: {response.text}"
    body: dict[str, Any] = response.json()
    return body


def problem(response: requests.Response, status: int) -> dict[str, Any]:
    """The problem (RFC 9457) of an answer that has to be a refusal with this status."""
    assert response.status_code == status, f"{response.status_code}: {response.text}"
    found = whats_wrong_with(response)
    assert not found, found
    body: dict[str, Any] = response.json()
    return body


def whats_wrong_with(refusal: requests.Response) -> str:
    """Why an answer is no proper refusal of a client's mistake; empty if it is one."""
    if not 400 <= refusal.status_code < 500:
        return f"status {refusal.status_code}: {refusal.text[:200]}"
    if refusal.headers.get("Content-Type") != PROBLEM:
        return f"{refusal.status_code} with content type {refusal.headers.get('Content-Type')}"
    body = refusal.json()
    missing = {"type", "title", "status", "detail", "errors"} - body.keys()
    if missing:
        return f"{refusal.status_code} without {sorted(missing)}"
    if body["status"] != refusal.status_code:
        return f"{refusal.status_code} whose body says {body['status']}"
    if any(finding.keys() != {"pointer", "detail"} for finding in body["errors"]):
        return f"{refusal.status_code} with findings {body['errors']}"
    return ""


def pointers(body: Mapping[str, Any]) -> list[str]:
    """Where a problem says that something is wrong, in order."""
    return sorted(finding["pointer"] for finding in body["errors"])
