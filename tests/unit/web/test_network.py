"""What is left of an IP address: never enough to tell one person."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.web.network import UNKNOWN, network

IPV4 = st.ip_addresses(v=4)
IPV6 = st.ip_addresses(v=6)


@pytest.mark.parametrize(
    ("address", "shortened"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("192.0.2.0", "192.0.2.0/24"),
        ("192.0.2.255", "192.0.2.0/24"),
        ("255.255.255.255", "255.255.255.0/24"),
        ("0.0.0.0", "0.0.0.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("2001:DB8:1::", "2001:db8:1::/48"),
        ("2001:0db8:0001:ffff:ffff:ffff:ffff:ffff", "2001:db8:1::/48"),
        ("::1", "::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("::FFFF:c000:24d", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("fe80::1%", "fe80::/48"),
        ("::ffff:192.0.2.77%1", "192.0.2.0/24"),
    ],
)
def test_an_address_is_cut_short(address: str, shortened: str) -> None:
    assert network(address) == shortened


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "unknown",
        "localhost",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.77:443",
        "192.0.2.77, 198.51.100.1",
        " 192.0.2.77",
        "192.0.2.077",
        "0x7f.0.0.1",
        "3221225985",
        "192.0.2.77/32",
        "[2001:db8::1]",
        "2001:db8::1::2",
        "١٩٢.٠.٢.٧٧",
        "%eth0",
        "1" * 100_000,
        "\ud800",
    ],
    ids=lambda text: ascii(text)[:30],
)
def test_what_is_no_address_is_unknown(text: str | None) -> None:
    assert network(text) == UNKNOWN


@given(IPV4 | IPV6)
def test_no_more_than_24_or_48_bits_are_left(address: IPv4Address | IPv6Address) -> None:
    left = ip_network(network(str(address)))
    assert left.prefixlen == (24 if isinstance(left, IPv4Network) else 48)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    assert (mapped or address) in left


@given(IPV4, st.integers(0, 255))
def test_neighbours_have_one_network(address: IPv4Address, last: int) -> None:
    neighbour = ip_address(int(address) // 256 * 256 + last)
    assert network(str(neighbour)) == network(str(address))


@given(IPV6, st.integers(0, 2**80 - 1))
def test_all_addresses_of_a_line_have_one_network(address: IPv6Address, rest: int) -> None:
    neighbour = IPv6Address(int(address) >> 80 << 80 | rest)
    if neighbour.ipv4_mapped or address.ipv4_mapped:
        return
    assert network(str(neighbour)) == network(str(address))


@given(IPV4, IPV4)
def test_networks_stay_apart(one: IPv4Address, other: IPv4Address) -> None:
    same = int(one) >> 8 == int(other) >> 8
    assert (network(str(one)) == network(str(other))) is same


@given(IPV4)
def test_however_it_is_spelled_it_is_one(address: IPv4Address) -> None:
    spellings = [str(address), f"::ffff:{address}", f"::FFFF:{int(address) >> 16:x}:"]
    spellings[2] += f"{int(address) & 0xFFFF:x}"
    assert len({network(text) for text in spellings}) == 1


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    found = network(text)
    assert found == UNKNOWN or ip_network(found).prefixlen in (24, 48)
