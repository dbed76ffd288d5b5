# SPDX-License-Identifier: Apache-2.0
"""A purchase whose clarification meeting was held: two suppliers asked, every question was answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

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


MANY = (
    "¿Las lámparas de la partida 1 deben ser de pedestal o se aceptan de pared?",
    "¿Se acepta una intensidad de 90,000 lux en lugar de 100,000?",
    "¿Se acepta una intensidad de 95,000 lux en lugar de 100,000?",
    "En el numeral 4.2 se piden 36 meses de garantía. ¿Bastan 24 meses con refacciones en sitio?",
    "¿Basta copia simple del registro sanitario?",
    "¿La entrega en el almacén incluye la instalación en cada hospital?",
    "¿Se puede entregar en dos partes, la primera a los 15 días naturales?",
    "¿El plazo de 20 días hábiles para pagar corre desde que se recibe la factura?",
    "¿Las muestras se devuelven a quien no gane?",
    "¿La norma NOM-016-SSA3-2012 es exigible a las lámparas de la partida 2?",
    "¿La norma NOM-017-SSA3-2012 es exigible a las lámparas de la partida 2?",
)
COPIED = (
    "Pregunta {n}: {}",
    "{n}) Buenos días. {} Gracias.",
    "P-{n}. {}",
    "Pregunta No. {n}.- Estimada convocante: {}",
    "{n}) {}",
)


def reach_asked(w: World, **tendering: Any) -> Process:
    """Questions that wait: some of two suppliers, and a third that copies them over and over in one sheet."""
    process = reach_tendering(w, **tendering)
    at = local(2020, 9, 24, 10)
    for who, texts in ((0, MANY[:7]), (1, (*MANY[6:], MANY[0].upper()))):
        _send(w, process, who, texts, at + timedelta(hours=who))
    copies = [COPIED[n % len(COPIED)].format(MANY[n % len(MANY)], n=n + 1) for n in range(110)]
    _send(w, process, 2, copies, at + timedelta(hours=5))
    answered = questions_for_officer(process)[4]
    clarifying.answer_group(
        w[Role.OFFICER],
        process.ocid,
        at=w.when(at + timedelta(hours=7)),
        question_id=answered.id,
        text="Sí, siempre que en el acto de apertura se muestre el original.",
    )
    return Process.objects.get(ocid=process.ocid)


def _send(w: World, process: Process, who: int, texts: Sequence[str], at: datetime) -> None:
    rows = "\n".join(f'técnica,"{text}"' for text in texts)
    sheet = SimpleUploadedFile("preguntas.csv", f"tema,pregunta\n{rows}\n".encode())
    clarifying.ask_many(w.suppliers[who], process.ocid, at=w.when(at), file=sheet)
