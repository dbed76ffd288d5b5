# SPDX-License-Identifier: Apache-2.0
"""The insulin and saline cartel and its competitive twin, from one seed: invented bids, the shape of a published case.

`world("cartel", seed)` and `world("twin", seed)` share dates, buyers, quantities, costs and who bids in each tender;
they differ in how the bids of the two products are made. Source: design page of the screens, 8.1.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np

OVERCHARGE = {"insulin": 0.576, "saline": 0.229}
SHARES = {"insulin": (0.30, 0.27, 0.23, 0.20), "saline": (0.24, 0.22, 0.20, 0.18, 0.16)}
RIGGED, AFTER = 48, 12
UNITS = 4
VARIANTS = ("noisy", "suppression", "common-cost", "public-reserve")


@dataclass
class World:
    """Rows of the store's tables, and what is known of each tender: rid -> (product, is rigged)."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    truth: dict[int, tuple[str, bool]] = field(default_factory=dict)
    outsiders: dict[str, int] = field(default_factory=dict)


@dataclass
class Market:
    name: str
    firms: list[int]
    outsider: int | None
    costs: np.ndarray  # tender x firm (outsider last)
    who: list[list[int]]  # places of the bidders of each tender
    quantity: np.ndarray
    jitter: np.ndarray


def world(kind: str, seed: int, variant: str = "") -> World:
    rng = np.random.default_rng(seed)
    # Of the honest markets two have four and two have five firms: peers for the two products, whatever the seed.
    honest = [(f"honest{i}", n, False) for i, n in enumerate((4, 4, 5, 5, 6, 7))]
    found = World({k: [] for k in ("release", "bid", "bid_tenderer", "award", "award_supplier", "tender_item")})
    first = 1
    for number, (name, n, has_outsider) in enumerate([("insulin", 4, True), ("saline", 5, True), *honest]):
        market = _market(rng, name, list(range(first, first + n)), first + n if has_outsider else None)
        first += n + 1
        own = np.random.default_rng([seed, number, 7])  # what only one of the twins draws
        if market.outsider:
            found.outsiders[name] = market.outsider
        but_for = _honest(market, variant if market.outsider and kind == "twin" else "")
        is_rigged = kind == "cartel" and has_outsider
        prices, closed = _rigged(market, but_for, variant) if is_rigged else (but_for, np.zeros(len(but_for), bool))
        _write(found, market, np.round(prices, 2), but_for, closed, own, number)
    return found


