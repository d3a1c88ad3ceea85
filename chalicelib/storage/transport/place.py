"""The address and the credentials of AWS's services, as botocore finds them, without botocore.

In Lambda both come from the environment, which is read here. Credentials from anywhere else are
left to botocore's chain. Where a variable or a file could lead botocore to another address, there
is none here, and the caller leaves everything to botocore.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.storage.transport.signature import Credentials

_REGION = re.compile(r"(?!cn-)[a-z]{2}-[a-z]+-\d")
"""Regions of AWS's main partition, whose names end as `amazonaws.com`."""

_DECIDING = (
    "AWS_ACCOUNT_ID",  # DynamoDB has an address for each account
    "AWS_CONFIG_FILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
)
"""Variables that change an address, and that no function here is given."""

_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy")


@dataclass(frozen=True, slots=True)
class Place:
    """The region and the URL (without a path) of a service.

    `authorities` is the path of a file with those that may certify it; None for botocore's own.
    """

    region: str
    url: str
    authorities: str | None = None


def place(service: str, environment: Mapping[str, str]) -> Place | None:
    """Returns a service's place; None where only botocore can tell it."""
    region = environment.get("AWS_DEFAULT_REGION", "")
    if not region or any(environment.get(name) for name in _DECIDING):
        return None
    if Path("~/.aws/config").expanduser().exists():
        return None
    url = _given(service, environment)
    if not url and _REGION.fullmatch(region):
        url = f"https://{service}.{region}.amazonaws.com"
    found = re.fullmatch(r"(https?://[^/?#@]+)/?", url)
    if found is None or _is_behind_proxy(found[1], environment):
        return None
    authorities = environment.get("AWS_CA_BUNDLE") or environment.get("REQUESTS_CA_BUNDLE")
    return Place(region, found[1], authorities or None)


def _given(service: str, environment: Mapping[str, str]) -> str:
    own = environment.get(f"AWS_ENDPOINT_URL_{service.upper()}")
    return own or environment.get("AWS_ENDPOINT_URL") or ""


def _is_behind_proxy(url: str, environment: Mapping[str, str]) -> bool:
    if not any(environment.get(name) for name in _PROXIES):
        return False
    from urllib.parse import urlsplit
    from urllib.request import proxy_bypass

    return not proxy_bypass(urlsplit(url).netloc)


def credentials(environment: Mapping[str, str]) -> Callable[[], Credentials]:
    """Returns a function that returns the credentials of a call.

    Those of the environment stay as they are, as in botocore. Those that expire, and those from
    elsewhere, are botocore's, which refreshes them; the function raises NoCredentialsError where
    there are none.
    """
    access = environment.get("AWS_ACCESS_KEY_ID")
    secret = environment.get("AWS_SECRET_ACCESS_KEY")
    if not access or not secret or environment.get("AWS_CREDENTIAL_EXPIRATION"):
        return _Chain()
    token = environment.get("AWS_SECURITY_TOKEN") or environment.get("AWS_SESSION_TOKEN")
    found = Credentials(access, secret, token or None)
    return lambda: found


class _Chain:
    """Credentials from botocore's chain of providers."""

    def __init__(self) -> None:
        self._found: Any = None

    def __call__(self) -> Credentials:
        from botocore.exceptions import NoCredentialsError

        if self._found is None:  # none that was found is looked for again
            import botocore.session

            self._found = botocore.session.get_session().get_credentials()
        if self._found is None:
            raise NoCredentialsError
        frozen = self._found.get_frozen_credentials()
        return Credentials(frozen.access_key, frozen.secret_key, frozen.token)
