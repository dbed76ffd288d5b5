# SPDX-License-Identifier: Apache-2.0
"""What a bid declares that its goods will cost besides their price: read from its answers. Pure.

The answer to a requirement that asks for a cost is an amount for its lot, in pesos without VAT: digits, a point and
two decimals at the most. Zero is an amount; what is negative, is missing or reads in any other way declares nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from vitrina.kernel.money import Money

_COST = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?", re.ASCII)


def cost_of(answer: str) -> Money | None:
    """The amount that an answer declares, or nothing.

    >>> cost_of("1234.5"), cost_of("0"), cost_of("-1"), cost_of("1.005")
    (Money(centavos=123450, currency='MXN'), Money(centavos=0, currency='MXN'), None, None)
    """
    text = answer.strip()
    return Money.parse(text) if _COST.fullmatch(text) else None


def declared(responses: Mapping[int, str], asked: Mapping[int, int], lots: Iterable[int]) -> dict[int, Money]:
    """Requirement -> amount, of those `asked` (requirement -> lot) of the lots that the bid prices."""
    priced = set(lots)
    found = {n: cost_of(responses.get(n, "")) for n, lot in sorted(asked.items()) if lot in priced}
    return {n: amount for n, amount in found.items() if amount is not None}
