"""What counts as one visitor of the public pages, and by which address they find us."""

from __future__ import annotations

import ipaddress
from typing import Any

from flask import current_app, url_for


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


def public_address(endpoint: str, **values: Any) -> str:
    """Return the whole address of a page for what leaves the site: a card, a receipt, a calendar.

    By FIELDVISIT_PUBLIC_URL; unless set, by the address at which whoever asks has reached us.
    """
    base: str = current_app.extensions["fieldvisit"].public_url
    return base + url_for(endpoint, **values) if base else url_for(endpoint, _external=True, **values)
