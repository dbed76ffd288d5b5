# SPDX-License-Identifier: Apache-2.0
"""The sentences of an auction's room. Those that change with an offer go to the page's script too (`words`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.auction.justifying.award import Award
from vitrina.cycle.auction.room import Room
from vitrina.cycle.auction.states import Phase
from vitrina.cycle.core.words import lang, money
from vitrina.kernel import formats
from vitrina.kernel.money import Money

HALF = 2
NAMED = frozenset({Phase.REVEALED, Phase.CERTIFIED})
MANY = 10  # numbers up to here are written out


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sentences are made of. `picture`: what anybody may see; `per`: pieces by which prices are told."""

    room: Room
    picture: Mapping[str, Any]
    per: int
    unit: str
    zone: str
    n_offers: int

    def price(self, centavos: int) -> str:
        """An amount by piece, with the word of the piece where it is told so."""
        return (
            per_piece() % {"amount": money(centavos // self.per), "unit": self.unit}
            if self.per > 1
            else money(centavos)
        )

    @property
    def best(self) -> int:
        """The best offer, centavos."""
        return Money.parse(self.picture["leader"]["amount"]).centavos


def per_piece() -> str:
    """How a price by piece is told."""
    return _("%(amount)s per %(unit)s")


STILL = {
    Phase.SKIPPED: lambda: _("The auction was not held."),
    Phase.VOIDED: lambda: _("The auction is void."),
    Phase.SCHEDULED: lambda: _("The auction has not begun."),
    Phase.WARMUP: lambda: _("The room is open; nothing is offered yet."),
    Phase.PAUSED: lambda: _("The auction is paused."),
}


def headline(facts: Facts, names: Mapping[str, tuple[str, str]], award: Award | None = None) -> str:
    """The answer of the page, as a sentence. `award`: who is first once prices were rejected, where some were."""
    room = facts.room
    if still := STILL.get(Phase(room.phase)):
        return still()
    best = facts.picture["leader"]
    words = {"alias": best["alias"], "amount": facts.price(facts.best)}
    if room.phase == Phase.RUNNING:
        return leads() % words if best["alias"] else nobody() % words
    if not best["alias"]:
        return _("The auction ended without offers.")
    if award is not None:
        return without_rejected(facts, names, award)
    if names.get(best["alias"]):
        words["alias"] = names[best["alias"]][1]
    return _("%(alias)s was first, with %(amount)s.") % words


def without_rejected(facts: Facts, names: Mapping[str, tuple[str, str]], award: Award) -> str:
    """Who is first once prices were rejected."""
    line = next((line for line in award.ranking if line.alias == award.winner), None)
    if line is None:
        return _("Every price of the auction was rejected.")
    words = {"alias": names[line.alias][1], "amount": facts.price(line.amount.centavos)}
    return _("%(alias)s is first, with %(amount)s: the lower price was rejected.") % words


def leads() -> str:
    """While somebody leads."""
    return _("%(alias)s leads with %(amount)s.")


def nobody() -> str:
    """While nobody has offered."""
    return _("Nobody has offered yet. The best envelope asks for %(amount)s.")


def lead(facts: Facts) -> str:
    """One plain paragraph: who takes part, who wins, when the names are known."""
    room = facts.room
    n = len(room.commitments)
    if room.phase == Phase.SKIPPED:
        return _("There are fewer solvent bids than an auction needs. The bids stand as they are.")
    if room.phase == Phase.VOIDED:
        return _("Nothing that was offered in it counts. The bids stand as they are.")
    if room.phase in {Phase.CLOSED, Phase.REVEALED, Phase.CERTIFIED}:
        return _("The names are public now, and anybody can compute the auction again from the public ledger.")
    who = ngettext("One company takes part.", "%(n)s companies lower their price in public.", n)
    return f"{(who % {'n': _counted(n)}).capitalize()} {_who_wins(room)}"


def _who_wins(room: Room) -> str:
    if room.rules.criterion == "points":
        return _(
            "When the clock reaches zero whoever has the most points, technical and of the price, wins. Their names "
            "will be known then."
        )
    if room.rules.criterion == "added_cost":
        return _(
            "When the clock reaches zero the lowest sum of price and life-cycle cost wins. Only the price can be "
            "lowered; sums and names are shown at the end, because the costs were published with names."
        )
    return _("The lowest price wins when the clock reaches zero. Their names will be known then.")


def _counted(n: int) -> str:
    return _("no one two three four five six seven eight nine ten").split()[n] if n <= MANY else str(n)


def state(room: Room) -> dict[str, str]:
    """Shape and word of the state."""
    kind, text = {
        Phase.SCHEDULED: ("wait", _("Announced")),
        Phase.WARMUP: ("on", _("Live")),
        Phase.RUNNING: ("on", _("Live")),
        Phase.PAUSED: ("late", _("Paused")),
        Phase.SKIPPED: ("wait", _("Not held")),
        Phase.VOIDED: ("wait", _("Void")),
    }.get(Phase(room.phase), ("wait", _("Over")))
    return {"state_kind": kind, "state_text": text}


def part(room: Room) -> str:
    """What the clock counts down to."""
    segment = room.segment
    if segment is None or segment.part == "open":
        return _("to the end")
    if segment.part == "turn":
        return _("of the turn of %(alias)s") % {"alias": segment.aliases[0]}
    return _("to the end of the sealed round") if segment.part == "sealed" else _("to the next round")


def extension(room: Room) -> str:
    """The rule that can move the clock, or nothing."""
    rule = room.profile.extension if room.profile else None
    if rule is None:
        return ""
    text = _(
        "An offer that takes the lead in the last %(window)s moves the end to %(extend)s after it. "
        "This can happen up to %(n)s times."
    )
    return text % {"window": _span(rule.window_s), "extend": _span(rule.extend_s), "n": rule.max_extensions}


def _span(seconds: int) -> str:
    if seconds % 60 == 0:
        return ngettext("%(n)s minute", "%(n)s minutes", seconds // 60) % {"n": seconds // 60}
    return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}


def foot(facts: Facts) -> str:
    """What it takes to lead now; nothing when nothing can be offered."""
    room = facts.room
    if room.phase != Phase.RUNNING or room.rules.beat != "leader":
        return ""
    most = (facts.best - room.step) // room.multiple * room.multiple
    return to_lead() % {"amount": facts.price(most), "step": money(-(-room.step // facts.per))}


def to_lead() -> str:
    """What it takes to lead."""
    return _("To take the lead it takes %(amount)s or less: each step is at least %(step)s. Prices without VAT.")


def saving(n_offers: int, start: int, best: int) -> str:
    """The finding of the chart."""
    if not n_offers:
        return none_yet()
    text = ngettext(
        "One offer has lowered the price by %(share)s", "%(n)s offers have lowered the price by %(share)s", n_offers
    )
    return text % {"n": n_offers, "share": share(start, best)}


def none_yet() -> str:
    """The chart before the first offer."""
    return _("No offer has lowered the price yet")


def share(start: int, best: int) -> str:
    """By how much a price fell, percent to one decimal, half up."""
    tenths = (HALF * 1000 * (start - best) + start) // (HALF * start)
    return f"{tenths // 10}.{tenths % 10}" + ("%" if lang() == "en" else f"{formats.NBSP}%")


def told(start: int, best: int, n_offers: int) -> str:
    """The chart in one sentence."""
    text = _("The best offer fell from %(start)s to %(best)s, in %(n)s offers. The table below has the figures.")
    return text % {"start": money(start), "best": money(best), "n": n_offers}


def columns(facts: Facts) -> list[dict[str, Any]]:
    """Headers of the table of offers."""
    found: list[dict[str, Any]] = [{"label": _("Place and alias")}]
    if facts.per > 1:
        found.append({"label": _("Per %(unit)s") % {"unit": facts.unit}, "num": True})
    if is_by_price(facts.room):
        found.append({"label": _("Distance"), "num": True})
    found.append({"label": _("Total"), "num": True})
    if has_sums(facts.room):
        found += [{"label": _("Life-cycle cost"), "num": True}, {"label": _("Price and cost together"), "num": True}]
    found.append({"label": _("Offers"), "num": True})
    found.append({"label": _("Hour"), "num": True})
    return found


def row(
    facts: Facts, one: Mapping[str, Any], names: Mapping[str, tuple[str, str]], award: Award | None = None
) -> dict[str, Any]:
    """A line of the table of offers: as the auction ended, and whose price was rejected after it."""
    amount = Money.parse(one["amount"]).centavos if "amount" in one else None
    name = names.get(one["alias"], ("", ""))[1]
    is_out = award is not None and one["alias"] not in {line.alias for line in award.ranking}
    first = {
        "text": f"{one['rank']}. {one['alias']}",
        "sub": _("%(name)s: price rejected") % {"name": name} if is_out else name,
    }
    cells: list[Any] = [first]
    if facts.per > 1:
        cells.append(money(amount // facts.per) if amount is not None else hidden())
    if is_by_price(facts.room):
        cells.append(distance(facts, amount, leads=one["alias"] == facts.picture["leader"]["alias"]))
    cells.append(money(amount) if amount is not None else hidden())
    if has_sums(facts.room):
        cells += sums(facts.room, one["alias"])
    cells.append(str(one["offers"]))
    cells.append(hour(one.get("at"), facts.zone))
    is_first = one["alias"] == award.winner if award else one["rank"] == 1
    return {"cells": cells, "kind": "first" if is_first else "out" if is_out else ""}


def is_by_price(room: Room) -> bool:
    """Whether the lowest price is the first: only then a distance in price says how far somebody is from it."""
    return room.profile is None or room.profile.criterion == "price"


def has_sums(room: Room) -> bool:
    """Whether the sums of price and life-cycle cost may be seen: once the names are known."""
    return not is_by_price(room) and room.rules.criterion == "added_cost" and room.phase in NAMED


def sums(room: Room, alias: str) -> list[str]:
    """The life-cycle cost of a bidder, and its sum with the price."""
    bid = room.bids[alias]
    cost = int(bid.merits.addition)
    return [money(cost), money(bid.amount + cost)]


def distance(facts: Facts, amount: int | None, *, leads: bool) -> str:
    """How far an offer is from the best one."""
    if leads:
        return ahead()
    return hidden() if amount is None else f"+{money((amount - facts.best) // facts.per)}"


def ahead() -> str:
    """In the place of a distance, of who leads."""
    return _("leads")


def hidden() -> str:
    """In the place of an amount that the rules do not show."""
    return _("not shown")


def hour(text: str | None, zone: str) -> str:
    """The hour of an offer, with seconds."""
    return formats.clock_time(datetime.fromisoformat(text), zone=zone, seconds=True) if text else ""


def words(facts: Facts) -> dict[str, str]:
    """Sentences by key, with {places}, for the script that goes on with what the page shows."""
    piece = per_piece() % {"amount": "{amount}", "unit": facts.unit} if facts.per > 1 else "{amount}"
    return {
        "price": piece,
        "leads": leads() % {"alias": "{alias}", "amount": "{amount}"},
        "nobody": nobody() % {"amount": "{amount}"},
        "ahead": ahead(),
        "hidden": hidden(),
        "one": _("One offer has lowered the price by {share}"),
        "many": _("{n} offers have lowered the price by {share}"),
        "none": none_yet(),
        "told": _("The best offer fell from %(start)s to %(best)s, in %(n)s offers. The table below has the figures.")
        % {"start": "{start}", "best": "{best}", "n": "{n}"},
        "axis": _("The axis goes from %(low)s to %(high)s.") % {"low": "{low}", "high": "{high}"},
        "to_lead": to_lead() % {"amount": "{amount}", "step": "{step}"},
    }
