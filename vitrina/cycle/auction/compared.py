# SPDX-License-Identifier: Apache-2.0
"""What counts in an auction besides the price, against the other entries of the purchase: points and costs.

The call says how it is decided, the opening what each bid declares, the ruling what decided. Pure; findings only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from vitrina.cycle.bidding.costs import declared

from . import acts
from .acts import Told
from .checks import Finding
from .criteria import rational
from .justifying.award import Award
from .room import Room

OPENED, CALLS = "bid.opened", frozenset({"call.published", "call.amended", "tender.resumed"})
BY_POINTS, BY_COST, COST = "points", "added_cost", "cost"
CRITERION_OF = {"binario": "price", "puntos_porcentajes": BY_POINTS, "costo_beneficio": BY_COST}
BROKEN = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)  # a text that is not what it should be


def structs(value: Any) -> list[Mapping[str, Any]]:
    """The structs of a list; what is none of that an entry does not say."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def bodies_of(entries: Sequence[Mapping[str, Any]], *kinds: str) -> list[Mapping[str, Any]]:
    """The texts of the entries of these kinds, in order."""
    return [e["body"] for e in entries if e.get("kind") in kinds and isinstance(e.get("body"), Mapping)]


def entered(entries: Sequence[Mapping[str, Any]], told: Sequence[Told], room: Room) -> Iterator[Finding]:
    """The auction is decided as the call is, and by life-cycle cost each bidder entered with what it declared.

    Nothing where the entries of the call, or of the opening, are not among those given.
    """
    terms = [body.get("terms") for body in bodies_of(entries, *CALLS)]
    call: Mapping[str, Any] = terms[-1] if terms and isinstance(terms[-1], Mapping) else {}
    scheduled = next((one for one in told if isinstance(one.act, acts.Scheduled)), None)
    if scheduled is None:
        return
    expected = CRITERION_OF.get(str(call.get("evaluation_method", "")))
    if expected and room.rules.criterion != expected:
        yield Finding(scheduled.seq, "criterion", f"the call is decided by {expected}")
    opened = {str(body.get("bid")): body for body in bodies_of(entries, OPENED)}
    revealed = next((one for one in told if isinstance(one.act, acts.Revealed)), None)
    if room.rules.criterion != BY_COST or revealed is None or not opened:
        return
    for entrant in room.secrets.entrants:
        cost = _declared(opened.get(entrant.bid, {}), call, room.lot)
        if cost is None or _addition(entrant) != cost:
            yield Finding(revealed.seq, "cost", f"{entrant.alias} declared {cost} centavos of life-cycle cost")


def _declared(opened: Mapping[str, Any], call: Mapping[str, Any], lot: int) -> int | None:
    """What a bid declares for a lot, in centavos: as the opening published it, and as its answers say it."""
    try:
        told = {c["criterion"]: int(c["amount"]["centavos"]) for c in structs(opened.get("costs")) if c["lot"] == lot}
        if not call:
            return sum(told.values())
        costs = [c for c in structs(call.get("criteria")) if c["kind"] == COST]
        asked = {c["number"]: lot for c in costs if c["lot"] in {None, lot}}
        answers = {int(n): str(text) for n, text in opened["content"]["responses"].items()}
        said = {n: amount.centavos for n, amount in declared(answers, asked, {lot}).items()}
    except BROKEN:
        return None
    return sum(said.values()) if said == told and said.keys() == asked.keys() else None


def _addition(entrant: acts.Entrant) -> Fraction | None:
    """What a bidder entered with besides its price; nothing where it is no number."""
    try:
        return rational(entrant.merits.addition)
    except ValueError:
        return None


def pointed(seq: int, ruled: Mapping[str, Any], room: Room, award: Award) -> Iterator[Finding]:
    """By points: the ruling gives each bid the technical points with which it entered, and the total of the ranking.

    `ruled`: bid -> its standing as published. Nothing is asked of a bid that went out by its price.
    """
    scores = {row.alias: abs(Fraction(row.score)) for row in award.ranking}
    for entrant in room.secrets.entrants if room.rules.criterion == BY_POINTS else ():
        try:
            points = ruled[entrant.bid].get("points") or {}
            technical, economic = (Fraction(points.get(part) or 0) for part in ("technical", "economic"))
        except BROKEN:
            technical, economic = Fraction(-1), Fraction(0)
        if technical != Fraction(entrant.merits.technical):
            yield Finding(seq, "points", f"{entrant.alias} entered with {entrant.merits.technical} technical points")
        elif scores.get(entrant.alias, technical + economic) != technical + economic:
            yield Finding(seq, "points", f"the ranking gives {entrant.alias} {scores[entrant.alias]} points in all")


def costed(seq: int, ruled: Mapping[str, Any], room: Room, award: Award) -> Iterator[Finding]:
    """By life-cycle cost: the ruling tells of each bid of the ranking the cost with which it entered and its score."""
    merits = {e.alias: (e.bid, _addition(e)) for e in room.secrets.entrants}
    for row in award.ranking if room.rules.criterion == BY_COST else ():
        bid, cost = merits[row.alias]
        try:
            found = ruled[bid]["life_cycle"]
            told = (int(found["cost"]["centavos"]), int(found["sum"]["centavos"]))
        except BROKEN:
            told = (-1, -1)
        if told != (cost, Fraction(row.score)):
            text = f"{row.alias} has {cost} centavos of life-cycle cost, and {row.score} with its price"
            yield Finding(seq, "cost", text)
