# SPDX-License-Identifier: Apache-2.0
"""What the ledger tells of sealed bids, and what becomes of each, written a second time from the specification.

Sealed bids, section 7. It shares nothing with the code's own reading: the objects as the act revealed them, in the order
in which the ledger holds their entries. `EnvelopesTold` is the part of `told.Story` that reads them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from vitrina.ledger.models import Entry

# state told by an entry -> the command of the table that leads there
FATES = {
    "live": "stand", "superseded": "replace", "withdrawn": "take_back", "late": "arrive_late", "notice": "note",
    "kept_closed": "keep_closed",
}  # fmt: skip


def is_signed(shown: Any) -> bool:
    """Whether an envelope as it was revealed counts: its bidder's signature held."""
    return shown.warning != "bad_signature"


def fates(objects: Mapping[str, str], logged: Mapping[str, Any], deadline: Any) -> dict[str, str]:
    """Digest -> state of each revealed envelope; `logged` and `deadline` are entries of the ledger."""
    states: dict[str, str] = {}
    live: dict[str, str] = {}  # bidder -> digest
    for c in sorted(objects, key=lambda c: logged[c].pk):
        found = json.loads(objects[c])
        who, kind = found["supplier"], found["type"]
        if logged[c].pk > deadline.pk:
            states[c] = "late"
        elif kind == "sobre/v1":
            if who in live:
                states[live[who]] = "superseded"
            live[who], states[c] = c, "live"
        else:
            states[c] = "notice"
            if kind == "sobre/v1/retiro" and live.get(who) == found["bid"]:
                states[live.pop(who)] = "withdrawn"
    return states


