# SPDX-License-Identifier: Apache-2.0
"""The cap on a contract's penalties: what is left of its guarantee, or a share of the late part where it has none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.contracting.queries import guaranteed
from vitrina.cycle.contracting.terms import exact, required
from vitrina.cycle.core.laws import applied
from vitrina.kernel.money import Money
from vitrina.law import Rule
from vitrina.ledger.kinds import Applied

from .penalties import Cap
from .queries import penalties_of


@dataclass(frozen=True, slots=True)
class Found:
    """A cap with its rule, and what penalties before this receipt add up to, of which guarantee."""

    cap: Cap
    rule: Rule
    base_rule: Rule
    before: Money
    guarantee: Money

    def rules(self, penalties: Money) -> tuple[Applied, ...]:
        """The rules as the entry keeps them; `had` is the share of the guarantee that all penalties now reach."""
        had = None
        if self.guarantee.centavos:
            share = Decimal((self.before + penalties).centavos) / self.guarantee.centavos
            had = exact(share.quantize(Decimal("0.0001")))
        return (applied(self.base_rule), applied(self.rule, had))


def cap_of(contract: Contract, at: datetime) -> Found:
    """The cap in force. `Refused` when the purchase's law has no recorded value for it."""
    base = required(contract.process, "penalty.base", at)
    guarantee, before = guaranteed(contract), penalties_of(contract)
    if not guarantee.centavos:
        rule = required(contract.process, "penalty.cap.without_guarantee", at)
        return Found(Cap(share=Decimal(str(rule.value))), rule, base, before, guarantee)
    rule = required(contract.process, "penalty.cap.of_guarantee", at)
    left = guarantee.times(Decimal(str(rule.value))) - before
    return Found(Cap(left=max(left, Money(0))), rule, base, before, guarantee)
