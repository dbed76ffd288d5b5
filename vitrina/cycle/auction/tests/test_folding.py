# SPDX-License-Identifier: Apache-2.0
"""The room that a process remembers: cheap while its last act stands, and never believed when it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.worlds.auction import BEGINS, SECOND, announce, begin
from tests.worlds.base import world
from tests.worlds.evaluation import reach_evaluation
from tests.worlds.once import built_once, rolled_back
from vitrina.cycle.auction import commands as auction
from vitrina.cycle.auction import folding
from vitrina.cycle.auction.queries import auctions_of, multiple_of
from vitrina.cycle.core.models import Process
from vitrina.ledger.models import Entry


def _running():
    w = world()
    process = reach_evaluation(w, terms={"auction": "open_clock"})
    announce(w, process)
    begin(w, process)
    return w, process.ocid


whole = built_once(_running)


@pytest.fixture
def running(whole):
    with rolled_back():
        folding._kept.clear()
        w, ocid = whole
        yield w, Process.objects.select_related("unit", "buyer").get(ocid=ocid)


def offer(w, process, seconds: int, supplier: int, price: int) -> Entry:
    amount = price * multiple_of(process, 1)
    at = w.when(BEGINS) + seconds * SECOND
    return auction.offer(w.suppliers[supplier], process.ocid, at=at, lot=1, centavos=amount, key=str(seconds))


def test_an_offer_reads_and_writes_what_it_must_and_no_more(running, django_capture_on_commit_callbacks):
    """The lock, the auction, the acts since the last, the sender's key; the entry in two statements, and its key."""
    w, process = running
    with django_capture_on_commit_callbacks(execute=True):
        offer(w, process, 1, 0, 5100)
    pieces = multiple_of(process, 1)
    with CaptureQueriesContext(connection) as asked:
        at = w.when(BEGINS) + 2 * SECOND
        made = auction.offer(w.suppliers[1], process.ocid, at=at, lot=1, centavos=5000 * pieces, key="2")

    assert made.kind == "offer.made"
    statements = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
    assert len(statements) == 7, statements


def test_the_room_that_an_offer_left_is_the_fold_of_the_ledger(running, django_capture_on_commit_callbacks):
    w, process = running
    for n, supplier in enumerate((0, 1, 2, 0)):
        with django_capture_on_commit_callbacks(execute=True):
            offer(w, process, n + 1, supplier, 5100 - 40 * n)
    kept = folding._kept[auctions_of(process)[1].pk].room
    folding._kept.clear()

    assert folding.room_of(auctions_of(process)[1]) == kept
    assert len(kept.offered) == 3


def test_a_remembered_room_whose_last_act_does_not_stand_is_folded_again(running):
    """An act that was undone, or another ledger (a restored backup): the number is there, the digest is not."""
    w, process = running
    offer(w, process, 1, 0, 5100)
    row = auctions_of(process)[1]
    true = folding.room_of(row)
    last = Entry.objects.filter(stream=process.stream).latest("seq")
    last.digest = "0" * 64
    folding.keep(row, last, replace(true, offered={"Nadie": 9}))

    assert folding.room_of(row) == true
