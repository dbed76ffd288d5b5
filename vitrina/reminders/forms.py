# SPDX-License-Identifier: Apache-2.0
"""The form of a subscription: where to, and how long ahead."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from . import webhooks
from .commands import AHEAD

WANTS = {
    "acts": _("Each new act, within a minute"),
    "daily": _("One summary a day of the new acts, at 8:00 h"),
    "calendar": _("Only ahead of public acts (meetings, openings, rulings) and when their hour changes"),
}
CHANNELS = {"email": _("E-mail"), "webhook": _("Webhook, for programs")}
HOURS = {1: _("One hour ahead"), 24: _("One day ahead"), 72: _("Three days ahead")}
REFUSALS = {
    "form": _("Write the whole address, as https://example.mx/hook."),
    "scheme": _("The address must begin with https://."),
    "port": _("Use port 443, or one above 1023."),
    "name": _("No server answers to this name."),
    "private": _("This address is inside a private network; we only send to servers on the internet."),
}


class SubscribeForm(forms.Form):
    """What is asked: nothing but where to send, and how long ahead."""

    wants = forms.ChoiceField(label=_("Of what"), choices=list(WANTS.items()), widget=forms.RadioSelect)
    channel = forms.ChoiceField(label=_("How"), choices=list(CHANNELS.items()), widget=forms.RadioSelect)
    target = forms.CharField(
        label=_("Where to"),
        max_length=400,
        help_text=_("Your e-mail; or the address of your program, https://…"),
        widget=forms.TextInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    hours = forms.TypedChoiceField(
        label=_("If ahead of public acts, how long before"), choices=[(h, HOURS[h]) for h in AHEAD],
        coerce=int, initial=24, widget=forms.RadioSelect,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [pair for pair in CHANNELS.items() if pair[0] != "email" or settings.REMINDERS_EMAIL]
        self.fields["channel"].choices = offered
        self.fields["channel"].initial = offered[0][0]

    @property
    def wish(self) -> dict[str, Any]:
        """What a valid form asks, as `commands.subscribe` takes it."""
        found = dict(self.cleaned_data)
        wants = found.pop("wants")
        return found | {"wants": "calendar" if wants == "calendar" else "acts", "is_daily": wants == "daily"}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        channel, target = found.get("channel"), found.get("target", "").strip()
        if not channel or not target:
            return found
        try:
            if channel == "email":
                validate_email(target)
                found["target"] = target.rpartition("@")[0] + "@" + target.rpartition("@")[2].lower()
            else:
                webhooks.check(target)
        except ValidationError:
            self.add_error("target", _("Write the e-mail as name@institution.mx."))
        except webhooks.RefusedTarget as why:
            self.add_error("target", REFUSALS[why.code])
        return found
