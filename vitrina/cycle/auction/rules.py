# SPDX-License-Identifier: Apache-2.0
"""`replay`: one recorded auction of rounds and turns, run again by the rules that run ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from vitrina.kernel.money import Money

from . import acts, engine
from .acts import Attempt, Told
from .criteria import Bid, Merits, of_features, rational
from .profile import Profile, Turns
from .room import Room, Segment, apply
from .states import Phase

START = datetime(2000, 1, 1, tzinfo=UTC)  # of the room's own clock, on which no rule of a replay depends


def replay(case: Mapping[str, Any]) -> dict[str, Any]:
    """Run a recorded auction and tell what comes of it.

    `case`: `kind` (price, weighted_divisor, added_cost, mixed), `min_step`, `bids` (id, at, amount and, by kind,
    weights, added_cost, coefficient), `features`, `timeline` (pairs of type and seconds; `pause` and `turn` count),
    `attempts` (slot, bidder, at, action, amount) in order of arrival. Money is decimal text, instants are ISO 8601.

    Returns `order` (ids, worst first), `winner`, `accepted` (a bool per attempt, by our exact rule given what was
    recorded before it) and `turn_order` (an id per turn). Where an attempt carries the decision that was taken then
    (`accepted`), the state follows that decision; elsewhere it follows ours.
    """
    room, turns, accepted = _room(case), [], dict[int, bool]()
    attempts = list(enumerate(case["attempts"]))
    waiting: list[str] = []
    for slot, (part, _seconds) in enumerate(case["timeline"]):
        if part == "pause":
            waiting = list(engine.turn_order(room, 0))
        elif part == "turn":
            turns.append(waiting.pop(0))
            mine = [(n, one) for n, one in attempts if one["slot"] == slot]
            room = _take_turn(room, turns[-1], mine, accepted)
    order = [offer.bidder for _, offer in reversed(room.ranking)]
    return {
        "order": order,
        "winner": order[-1],
        "accepted": [accepted.get(n, False) for n, _ in attempts],  # outside of any turn nobody is heard
        "turn_order": turns,
    }


def _room(case: Mapping[str, Any]) -> Room:
    """The room before the first pause. What is asked of a bid besides its amount is in its merits."""
    kind = case["kind"]
    profile = Profile(
        mode="turns",
        criterion=kind,
        beat="own",
        withdraw=True,
        turns=Turns(rounds=1, pause_s=(0,), turn_s=1),
    )
    bids = [
        Bid(row["id"], Money.parse(row["amount"]).centavos, _instant(row["at"]), n, _merits(case, row))
        for n, row in enumerate(case["bids"])
    ]
    return Room(
        phase=Phase.RUNNING,
        profile=profile,
        step=Money.parse(case["min_step"]).centavos,
        seq=1,
        bids={bid.bidder: bid for bid in bids},
    )


def _merits(case: Mapping[str, Any], row: Mapping[str, Any]) -> Merits:
    """Recorded features, life-cycle cost in pesos, or divisor and addition as they were given."""
    merits = Merits(coefficient=row.get("coefficient", "1"), addition=str(100 * rational(row.get("addition", "0"))))
    if case.get("features"):
        features = {feature["code"]: feature["weights"] for feature in case["features"]}
        merits = msgspec.structs.replace(merits, coefficient=of_features(row.get("weights") or {}, features))
    if "added_cost" in row:
        merits = msgspec.structs.replace(merits, addition=str(Money.parse(row["added_cost"]).centavos))
    return merits


def _take_turn(room: Room, alias: str, attempts: list[tuple[int, Any]], accepted: dict[int, bool]) -> Room:
    """The room after a turn. Attempts count in the order of the list, whatever their instants say."""
    room = replace(room, segment=Segment("turn", START, (alias,)))
    kept = []
    for n, row in attempts:
        asked = _asked(row)
        code = engine.weigh(room, asked).code
        accepted[n] = not code
        if row.get("accepted") is not None:
            code = "" if row["accepted"] else code or str(row.get("reason") or engine.TOO_HIGH)
        kept.append(msgspec.structs.replace(asked, code=code))
    published = acts.OffersPublished(lot=room.lot, attempts=tuple(kept))
    return apply(room, Told(room.seq + 1, START, published))


def _asked(row: Mapping[str, Any]) -> Attempt:
    amount = None if row["action"] == "withdraw" else Money.parse(row["amount"])
    return Attempt(alias=row["bidder"], received_at=_instant(row["at"]), amount=amount)


def _instant(text: str) -> datetime:
    """An instant with its zone, as UTC: texts with other offsets sort wrongly, instants do not."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"an instant without zone: {text}")
    return found.astimezone(UTC)
