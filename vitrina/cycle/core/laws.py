# SPDX-License-Identifier: Apache-2.0
"""Bridges from the rulebook to the ledger: the rule that an act met, in the shape an entry keeps."""

from __future__ import annotations

from typing import Any

from vitrina.law.query import Rule
from vitrina.ledger.kinds import Applied


def applied(rule: Rule, had: Any = None) -> Applied:
    """The rule as an entry keeps it; `had` is what the act had against it, in the rule's unit."""
    return Applied(
        key=rule.key,
        law=rule.law,
        article=rule.article or "",
        value=str(rule.value),
        unit=rule.unit,
        certainty=rule.certainty,
        had=None if had is None else str(had),
    )
