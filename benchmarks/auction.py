# SPDX-License-Identifier: Apache-2.0
"""An auction of eight bidders and 1,000 offers, pure: what an offer costs before the ledger, the fold, the verifier.

Peer, in the same run: sorting the eight amounts once per offer, the least that any ranking does.
"""

from __future__ import annotations

import time

from benchmarks import Figure
from vitrina.cycle.auction import engine
from vitrina.cycle.auction.room import fold
from vitrina.cycle.auction.tests.auctions import ALIASES, Auction, clock
from vitrina.cycle.auction.verifying import verify

OFFERS, BIDDERS = 1000, len(ALIASES)


def _held() -> tuple[Auction, float]:
    """The auction, and seconds of processor time for its offers, receipts and all."""
    amounts = [1_000_000_000 + 7 * n for n in range(BIDDERS)]
    auction = Auction(clock(min_step_share="0.001", extension=None, duration_s=3600, proxy=False), amounts).begin()
    auction.room = fold(auction.told, auction.secrets)
    start = time.process_time()
    for n in range(OFFERS):
        alias = ALIASES[n % BIDDERS]
        low = engine.limit(auction.room, alias)
        auction.offer(alias, (low if low and low > 0 else 1) if n % 5 else 2_000_000_000)  # a fifth is refused
    return auction, time.process_time() - start


def _timed(run) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def run() -> list[Figure]:
    auction, spent = _held()
    auction.finish()
    entries = auction.entries()
    folded = _timed(lambda: fold(auction.told, auction.secrets))
    verified = _timed(lambda: verify(entries, lot=1))
    amounts = [bid.amount for bid in auction.room.bids.values()]
    peer = _timed(lambda: [sorted(amounts) for _ in range(OFFERS)])
    note = f"{OFFERS} offers of {BIDDERS} bidders, processor time, one core"
    return [
        Figure("auction: offers judged, made and applied", OFFERS / spent, "offers/s", note),
        Figure("auction: the room folded again after a crash", 1000 * folded, "ms", f"{len(auction.told)} acts"),
        Figure("auction: recomputed by the verifier", 1000 * verified, "ms", f"{len(entries)} entries, digests too"),
        Figure("peer: sorting the amounts once per offer", 1000 * peer, "ms", "the least that a ranking does"),
    ]
