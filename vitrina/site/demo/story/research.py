# SPDX-License-Identifier: Apache-2.0
"""A purchase whose market research is concluded: three prices for each line, the middle one 58.50 pesos."""

from __future__ import annotations

from datetime import date

from vitrina.cycle.core.models import Process
from vitrina.cycle.planning.queries import items_of
from vitrina.cycle.research import commands as research
from vitrina.kernel.money import Money
from vitrina.parties.roles import Role
from vitrina.site.demo.people import World, local
from vitrina.site.demo.story.planning import reach_planning

SOURCES = (
    ("quote", "Cotización de Biomédica Tres Lunas", "57.20"),
    ("quote", "Cotización de Reactivos Valle Hondo", "58.50"),
    ("contract", "Contrato anterior C-2019-000731", "61.00"),
)


def record_sources(w: World, process: Process) -> None:
    """A request for quotations and three prices for each line."""
    research.request_quotes(
        w[Role.OFFICER],
        process.ocid,
        at=w.when(local(2020, 3, 2, 10)),
        due_at=w.when(local(2020, 3, 20, 18)),
        companies=["Biomédica Tres Lunas", "Reactivos Valle Hondo", "Diagnósticos Ocotal"],
        text="Precio por prueba, entrega en almacén central.",
    )
    for item in items_of(process):
        for n, (kind, origin, price) in enumerate(SOURCES):
            research.record_source(
                w[Role.OFFICER],
                process.ocid,
                at=w.when(local(2020, 3, 23, 10 + n)),
                kind=kind,
                item_number=item.number,
                price=Money.parse(price),
                origin=origin,
                observed_on=w.when(date(2020, 3, 20)),
            )


def reach_research(w: World, **planning: object) -> Process:
    """A funded purchase with its research concluded. `planning`: arguments of `reach_planning`."""
    process = reach_planning(w, **planning)
    record_sources(w, process)
    entry = research.conclude(w[Role.OFFICER], process.ocid, at=w.when(local(2020, 4, 6, 12)))
    return Process.objects.get(ocid=entry.ocid)
