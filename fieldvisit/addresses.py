"""What counts as one visitor of the public pages."""

from __future__ import annotations

import ipaddress


def network_of(address: str) -> str:
    """Return what counts as one address: an IPv4 address, or the 64-bit network of an IPv6 one, which has one user."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False).network_address)
