# SPDX-License-Identifier: Apache-2.0
"""The forms: to write, to read the answer, to answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator, validate_email
from django.utils.translation import gettext_lazy as _

from vitrina.cycle.core.fields import LineField
from vitrina.kernel import ids
from vitrina.parties.models import Unit

from . import rules

_SHORT = MinLengthValidator(rules.SHORTEST, _("Write at least %(limit_value)d characters: what it is about."))


class LetterForm(forms.Form):
    """What is asked: what for, what, and to whom where the page does not tell; an address only if one wants."""

    kind = forms.ChoiceField(
        label=_("What do you write for?"), choices=list(rules.KIND_WORDS.items()), widget=forms.RadioSelect
    )
    buyer = forms.ChoiceField(label=_("Which institution"), choices=[])
    text = LineField(
        label=_("Your message"), max_length=rules.LONGEST, rows=7, validators=[_SHORT],
        help_text=_("What is wrong, where it says so, and what it should say."),
    )  # fmt: skip
    email = forms.CharField(
        label=_("Your e-mail"), required=False, max_length=254,
        help_text=_("Only to tell you that the answer is there; then it is deleted. Without it, you read it here."),
        widget=forms.TextInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )  # fmt: skip
    secret = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, institutions: list[Unit], known: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.institutions = {unit.key: unit for unit in institutions}
        self.fields["buyer"].choices = [("", "—"), *((u.key, u.name) for u in institutions)]
        only = known if known in self.institutions else next(iter(self.institutions)) if len(institutions) == 1 else ""
        self.known = self.institutions.get(only)
        if self.known:
            del self.fields["buyer"]
        if not settings.REMINDERS_EMAIL:
            del self.fields["email"]
        self.fields["secret"].initial = ids.token()  # the browser brings it back: sent twice, it is one letter

    @property
    def institution(self) -> Unit:
        """To whom a valid form is written."""
        return self.known or self.institutions[self.cleaned_data["buyer"]]

    def clean_secret(self) -> str:
        if not rules.is_secret(self.cleaned_data["secret"]):
            raise ValidationError(_("Load the page again and send it from there."))
        return self.cleaned_data["secret"]

    def clean_email(self) -> str:
        given = self.cleaned_data["email"].strip()
        if given:
            try:
                validate_email(given)
            except ValidationError as error:
                raise ValidationError(_("Write the e-mail as name@institution.mx.")) from error
        return given


class ReceiptForm(forms.Form):
    """With what the answer is read."""

    folio = forms.CharField(label=_("Folio"), max_length=20, help_text=_("As C-000123."))
    word = forms.CharField(
        label=_("The word of your receipt"), max_length=60, help_text=_("Eight groups of four letters and figures."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """What an institution answers."""

    outcome = forms.ChoiceField(
        label=_("How it ends"), choices=list(rules.OUTCOME_WORDS.items()), widget=forms.RadioSelect
    )
    text = LineField(label=_("Your answer"), max_length=rules.LONGEST, rows=7, validators=[_SHORT])