def _market(rng: np.random.Generator, name: str, firms: list[int], outsider: int | None) -> Market:
    n, tenders = len(firms) + 1, RIGGED + AFTER
    quarter = np.arange(tenders) // UNITS
    walk = np.cumsum(rng.normal(0, 0.02, tenders // UNITS))[quarter]
    unit = rng.normal(0, 0.03, UNITS)[np.arange(tenders) % UNITS]
    base = rng.uniform(3, 6)
    costs = base + walk[:, None] + unit[:, None] + rng.normal(0, 0.03, n) + rng.normal(0, 0.05, (tenders, n))
    enters = (np.arange(tenders) >= RIGGED) & (np.arange(tenders) % 2 == 0) & (outsider is not None)
    who = [list(range(n - 1)) + ([n - 1] if enters[i] else []) for i in range(tenders)]
    quantity = np.round(np.exp(rng.normal(8, 0.3, tenders)))
    return Market(name, firms, outsider, np.exp(costs), who, quantity, rng.random((tenders, n)))


def _honest(m: Market, variant: str = "") -> np.ndarray:
    """Unit prices, tender x firm: cost x (1 + .25 / n); nan for who stays away."""
    n = np.array([len(who) for who in m.who])
    prices = np.full(m.costs.shape, np.nan)
    for i, who in enumerate(m.who):
        prices[i, who] = m.costs[i, who] * (1 + 0.25 / n[i])
    mean = np.nanmean(prices, axis=1, keepdims=True)
    if variant == "common-cost":  # costs that all share: bids differ less
        return mean * (prices / mean) ** 0.6
    if variant == "public-reserve":  # nobody bids above a reserve that everybody knows
        reserve = mean * 1.02
        return np.where(prices > reserve, reserve * (1 - 0.02 * m.jitter), prices)
    return prices


def _rigged(m: Market, but_for: np.ndarray, variant: str) -> tuple[np.ndarray, np.ndarray]:
    """The cartel's unit prices, and in which tenders it holds (not where the outsider bids)."""
    over, agreed = OVERCHARGE[m.name], np.array(SHARES[m.name])
    won, prices = np.zeros(len(agreed)), but_for.copy()
    closed = np.array([len(agreed) not in who for who in m.who])
    for season in range(0, len(m.who), UNITS * 2):  # one posture for two quarters
        block = range(season, min(season + UNITS * 2, len(m.who)))
        posture = np.nanmean(but_for[list(block)]) * (1 + over)
        for i in block:
            if not closed[i]:
                members = [k for k in m.who[i] if k < len(agreed)]
                prices[i, members] = but_for[i, members] * 1.05
                continue
            winner = int(np.argmin(won / agreed))
            won[winner] += posture * m.quantity[i]
            cover = posture * (1 + np.array([0.015, 0.025, 0.04]))
            for k in range(len(agreed)):
                if k != winner:
                    prices[i, k] = cover[int(m.jitter[i, k] * 3)]
            if variant == "noisy":
                prices[i, : len(agreed)] *= 1 + 0.01 * (m.jitter[i, : len(agreed)] - 0.5) * 2
            prices[i, winner] = min(posture, np.nanmin(np.delete(prices[i], winner)) * 0.999)
            if variant == "suppression" and i % 2:
                stay = [winner, *[k for k in range(len(agreed)) if k != winner][:2]]
                prices[i, [k for k in range(len(agreed)) if k not in stay]] = np.nan
    return prices, closed


def _write(
    w: World,
    m: Market,
    prices: np.ndarray,
    but_for: np.ndarray,
    closed: np.ndarray,
    own: np.random.Generator,
    number: int,
) -> None:
    lagged = np.nan
    for i in range(len(prices)):
        rid = number * 1000 + i
        opening = dt.datetime(2003, 1, 15, 18, tzinfo=dt.UTC).replace(tzinfo=None) + dt.timedelta(
            days=91 * (i // UNITS) + 14 * (i % UNITS)
        )
        w.truth[rid] = (m.name, bool(closed[i]) and i < RIGGED)
        follows = np.nanmean(but_for[i]) * own.normal(1.02, 0.04)
        estimate = lagged if closed[i] and i >= 32 and not np.isnan(lagged) else follows
        bidders = [k for k in range(prices.shape[1]) if not np.isnan(prices[i, k])]
        lowest = min(bidders, key=lambda k: (prices[i, k], k))
        lagged = prices[i, lowest] if closed[i] else np.nan
        _release(w, m, rid, opening, estimate, i)
        together = closed[i] and own.random() < 0.4
        shared = closed[i] and own.random() < 0.25
        for bid_no, k in enumerate(bidders):
            early = own.exponential(20) + 1 + 3 * k  # hours before the act, each firm by its own habit
            at = opening - dt.timedelta(hours=early if not together else 2, minutes=own.random() * 4)
            dice = own.random()
            state = "valid" if k == lowest or dice > 0.03 else ("disqualified" if dice < 0.02 else "withdrawn")
            amount = float(round(prices[i, k] * m.quantity[i], 2))
            author = f"shared-{number}" if shared else f"a-{rid}-{k}"
            w.rows["bid"].append({
                "rid": rid, "bid_no": bid_no, "bid_id": f"b{bid_no}", "status": state, "amount": amount,
                "centavos": round(amount * 100), "currency": "MXN", "n_tenderers": 1, "received_at": at, "author_hash": author,
            })  # fmt: skip
            w.rows["bid_tenderer"].append(
                {"rid": rid, "bid_no": bid_no, "pos": 0, "oid": _oid(m, k), "id": f"F{_oid(m, k)}"}
            )
        total = round(float(prices[i, lowest] * m.quantity[i]), 2)
        w.rows["award"].append({
            "rid": rid, "award_no": 0, "award_id": "1", "status": "active", "date": opening, "date_day": opening.date(),
            "amount": total, "centavos": round(total * 100), "currency": "MXN", "n_suppliers": 1,
        })  # fmt: skip
        w.rows["award_supplier"].append(
            {"rid": rid, "award_no": 0, "pos": 0, "oid": _oid(m, lowest), "id": f"F{_oid(m, lowest)}"}
        )


def _oid(m: Market, k: int) -> int:
    return m.firms[k] if k < len(m.firms) else int(m.outsider or 0)


def _release(w: World, m: Market, rid: int, opening: dt.datetime, estimate: float, i: int) -> None:
    code = f"{2000 + rid // 1000}0001"
    w.rows["release"].append({
        "rid": rid, "ocid": f"ocds-golden-{rid:05d}", "status": "complete", "method": "open", "category": "goods",
        "main_class": code, "main_class_scheme": "CUCOP", "unit_id": f"U{i % UNITS}", "buyer_id": "B", "tender_end": opening,
        "tender_end_day": opening.date(), "tender_start_day": opening.date() - dt.timedelta(days=20), "currency": "MXN",
        "value": float(estimate * m.quantity[i]), "is_synthetic": True, "region": f"R{i % UNITS}", "date": opening,
    })  # fmt: skip
    w.rows["tender_item"].append({
        "rid": rid, "pos": 0, "item_id": "1", "class_id": code, "scheme": "CUCOP", "quantity": float(m.quantity[i]),
    })  # fmt: skip
