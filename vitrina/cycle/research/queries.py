# SPDX-License-Identifier: Apache-2.0
"""What the research tells the later stages and the desk. The prices are for commands, never for public pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from vitrina.cycle.core.models import Process
from vitrina.cycle.core.tasks import Task
from vitrina.cycle.core.together import Reading
from vitrina.cycle.planning.events import ItemRef
from vitrina.cycle.planning.queries import item_refs
from vitrina.kernel.canonical import digest_of
from vitrina.kernel.money import Money
from vitrina.parties.roles import Role

from .models import QuoteRequest, ReferencePrice, Research, Source
from .reference import commitment
from .states import ResearchState


def basis_of_item(item: ItemRef) -> str:
    """A digest of what is priced in a line: everything but its quantity."""
    return digest_of([item.number, item.cucop, item.description, item.unit_name])


def basis_of(process: Process) -> str:
    """A digest of what is priced in all lines."""
    return digest_of([basis_of_item(i) for i in item_refs(process)])


_RESEARCH = Reading(Research.objects.all)
_SOURCES = Reading(Source.objects.all)


def usable_sources(process: Process) -> dict[int, list[Source]]:
    """Item number -> the prices found for the line as it is now; those of an earlier text of it are left out."""
    basis = {i.number: basis_of_item(i) for i in item_refs(process)}
    found: dict[int, list[Source]] = {number: [] for number in basis}
    for source in _SOURCES.of(process.pk):
        if basis.get(source.item_number) == source.basis:
            found[source.item_number].append(source)
    return found


def research_of(process: Process) -> Research | None:
    """The research of a purchase; nothing before its first act."""
    return _RESEARCH.first(process.pk)


def is_concluded(process: Process) -> bool:
    """Whether the research is concluded for the lines as they are now."""
    research = research_of(process)
    return bool(research and research.state == ResearchState.CONCLUDED and research.basis == basis_of(process))


def reference_prices(process: Process) -> dict[int, Money]:
    """Item number -> unit price without VAT, secret until the opening; nothing while the research is open."""
    rows = ReferencePrice.objects.filter(process=process, process__research__state=ResearchState.CONCLUDED)
    return {r.item_number: r.price for r in rows}


def revelation(process: Process) -> dict[str, Any]:
    """What the opening publishes: per item the price, statistic, salt and commitment, and its sources.

    `{"prices": [{"item_number", "unit_price": "12.34", "statistic", "n_sources", "salt", "commitment"}],
    "sources": [{"item_number", "kind", "origin", "unit_price", "observed_on"}],
    "requests": [{"number", "companies", "requested_at", "due_at"}]}`; decimal text and ISO dates.
    """
    prices = [
        {
            "item_number": r.item_number,
            "unit_price": str(r.price),
            "statistic": r.statistic,
            "n_sources": r.n_sources,
            "salt": r.salt,
            "commitment": commitment(process.ocid, r.item_number, r.price, r.salt),
        }
        for r in ReferencePrice.objects.filter(process=process)
    ]
    sources = [
        {
            "item_number": s.item_number,
            "kind": s.kind,
            "origin": s.origin,
            "unit_price": str(s.price),
            "observed_on": s.observed_on.isoformat(),
        }
        for many in usable_sources(process).values()
        for s in many
    ]
    requests = [
        {
            "number": q.number,
            "companies": q.companies,
            "requested_at": q.requested_at.isoformat(),
            "due_at": q.due_at.isoformat(),
        }
        for q in QuoteRequest.objects.filter(process=process)
    ]
    return {"prices": prices, "sources": sources, "requests": requests}


def tasks(process: Process, at: datetime) -> list[Task]:  # noqa: ARG001 - the shape of every stage's tasks
    """The research that waits to be done; its conclusion once every line has a price."""
    if process.stage not in {"planning", "research"} or process.halt or is_concluded(process):
        return []
    found = [Task("research.record_source", Role.OFFICER, _("Record the prices found in the market"), process.title)]
    if all(usable_sources(process).values()):
        found.insert(0, Task("research.conclude", Role.OFFICER, _("Conclude the market research"), process.title))
    asked = Task(
        "research.request_quotes", Role.OFFICER, _("Ask companies for quotations"), process.title, is_optional=True
    )
    return [*found, asked]
