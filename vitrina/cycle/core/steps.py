# SPDX-License-Identifier: Apache-2.0
"""The form of a step: what a stage's `pages.py` declares and the desk serves, reviews and sends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory

from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor

from .command import COMMANDS
from .fields import InstantField
from .models import Process

MAX_ROWS = 200


class Lines(BaseFormSet):
    """Repeated lines as they were sent: one that is empty is left out, also when it was shown filled."""

    def initial_form_count(self) -> int:
        return 0 if self.is_bound else super().initial_form_count()


class StepForm(forms.Form):
    """One step. `process` is None only for the step that begins a purchase; `key` names the object of the step.

    Class attributes: `title` (the question the page asks), `lead` (one plain sentence), `button` (verb + object),
    `consequence` (what sending does and under which article, shown before it is sent), `rows` (prefix -> (row form,
    rows shown at first)) for repeated lines, `template` for a page of its own instead of the general one.
    """

    command: ClassVar[str] = ""
    title: ClassVar[Any] = ""
    lead: ClassVar[Any] = ""
    button: ClassVar[Any] = ""
    consequence: ClassVar[Any] = ""
    rows: ClassVar[dict[str, tuple[type[forms.Form], int]]] = {}
    template: ClassVar[str] = "desk/step.html"
    is_reviewed: ClassVar[bool] = True  # False where a second page could cost somebody their deadline
    is_secret: ClassVar[bool] = False  # what is typed here is kept by nobody before it is sent: no draft
    signed_until: ClassVar[str] = ""  # kind of the act that makes public what is signed here, where it is not at once

    def __init__(
        self, *args: Any, actor: Actor, process: Process | None, at: datetime, key: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.process, self.at, self.key = actor, process, at, key
        self.formsets: dict[str, BaseFormSet] = {
            name: self._formset(name, form, empty) for name, (form, empty) in self.rows.items()
        }
        self._set_zone()
        self.prepare()

    def _formset(self, name: str, form: type[forms.Form], empty: int) -> BaseFormSet:
        """The repeated lines: as they were sent, or filled at first, or `empty` ones to fill."""
        filled = None if self.is_bound else self.row_initial(name)
        extra = 0 if self.is_bound or filled else empty
        made = formset_factory(form, formset=Lines, extra=extra, max_num=MAX_ROWS, absolute_max=MAX_ROWS)
        sent = (self.data, self.files) if self.is_bound else (None, None)
        return made(*sent, prefix=name, initial=filled)

    def _set_zone(self) -> None:
        if self.process is None:
            return
        for field in self.fields.values():
            if isinstance(field, InstantField):
                field.zone = self.process.zone

    def prepare(self) -> None:
        """Hook: fields that depend on the process (one price per item, choices of suppliers...), initial values."""

    def row_initial(self, name: str) -> list[dict[str, Any]] | None:  # noqa: ARG002 - hook
        """Hook: the lines that a formset shows filled at first."""
        return None

    def facts(self) -> list[tuple[str, str]]:
        """Hook: what the person should see beside the form: (label, value) pairs, deadlines with their rule."""
        return []

    def signed_facts(self) -> list[tuple[str, str]]:
        """Hook: what a person who signs the step reads, and signs, before what they wrote: what it decides."""
        return self.facts()

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(formset.is_valid() for formset in self.formsets.values())])

    def lines(self, name: str) -> list[dict[str, Any]]:
        """The cleaned, non-empty lines of a formset."""
        return [form.cleaned_data for form in self.formsets[name] if form.has_changed() and form.cleaned_data]

    def arguments(self) -> dict[str, Any]:
        """Hook: the command's keyword arguments, from the cleaned data; all of it by default."""
        return dict(self.cleaned_data)

    def run(self) -> Entry:
        """Send the command; `Refused` when it says no."""
        run = COMMANDS[self.command]
        if self.process is None:
            return run(self.actor, at=self.at, **self.arguments())
        return run(self.actor, self.process.ocid, at=self.at, **self.arguments())


FORMS: dict[str, type[StepForm]] = {}


def step(name: str) -> Callable[[type[StepForm]], type[StepForm]]:
    """Register the form of a command."""

    def add(cls: type[StepForm]) -> type[StepForm]:
        cls.command = name
        FORMS[name] = cls
        return cls

    return add
