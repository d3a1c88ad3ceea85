"""Settings that may be left out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib import settings


@pytest.mark.parametrize(
    ("name", "read", "value"),
    [
        ("RISERBO_COUNTRY_HEADER", settings.country_header, "CloudFront-Viewer-Country"),
        ("RISERBO_ADDRESS_HEADER", settings.address_header, "CloudFront-Viewer-Address"),
        ("RISERBO_SECURITY_CONTACT", settings.security_contact, "mailto:security@example.org"),
    ],
)
def test_what_is_left_out_or_empty_is_none(
    name: str, read: Callable[[], str | None], value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISERBO_STAGE", "local")
    monkeypatch.delenv(name, raising=False)
    assert read() is None
    monkeypatch.setenv(name, "")
    assert read() is None
    monkeypatch.setenv(name, value)
    assert read() == value


HASHES = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("RISERBO_COUNTRY_HEADER", settings.country_header),
        ("RISERBO_ADDRESS_HEADER", settings.address_header),
    ],
)
@pytest.mark.parametrize(
    ("stage", "secret", "believed"),
    [
        ("local", "", True),
        ("dev", "", False),
        ("staging", "", False),
        ("production", "", False),
        ("production", ",", False),
        ("production", HASHES[0], True),
        ("local", HASHES[0], True),
    ],
)
def test_what_a_proxy_says_is_believed_of_one_that_is_known(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    read: Callable[[], str | None],
    stage: str,
    secret: str,
    believed: bool,
) -> None:
    monkeypatch.setenv(name, "X-Told")
    monkeypatch.setenv("RISERBO_STAGE", stage)
    monkeypatch.setenv("RISERBO_PROXY_SECRET_HASH", secret)
    assert read() == ("X-Told" if believed else None)


def test_two_secrets_of_a_proxy_are_known_while_one_replaces_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("RISERBO_PROXY_SECRET_HASH", raising=False)
    assert settings.proxy_secret_hashes() == frozenset()
    monkeypatch.setenv("RISERBO_PROXY_SECRET_HASH", ", ".join(HASHES))
    assert settings.proxy_secret_hashes() == frozenset(HASHES)
