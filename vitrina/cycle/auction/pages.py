# SPDX-License-Identifier: Apache-2.0
"""Forms of the auction. `key` names the lot."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vitrina.cycle.core.fields import InstantField, LineField, MoneyField
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.core.steps import StepForm, step
from vitrina.cycle.core.words import day_time, money
from vitrina.kernel.money import Money

from . import shown
from .folding import room_of
from .guards import MAX_REASON
from .justifying.words import mark_words
from .models import Auction
from .queries import alias_of, auctions_of, held_of, marks_of
from .states import Phase

CAUSES = [("official", _("Decision of the contracting area")), ("force_majeure", _("Force majeure"))]


class LotForm(StepForm):
    """A step on the auction of one lot. `phases`: where it stands when the step can be done; none when it has none."""

    phases: ClassVar[frozenset[Phase]] = frozenset()

    def prepare(self) -> None:
        if self.phases and self.auction().state not in self.phases:
            raise refuse("state", gettext("This step is not possible now: the auction is at another point."))

    def lot(self) -> int:
        """The lot that the address names; the first where it names none."""
        return int(self.key) if self.key.isascii() and self.key.isdigit() and len(self.key) < 4 else 1  # noqa: PLR2004

    def auction(self) -> Auction:
        """Its auction; refuses when there is none."""
        found = auctions_of(self.process).get(self.lot())
        if found is None:
            raise refuse("lot", gettext("This lot has no auction."))
        return found

    def facts(self) -> list[tuple[str, str]]:
        found = [(gettext("Lot"), str(self.lot()))]
        auction, zone = auctions_of(self.process).get(self.lot()), self.process.unit.zone
        if auction and auction.starts_at:
            found.append((gettext("Begins"), day_time(auction.starts_at, zone)))
        return found

    def arguments(self) -> dict[str, Any]:
        return {**self.cleaned_data, "lot": self.lot()}


class BidderForm(LotForm):
    """A step of a company that takes part: under its alias, in its room."""

    def prepare(self) -> None:
        super().prepare()
        auction = self.auction()
        self.alias = alias_of(auction, self.actor.supplier_key)
        if not self.alias:
            raise refuse("not_invited", gettext("Your company has no solvent bid in this lot."))
        self.room = room_of(auction)


class ReasonForm(LotForm):
    """A step whose reason is published."""

    reason = LineField(label=_("Reason, which is published"), max_length=MAX_REASON, rows=2)


@step("auction.schedule")
class Schedule(LotForm):
    """Announce the auction of a lot."""

    title = _("When is the auction held?")
    lead = _("The bids that the evaluation found solvent take part, each under an alias that is drawn at random.")
    button = _("Announce the auction")
    consequence = _("The hour, the rules and the aliases are public. With fewer than two bidders it is not held.")
    starts_at = InstantField(label=_("Begins"))


@step("auction.reschedule")
class Reschedule(ReasonForm):
    """Move the hour of an auction."""

    title = _("To when is the auction moved?")
    lead = _("It has not begun yet. Those who take part need a working day's notice again.")
    button = _("Move the auction")
    consequence = _("The new hour and the reason are public.")
    phases = frozenset({Phase.SCHEDULED, Phase.WARMUP})
    starts_at = InstantField(label=_("Begins"))
    field_order = ("starts_at", "reason")


@step("auction.offer")
class Offer(BidderForm):
    """An offer in an auction."""

    title = _("How much do you offer?")
    lead = _("The whole lot, without VAT. What you offer shows under your alias alone.")
    button = _("Make the offer")
    consequence = _("An offer that is accepted binds you.")
    is_secret = True  # an amount that was typed and not sent is nobody's
    phases = frozenset({Phase.RUNNING, Phase.PAUSED, Phase.CLOSED})
    amount = MoneyField(label=_("Amount for the lot"))
    is_meant = forms.BooleanField(label=_("I mean an amount so low"), required=False)

    def prepare(self) -> None:
        super().prepare()
        self.mine = shown.own(self.room, self.alias)
        if "is_meant" not in self.data and not self._is_absurd(self.data.get("amount", "")):
            del self.fields["is_meant"]

    def _is_absurd(self, typed: str) -> bool:
        """Whether an amount as it was typed is so far below what would do that it is asked for twice."""
        try:
            amount = MoneyField(required=False).clean(typed)
        except forms.ValidationError:
            return False
        return amount is not None and shown.asks_twice(self.room, self.alias, amount.centavos)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        amount = found.get("amount")
        if amount and shown.asks_twice(self.room, self.alias, amount.centavos) and not found.get("is_meant"):
            text = gettext("This is far below what would do: %(limit)s. If you mean it, say so.")
            self.add_error("is_meant", text % {"limit": money(Money.parse(self.mine["limit"]))})
        return found

    def facts(self) -> list[tuple[str, str]]:
        told = [
            (gettext("Your alias"), self.alias),
            (gettext("Your place"), str(self.mine["rank"])),
            (gettext("Your amount"), money(Money.parse(self.mine["amount"]))),
        ]
        if self.mine["limit"] is not None and self.mine["may_offer"]:
            told.append((gettext("At most"), money(Money.parse(self.mine["limit"]))))
        return told

    def arguments(self) -> dict[str, Any]:
        return {"lot": self.lot(), "centavos": self.cleaned_data["amount"].centavos}


@step("auction.withdraw_offer")
class WithdrawOffer(BidderForm):
    """Take back a hidden offer."""

    title = _("Do you take back your hidden offer?")
    lead = _("While it is hidden you may: then what you asked before it stands.")
    button = _("Take the offer back")
    consequence = _("When this part ends everybody reads, under your alias, that you made it and took it back.")
    phases = frozenset({Phase.RUNNING})

    def prepare(self) -> None:
        super().prepare()
        held = held_of(self.auction(), self.alias)
        if held is None:
            raise refuse("nothing_held", gettext("Your company has no hidden offer to take back."))
        self.held = held

    def facts(self) -> list[tuple[str, str]]:
        return [
            (gettext("Your alias"), self.alias),
            (gettext("Your hidden offer"), money(Money(self.held))),
            (gettext("What stands without it"), money(Money(self.room.bids[self.alias].amount))),
        ]


@step("auction.leave_floor")
class LeaveFloor(BidderForm):
    """Leave a floor with the room."""

    title = _("Down to how much may the room offer for you?")
    lead = _(
        "While you do not lead, the room offers the next step in your name, never below your floor. "
        "It goes on when your line or your power is cut."
    )
    button = _("Leave the floor")
    consequence = _(
        "Everybody sees that you left a floor, and nobody how much until the end. Whoever runs the platform's server "
        "with its key could read it: a floor that nobody can read could not act by itself. You can only lower it."
    )
    is_secret = True
    phases = frozenset({Phase.SCHEDULED, Phase.WARMUP, Phase.RUNNING, Phase.PAUSED})
    floor = MoneyField(label=_("Floor for the lot"), help_text=_("The whole lot, without VAT."))

    def facts(self) -> list[tuple[str, str]]:
        told = [(gettext("Your alias"), self.alias), *super().facts()]
        held = self.room.floors.get(self.alias)
        if held and held.centavos is not None:
            told.append((gettext("Your floor now"), money(Money(held.centavos))))
        return told

    def arguments(self) -> dict[str, Any]:
        return {"lot": self.lot(), "centavos": self.cleaned_data["floor"].centavos}


@step("auction.pause")
class Pause(ReasonForm):
    """Stop the clock of an auction."""

    title = _("Why does the auction stop?")
    lead = _("The clock stops at once, and everybody sees the reason.")
    button = _("Pause the auction")
    consequence = _("The time that is left is given back when it goes on.")
    phases = frozenset({Phase.RUNNING})
    cause = forms.ChoiceField(label=_("Cause"), choices=CAUSES)
    field_order = ("cause", "reason")


@step("auction.resume")
class Resume(ReasonForm):
    """Let the clock of an auction go on."""

    title = _("Can the auction go on?")
    lead = _("The clock goes on with exactly the time that was left.")
    button = _("Resume the auction")
    consequence = _("Everybody can offer again from this instant.")
    phases = frozenset({Phase.PAUSED})


@step("auction.void")
class Void(ReasonForm):
    """Declare an auction void."""

    title = _("Why is the auction void?")
    lead = _("Nothing that was offered in it counts. It cannot be undone.")
    button = _("Declare it void")
    consequence = _("The decision and its reason are public for ever.")
    phases = frozenset({Phase.RUNNING, Phase.PAUSED, Phase.REVEALED})


@step("auction.certify")
class Certify(LotForm):
    """Certify the result of an auction."""

    title = _("Is the result what the ledger gives?")
    lead = _(
        "The system computes the whole auction again from the public ledger. What does not hold is not certified."
    )
    button = _("Certify the result")
    phases = frozenset({Phase.REVEALED})

    def facts(self) -> list[tuple[str, str]]:
        marked = [(gettext("Ask why it is so low"), mark_words(mark)) for mark in marks_of(room_of(self.auction()))]
        return [*super().facts(), *marked]

    consequence = _(
        "The ruling awards the lot to its first. If its price is marked as abnormally low, this act asks its bidder "
        "to justify it, and the ruling waits."
    )
