# SPDX-License-Identifier: Apache-2.0
"""The one exact ranking of offers: evaluation, auction room, ruling and verifier all call it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

EARLIEST = datetime.min.replace(tzinfo=UTC)
SCORE, INSTANT, LEDGER = "score", "instant", "ledger"


@dataclass(frozen=True, slots=True)
class Offer:
    """What ranking needs: who, the exact score (lower is better; a price is its centavos), when and where it came.

    `at` is an aware instant, compared as an instant; `order` is the offer's place in the ledger, which makes the
    ranking total. Where the instant does not count it is left out, and the ledger alone decides between equals.
    """

    bidder: str
    score: Fraction | int
    order: int
    at: datetime = EARLIEST


def rank(offers: Iterable[Offer]) -> list[tuple[int, Offer]]:
    """(place, offer) from the best score on. Equal scores share a place and stand in order of arrival.

    A shared first place is a tie that the procedure's tie rule decides; ranking never breaks it by itself.
    """
    ranked: list[tuple[int, Offer]] = []
    for position, offer in enumerate(sorted(offers, key=lambda o: (o.score, o.at, o.order)), start=1):
        tied = ranked and ranked[-1][1].score == offer.score
        ranked.append((ranked[-1][0] if tied else position, offer))
    return ranked


def decided_by(better: Offer, worse: Offer) -> str:
    """Which part of the key put one offer before the other: `score`, `instant` or `ledger`."""
    if better.score != worse.score:
        return SCORE
    return INSTANT if better.at != worse.at else LEDGER
