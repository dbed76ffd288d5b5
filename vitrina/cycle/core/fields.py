# SPDX-License-Identifier: Apache-2.0
"""Form fields with the house's strictness: exact money, exact quantities, instants in the unit's zone, clean text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from vitrina.kernel.money import Money
from vitrina.kernel.text import has_unsafe_characters

_MONEY = re.compile(r"([0-9]{1,3}(,[0-9]{3})+|[0-9]{1,12})(\.[0-9]{1,2})?", re.ASCII)
_QUANTITY = re.compile(r"([0-9]{1,3}(,[0-9]{3})+|[0-9]{1,9})(\.([0-9]{1,4}))?", re.ASCII)


class MoneyField(forms.CharField):
    """Pesos with at most two decimals, thousands commas allowed: a positive `Money`, at most 999 999 999 999.99."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=24, **kwargs)

    def clean(self, value: Any) -> Money | None:
        text = super().clean(value).replace("$", "").replace("\u00a0", "").strip()
        if not text:
            return None
        if not _MONEY.fullmatch(text):
            raise ValidationError(_("Write pesos with digits, as 1,234.50: no letters, no minus, two decimals."))
        amount = Money.parse(text.replace(",", ""))
        if amount.centavos <= 0:
            raise ValidationError(_("Write an amount above zero."))
        return amount

    def prepare_value(self, value: Any) -> Any:
        return f"{value.decimal:,.2f}" if isinstance(value, Money) else value


class QuantityField(forms.CharField):
    """A quantity above zero (or from zero on, with `zero`) with at most four `decimals`, as `Decimal`."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, *, zero: bool = False, decimals: int = 4, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)
        self.zero, self.decimals = zero, decimals

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value).strip()
        if not text:
            return None
        found = _QUANTITY.fullmatch(text)
        if found is None or len(found[4] or "") > self.decimals:
            raise ValidationError(_("Write the quantity with digits, as 1,500 or 2.5."))
        quantity = Decimal(text.replace(",", ""))
        if quantity == 0 and not self.zero:
            raise ValidationError(_("Write a quantity above zero."))
        return quantity

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class LineField(forms.CharField):
    """One line or, with `rows`, a paragraph of clean text; `max_length` is compulsory."""

    def __init__(self, *, max_length: int, rows: int = 0, **kwargs: Any) -> None:
        if rows:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if has_unsafe_characters(text):
            raise ValidationError(_("The text holds characters that cannot be shown. Write it again by hand."))
        return text


class InstantField(forms.DateTimeField):
    """A date and hour in the unit's zone, as an aware UTC instant. Give the zone with `set_zone` in the form."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    zone: ZoneInfo = ZoneInfo("America/Mexico_City")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"], **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        if value in self.empty_values:
            return None
        text = str(value).strip()
        if not text.isascii():
            raise ValidationError(_("Write the date and hour with digits, as 2026-01-31 11:00."))
        for pattern in self.input_formats:
            try:
                return datetime.strptime(text, pattern).replace(tzinfo=self.zone).astimezone(UTC)
            except ValueError:
                continue
        raise ValidationError(_("Write the date and hour with digits, as 2026-01-31 11:00."))

    def prepare_value(self, value: Any) -> Any:
        return value.astimezone(self.zone).replace(tzinfo=None) if isinstance(value, datetime) else value


class WholeField(forms.IntegerField):
    """A whole number in plain digits: `int` alone would also read other scripts' digits and underscores."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str) and value.strip() and not re.fullmatch(r"[0-9]{1,9}", value.strip(), re.ASCII):
            raise ValidationError(_("Write a whole number with digits, as 30."))
        return super().to_python(value)


class DayField(forms.DateField):
    """A calendar day, written as the browser sends it or by hand as 31/01/2026."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y"], **kwargs)

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str) and not value.isascii():
            raise ValidationError(_("Write the date with digits, as 2026-01-31."))
        return super().to_python(value)


class PercentField(forms.CharField):
    """A percentage from 0 to below 100 with at most four decimals, as a share of one: `10` is `Decimal("0.1")`."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=12, **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value).replace("%", "").strip()
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,4})?", text, re.ASCII):
            raise ValidationError(_("Write a percentage with digits, from 0 to less than 100, as 10 or 0.5."))
        return Decimal(text) / 100

    def prepare_value(self, value: Any) -> Any:
        return f"{(value * 100).normalize():f}" if isinstance(value, Decimal) else value
