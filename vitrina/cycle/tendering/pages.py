# SPDX-License-Identifier: Apache-2.0
"""Forms of tendering."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vitrina.cycle.core import words
from vitrina.cycle.core.fields import DayField, InstantField, LineField, PercentField, QuantityField, WholeField
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.core.steps import StepForm, step
from vitrina.cycle.planning.queries import lots_of as items_by_lot
from vitrina.law import due, explain
from vitrina.parties.actors import actor_of
from vitrina.parties.models import Appointment
from vitrina.parties.openers.queries import usable_keys
from vitrina.parties.roles import Role

from . import limits
from .methods import BINARY, BY_COST, BY_POINTS, COST, MAX_YEARS, POINTS
from .models import Tender
from .queries import criteria_of, last_change_at, openers_of, tender_of
from .reasons import CANCELLATION

SHOWN_RULES = (
    "term.publication_to_opening.min",
    "term.publication_to_opening.reduced_min",
    "term.question_to_clarification.min",
    "term.clarification_to_opening.min",
    "term.opening_to_award.max",
)
AUCTIONS = [
    ("", _("none")),
    ("open_clock", _("open clock")),
    ("turns", _("in turns")),
    ("sealed_final", _("open clock, then a sealed final round")),
]
METHODS = [
    (BINARY, _("binary: of those that meet everything, the lowest price wins")),
    (BY_POINTS, _("by points and percentages: technical points and points of the price")),
    (BY_COST, _("cost-benefit: of those that meet everything, the lowest price plus life-cycle cost wins")),
]
KINDS = [
    ("technical", _("technical")),
    ("legal", _("legal and administrative")),
    (POINTS, _("technical, gives points")),
    (COST, _("economic, asks for a cost")),
]
TERM_FIELDS = (
    "description",
    "clarification_at",
    "opening_at",
    "award_by",
    "reduction_reason",
    "guarantee_share",
    "penalty_rate",
    "delivery_days",
    "delivery_place",
    "contract_start",
    "contract_end",
)


class CriterionForm(forms.Form):
    """One requirement that a bid passes or fails, that gives it points, or that it answers with a cost."""

    title = LineField(label=_("Requirement"), max_length=200)
    description = LineField(label=_("How it is proved"), max_length=1000, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, initial="technical")
    points = QuantityField(
        label=_("Points, at the most"),
        decimals=2,
        required=False,
        help_text=_("Only where it gives points."),
    )
    years = WholeField(
        label=_("Years of the cost"),
        min_value=1,
        max_value=MAX_YEARS,
        required=False,
        help_text=_("Only where it asks for a cost: energy, upkeep, disposal. Write above how it is worked out."),
    )
    lot = WholeField(
        label=_("Only for lot"),
        min_value=1,
        max_value=200,
        required=False,
        help_text=_("Leave it empty for all lots."),
    )


class TermsForm(StepForm):
    """What the call says, when it is published and when it changes."""

    title_text = LineField(label=_("What is bought"), max_length=200)
    description = LineField(label=_("Description for bidders"), max_length=4000, rows=4)
    clarification_at = InstantField(label=_("Clarification meeting"))
    opening_at = InstantField(label=_("Opening of bids"))
    award_by = InstantField(label=_("Ruling, at the latest"))
    reduction_reason = LineField(
        label=_("Why the term is shorter"),
        max_length=1000,
        rows=2,
        required=False,
        help_text=_("Only when the opening comes before the ordinary term."),
    )
    guarantee_share = PercentField(label=_("Performance guarantee, % of the contract"))
    penalty_rate = PercentField(label=_("Penalty, % of the late part per day"))
    delivery_days = WholeField(label=_("Delivery, natural days from signature"), min_value=1, max_value=3650)
    delivery_place = LineField(label=_("Place of delivery"), max_length=300)
    contract_start = DayField(label=_("Contract from"))
    contract_end = DayField(label=_("Contract until"))
    rows = {"criteria": (CriterionForm, 3)}
    row_labels = {"criteria": {"title": _("Requirements"), "row": _("Requirement"), "add": _("Add a requirement")}}
    groups = [
        (_("What"), "", ("title_text", "description")),
        (_("When"), "", ("clarification_at", "opening_at", "award_by", "reduction_reason")),
        (
            _("Contract"),
            "",
            ("guarantee_share", "penalty_rate", "delivery_days", "delivery_place", "contract_start", "contract_end"),
        ),
    ]

    def facts(self) -> list[tuple[str, str]]:
        """Each legal term with its article, and the first lawful day for the opening when the call goes out today."""
        lang = get_language() or "es"
        found = []
        for key in SHOWN_RULES:
            rule = limits.rule_of(self.process, key, self.at)
            found.append((str(LABELS[key]), explain(rule, lang)))
            if key == SHOWN_RULES[0] and not self.process.number:
                first = due(rule, self.at, limits.calendar_of(self.process)).end
                found.append((str(_("First ordinary day for the opening")), words.day(first)))
        return found

    def terms(self) -> dict[str, Any]:
        """The terms and criteria, as the commands take them."""
        data = {name: self.cleaned_data[name] for name in TERM_FIELDS}
        return data | {"title": self.cleaned_data["title_text"], "criteria": self.lines("criteria")}


LABELS = {
    "term.publication_to_opening.min": _("From call to opening"),
    "term.publication_to_opening.reduced_min": _("Shorter, with a reason"),
    "term.question_to_clarification.min": _("Questions before the meeting"),
    "term.clarification_to_opening.min": _("From meeting to opening"),
    "term.opening_to_award.max": _("From opening to ruling"),
}


def holders(form: StepForm, role: Role) -> list[tuple[int, str]]:
    """(person id, name and position) of those who hold an office for the form's unit now."""
    rows = Appointment.objects.filter(role=role, unit__isnull=False).select_related("person", "unit")
    return [
        (a.person_id, f"{a.person}, {a.person.position}" if a.person.position else str(a.person))
        for a in rows.order_by("person__surname")
        if a.holds(form.at) and actor_of(a).acts_for(form.process.unit)
    ]


