"""Where a call comes from: its network and country, by the gateway or by a CDN in front."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import BadRequest
from chalicelib.web.call import Call, read_call
from chalicelib.web.network import UNKNOWN
from tests.unit.web import sample

COUNTRY, ADDRESS = "CloudFront-Viewer-Country", "CloudFront-Viewer-Address"


@pytest.fixture(autouse=True)
def _no_cdn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_STAGE", "local")
    monkeypatch.delenv("RISERBO_ADDRESS_HEADER", raising=False)


@pytest.fixture
def cdn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_ADDRESS_HEADER", ADDRESS)


def call(headers: dict[str, str] | None = None, **more: Any) -> Call:
    event = sample.event("GET", "/v1/notice", None, headers, **more)
    return read_call(sample.NOTICE, event, {}, "")


def test_a_call_comes_from_the_network_that_the_gateway_saw() -> None:
    assert call().network == "192.0.2.0/24"
    assert "192.0.2" not in repr(call())


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", ADDRESS])
def test_nobody_says_of_themselves_where_they_are(header: str) -> None:
    assert call({header: "198.51.100.1"}).network == "192.0.2.0/24"


@pytest.mark.parametrize("identity", [None, {}, {"sourceIp": None}, {"sourceIp": 7}, "x"])
def test_without_an_address_the_network_is_unknown(identity: object) -> None:
    context = {"resourcePath": "/v1/notice", "httpMethod": "GET", "identity": identity}
    assert call(requestContext=context).network == UNKNOWN


@pytest.mark.usefixtures("cdn")
@pytest.mark.parametrize(
    ("told", "network"),
    [
        ("198.51.100.10:46532", "198.51.100.0/24"),
        ("198.51.100.10", "198.51.100.0/24"),
        ("2001:db8:1:2:3:4:5:6:46532", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:3:4:5:6:443", "2001:db8:1:2::/64"),
        ("2001:db8:1::6:46532", "2001:db8:1::/64"),
        ("2001:db8:1::6:443", "2001:db8:1::/64"),
        ("2001:db8:1:::443", "2001:db8:1::/64"),
        ("2001:db8:1::6", "2001:db8:1::/64"),
        ("nonsense", UNKNOWN),
        ("nonsense:1", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_behind_a_cdn_the_client_is_who_the_cdn_says(told: str, network: str) -> None:
    assert call({ADDRESS: told}).network == network


@pytest.mark.usefixtures("cdn")
@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("198.51.100.10:46532", "198.51.100.10"),
        ("198.51.100.10", "198.51.100.10"),
        ("2001:db8:1:2:3:4:5:6:1234", "2001:db8:1:2:3:4:5:6"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6"),
        ("nonsense", ""),
    ],
)
def test_the_port_is_no_part_of_an_address(told: str, address: str) -> None:
    assert call({ADDRESS: told}).source_ip == address


@pytest.mark.usefixtures("cdn")
def test_past_the_cdn_the_gateway_is_asked() -> None:
    assert call().network == "192.0.2.0/24"


@pytest.mark.usefixtures("cdn")
def test_a_cdn_says_it_once() -> None:
    event = sample.event("GET", "/v1/notice", None, {ADDRESS: "198.51.100.10:1"})
    event["multiValueHeaders"] = {ADDRESS: ["198.51.100.10:1", "203.0.113.1:1"]}
    with pytest.raises(BadRequest):
        read_call(sample.NOTICE, event, {}, "")


@pytest.mark.parametrize("value", ["IT", "FR", "XX"])
def test_the_country_is_what_the_cdn_says(value: str) -> None:
    assert call({COUNTRY: value}).country(COUNTRY) == value
    assert call({COUNTRY.lower(): value}).country(COUNTRY) == value


@pytest.mark.parametrize("value", ["", "it", "ITA", "I", "T1", "I\nT", "ÌT", "I T", "A" * 5_000])
def test_what_is_no_country_is_none(value: str) -> None:
    assert call({COUNTRY: value}).country(COUNTRY) is None


def test_without_a_cdn_there_is_no_country_whatever_is_sent() -> None:
    assert call({COUNTRY: "IT"}).country(None) is None
    assert call().country(COUNTRY) is None
