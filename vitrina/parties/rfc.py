# SPDX-License-Identifier: Apache-2.0
"""Whether a text can be the RFC of a supplier. Source: SAT's pattern for RFC (12 characters, or 13 for a person)."""

from __future__ import annotations

import re
from datetime import datetime

from vitrina.kernel.ids import GENERIC_RFCS, is_rfc, rfc_check_digit_holds

__all__ = ["check_digit_holds", "clean", "fault"]
_SEPARATORS = re.compile(r"[\s\-.]+")
_HOMOCLAVE = re.compile(r"[1-9A-V][1-9A-Z][0-9A]")
check_digit_holds = rfc_check_digit_holds  # real registers hold false ones: warn, never refuse


def clean(text: str) -> str:
    """The text as RFCs are written: capitals, no spaces, no hyphens."""
    return _SEPARATORS.sub("", text).upper()


def fault(rfc: str) -> str:
    """What is wrong with an RFC: "form", "date", "generic" (of nobody in particular), or nothing ("").

    >>> fault("BTL100203AB1"), fault("XAXX010101000"), fault("BTL101303AB1"), fault("BTL-1")
    ('', 'generic', 'date', 'form')
    """
    if rfc in GENERIC_RFCS:
        return "generic"
    if not is_rfc(rfc) or not _HOMOCLAVE.fullmatch(rfc[-3:]):
        return "form"
    try:
        datetime.strptime(f"20{rfc[-9:-3]}", "%Y%m%d")  # noqa: DTZ007 - only whether such a day exists
    except ValueError:
        return "date"
    return ""
