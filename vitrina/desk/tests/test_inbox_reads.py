# SPDX-License-Identifier: Apache-2.0
"""The inbox reads all its purchases together: the same tasks as each of them alone, in as many queries as of few."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.worlds.base import world
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.contracting import reach_contracting
from tests.worlds.once import built_once, rolled_back
from tests.worlds.research import reach_research
from tests.worlds.tendering import OPENING, reach_tendering
from vitrina.desk.inbox import open_processes, tasks_of, waiting_for
from vitrina.parties.roles import Role


def _several():
    w = world()
    reach_contracting(w)
    reach_research(w)
    reach_tendering(w)
    reach_clarifying(w)
    return w


whole = built_once(_several)
NOW = OPENING - timedelta(days=1)
OFFICES = (Role.OFFICER, Role.APPROVER, Role.OIC, Role.SUPPLIER, Role.WAREHOUSE, Role.TREASURY)


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole


def told(found):
    return sorted((x.process.ocid, x.task.command, x.task.key, str(x.task.due), x.title) for x in found)


def test_read_together_each_office_finds_what_each_purchase_alone_tells_it(w):
    commands = set()
    for role in OFFICES:
        actor = w.suppliers[0] if role is Role.SUPPLIER else w[role]
        alone = [x for p in open_processes(actor) for x in tasks_of(p, NOW) if not x.task.is_optional]

        mine, others = waiting_for(actor, NOW)

        assert told(mine) == told(x for x in alone if x.is_for(actor)), role
        assert told(mine + others) == told(alone), role
        commands |= {x.task.command for x in mine}
    assert commands >= {"tendering.publish_call", "bidding.submit", "opening.start", "delivery.receive"}


def test_more_purchases_are_not_more_queries(w):
    def queries() -> tuple[list[str], int]:
        with CaptureQueriesContext(connection) as asked:
            mine, _others = waiting_for(w[Role.OFFICER], NOW)
        return sorted(one["sql"].partition(" WHERE ")[0] for one in asked), len(mine)

    before, n_before = queries()
    for reach in (reach_research, reach_tendering, reach_clarifying):
        reach(w)
    after, n_after = queries()

    assert n_after > n_before
    assert after == before, "each purchase costs queries of its own"
