# SPDX-License-Identifier: Apache-2.0
"""The words of a bidder's place in an auction: those of the page, and those that its script says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from vitrina.cycle.auction.room import Room
from vitrina.cycle.auction.states import Phase
from vitrina.cycle.core.words import money
from vitrina.kernel.money import Money

OVER = frozenset({Phase.CLOSED, Phase.REVEALED, Phase.CERTIFIED, Phase.VOIDED})


def place(room: Room, facts: Mapping[str, Any], alias: str) -> dict[str, Any]:
    """What the page shows before any script runs."""
    segment = room.segment
    kind, text = _state(room)
    return {
        "alias": alias,
        "headline": headline(facts),
        "state_kind": kind,
        "state_text": text,
        "terms": terms(facts),
        "until": segment.ends_at
        if segment and room.phase == Phase.RUNNING
        else room.starts_at
        if segment is None
        else None,
        "is_before": segment is None,
        "is_over": room.phase in OVER,
        "left": room.remaining if room.phase == Phase.PAUSED else None,
        "label": _label(facts),
        "held": _held() % {"amount": price(facts, facts["held"])} if facts["held"] else "",
    }


def _state(room: Room) -> tuple[str, str]:
    if room.phase in OVER:
        return "wait", _("Over")
    return {
        Phase.SCHEDULED: ("wait", _("Announced")),
        Phase.PAUSED: ("late", _("Paused")),
    }.get(Phase(room.phase), ("on", _("Live")))


def headline(facts: Mapping[str, Any]) -> str:
    """Where the bidder stands, as a sentence."""
    key = headline_key(facts)
    return SENTENCES[key]() % {"rank": facts["rank"], "amount": price(facts, facts["limit"]) if facts["limit"] else ""}


def headline_key(facts: Mapping[str, Any]) -> str:
    """Which sentence says where the bidder stands."""
    state = facts["state"]
    if state in {Phase.SCHEDULED, Phase.WARMUP}:
        return "before"
    if state == Phase.PAUSED:
        return "paused"
    if state in OVER:
        return "over_first" if facts["leads"] else "over"
    if facts["leads"]:
        return "leads"
    return "behind" if facts["may_offer"] and facts["limit"] else "waits"


SENTENCES = {
    "before": lambda: _("The auction has not begun."),
    "paused": lambda: _("The auction is paused. Your offers stand."),
    "leads": lambda: _("You are first."),
    "behind": lambda: _("You are in place %(rank)s. Your next offer may be %(amount)s or less."),
    "waits": lambda: _("You are in place %(rank)s. It is not your turn."),
    "over_first": lambda: _("The auction is over: you were first."),
    "over": lambda: _("The auction is over: you were in place %(rank)s."),
}


def terms(facts: Mapping[str, Any]) -> list[dict[str, str]]:
    """The bidder's own figures, each with a key for the script; what can be offered only while anything can."""
    rows = [("alias", _("Your alias"), facts["alias"]), ("amount", _("Your price"), price(facts, facts["amount"]))]
    if "cost" in facts:
        together = Money.parse(facts["cost"]) + Money.parse(facts["amount"])
        rows.append(("cost", _("Your life-cycle cost, which does not change"), money(Money.parse(facts["cost"]))))
        rows.append(("sum", _("Your price and cost together, which decide"), money(together)))
    if facts["state"] not in OVER:
        rows += [
            ("limit", _("At most"), price(facts, facts["limit"]) if facts["limit"] else _("no data")),
            ("step", _("Step"), money(-(-Money.parse(facts["step"]).centavos // int(facts["per"])))),
        ]
    if facts["floor"] is not None:
        rows.append(("floor", _("Your floor"), price(facts, facts["floor"])))
    return [{"key": key, "term": term, "value": value} for key, term, value in rows]


def price(facts: Mapping[str, Any], text: str) -> str:
    """An amount of the lot, by piece where it is told so."""
    centavos, per = Money.parse(text).centavos, int(facts["per"])
    return (
        _("%(amount)s per %(unit)s") % {"amount": money(centavos // per), "unit": facts["unit"]}
        if per > 1
        else money(centavos)
    )


def _label(facts: Mapping[str, Any]) -> str:
    if int(facts["per"]) > 1:
        return _("Your price per %(unit)s, without VAT") % {"unit": facts["unit"]}
    return _("Your price for the whole lot, without VAT")


def _held() -> str:
    return _("Your hidden offer is %(amount)s. While it is hidden you can take it back.")


def asked_twice() -> str:
    """Before an amount that is far below what would do."""
    return _("This is far below what would do. If you mean it, say so.")


def words(facts: Mapping[str, Any]) -> dict[str, str]:
    """What the script says, with {places}."""
    piece = (
        _("%(amount)s per %(unit)s") % {"amount": "{amount}", "unit": facts["unit"]}
        if int(facts["per"]) > 1
        else "{amount}"
    )
    sentences = {key: sentence() % {"rank": "{rank}", "amount": "{amount}"} for key, sentence in SENTENCES.items()}
    return {
        **sentences,
        "price": piece,
        "not_amount": _("Write an amount with digits, as 1,234.50."),
        "guess": _("Did you mean {amount}?"),
        "too_high_typed": _("Write {amount} or less: a step below the leader."),
        "absurd": _("This is {share} below what would do ({limit}). If you mean it, tick the box."),
        "confirm": _("Confirm: offer {amount}"),
        "confirm_text": _("You offer {amount}. The whole lot: {total}. {in_words}."),
        "sending": _("Sending your offer of {amount}."),
        "cut": _(
            "No connection since {hour}. We do not know yet whether your offer arrived. "
            "It is sent again by itself, and counts once."
        ),
        "accepted": _("Your offer of {amount} arrived at {hour} and was accepted."),
        "held": _held() % {"amount": "{amount}"},
        "take_text": _("You take back your offer of {amount}. What you asked before it stands: {stands}."),
        "taking": _("Taking back your offer of {amount}."),
        "taken": _("Your offer of {amount} was taken back at {hour}. It is told to everybody when this part ends."),
        "not_back": _("Your offer of {amount} was not taken back. {message}"),
        "hidden": _("Your offer of {amount} arrived at {hour}. It is told to everybody when this part ends."),
        "refused": _("Your offer of {amount} arrived at {hour} and was not accepted."),
        "not_taken": _("Your offer was not taken. {message}"),
        "repeated": _("It had arrived the first time; it counts once."),
        "number": _("Entry {seq} of this purchase, fingerprint {digest}."),
        "pending_no": _("Your offer of {amount} did not arrive. Nothing was offered."),
        "limit_now": _("At most {amount} now."),
        "stopped": _("We stopped sending. Whether it had arrived your place above says."),
        "failed": _(
            "The server answered something that this page does not understand ({status}). Load the page again."
        ),
    }