def with_key_state(people: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The same people, each with whether a call may count on a key of theirs."""
    proven = usable_keys(person for person, _name in people)
    has, lacks = _("proven key"), _("no key yet")
    return [(person, f"{name} ({has if person in proven else lacks})") for person, name in people]


@step("tendering.publish_call")
class PublishCall(TermsForm):
    """Publish the call."""

    title = _("What does the call say?")
    lead = _("From its publication everybody can read it, ask and bid. Its dates are checked against the law.")
    button = _("Publish the call")
    consequence = _("The call is public for ever and the purchase keeps the law of this day to its end (art. 29).")
    evaluators = forms.TypedMultipleChoiceField(label=_("Evaluators"), coerce=int, widget=forms.CheckboxSelectMultiple)
    oic = forms.TypedChoiceField(label=_("Internal control body"), coerce=int, required=False, empty_value=None)
    witness = forms.TypedChoiceField(label=_("Social witness"), coerce=int, required=False, empty_value=None)
    evaluation_method = forms.ChoiceField(label=_("Evaluation"), choices=METHODS, initial=BINARY)
    auction = forms.ChoiceField(label=_("Reverse auction before the ruling"), choices=AUCTIONS, required=False)
    call_file = forms.FileField(label=_("Call document"), required=False)
    annex_file = forms.FileField(label=_("Technical annex"), required=False)

    def prepare(self) -> None:
        self.fields["evaluators"].choices = holders(self, Role.EVALUATOR)
        for name, role in (("oic", Role.OIC), ("witness", Role.WITNESS)):
            self.fields[name].choices = [("", _("nobody")), *with_key_state(holders(self, role))]
        self.fields["title_text"].initial = self.process.title
        usual = limits.rule_of(self.process, "guarantee.performance.share", self.at)
        self.fields["guarantee_share"].initial = usual.value
        lots = items_by_lot(self.process)
        for number, items in lots.items() if len(lots) > 1 else ():
            label = _("Name of lot %(n)s") % {"n": number}
            self.fields[f"lot_{number}"] = LineField(label=label, max_length=300, initial=items[0].description)
        keys = _(
            "You, internal control and the witness hold the keys to the envelopes: most of you open them together."
        )
        panel = (_("Who takes part"), keys, ("evaluators", "oic", "witness"))
        deciding = (_("How it is decided"), "", ("evaluation_method", "auction"))
        self.groups = [*self.groups, deciding, panel, (_("Documents"), "", ("call_file", "annex_file"))]

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        panel = [{"person_id": p, "role": "evaluator"} for p in data["evaluators"]]
        panel += [{"person_id": data[r], "role": r} for r in ("oic", "witness") if data[r]]
        files = (
            ("Convocatoria", "biddingDocuments", data["call_file"]),
            ("Anexo técnico", "technicalSpecifications", data["annex_file"]),
        )
        titles = {int(name.removeprefix("lot_")): data[name] for name in data if name.startswith("lot_")}
        more = {
            "panel": panel,
            "lot_titles": titles,
            "documents": [f for f in files if f[2]],
            "evaluation_method": data["evaluation_method"],
            "auction": data["auction"],
        }
        return self.terms() | more


@step("tendering.amend_call")
class AmendCall(TermsForm):
    """Change the call."""

    title = _("What changes in the call?")
    lead = _("The earlier text stays public beside the new one, and the limits are computed anew.")
    button = _("Publish the change")
    consequence = _("The change and its reason are public for ever and oblige every bidder (art. 33).")
    rows = {"criteria": (CriterionForm, 1)}
    reason = LineField(label=_("Why it changes"), max_length=1000, rows=2)

    def prepare(self) -> None:
        tender = called(self)
        for name in TERM_FIELDS:
            self.fields[name].initial = getattr(tender, name)
        self.fields["title_text"].initial = tender.title

    def row_initial(self, name: str) -> list[dict[str, Any]]:  # noqa: ARG002 - one formset
        rows = criteria_of(self.process)
        names = ("title", "description", "kind", "points", "years", "lot")
        return [{name: getattr(c, name) for name in names} for c in rows]

    def facts(self) -> list[tuple[str, str]]:
        last = words.day_time(last_change_at(called(self)), self.process.unit.zone)
        return [(str(_("It may change until")), last), *super().facts()]

    def arguments(self) -> dict[str, Any]:
        return self.terms() | {"reason": self.cleaned_data["reason"]}


@step("tendering.replace_opener")
class ReplaceOpener(StepForm):
    """Give a key to another person."""

    title = _("Who holds the key from now on?")
    lead = _("Another person of the same office, with a proven key of their own. The others keep theirs.")
    button = _("Give the key to this person")
    consequence = _(
        "It is public for ever. Who has sealed a bid already may deal this share anew until the deadline; nothing is "
        "sent again. If the former person leaves in conflict, ask the bidders to seal anew."
    )
    place = forms.TypedChoiceField(label=_("In place of"), coerce=int)
    person = forms.TypedChoiceField(label=_("New person"), coerce=int)
    reason = LineField(label=_("Reason"), max_length=1000, rows=2)

    def prepare(self) -> None:
        called(self)
        openers = openers_of(self.process)
        self.fields["place"].choices = [(o.x, f"{o.name}, {o.body}") for o in openers]
        taken = {o.person_id for o in openers}
        found = [one for role in sorted({o.role for o in openers}) for one in holders(self, Role(role))]
        self.fields["person"].choices = with_key_state([one for one in found if one[0] not in taken])

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"place": data["place"], "person_id": data["person"], "reason": data["reason"]}


@step("tendering.suspend")
class Suspend(StepForm):
    """Stop the purchase."""

    title = _("Why does the purchase stop?")
    lead = _("Nothing can be done on the purchase until the suspension is lifted.")
    button = _("Suspend the purchase")
    consequence = _("The order and its reason are public for ever. Dates that pass meanwhile must move (art. 70).")
    authority = LineField(label=_("Authority that orders it"), max_length=200)
    reason = LineField(label=_("Reason"), max_length=2000, rows=3)


@step("tendering.resume")
class Resume(StepForm):
    """Lift a suspension."""

    title = _("When does the purchase go on?")
    lead = _("Dates that have passed need a new one; each can only move forward.")
    button = _("Lift the suspension")
    consequence = _("The purchase goes on from now with these dates, and everybody is told (art. 70).")
    reason = LineField(label=_("Reason"), max_length=2000, rows=3)
    clarification_at = InstantField(label=_("Clarification meeting"), required=False)
    opening_at = InstantField(label=_("Opening of bids"), required=False)
    award_by = InstantField(label=_("Ruling, at the latest"), required=False)
    contract_start = DayField(label=_("Contract from"), required=False)
    contract_end = DayField(label=_("Contract until"), required=False)

    def facts(self) -> list[tuple[str, str]]:
        tender, zone = called(self), self.process.unit.zone
        instants, days = ("clarification_at", "opening_at", "award_by"), ("contract_start", "contract_end")
        found = [(name, words.day_time(getattr(tender, name), zone)) for name in instants]
        found += [(name, words.day(getattr(tender, name))) for name in days]
        return [(str(self.fields[name].label), text) for name, text in found]


@step("tendering.cancel")
class Cancel(StepForm):
    """End the purchase without award."""

    title = _("Why is the tender cancelled?")
    lead = _("The purchase ends here and nobody wins.")
    button = _("Cancel the tender")
    consequence = _("The purchase ends. The ground and its explanation are public for ever (art. 38).")
    code = forms.ChoiceField(label=_("Ground"), choices=list(CANCELLATION.items()), widget=forms.RadioSelect)
    reason = LineField(label=_("Explanation"), max_length=2000, rows=3)


def called(form: StepForm) -> Tender:
    """The tender behind a form; refuses before the call."""
    tender = tender_of(form.process)
    if tender is None:
        raise refuse("state", _("The call is not published yet."))
    return tender
