# SPDX-License-Identifier: Apache-2.0
"""Forms of the opening act."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.core import words
from vitrina.cycle.core.fields import LineField
from vitrina.cycle.core.steps import StepForm, step
from vitrina.cycle.tendering.queries import tender_of

from .commands import MAX_OBSERVATIONS
from .queries import attendance_of, opened_event, unopenable_events, what_is_missing


@step("opening.start")
class Start(StepForm):
    """Begin the act."""

    title = _("Is everybody ready to begin?")
    lead = _("The act is public. Everyone who follows the purchase sees it begin.")
    button = _("Begin the act")
    consequence = _("No more bids are received, and the reference price becomes public at once (art. 35).")

    def facts(self) -> list[tuple[str, str]]:
        tender = tender_of(self.process)
        if tender is None:
            return []
        return [(str(_("The call set the hour at")), words.day_time(tender.opening_at, self.process.unit.zone))]


@step("opening.attend")
class Attend(StepForm):
    """Sign in to the act."""

    title = _("Do you attend this opening?")
    lead = _("The minutes name those who attend: officials by name, suppliers by their company.")
    button = _("Sign in to the act")
    consequence = _("Your attendance is public for ever.")


@step("opening.open_bids")
class OpenBids(StepForm):
    """Open every envelope."""

    title = _("Open the envelopes?")
    lead = _("Every envelope that stands is opened in order of arrival, and every price is read out.")
    button = _("Open the envelopes")
    consequence = _("Bidders, prices, answers and documents are public for ever. It cannot be undone (art. 35).")

    def facts(self) -> list[tuple[str, str]]:
        names = ", ".join(a.name for a in attendance_of(self.process))
        found = [(str(_("Who attends")), names or str(_("nobody has signed in yet")))]
        return found + [(str(_("What is missing")), text) for text in what_is_missing(self.process, self.at)]


@step("opening.close")
class Close(StepForm):
    """Publish the minutes."""

    title = _("What should the minutes say?")
    lead = _("Attendance, envelopes and prices are already in them. Add what those present asked to be noted.")
    button = _("Publish the minutes")
    consequence = _("The act ends. From here the term for the ruling runs (art. 35-III).")
    observations = LineField(label=_("Observations"), max_length=MAX_OBSERVATIONS, rows=5, required=False)

    def facts(self) -> list[tuple[str, str]]:
        opened = opened_event(self.process)
        return [(str(_("Envelopes opened")), str(opened.n_bids))] if opened else []

    def signed_facts(self) -> list[tuple[str, str]]:
        """Whoever signs the minutes signs who was there, what every bid asked, and what could not be opened."""
        bids = [(bid.supplier_name, words.money(bid.total)) for bid in opened_bids(self.process)]
        closed = [(event.bidder.name, event.sentence()) for event in unopenable_events(self.process)]
        names = ", ".join(a.name for a in attendance_of(self.process))
        return [(str(_("Who attends")), names or str(_("nobody has signed in yet"))), *self.facts(), *bids, *closed]
