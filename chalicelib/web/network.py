"""The network that a request comes from: an IP address cut short, so that it names no one."""

import ipaddress

UNKNOWN = "unknown"


def network(source_ip: str | None) -> str:
    """The first 24 bits of an IPv4 address, or 48 of an IPv6, such as `192.0.2.0/24`.

    `unknown` for what is no address. An IPv4 address inside an IPv6 one (RFC 4291, section
    2.5.5.2) is that IPv4 address.
    """
    try:
        address = ipaddress.ip_address((source_ip or "").split("%")[0])
    except ValueError:
        return UNKNOWN
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = mapped or address
    bits = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))
