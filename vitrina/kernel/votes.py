# SPDX-License-Identifier: Apache-2.0
"""What a committee decides. One function serves evaluation, low prices and the verifier."""

from __future__ import annotations


def is_outvoted(votes: int, against: int) -> bool:
    """Whether more than half are against; a tie throws nobody out.

    >>> is_outvoted(3, 2), is_outvoted(4, 2)
    (True, False)
    """
    return 2 * against > votes
