# SPDX-License-Identifier: Apache-2.0
"""Addresses of the network: which ones are of the internet at large, and which ones of somebody's own rooms."""

from __future__ import annotations

import ipaddress


def is_public(address: str) -> bool:
    """Whether an address is one of the internet at large; what is wrapped in IPv6 is looked at inside.

    >>> [is_public(a) for a in ("127.0.0.1", "10.0.0.8", "169.254.169.254", "::ffff:10.0.0.8", "64:ff9b::a00:8")]
    [False, False, False, False, False]
    >>> is_public("2606:4700::1111"), is_public("93.184.216.34"), is_public("224.0.0.1")
    (True, True, False)
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and _is_wrapped(found):
        return False
    return found.is_global and not found.is_multicast


def _is_wrapped(found: ipaddress.IPv6Address) -> bool:
    """Whether another network stands behind an address: mapped, 6to4, Teredo, NAT64."""
    return bool(found.ipv4_mapped or found.sixtofour or found.teredo or found in ipaddress.ip_network("64:ff9b::/96"))
