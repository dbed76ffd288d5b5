# SPDX-License-Identifier: Apache-2.0
"""Sending a step's form as a browser does, and reading what a purchase has published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.shared import assert_valid_release
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.steps import FORMS, StepForm
from vitrina.ledger.models import Entry
from vitrina.ledger.releases import build, compile_releases
from vitrina.parties.actors import Actor

HUGE = "1" * (10 * 1024 * 1024)
ARABIC = "١٢٣"


def form_of(
    command: str, actor: Actor, process: Process | None, data: dict[str, Any], *, at: datetime, key: str = ""
) -> StepForm:
    """The bound form of a command, its lines given as `rows`: `{"criteria": [{...}]}`."""
    flat = {name: value for name, value in data.items() if name not in FORMS[command].rows}
    for prefix in FORMS[command].rows:
        lines = data.get(prefix, [])
        flat |= {f"{prefix}-TOTAL_FORMS": str(len(lines)), f"{prefix}-INITIAL_FORMS": "0"}
        flat |= {f"{prefix}-{n}-{name}": value for n, line in enumerate(lines) for name, value in line.items()}
    return FORMS[command](_Query(flat), {}, actor=actor, process=process, at=at, key=key)


class _Query(dict):
    """A dictionary that answers `getlist` as a request's data do."""

    def getlist(self, name: str) -> list[Any]:
        value = self.get(name, [])
        return value if isinstance(value, list) else [value]


def errors_of(form: StepForm) -> set[str]:
    """Names of the fields that a form refuses; `criteria.0.title` for one in a line."""
    form.is_valid()
    found = set(form.errors)
    for prefix, formset in form.formsets.items():
        found |= {f"{prefix}.{n}.{name}" for n, errors in enumerate(formset.errors) for name in errors}
    return found


def entries_of(process: Process) -> list[Entry]:
    """The entries of a purchase in order."""
    return list(Entry.objects.filter(stream=process.stream).order_by("seq"))


def published(process: Process) -> dict[str, Any]:
    """The compiled release of a purchase, after checking each of its releases against the OCDS schema."""
    releases = [release for entry in entries_of(process) if (release := build(entry))]
    for release in releases:
        assert_valid_release(release)
    return compile_releases(releases)
