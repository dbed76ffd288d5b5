# SPDX-License-Identifier: Apache-2.0
"""The form of a report of progress."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.contracting.queries import today
from vitrina.cycle.contracting.terms import known
from vitrina.cycle.core.fields import DayField, LineField, MoneyField
from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.core.steps import StepForm, step
from vitrina.cycle.core.words import day, money, rule_words
from vitrina.cycle.delivery.events import percent
from vitrina.kernel.money import Money

from .commands import EVERY, LONGEST_ALT, MOST_PHOTOS


class PointsField(forms.CharField):
    """A percentage from 0 to 100 with at most two decimals, in points: `40.5` is `Decimal("40.5")`."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=8, **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value).replace("%", "").strip()
        if not text:
            return None
        if not re.fullmatch(r"(100(\.0{1,2})?|[0-9]{1,2}(\.[0-9]{1,2})?)", text, re.ASCII):
            raise ValidationError(_("Write a percentage from 0 to 100 with digits, as 40.5."))
        return Decimal(text)


class DegreesField(forms.CharField):
    """Decimal degrees with at most six decimals, as phones and maps give them, from `low` to `high`."""

    widget = forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"})

    def __init__(self, *, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(max_length=14, **kwargs)
        self.low, self.high = low, high

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value).strip().replace("\u2212", "-")
        if not text:
            return None
        if not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,6})?", text, re.ASCII):
            raise ValidationError(_("Write degrees with digits, as 19.432608 or -99.133209."))
        degrees = Decimal(text)
        if not self.low <= degrees <= self.high:
            message = _("In Mexico these degrees go from %(low)d to %(high)d.")
            raise ValidationError(message % {"low": self.low, "high": self.high})
        return degrees


@step("delivery.report_progress")
class ReportProgress(StepForm):
    """How far the works are."""

    title = _("How far are the works?")
    lead = _("Write what was planned and what is done, since the beginning and up to a day, and show it.")
    button = _("Publish the report")
    consequence = _("Everybody sees the figures and the photographs, for ever. Show no faces and no number plates.")
    cutoff_on = DayField(label=_("Up to which day"))
    planned = PointsField(label=_("Planned by then, in percent"))
    actual = PointsField(label=_("Done by then, in percent"))
    authorised = MoneyField(
        label=_("Authorised for payment so far, without VAT"), required=False, help_text=_("Empty: nothing yet.")
    )
    place = LineField(label=_("Where the works are"), max_length=200)
    latitude = DegreesField(low=14, high=33, label=_("Latitude"), help_text=_("In degrees, as 19.432608."))
    longitude = DegreesField(
        low=-119, high=-86, label=_("Longitude"), help_text=_("In degrees, negative in Mexico, as -99.133209.")
    )
    note = LineField(
        label=_("What should be known"),
        max_length=2000,
        rows=3,
        required=False,
        help_text=_("Compulsory where a figure is less than the last report said."),
    )

    def prepare(self) -> None:
        rows = Contract.objects.select_related("supplier")
        self.contract = rows.filter(process=self.process, id=self.key).first()
        if self.contract is None or not self.contract.is_active or self.process.category == "goods":
            raise refuse("contract", gettext("The contract is not in force; no progress can be reported."))
        self.last = self.contract.progress.last()
        self.initial.setdefault("cutoff_on", today(self.process, self.at))
        for n in range(1, MOST_PHOTOS + 1):
            self.fields[f"photo_{n}"] = forms.FileField(
                label=gettext_lazy("Photograph"),
                required=False,
                help_text=_("JPEG or PNG, 15 MB at most. The place and the camera written in it are taken out."),
                widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
            )
            label = _("What it shows, for who cannot see it")
            self.fields[f"photo_{n}_alt"] = LineField(label=label, max_length=LONGEST_ALT, required=False)
            self.fields[f"photo_{n}_on"] = DayField(label=_("Taken on"), required=False)

    @property
    def groups(self) -> list[tuple[str, str, list[str]]]:
        """The fields of each photograph stand together."""
        return [
            (gettext("Photograph %(n)d") % {"n": n}, "", [f"photo_{n}", f"photo_{n}_alt", f"photo_{n}_on"])
            for n in range(1, MOST_PHOTOS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for n in range(1, MOST_PHOTOS + 1):
            if data.get(f"photo_{n}") and not data.get(f"photo_{n}_alt") and f"photo_{n}_alt" not in self.errors:
                self.add_error(f"photo_{n}_alt", gettext("Say what the photograph shows, for who cannot see it."))
        return data

    def facts(self) -> list[tuple[str, str]]:
        found = [
            (gettext("Contract"), f"{self.contract.id}, {self.contract.supplier.name}"),
            (gettext("Worth without VAT"), money(self.contract.value)),
        ]
        if self.last:
            text = gettext("%(actual)s of %(planned)s on %(day)s") % {
                "actual": percent(self.last.actual),
                "planned": percent(self.last.planned),
                "day": day(self.last.cutoff_on),
            }
            found.append((gettext("Last report"), text))
        rule = known(self.process, EVERY, self.at)
        words = gettext("The law of this purchase sets no term for it.")
        every = f"{gettext('At most a month after the last one.')} {rule_words(applied(rule))}" if rule else words
        return [*found, (gettext("How often"), every)]

    def arguments(self) -> dict[str, Any]:
        data = super().arguments()
        photos = []
        for n in range(1, MOST_PHOTOS + 1):
            file, alt, on = (data.pop(f"photo_{n}{part}") for part in ("", "_alt", "_on"))
            if file:
                photos.append({"file": file, "alt": alt, "taken_on": on})
        authorised = data.pop("authorised") or Money(0)
        return {**data, "authorised": authorised, "contract_id": self.key, "photos": photos}
