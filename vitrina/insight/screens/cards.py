# SPDX-License-Identifier: Apache-2.0
"""Evidence cards: one tender with its signals, what it was compared with, the rows it came from, and innocent
readings.

A card holds the bids it was computed from, so that anybody recomputes its values from it (`recompute`), and points to
the rows of the store (`Source`). Firms are told as "Proponente 1..n" unless names are asked for.
Source: design page of the screens, 6.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from typing import Any

import msgspec
import numpy as np

from vitrina.insight.text import Text

from . import innocent
from .catalogue import SCREENS, values
from .cells import LEVELS, suspicion
from .heat import Lines, lines_of
from .lots import Lots
from .tenders import Tenders

VERSION = 1
NOTICE = Text(
    "Indicio, no prueba. Ordena expedientes para que los lea una persona; no acusa a nadie.",
    "A lead, not proof. It orders files for a person to read; it accuses nobody.",
)
HIGH = 0.95


class Words(msgspec.Struct, frozen=True):
    """The same in Spanish and English."""

    es: str
    en: str


class Source(msgspec.Struct, frozen=True):
    """A row of the store and its place in the release."""

    rid: int
    bid_no: int
    pointer: str


class Bid(msgspec.Struct, frozen=True):
    """A bid of the plot: who (masked unless asked), price in the unit compared, where it came from."""

    bidder: str
    price: float
    source: Source


class Signal(msgspec.Struct, frozen=True):
    """A value with its rank: `level` of the cell (market, market3, bidders, outside), `rank` as counted, `suspicion`
    with the side turned so that 1 is worst.
    """

    code: str
    kind: str
    title: Words
    formula: str
    value: float
    side: str
    level: str
    peers: int
    rank: float
    suspicion: float
    why: Words


class Decision(msgspec.Struct, frozen=True):
    """What a reviewer decided: dismissed, watch or referred; with reason, day and declaration of conflicts."""

    outcome: str
    reason: str
    on: dt.date
    no_conflict: bool


class Card(msgspec.Struct, frozen=True):
    """All that a reader needs about one group of bids."""

    version: int
    id: str
    ocid: str
    lot: str
    line: int | None
    buyer: str | None
    unit: str | None
    market: str
    procedure: str
    date: dt.date | None
    currency: str | None
    estimate: float | None
    n: int
    n_disqualified: int
    n_withdrawn: int
    composite: float | None
    composite_rank: float | None
    outside_rank: float | None
    false_alarms: float
    signals: list[Signal]
    bids: list[Bid]
    group: dict[str, Any] | None
    innocent: list[Words]
    missing: list[Words]
    notice: Words
    parameters: dict[str, Any]
    data_hash: str
    run_on: dt.date | None = None
    decision: Decision | None = None
    lines: Lines | None = None  # where bids tell prices by line: those of the other lines of the lot beside them


def card(
    tenders: Tenders,
    at: int,
    *,
    group: dict[str, Any] | None = None,
    names: dict[int, str] | None = None,
    run_on: dt.date | None = None,
) -> Card:
    """The card of one group of bids. `group`: row of the community that met there; `names`: oid -> name, to tell
    them.
    """
    lots = tenders.lots
    row = lots.rows.slice(at, 1).to_pylist()[0]
    bids = _bids(lots, at, row, names)
    signals = _signals(tenders, at)
    raised = tenders.raised[at]
    return Card(
        version=VERSION,
        id=f"{row['ocid']}|{row['lot']}|{row['line']}",
        ocid=row["ocid"],
        lot=row["lot"],
        line=row["line"] if row["line"] >= 0 else None,
        buyer=row["buyer_id"],
        unit=row["unit_id"],
        market=row["market"],
        procedure=row["procedure"],
        date=row["day"],
        currency=row["currency"],
        estimate=row["estimate"],
        n=row["n"],
        n_disqualified=row["n_disqualified"],
        n_withdrawn=row["n_withdrawn"],
        composite=_plain(tenders.composite[at]),
        composite_rank=_plain(tenders.composite_rank[at]),
        outside_rank=_plain(tenders.outside_rank[at]),
        false_alarms=1.0 if math.isnan(raised) else float(1 - raised),
        signals=signals,
        bids=bids,
        group=group,
        innocent=[_words(text) for text in innocent.readings(row, {s.code: s for s in signals})],
        missing=[_words(text) for text in innocent.lacking(row, lots, at)],
        notice=_words(NOTICE),
        parameters={"rules": VERSION, "least_peers": 30, "high": HIGH},
        data_hash=digest(bids, row["estimate"]),
        run_on=run_on,
        lines=lines_of(lots, at, [bid.bidder for bid in bids]),
    )


def digest(bids: list[Bid], estimate: float | None) -> str:
    """SHA-256 of the rows that the values come from."""
    told = [[b.source.rid, b.source.bid_no, b.source.pointer, b.price] for b in bids]
    return hashlib.sha256(msgspec.json.encode([told, estimate])).hexdigest()


def recompute(found: Card) -> dict[str, float]:
    """Code -> value of every computable price screen, from the card's own bids."""
    prices = np.sort(np.array([bid.price for bid in found.bids]))[None, :]
    estimate = np.array([np.nan if found.estimate is None else found.estimate])
    computed = values(prices, estimate)
    return {code: float(column[0]) for code, column in computed.items() if not np.isnan(column[0])}


