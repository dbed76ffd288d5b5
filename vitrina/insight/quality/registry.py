# SPDX-License-Identifier: Apache-2.0
"""All checks: F01 to F12, R01 to R37, D01 to D24, T01 to T03, and ours, Q01 to Q12."""

from __future__ import annotations

import functools

from . import coherent, collection, consistent, fields, online, ours, over_time, same_log
from .declare import Check

ORDER = "FRDTQ"


@functools.cache
def checks() -> dict[str, Check]:
    """Code -> check, by level."""
    modules = (fields, coherent, consistent, collection, online, over_time, ours, same_log)
    found = [check for module in modules for check in module.CHECKS]
    known = {check.code: check for check in sorted(found, key=lambda c: (ORDER.index(c.code[0]), c.code))}
    assert len(known) == len(found), "two checks have one code"
    return known
