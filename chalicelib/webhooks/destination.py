"""The hosts that a callback may be sent to: public ones on the internet only. Pure.

A URL is checked when it is registered, and the addresses of its host are checked again before each
message, since the owner of a name can point it elsewhere at any moment.
"""

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

MAX_URL = 2_000
"""Most characters of a URL."""

PORT = 443
"""The only port that is called outside of the local stage."""

_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{1,63}", re.IGNORECASE)
"""A host's name of at least two labels (RFC 1123, section 2.1)."""

_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
"""A last label that makes resolvers read a name as an IPv4 address: decimal, octal, hexadecimal."""

_INSIDE = ("localhost", "local", "internal", "home.arpa")
"""Names of the local host or network (RFC 6761, 6762, 8375; ICANN for `internal`)."""

_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""The IPv6 addresses that are assigned (IANA). Outside lie loopback, unique local, link-local and
multicast addresses, IPv4 mapped into IPv6, and the prefix of NAT64."""

_SPECIAL = tuple(
    ip_network(block)
    for block in (
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.88.99.0/24",  # relays of 6to4 (RFC 7526)
        "2001::/23",  # protocol assignments, Teredo among them, which holds an IPv4 address
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which holds an IPv4 address
        "3fff::/20",  # documentation (RFC 9637)
    )
)
"""Special blocks among global ones (IANA), also where the version of Python does not know them."""


def unfit_url(url: str, *, local: bool) -> str | None:
    """Returns why a URL cannot be an endpoint; None where it can.

    It must be `https` on port 443, at a public host, whose certificate is checked at each call. In
    the `local` stage the host may be any, and a loopback one may use `http`.
    """
    if len(url) > MAX_URL or not url.isascii() or not url.isprintable() or " " in url:
        return f"must be at most {MAX_URL} printable ASCII characters without spaces"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "is no URL"
    if not host:
        return "names no host"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "must have no user, password or fragment"
    if local and parts.scheme == "http" and _is_loopback(host):
        return None
    if parts.scheme != "https":
        return "must begin with https://"
    return None if local else _unfit_place(host, port)


def is_public(address: str) -> bool:
    """Tells whether a text is an IP address of the public internet.

    Private, shared, loopback, link-local, multicast, reserved and documentation addresses are not,
    and neither are IPv6 addresses that contain an IPv4 address.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if any(found in block for block in _SPECIAL if block.version == found.version):
        return False
    if isinstance(found, IPv6Address):
        return found.scope_id is None and found in _GLOBAL_UNICAST
    return _is_public_ipv4(found)


def _is_public_ipv4(address: IPv4Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


def _unfit_place(host: str, port: int | None) -> str | None:
    if port not in (None, PORT):
        return f"must be on port {PORT}"
    name = host.removesuffix(".")
    if ":" in name or _NUMBER.fullmatch(name.rpartition(".")[2]):
        return None if is_public(host) else "must name a public host"
    if not _NAME.fullmatch(name) or any(f".{name}".endswith(f".{inside}") for inside in _INSIDE):
        return "must name a public host"
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
