# SPDX-License-Identifier: Apache-2.0
"""What a signature covers: the DSSE pre-authentication encoding. Source: DSSE v1.0; sealed-bids, section 3."""

from __future__ import annotations


def pae(payload_type: str, body: bytes) -> bytes:
    """The bytes that are signed for a body of a type; lengths are of bytes, in decimal.

    >>> pae("vitrina/sobre/v1", b"{}")
    b'DSSEv1 16 vitrina/sobre/v1 2 {}'
    """
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)