def astray(found: Card) -> list[str]:
    """What of a card does not follow from its own bids: codes of signals, `data_hash`."""
    again = recompute(found)
    wrong = [signal.code for signal in found.signals if again.get(signal.code) != signal.value]
    return wrong if digest(found.bids, found.estimate) == found.data_hash else [*wrong, "data_hash"]


def encode(found: Card) -> bytes:
    """One line of JSON."""
    return msgspec.json.encode(found)


def decode(line: bytes) -> Card:
    """The card of a line; refuses one that does not fit the schema."""
    return msgspec.json.decode(line, type=Card)


def _bids(lots: Lots, at: int, row: dict[str, Any], names: dict[int, str] | None) -> list[Bid]:
    found = []
    for place in range(*lots.of(at).indices(len(lots.price))):
        bid_no, oid = int(lots.bid_no[place]), int(lots.oid[place])
        masked = f"Proponente {place - int(lots.start[at]) + 1}"
        path = (
            f"/bids/details/{bid_no}/value/amount"
            if row["line"] < 0
            else f"/bids/details/{bid_no}/lines/{row['line']}"
        )
        name = names.get(oid, masked) if names else masked
        found.append(Bid(name, float(lots.price[place]), Source(row["rid"], bid_no, path)))
    return found


def _signals(tenders: Tenders, at: int) -> list[Signal]:
    """Every computable screen, most suspicious first; where the rank among other markets is higher, that one."""
    found = []
    for screen in SCREENS:
        value = tenders.value[screen.code][at]
        if math.isnan(value):
            continue
        best = None
        for level, rank in (("", tenders.rank[screen.code]), ("outside", tenders.outside.get(screen.code))):
            if rank is None or math.isnan(rank.share[at]):
                continue
            worst = float(suspicion(rank.share[at : at + 1], screen.side)[0])
            name = level or LEVELS[int(rank.level[at])]
            if best is None or worst > best[3]:
                best = (name, int(rank.peers[at]), float(rank.share[at]), worst)
        if best:
            found.append(
                Signal(
                    screen.code, "price", _words(screen.title), screen.formula, float(value), screen.side.value, *best,
                    _words(screen.why),
                )
            )  # fmt: skip
    return sorted(found, key=lambda signal: (-signal.suspicion, signal.code))


def _words(text: Text) -> Words:
    return Words(text.es, text.en)


def _plain(x: float) -> float | None:
    return None if math.isnan(x) else float(x)
