# SPDX-License-Identifier: Apache-2.0
"""Forms of the operator: units, suppliers, people, offices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vitrina.cycle.core.fields import LineField
from vitrina.cycle.core.steps import StepForm, step
from vitrina.cycle.core.words import lang
from vitrina.kernel import formats
from vitrina.law.names import JURISDICTIONS
from vitrina.parties import rfc as rfcs
from vitrina.parties.places import SIZES, STATES, UNIT_KINDS, ZONES
from vitrina.parties.roles import DUTIES, ROLE_NAMES, Role

from .commands import find_appointment, find_person

_JURISDICTIONS = {"mx": _("federal"), "coah": "Coahuila", "son": "Sonora"}
_PARTY = _("A unit, by its key (050GYR047); for the office of supplier, its RFC.")


class RfcField(LineField):
    """An RFC with capitals and without separators; what may be wrong with it is for the command to say."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)
        self.widget.attrs |= {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}

    def clean(self, value: Any) -> str:
        return rfcs.clean(super().clean(value))


def _office_choices() -> list[tuple[str, str]]:
    return [(role.value, f"{str(ROLE_NAMES[role]).capitalize()}. {DUTIES[role]}") for role in Role]


class OfficeForm(StepForm):
    """Which office, and for whom."""

    role = forms.ChoiceField(label=_("Office"), widget=forms.RadioSelect, choices=_office_choices)
    party = LineField(label=_("For whom"), max_length=60, help_text=_PARTY)


class RfcForm(StepForm):
    """Warns of a check digit that does not hold; nothing more, because real ones fail too."""

    @property
    def warnings(self) -> list[str]:
        rfc = self.cleaned_data.get("rfc")
        if not rfc or rfcs.check_digit_holds(rfc):
            return []
        return [
            gettext("The last character of %(rfc)s does not agree with the others. Compare it with the card.")
            % {"rfc": rfc}
        ]


@step("parties.register_unit")
class RegisterUnit(RfcForm):
    """A unit of the tree, or a buyer."""

    title = _("Which unit enters the register?")
    lead = _("Its name and its place in the tree are public from then on.")
    button = _("Register the unit")
    key = LineField(label=_("Key"), max_length=20, help_text=_("Capitals and digits: 050GYR047."))
    name = LineField(label=_("Name"), max_length=200)
    acronym = LineField(label=_("Acronym"), max_length=40, required=False)
    parent = LineField(
        label=_("Key of the unit above it"),
        max_length=20,
        required=False,
        help_text=_("Empty for an institution itself."),
    )
    kind = forms.ChoiceField(label=_("What it is"), choices=list(UNIT_KINDS.items()), initial="office")
    state = forms.ChoiceField(label=_("State"), choices=[("", "—"), *STATES.items()], required=False)
    zone = forms.ChoiceField(
        label=_("Hour by which its deadlines run"), choices=lambda: [(z, formats.zone_name(z, lang())) for z in ZONES]
    )
    jurisdiction = forms.ChoiceField(
        label=_("Law under which it buys"), choices=[(k, _JURISDICTIONS.get(k, k)) for k in JURISDICTIONS]
    )
    rfc = RfcField(label="RFC", required=False)
    can_contract = forms.BooleanField(label=_("It may call for bids and sign contracts"), required=False)

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return data | {"key": data["key"].upper(), "parent": data["parent"].upper()}


@step("parties.register_supplier")
class RegisterSupplier(RfcForm):
    """A company or person that may bid."""

    title = _("Which supplier enters the register?")
    lead = _("Its name is public; its page has an address that says nothing of its RFC.")
    button = _("Register the supplier")
    name = LineField(label=_("Name or company name"), max_length=200)
    rfc = RfcField(label="RFC")
    size = forms.ChoiceField(label=_("Size"), choices=[("", "—"), *SIZES.items()], required=False)
    email = forms.EmailField(label=_("E-mail for notices"), required=False, max_length=200)


@step("parties.invite_person")
class InvitePerson(OfficeForm):
    """An account for somebody new, with a first office."""

    title = _("Whom do you invite?")
    lead = _("They get an account without a password. The receipt shows a link that you give them in person.")
    button = _("Invite the person")
    consequence = _(
        "The office is written down in the ledger, without their name. The link works once, for three days."
    )
    given_name = LineField(label=_("Given names"), max_length=80)
    surname = LineField(label=_("First surname"), max_length=80)
    second_surname = LineField(label=_("Second surname"), max_length=80, required=False)
    position = LineField(label=_("Position"), max_length=120, required=False)
    rfc = RfcField(
        label=_("RFC of their e.firma"),
        required=False,
        help_text=_("Of who signs acts as an official; may stay empty."),
    )
    email = forms.EmailField(label=_("E-mail, with which they sign in"), max_length=150)
    field_order = ["given_name", "surname", "second_surname", "position", "rfc", "email", "role", "party"]


class PersonForm(StepForm):
    """A step about the person whose number stands in the address."""

    is_secret = True  # nothing to keep: the person stands in the address

    def prepare(self) -> None:
        self.person = find_person(self.key, self.actor, self.at)

    def facts(self) -> list[tuple[str, str]]:
        held = [a for a in self.person.appointments.select_related("unit", "supplier") if a.holds(self.at)]
        offices = "; ".join(f"{a.role_name}, {a.unit or a.supplier}" for a in held)
        return [
            (gettext("Person"), f"{self.person}, {self.person.user.email}"),
            (gettext("Offices now"), offices or gettext("No office now")),
        ]

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data) | {"person": self.key}


@step("parties.appoint")
class Appoint(PersonForm, OfficeForm):
    """One more office for somebody who has an account."""

    title = _("Which office do you give?")
    lead = _("It holds from the moment you send it.")
    button = _("Give the office")
    consequence = _("The office is written down in the ledger, without their name.")


@step("parties.renew_invitation")
class RenewInvitation(PersonForm):
    """A new one-time link for who lost the password or the telephone."""

    title = _("Do they need a new link?")
    lead = _("Be sure that it is they who ask: speak with them.")
    button = _("Make a new link")
    consequence = _("Their present password and their open sessions end at once.")
    forget_keys = forms.BooleanField(
        label=_("Take back their passkeys and codes too"),
        required=False,
        help_text=_("When they lost their telephone."),
    )


@step("parties.end_appointment")
class EndAppointment(StepForm):
    """The end of an office."""

    title = _("Do you end this office?")
    lead = _("It stops working at once, also in pages that are open.")
    button = _("End the office")
    consequence = _("What they did in the office stays valid. Drafts are kept.")
    is_secret = True

    def prepare(self) -> None:
        self.appointment = find_appointment(self.key, self.actor)

    def facts(self) -> list[tuple[str, str]]:
        office = self.appointment
        return [
            (gettext("Person"), f"{office.person}, {office.person.user.email}"),
            (gettext("Office"), f"{office.role_name}, {office.unit or office.supplier}"),
        ]

    def arguments(self) -> dict[str, Any]:
        return {"appointment": self.key}


TO_BEGIN = ("parties.invite_person", "parties.register_unit", "parties.register_supplier")
