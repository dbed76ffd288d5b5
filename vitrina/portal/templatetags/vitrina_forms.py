# SPDX-License-Identifier: Apache-2.0
"""`{% load vitrina_forms %}`: helpers of `parts/form.html`. Pages include that part and do not need this library."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict, ErrorList
from django.utils.safestring import SafeString

register = template.Library()

SHORT_MODES = {"decimal", "numeric"}
SHORT_INPUTS = {"number", "date", "time", "datetime-local", "tel"}


@register.filter
def control_kind(field: BoundField) -> str:
    """How a field is laid out: "tick" (one box), "choices" (a group), "file" or "line"."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "file" if isinstance(widget, forms.FileInput) else "line"


@register.filter
def described_by(field: BoundField) -> str:
    """Ids of the field's error and hint, for `aria-describedby`."""
    parts = [f"{field.auto_id}_error"] * bool(field.errors) + [f"{field.auto_id}_hint"] * bool(field.help_text)
    return " ".join(parts)


@register.filter
def control(field: BoundField) -> SafeString:
    """The control itself with its classes and its ties to hint and error."""
    widget = field.field.widget
    own = widget.attrs.get("class", "")
    attrs: dict[str, Any] = {}
    if control_kind(field) in {"line", "file"}:
        short = getattr(widget, "input_type", "") in SHORT_INPUTS or widget.attrs.get("inputmode") in SHORT_MODES
        attrs["class"] = " ".join(filter(None, ["field", "short" if short else "", own]))
    if control_kind(field) != "choices" and (described := described_by(field)):
        attrs["aria-describedby"] = described
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


@register.filter
def is_broad(field: BoundField) -> bool:
    """True for a control that needs the whole width of a row (long text, files, groups)."""
    return isinstance(field.field.widget, forms.Textarea | forms.FileInput | forms.RadioSelect)


@register.simple_tag
def field_groups(form: forms.BaseForm) -> list[dict[str, Any]]:
    """Visible fields in groups: those of `form.groups` (title, note, names), the rest first without a title."""
    wanted = getattr(form, "groups", [])
    taken = {name for _title, _note, names in wanted for name in names}
    loose = [field for field in form.visible_fields() if field.name not in taken]
    groups = [{"title": "", "note": "", "fields": loose}] if loose else []
    groups += [
        {"title": title, "note": note, "fields": [form[name] for name in names if name in form.fields]}
        for title, note, names in wanted
    ]
    return groups


@register.simple_tag
def all_errors(form: forms.BaseForm | None, formsets: list[dict[str, Any]] | None = None) -> list[dict[str, str]]:
    """Every error in page order, as `text` and `target` (id of the control it belongs to; "" for the whole form)."""
    found: list[dict[str, str]] = []
    many = [item["formset"] for item in formsets or []]
    if form and form.is_bound:
        found += _errors_of(form)
    for formset in many:
        if not formset.is_bound:
            continue
        found += [{"text": str(text), "target": f"rows-{formset.prefix}"} for text in formset.non_form_errors()]
        for row in formset.forms:
            found += _errors_of(row)
    return found


def _errors_of(form: forms.BaseForm) -> list[dict[str, str]]:
    whole = [{"text": str(text), "target": ""} for text in form.non_field_errors()]
    return whole + [
        {"text": f"{str(field.label).rstrip(' .:')}: {text}", "target": _target(field)}
        for field in form
        for text in field.errors
    ]


def _target(field: BoundField) -> str:
    return f"{field.auto_id}_0" if control_kind(field) == "choices" else field.id_for_label


@register.simple_tag
def hush(form: forms.BaseForm | None, formsets: list[dict[str, Any]] | None = None) -> str:
    """Shows what was typed without judging it yet: used when a page comes back only to add a row."""
    rows = [row for item in formsets or [] for row in item["formset"].forms]
    for one in ([form] if form else []) + rows:
        one._errors = ErrorDict()  # noqa: SLF001 - Django validates a bound form when it is drawn; here it must not
    for item in formsets or []:
        item["formset"]._errors, item["formset"]._non_form_errors = [], ErrorList()  # noqa: SLF001
    return ""


@register.simple_tag
def needs_multipart(form: forms.BaseForm | None, formsets: list[dict[str, Any]] | None = None) -> bool:
    """True when any of the forms takes a file."""
    everything = ([form] if form else []) + [item["formset"] for item in formsets or []]
    return any(one.is_multipart() for one in everything)
