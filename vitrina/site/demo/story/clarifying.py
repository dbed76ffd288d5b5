# SPDX-License-Identifier: Apache-2.0
"""A purchase whose clarification meeting was held: two suppliers asked, every question was answered."""

from __future__ import annotations

from typing import Any

from vitrina.cycle.clarifying import commands as clarifying
from vitrina.cycle.clarifying.queries import questions_for_officer
from vitrina.cycle.core.models import Process
from vitrina.parties.roles import Role
from vitrina.site.demo.people import World, local
from vitrina.site.demo.story.tendering import CLARIFICATION, reach_tendering

QUESTIONS = (
    (0, "technical", "¿Se acepta una sensibilidad de 99.4 %?"),
    (1, "economic", "¿El precio incluye el flete al almacén?"),
    (0, "legal", "¿Basta copia simple del registro sanitario?"),
)


def ask_and_answer(w: World, process: Process) -> None:
    """Three questions of two suppliers, each with its answer."""
    for n, (who, topic, text) in enumerate(QUESTIONS):
        clarifying.ask(w.suppliers[who], process.ocid, at=w.when(local(2020, 9, 28, 10 + n)), topic=topic, text=text)
    for n, question in enumerate(questions_for_officer(process)):
        clarifying.answer(
            w[Role.OFFICER],
            process.ocid,
            at=w.when(local(2020, 10, 1, 10 + n)),
            question_id=question.id,
            text="Se mantiene lo que dice la convocatoria.",
        )


def reach_clarifying(w: World, **tendering: Any) -> Process:
    """A purchase with its meeting closed. `tendering`: arguments of `reach_tendering`."""
    process = reach_tendering(w, **tendering)
    ask_and_answer(w, process)
    clarifying.close_meeting(w[Role.OFFICER], process.ocid, at=w.when(CLARIFICATION))
    return Process.objects.get(ocid=process.ocid)
