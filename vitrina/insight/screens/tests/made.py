# SPDX-License-Identifier: Apache-2.0
"""A card of three bids, invented, whose values follow from them."""

from __future__ import annotations

import msgspec

from vitrina.insight.screens import cards

BIDS = [cards.Bid(f"Proponente {n}", price, cards.Source(7, n, f"/bids/details/{n}")) for n, price in enumerate((100.0, 104.5, 109.25))]  # fmt: skip


def card(**more: object) -> cards.Card:
    said = cards.Words("a", "a")
    known: dict[str, object] = {
        "version": 1, "id": "ocds-x-1||-1", "ocid": "ocds-x-1", "lot": "", "line": None, "buyer": "B", "unit": None,
        "market": "2530", "procedure": "open", "date": None, "currency": "MXN", "estimate": None, "n": 3,
        "n_disqualified": 0, "n_withdrawn": 0, "composite": 0.5, "composite_rank": 0.5, "outside_rank": None,
        "false_alarms": 0.5, "signals": [], "bids": BIDS, "group": None, "innocent": [said], "missing": [],
        "notice": said, "parameters": {}, "data_hash": cards.digest(BIDS, None),
    }  # fmt: skip
    made = cards.Card(**(known | more))  # type: ignore[arg-type]
    values = cards.recompute(made)
    signals = [
        cards.Signal(code, "price", said, "", value, "low", "market", 40, 0.1, 0.9, said)
        for code, value in values.items()
    ]
    return msgspec.structs.replace(made, signals=signals)
