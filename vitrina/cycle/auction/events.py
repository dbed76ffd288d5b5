# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of an auction: the bodies of `acts`, each with its sentence. Bidders are aliases until the end."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.core.words import money
from vitrina.kernel.money import Money
from vitrina.ledger.kinds import Event, Visibility, kind

from . import acts

STAGE = "auction"
# why an offer is not accepted, in the words of a person
REFUSALS = {
    "too_high": lambda: _("it is not low enough"),
    "not_positive": lambda: _("it is not an amount"),
    "not_multiple": lambda: _("it is no whole price per piece"),
    "not_your_turn": lambda: _("it was not its turn"),
    "closed": lambda: _("it came after the end"),
    "paused": lambda: _("the auction was paused"),
    "binding": lambda: _("an offer that everybody has seen binds"),
    "unreadable": lambda: _("it could not be read"),
}


@kind("auction.skipped", stage=STAGE)
class AuctionSkipped(acts.Skipped):
    """The auction of a lot is not held: there are fewer solvent bidders than it needs."""

    def sentence(self) -> str:
        return _("The auction of lot %(lot)s is not held: there are too few solvent bids") % {"lot": self.lot}


@kind("auction.scheduled", stage=STAGE)
class AuctionScheduled(acts.Scheduled):
    """The auction of a lot was announced, with its rules, its start price and the aliases of its bidders."""

    def sentence(self) -> str:
        text = _("The auction of lot %(lot)s was announced: it begins at %(start)s")
        return text % {"lot": self.lot, "start": money(self.start)}

    def detail(self) -> str:
        n = len(self.aliases)
        text = ngettext(
            "%(n)s bidder under an alias; a step is %(step)s.", "%(n)s bidders under aliases; a step is %(step)s.", n
        )
        return text % {"n": n, "step": money(self.step)}


@kind("auction.rescheduled", stage=STAGE)
class AuctionRescheduled(acts.Rescheduled):
    """The auction of a lot begins at another hour."""

    def sentence(self) -> str:
        return _("The auction of lot %(lot)s begins at another hour") % {"lot": self.lot}

    def detail(self) -> str:
        return self.reason


@kind("auction.convened", stage=STAGE)
class AuctionConvened(acts.Convened):
    """The room of an auction opened; nothing is offered yet."""

    def sentence(self) -> str:
        return _("The room of the auction of lot %(lot)s opened") % {"lot": self.lot}


@kind("auction.started", stage=STAGE)
class AuctionStarted(acts.Started):
    """The auction of a lot began."""

    def sentence(self) -> str:
        return _("The auction of lot %(lot)s began") % {"lot": self.lot}


@kind("floor.committed", stage=STAGE)
class FloorCommitted(acts.FloorCommitted):
    """A bidder left a floor with the room; the digest binds it."""

    def sentence(self) -> str:
        return _("%(alias)s left a floor with the room") % {"alias": self.alias}


@kind("offer.made", stage=STAGE)
class OfferMade(acts.OfferMade):
    """An offer was accepted; `answers` says that the room made it for a floor."""

    def sentence(self) -> str:
        return _("%(alias)s offered %(amount)s") % {"alias": self.alias, "amount": money(self.amount)}

    def detail(self) -> str:
        return _("The room offered it, for the floor that it holds.") if self.answers else ""


@kind("offer.refused", stage=STAGE)
class OfferRefused(acts.OfferRefused):
    """An offer was not accepted, and why."""

    def sentence(self) -> str:
        return _("An offer of %(alias)s was not accepted") % {"alias": self.alias}

    def detail(self) -> str:
        why = REFUSALS[self.code]()
        return _("Reason: %(why)s.") % {"why": why}


@kind("offer.hidden", stage=STAGE, visibility=Visibility.BLINDED)
class OfferHidden(Event):
    """An offer in a turn or a sealed round, or its withdrawal; published when that ends."""

    ocid: str
    lot: int
    alias: str
    received_at: datetime
    amount: Money | None = None
    code: str = ""

    def sentence(self) -> str:
        return _("A hidden offer was handed in")


@kind("round.begun", stage=STAGE)
class RoundBegun(acts.RoundBegun):
    """The pause before a round of turns began, with their order."""

    def sentence(self) -> str:
        return _("Round %(number)s is next: %(order)s") % {"number": self.number, "order": ", ".join(self.order)}


@kind("turn.begun", stage=STAGE)
class TurnBegun(acts.TurnBegun):
    """It is the turn of a bidder."""

    def sentence(self) -> str:
        return _("It is the turn of %(alias)s") % {"alias": self.alias}


@kind("final_round.begun", stage=STAGE)
class FinalRoundBegun(acts.FinalRoundBegun):
    """The sealed final round began."""

    def sentence(self) -> str:
        return _("The sealed final round began: one more offer of each, hidden until its end")


@kind("offers.published", stage=STAGE)
class OffersPublished(acts.OffersPublished):
    """A turn or a sealed round ended, and what was offered in it became public."""

    def sentence(self) -> str:
        n = sum(not a.code and not a.is_withdrawal for a in self.attempts)
        text = ngettext("%(n)s hidden offer became public", "%(n)s hidden offers became public", n)
        return text % {"n": n}


@kind("auction.paused", stage=STAGE)
class AuctionPaused(acts.Paused):
    """The clock of an auction stopped; what was left is given back."""

    def sentence(self) -> str:
        return _("The auction of lot %(lot)s was paused") % {"lot": self.lot}

    def detail(self) -> str:
        return self.reason


@kind("auction.resumed", stage=STAGE)
class AuctionResumed(acts.Resumed):
    """The clock of an auction goes on."""

    def sentence(self) -> str:
        return _("The auction of lot %(lot)s goes on") % {"lot": self.lot}

    def detail(self) -> str:
        return self.reason


@kind("auction.closed", stage=STAGE)
class AuctionClosed(acts.Closed):
    """The auction of a lot ended; the ranking under aliases."""

    def sentence(self) -> str:
        if not self.ranking:
            return _("The auction of lot %(lot)s ended") % {"lot": self.lot}
        best = self.ranking[0]
        words = {"lot": self.lot, "alias": best.alias, "amount": money(best.amount)}
        return _("The auction of lot %(lot)s ended: %(alias)s leads with %(amount)s") % words


@kind("auction.revealed", stage=STAGE)
class AuctionRevealed(acts.Revealed):
    """Who was behind each alias, with every floor that was left."""

    def sentence(self) -> str:
        names = ", ".join(f"{e.alias}: {e.name}" for e in self.entrants)
        return _("The names behind the aliases: %(names)s") % {"names": names}


@kind("auction.certified", stage=STAGE)
class AuctionCertified(acts.Certified):
    """The result of an auction was recomputed from the ledger and holds."""

    def sentence(self) -> str:
        return _("The result of the auction of lot %(lot)s was certified") % {"lot": self.lot}


@kind("auction.voided", stage=STAGE)
class AuctionVoided(acts.Voided):
    """An auction was declared void."""

    def sentence(self) -> str:
        return _("The auction of lot %(lot)s was declared void") % {"lot": self.lot}

    def detail(self) -> str:
        return self.reason


_EVENTS: dict[type[acts.Lot], type[acts.Lot]] = {
    event.__mro__[1]: event
    for event in list(globals().values())
    if isinstance(event, type) and issubclass(event, acts.Lot) and event.__module__ == __name__
}


def written(act: acts.Lot) -> acts.Lot:
    """An act as the kind of the ledger that has its sentence."""
    fields = {name: getattr(act, name) for name in act.__struct_fields__}
    return _EVENTS[acts.body_of(act)](**fields)