class EnvelopesTold:
    """Takes the entries of openers, envelopes and keys, or fails where one could not follow."""

    states: dict[tuple[str, Any], str]
    supplier_of: dict[str, str]
    terms: Any
    at: Any
    move: Any

    def begin_envelopes(self) -> None:
        self.openers: dict[str, Any] = {}
        self.threshold = 0
        self.logged: dict[str, Entry] = {}  # digest -> its entry
        self.deadline: Any = None
        self.revealed: dict[str, Any] = {}
        self.given: dict[str, set[str]] = defaultdict(set)  # round -> openers who gave a true share
        self.backups: set[str] = set()
        self.cancelled: Any = None  # the entry, where it came before the bids were opened

    def called(self, event: Any) -> None:
        """The openers of a call."""
        self.openers, self.threshold = {o.key: o for o in event.openers}, event.threshold
        n = len(event.openers)
        assert n >= 2 and len({o.role for o in event.openers}) == n, "openers of one office"
        assert n < 2 * self.threshold <= 2 * n, "half of the openers, or fewer, open"

    def on_opener_replaced(self, event: Any, entry: Entry) -> None:
        assert not self.at("act"), "an opener replaced in the act"
        former = next(o for o in self.openers.values() if o.x == event.opener.x)
        assert (former.role, former.name) == (event.opener.role, event.former), "a place of another office"
        del self.openers[former.key]
        self.openers[event.opener.key] = event.opener

    def on_envelope_logged(self, event: Any, entry: Entry) -> None:
        assert self.at("tender") == "published", "an envelope without call"
        assert self.at("act") != "closed", "an envelope after the minutes"
        assert event.c not in self.logged, "an envelope logged twice"
        assert set(event.leaf()) == {"v", "type", "c", "reveal_by"}
        self.logged[event.c] = entry
        self.move("envelope", "submit", event.c)  # which of the three it is, nobody can tell

    def on_reception_closed(self, event: Any, entry: Entry) -> None:
        assert event.deadline == self.terms.opening_at <= entry.at, "the reception closed before its hour"
        former = self.deadline
        assert former is None or former.event.deadline < event.deadline, "one deadline closed twice"
        self.deadline = entry

    def _key_given(self, event: Any) -> None:
        """In the act; or without it in a purchase that was cancelled before its bids were opened: the first key alone."""
        if self.cancelled is None:
            self.move("act", "give_shares")
        else:
            assert event.round == "custody", "the second key of bids that stay closed"

    def on_shares_given(self, event: Any, entry: Entry) -> None:
        opener = self.openers[event.opener]
        assert (opener.x, opener.name, opener.role) == (event.x, entry.actor["name"], entry.actor["role"])
        self._key_given(event)
        if event.n:
            self.given[event.round].add(event.opener)

    def on_share_false(self, event: Any, entry: Entry) -> None:
        assert self.openers[event.opener].name == entry.actor["name"], "a false share of somebody else"
        text = b"sobre/v1/share\n" + event.ctx.encode() + b"\n" + bytes.fromhex(event.share)
        assert sha256(text).hexdigest() == event.found != event.expected, "a true share told as false"
        self._key_given(event)

    def on_envelope_revealed(self, event: Any, entry: Entry) -> None:
        assert self.at("act") or self.cancelled, "an envelope revealed before the act"
        assert (event.state == "live") <= (self.cancelled is None), (
            "a bid that stands in a purchase that was cancelled"
        )
        assert sha256(event.object.encode()).hexdigest() == event.c, "another object than was logged"
        if entry.actor["role"] == "supplier":
            assert entry.actor["party"] == event.bidder.key or event.c in self.revealed, "revealed by another"
        else:
            assert len(self.given["custody"]) >= self.threshold, "revealed with too few keys"
        self.revealed[event.c] = event
        self.move("envelope", FATES[event.state], event.c)

    def on_backup_presented(self, event: Any, entry: Entry) -> None:
        assert self.at("envelope", event.c) == "live", "the key of what does not stand"
        assert entry.actor["party"] == event.bidder.key, "another's key"
        self.backups.add(event.c)
        self.move("act", "present_backup")

    def on_bid_opened(self, event: Any, entry: Entry) -> None:
        assert self.at("act") == "started", "a bid opened outside the act"
        assert entry.at >= self.terms.opening_at, "a bid opened early"
        assert event.c in self.backups or len(self.given["bids"]) >= self.threshold, "opened with too few keys"
        self.supplier_of[event.bid] = event.bidder.key
        self.move("envelope", "open", event.c)

    def on_bid_unopenable(self, event: Any, entry: Entry) -> None:
        assert self.at("act") == "started", "a bid given up outside the act"
        self.move("envelope", "give_up", event.c)

    def on_bids_opened(self, event: Any, entry: Entry) -> None:
        states = {k: s for (n, k), s in self.states.items() if n == "envelope"}
        assert "live" not in states.values(), "a bid left closed"
        signed = {c: shown.object for c, shown in self.revealed.items() if is_signed(shown)}
        due = fates(signed, self.logged, self.deadline)
        merged = {c: "live" if s in {"opened", "unopenable"} else s for c, s in states.items() if c in signed}
        assert merged == due, "what became of an envelope is not what its bidder said"
        counted = (event.n_bids, event.n_unopenable, event.n_superseded, event.n_withdrawn, event.n_late)
        names = ("opened", "unopenable", "superseded", "withdrawn", "late")
        assert counted == tuple(list(states.values()).count(name) for name in names)
        assert event.n_unrevealed == list(states.values()).count("closed")
        self.move("act", "open_bids")

    def on_envelopes_audited(self, event: Any, entry: Entry) -> None:
        if self.cancelled:  # what cannot be read yet may still be told until its month is over
            assert event.findings == (), "a purchase cancelled in time with findings"
            signed = {c: shown.object for c, shown in self.revealed.items() if is_signed(shown)}
            if set(signed) == set(self.logged):
                due = fates(signed, self.logged, self.deadline or self.cancelled)
                kept = {c: "kept_closed" if state == "live" else state for c, state in due.items()}
                assert {c: self.at("envelope", c) for c in signed} == kept, "told otherwise than its bidder said"
            return
        on_time = {c for c, logged in self.logged.items() if logged.pk < self.deadline.pk}
        hidden = {c for c in on_time if self.at("envelope", c) == "closed"}
        assert set(event.findings) == {f"unexplained_leaf {c}" for c in hidden}, "an honest act with findings"
