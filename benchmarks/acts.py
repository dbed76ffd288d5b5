# SPDX-License-Identifier: Apache-2.0
"""Acts per second: whole purchases from plan to opened envelopes, through commands, sequencer and projections.

Peer, in the same run: bare one-row inserts with a commit each on the same server, the floor of any durable act.
"""

from __future__ import annotations

import time

from django.db import connection

from benchmarks import Figure
from tests.worlds.base import world
from tests.worlds.opening import reach_opening
from vitrina.ledger.models import Position
from vitrina.ledger.sequencer import catch_up

PURCHASES, COMMITS = 20, 500


def _bare_commits() -> float:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_peer (id bigserial PRIMARY KEY, body text)")
        start = time.perf_counter()
        for _ in range(COMMITS):
            cursor.execute("INSERT INTO bench_peer (body) VALUES (%s)", ["x" * 600])
        spent = time.perf_counter() - start
        cursor.execute("DROP TABLE bench_peer")
    return COMMITS / spent


def run() -> list[Figure]:
    people = world()
    catch_up()
    before = Position.objects.count()
    start = time.perf_counter()
    for _ in range(PURCHASES):
        reach_opening(people)
        catch_up()
    spent = time.perf_counter() - start
    acts = Position.objects.count() - before
    peer = _bare_commits()
    rate = acts / spent
    note = f"{acts} acts of {PURCHASES} purchases, one writer, on its page when counted"
    return [
        Figure("acts end to end", rate, "acts/s", note),
        Figure("peer: bare durable one-row commits", peer, "commits/s", f"an act costs {peer / rate:.1f} of them"),
    ]
