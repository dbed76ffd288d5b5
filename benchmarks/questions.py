# SPDX-License-Identifier: Apache-2.0
"""Clarification at the size of a real case: 1,219 questions of 22 companies, then 1,947 more, nearly all of one.

Limits: seconds for grouping, a minute for the minutes. Peer, in the same run: grouping by equal text alone.
"""

from __future__ import annotations

import csv
import io
import time
from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from benchmarks import Figure
from tests.worlds.base import local, world
from tests.worlds.tendering import CLARIFICATION, reach_tendering
from vitrina.cycle.clarifying import commands as clarifying
from vitrina.cycle.clarifying.grouping import group
from vitrina.cycle.clarifying.models import Question
from vitrina.cycle.clarifying.queries import groups_of
from vitrina.cycle.clarifying.tests.planted import Planted, measure, plant
from vitrina.cycle.core.models import Process
from vitrina.ledger.models import Position
from vitrina.ledger.projections import advance_all
from vitrina.ledger.sequencer import catch_up
from vitrina.parties.roles import Role

FIRST, SECOND = 1_219, 1_947
LIMIT_MINUTES = 60.0
ANSWER = "Se mantiene lo que dice la convocatoria. La respuesta obliga a todos los licitantes."


def run() -> list[Figure]:
    planted = plant(7, questions=FIRST, copies=SECOND)
    return [*_grouping(planted), *_purchase(planted)]


def _timed(run: Any) -> tuple[Any, float]:
    start = time.perf_counter()
    found = run()
    return found, time.perf_counter() - start


def _grouping(planted: Planted) -> list[Figure]:
    groups, spent = _timed(lambda: group(planted.asked))
    found = measure(planted, groups)
    exact: dict[str, list[str]] = defaultdict(list)
    for one in planted.asked:
        exact[one.text].append(one.id)
    peer = measure(planted, list(exact.values()))
    kinds = ", ".join(f"{k} {100 * found.grouped[k] / n:.1f}" for k, n in sorted(found.planted.items()))
    return [
        Figure("grouping of 3,166 questions", spent, "s", "limit: seconds"),
        Figure(
            "planted duplicates grouped",
            100 * found.share,
            "%",
            f"goal 95; {kinds}; equal texts alone {100 * peer.share:.1f}",
        ),
        Figure("distinct questions grouped away", len(found.astray), "", f"goal 0, of {len(planted.asked):,}"),
    ]


def _purchase(planted: Planted) -> list[Figure]:
    """The same through the platform: sheets sent, groups answered, the meeting closed, the minutes made."""
    w = world()
    process = reach_tendering(w)
    at, officer = local(2020, 9, 28, 10), w[Role.OFFICER]
    half = [a.text for a in planted.asked[:FIRST]], [a.text for a in planted.asked[FIRST:]]
    _, sending = _timed(lambda: [_send(w.suppliers[n], process, texts, at) for n, texts in enumerate(half)])
    process = Process.objects.get(ocid=process.ocid)
    groups = groups_of(process)
    many = [g for g in groups if len(g.questions) > 1][:20]
    _, answering = _timed(lambda: [_answer(officer, process, g.lead.id, at) for g in many])
    Question.objects.filter(answer="").update(answer=ANSWER, answered_at=at)  # the others, without their acts
    _, closing = _timed(
        lambda: clarifying.close_meeting(officer, process.ocid, at=CLARIFICATION + timedelta(minutes=1))
    )
    _, publishing = _timed(lambda: (catch_up(), advance_all()))
    position = Position.objects.get(entry__kind="clarification.closed").position
    client = Client(SERVER_NAME="127.0.0.1")
    paper, spent = _timed(lambda: client.get(f"/actos/{position}.pdf"))
    size = sum(map(len, paper.streaming_content)) if paper.streaming else len(paper.content)
    page, first = _timed(lambda: client.get(f"/p/{process.ocid}/preguntas/"))
    _, again = _timed(lambda: client.get(f"/p/{process.ocid}/preguntas/?page=2"))
    data, as_json = _timed(lambda: client.get(f"/p/{process.ocid}/preguntas.json"))
    assert {paper.status_code, page.status_code, data.status_code} == {200}
    return [
        Figure(
            "two sheets, 3,166 questions, taken in", sending, "s", f"{len(planted.asked) / sending:,.0f} questions/s"
        ),
        Figure("one answer to one of the 20 first groups", 1000 * answering / len(many), "ms"),
        Figure("meeting closed", closing, "s"),
        Figure("its acts placed and projected", publishing, "s", f"{Position.objects.count():,} positions"),
        Figure("minutes as PDF", spent, "s", f"limit {LIMIT_MINUTES:.0f}; {size / 1e6:.1f} MB"),
        Figure("minutes as JSON", as_json, "s", f"{len(data.content) / 1e6:.1f} MB"),
        Figure(
            "public page of questions, first time", 1000 * first, "ms", f"{len(page.content) / 1e3:.0f} KB, not packed"
        ),
        Figure("public page of questions, later", 1000 * again, "ms", "limit 300"),
    ]


def _send(supplier: Any, process: Process, texts: list[str], at: Any) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("tema", "pregunta"), *(("técnica", text) for text in texts)])
    file = SimpleUploadedFile("preguntas.csv", out.getvalue().encode())
    clarifying.ask_many(supplier, process.ocid, at=at, file=file)


def _answer(officer: Any, process: Process, lead: str, at: Any) -> None:
    clarifying.answer_group(officer, process.ocid, at=at + timedelta(days=2), question_id=lead, text=ANSWER)
