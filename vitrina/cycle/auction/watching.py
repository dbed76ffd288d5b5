# SPDX-License-Identifier: Apache-2.0
"""What spectators follow: each act with what it changes in the picture, and the descent of the best offer.

Folded on from the last act, as `folding` does for the commands; a thread of its own reads it, so it keeps its own.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation

from vitrina.cycle.core.models import Process
from vitrina.ledger.models import Entry

from . import folding, shown
from .models import Auction
from .queries import auctions_of
from .room import Room, apply

KEPT_AUCTIONS, KEPT_CHANGES = 64, 600
LANGUAGES = ("es", "en")


@dataclass
class Watch:
    """An auction as spectators see it. `points`: when the best offer changed, its alias and amount (centavos)."""

    room: Room
    digest: str = ""
    points: list[dict[str, Any]] = field(default_factory=list)
    changes: OrderedDict[int, dict[str, Any]] = field(default_factory=OrderedDict)
    n_offers: int = 0

    def take(self, row: Entry, told: Any) -> None:
        """One more act."""
        before, self.room = self.room, apply(self.room, told)
        self.digest = row.digest
        self.n_offers = sum(self.room.offered.values())
        change = shown.change(before, self.room, told)
        event, data = change or ("told", {"seq": told.seq, "at": shown.iso(told.at)})
        point = self._point(told)
        self.changes[told.seq] = {
            "lot": self.room.lot,
            "event": event,
            **data,
            "words": _words(row),
            **({"point": point} if point else {}),
        }
        while len(self.changes) > KEPT_CHANGES:
            self.changes.popitem(last=False)

    def _point(self, told: Any) -> dict[str, Any] | None:
        """A new point of the descent, where the act makes one."""
        if self.room.segment is None or not self.room.bids:
            return None
        best = shown.leader(self.room)
        if self.points and best == {k: self.points[-1][k] for k in ("alias", "amount")}:
            return None
        point = {"at": shown.iso(told.at), **best}
        self.points.append(point)
        return point


_watched: OrderedDict[int, Watch] = OrderedDict()
_lock = threading.Lock()


def watch(auction: Auction) -> Watch:
    """The auction now. What is given is shared and goes on: read it at once."""
    with _lock:
        found = _watched.get(auction.pk)
        if found is None or not _stands(auction, found):
            found = Watch(Room(folding.secrets_of(auction)))
        for row, told in folding.rows_of(auction.process, auction.lot, found.room.seq):
            found.take(row, told)
        _watched[auction.pk] = found
        _watched.move_to_end(auction.pk)
        while len(_watched) > KEPT_AUCTIONS:
            _watched.popitem(last=False)
        return found


def changes(ocid: str, seqs: set[int]) -> dict[int, dict[str, Any]]:
    """Entry number -> what it changes, of those entries of a purchase that its auctions still remember."""
    process = Process.objects.filter(ocid=ocid).first()
    found: dict[int, dict[str, Any]] = {}
    for auction in auctions_of(process).values() if process else ():
        auction.process = process
        known = watch(auction).changes
        found |= {seq: known[seq] for seq in seqs if seq in known}
    return found


def _stands(auction: Auction, found: Watch) -> bool:
    row = Entry.objects.filter(stream=auction.process.stream, seq=found.room.seq, digest=found.digest)
    return bool(found.digest) and row.exists()


def _words(row: Entry) -> dict[str, dict[str, str]]:
    """The act in the words of each language."""
    told = {}
    for language in LANGUAGES:
        with translation.override(language):
            told[language] = {"sentence": row.event.sentence(), "detail": row.event.detail()}
    return told
