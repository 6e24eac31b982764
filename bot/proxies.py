"""Who asks, when a reverse proxy stands between."""

import ipaddress
from collections.abc import Sequence

from aiohttp import web

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(written: Sequence[str]) -> list[Network]:
    """Return the networks of trusted proxies."""
    return [ipaddress.ip_network(text) for text in written]


def client_address(request: web.Request, trusted: Sequence[Network]) -> str:
    """Return who asks: the last address of X-Forwarded-For that is not a trusted proxy's."""
    address = request.remote or ""
    lines = request.headers.getall("X-Forwarded-For", [])  # a proxy may add one of its own
    hops = " ".join(lines).replace(",", " ").split()
    while hops and _is_within(address, trusted):
        address = hops.pop()
    return address


def _is_within(address: str, networks: Sequence[Network]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)
