"""The network of a request: an IP address cut short, so that it identifies no single person."""

import ipaddress

UNKNOWN = "unknown"

_SITE, _LINE = 48, 64


def network(source_ip: str | None) -> str:
    """Returns the first 24 bits of an IPv4 address, or 48 of an IPv6, such as `192.0.2.0/24`.

    It is `unknown` for a text that is no address. An IPv4 address inside an IPv6 one (RFC 4291,
    section 2.5.5.2) counts as that IPv4 address.
    """
    return _cut(source_ip, _SITE)


def line(source_ip: str | None) -> str:
    """Returns the same with 64 bits of IPv6: one household's network, for limits, never kept."""
    return _cut(source_ip, _LINE)


def site(line: str) -> str | None:
    """Returns the network around a line, in the form that may be kept; None for an unknown one."""
    if line == UNKNOWN:
        return None
    found = ipaddress.ip_network(line)
    if isinstance(found, ipaddress.IPv4Network) or found.prefixlen <= _SITE:
        return line
    return str(found.supernet(new_prefix=_SITE))


def _cut(source_ip: str | None, bits: int) -> str:
    try:
        address = ipaddress.ip_address((source_ip or "").split("%")[0])
    except ValueError:
        return UNKNOWN
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = mapped or address
    left = 24 if address.version == 4 else bits
    cut = address.max_prefixlen - left
    return f"{type(address)(int(address) >> cut << cut)}/{left}"
