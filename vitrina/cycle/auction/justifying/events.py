# SPDX-License-Identifier: Apache-2.0
"""Ledger entries about a price that was marked: the bodies of `bodies`, each with its sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.auction.events import STAGE
from vitrina.cycle.core.words import money
from vitrina.ledger.kinds import Event, Visibility, kind

from . import bodies
from .words import mark_sentence


@kind("justification.requested", stage=STAGE)
class JustificationRequested(bodies.Requested):
    """The bidder of a price that the rules mark as abnormally low is asked to justify it, until when."""

    def sentence(self) -> str:
        text = _("%(name)s was asked to justify its price of %(amount)s in lot %(lot)s")
        return text % {"name": self.name, "amount": money(self.amount), "lot": self.lot}

    def detail(self) -> str:
        asks = _("A low price is a reason to ask, not a fault.")
        return " ".join([*(mark_sentence(mark) for mark in self.marks), asks])


@kind("justification.given", stage=STAGE)
class JustificationGiven(bodies.Given):
    """A bidder justified its price; what it said, where the rulebook publishes it at once."""

    def sentence(self) -> str:
        return _("%(name)s justified its price in lot %(lot)s") % {"name": self.name, "lot": self.lot}

    def detail(self) -> str:
        return self.answer.text if self.answer else _("What it says is published with the decision.")


@kind("justification.lapsed", stage=STAGE)
class JustificationLapsed(bodies.Lapsed):
    """The term to justify a price passed without an answer."""

    def sentence(self) -> str:
        text = _("The term for %(name)s to justify its price in lot %(lot)s passed without an answer")
        return text % {"name": self.name, "lot": self.lot}

    def detail(self) -> str:
        return _("The evaluators decide all the same.")


@kind("justification.weighed", stage=STAGE, visibility=Visibility.BLINDED)
class JustificationWeighed(Event):
    """What an evaluator holds of a price; secret until the decision, which publishes the reasons without names."""

    ocid: str
    lot: int
    alias: str
    person_id: int
    keep: bool
    reason: str

    def sentence(self) -> str:
        return _("An evaluator weighed a price")


class _Decision(bodies.Decided, frozen=True, kw_only=True):
    """What both decisions say."""

    def detail(self) -> str:
        text = ngettext(
            "%(against)s of %(n)s evaluator rejects it.", "%(against)s of %(n)s evaluators reject it.", self.votes
        )
        other = [_("Otherwise was held:"), *self.dissent] if self.dissent else []
        return " ".join([text % {"against": self.against, "n": self.votes}, *self.reasons, *other])


@kind("justification.accepted", stage=STAGE)
class JustificationAccepted(_Decision, bodies.Accepted):
    """The evaluators accepted a price that was marked, with their reasons and the answer."""

    def sentence(self) -> str:
        text = _("The evaluators accepted the price of %(name)s in lot %(lot)s")
        return text % {"name": self.name, "lot": self.lot}


@kind("justification.rejected", stage=STAGE)
class JustificationRejected(_Decision, bodies.Rejected):
    """The evaluators rejected a price that was marked, with their reasons and the answer."""

    def sentence(self) -> str:
        text = _("The evaluators rejected the price of %(name)s in lot %(lot)s")
        return text % {"name": self.name, "lot": self.lot}
