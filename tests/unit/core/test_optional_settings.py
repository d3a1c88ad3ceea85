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
    monkeypatch.delenv(name, raising=False)
    assert read() is None
    monkeypatch.setenv(name, "")
    assert read() is None
    monkeypatch.setenv(name, value)
    assert read() == value
