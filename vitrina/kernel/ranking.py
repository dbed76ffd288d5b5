# SPDX-License-Identifier: Apache-2.0
"""The one exact ranking of offers: evaluation, ruling and verifier all call it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """What ranking needs: who, how much (integer centavos), and the ledger order in which it came."""

    bidder: str
    centavos: int
    order: int


def rank(offers: Iterable[Offer]) -> list[tuple[int, Offer]]:
    """(place, offer) from the lowest price up. Equal prices share a place and stand in order of arrival.

    A shared first place is a tie that the law's tie rule decides; ranking never breaks it by itself.
    """
    ranked: list[tuple[int, Offer]] = []
    for position, offer in enumerate(sorted(offers, key=lambda o: (o.centavos, o.order)), start=1):
        tied = ranked and ranked[-1][1].centavos == offer.centavos
        ranked.append((ranked[-1][0] if tied else position, offer))
    return ranked
