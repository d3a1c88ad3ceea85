"""Where a callback may go: only to the public internet, however somewhere else is written."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.webhooks.destination import is_public, unfit_url

FIT = [
    "https://example.org",
    "https://example.org./told",
    "https://example.org/told?for=us&key=1",
    "https://example.org:443/a",
    "https://xn--esempi-bxa.it/a",
    "https://1.2.example.org/",
    "https://9.9.9.9/a",
    "https://[2620:fe::fe]/a",
]
LOOPBACK = [
    "http://127.0.0.1:8000/told",
    "http://localhost/",
    "http://[::1]:1/",
    "http://127.9.9.9",
]
INSIDE = [
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "printer.local",
    "metadata.google.internal",
    "nas.home.arpa",
    "intranet",
    "127.0.0.1",
    "127.0.0.1.",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "240.0.0.1",
    "192.0.0.9",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.9",
    "2130706433",
    "0",
    "127.1",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "a.0x7f",
    "127.0.0.0x1",
    "010.8.8.8",
    "[::]",
    "[::1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:8.8.8.8]",
    "[::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[fd00:ec2::254]",
    "[fc00::1]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[2620:fe::fe%25lo]",
    "[fec0::1]",
    "[ff02::1]",
    "127.0.0.1%2eexample.org",
    "127.0.0.1\\.example.org",
    "a..example.org",
    "-a.example.org",
    "a_b.example.org",
]


@pytest.mark.parametrize("url", FIT)
def test_somewhere_to_tell(url: str) -> None:
    assert unfit_url(url, local=False) is None
    assert unfit_url(url, local=True) is None


@pytest.mark.parametrize("url", LOOPBACK)
def test_in_the_local_stage_this_machine_may_do_without_tls(url: str) -> None:
    assert unfit_url(url, local=True) is None
    assert unfit_url(url, local=False) == "must begin with https://"


@pytest.mark.parametrize("host", INSIDE)
def test_nobody_inside_is_told(host: str) -> None:
    assert unfit_url(f"https://{host}/told", local=False) is not None


def test_the_local_stage_tells_anybody_with_tls() -> None:
    assert unfit_url("https://10.0.0.1:8443/told", local=True) is None


@pytest.mark.parametrize("port", [0, 22, 80, 444, 8443, 65535])
def test_no_other_port_is_called(port: int) -> None:
    assert unfit_url(f"https://example.org:{port}/", local=False) == "must be on port 443"


@pytest.mark.parametrize("local", [True, False])
@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "https://",
        "https:///told",
        "http://example.org",
        "http://169.254.169.254/latest",
        "http://127.0.0.1.example.org/",
        "http://localhost.example.org/",
        "ftp://example.org",
        "file:///etc/passwd",
        "https://user@example.org",
        "https://user:word@example.org",
        "https://@example.org",
        "https://example.org\\@127.0.0.1/",
        "https://example.org/#fragment",
        "https://example.org:port/",
        "https://example.org:99999/",
        "https://exa mple.org",
        "https://example.org/\nhost: other",
        "https://esempiò.it",
        "https://[::1",
        "https://example.org/" + "a" * 2_000,
    ],
)
def test_nowhere_to_tell(url: str, local: bool) -> None:
    assert unfit_url(url, local=local)


@given(st.text(max_size=60), st.booleans())
def test_no_text_makes_it_fail(url: str, local: bool) -> None:
    for text in (url, f"https://{url}", f"https://[{url}]:{url}"):
        assert unfit_url(text, local=local) != ""
        assert is_public(text) in (True, False)


INNER = ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"]
INNER += ["172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4"]


@given(st.sampled_from(INNER).flatmap(lambda one: st.ip_addresses(network=one)))
def test_no_inner_address_is_public_in_any_dress(address: IPv4Address) -> None:
    number = int(address)
    hidden = [
        IPv6Address(int(IPv6Address(prefix)) | number << shift)
        for prefix, shift in (("::", 0), ("::ffff:0:0", 0), ("64:ff9b::", 0), ("2002::", 80))
    ]
    for text in (str(address), *map(str, hidden)):
        assert not is_public(text)
    for host in (str(address), str(number), hex(number), *(f"[{one}]" for one in hidden)):
        assert unfit_url(f"https://{host}/", local=False)


@given(st.ip_addresses(v=6))
def test_of_ipv6_only_what_is_given_out_is_public(address: IPv6Address) -> None:
    if is_public(str(address)):
        assert address in ip_network("2000::/3")
