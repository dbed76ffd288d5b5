# SPDX-License-Identifier: Apache-2.0
"""The desk's inbox of an officer with 300 open purchases, beside the 300 ms of a public page, and its queries.

A tenth of them are in a contract that is being delivered, a tenth are evaluated; the others wait for their opening.
VITRINA_BENCH_OPEN=60 makes fewer.
"""

from __future__ import annotations

import os
import statistics
import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import Figure
from benchmarks.pages import LIMIT_MS
from tests.worlds.base import world
from tests.worlds.browsing import signed_in
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.contracting import reach_contracting
from tests.worlds.opening import reach_opening
from tests.worlds.tendering import OPENING
from vitrina.desk.inbox import open_processes, waiting_for
from vitrina.kernel import clock
from vitrina.parties.roles import Role

OPEN, TIMES, TENTH = int(os.environ.get("VITRINA_BENCH_OPEN", "300")), 10, 10


def run() -> list[Figure]:
    w = world()
    for n in range(OPEN):
        reach = {0: reach_contracting, 1: reach_opening}.get(n % TENTH, reach_clarifying)
        reach(w)
    actor, spent = w[Role.OFFICER], []
    with CaptureQueriesContext(connection) as asked:
        mine, others = waiting_for(actor, OPENING)
    n_queries = len(asked)
    desk = signed_in(actor)
    with clock.frozen(OPENING):
        for _ in range(TIMES):
            start = time.perf_counter()
            assert desk.get("/mi-espacio/", SERVER_NAME="127.0.0.1").status_code == 200
            spent.append((time.perf_counter() - start) * 1000)
    median = statistics.median(spent)
    note = f"{open_processes(actor).count()} open purchases, {len(mine) + len(others)} tasks"
    return [
        Figure("inbox: queries for what waits", n_queries, "", note),
        Figure("inbox: the whole page, median", median, "ms", f"{median / LIMIT_MS:.2f} of the limit; {note}"),
    ]
