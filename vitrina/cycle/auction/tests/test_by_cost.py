# SPDX-License-Identifier: Apache-2.0
"""By life-cycle cost with an auction: only the price goes down, the sum decides, the ledger alone gives it again."""

import copy
import json
from datetime import timedelta

import pytest

from tests.worlds.auction import BEGINS, announce, begin, certify, watch
from tests.worlds.awarding import rule_on
from tests.worlds.base import world
from tests.worlds.costs import BY_COST, COSTS
from tests.worlds.evaluation import reach_evaluation
from vitrina.cycle.auction import shown
from vitrina.cycle.auction.commands import offer
from vitrina.cycle.auction.folding import room_of
from vitrina.cycle.auction.queries import alias_of, auctions_of, entries_of, multiple_of, report_of
from vitrina.cycle.auction.tests.auctions import resigned
from vitrina.cycle.auction.verifying import verify
from vitrina.cycle.awarding.queries import active_awards, ruling_entry
from vitrina.kernel.money import Money

FRUGAL, THIRSTY = "diagnosticos-ocotal", "reactivos-valle-hondo"


@pytest.mark.django_db
def test_the_sum_decides_and_the_ledger_alone_gives_it_again():
    """The thirsty one halves the gap and stays behind; the frugal one lowers its price once, and is awarded it."""
    w = world()
    process = reach_evaluation(w, terms=BY_COST | {"auction": "turns"}, costs=COSTS)
    announce(w, process)
    begin(w, process)
    auction, pieces = auctions_of(process)[1], multiple_of(process, 1)
    asked = {alias_of(auction, THIRSTY): (1, 5000), alias_of(auction, FRUGAL): (2, 5700)}
    now = w.when(BEGINS)
    while auctions_of(process)[1].state == "running":
        now = watch(process, now, now + timedelta(seconds=30))
        room = room_of(auction)
        if room.phase not in shown.OVER:
            told = json.dumps([shown.snapshot(room, now=now), *(shown.own(room, alias) for alias in room.bids)])
            sums = [str(Money(score.numerator)) for score in room.scores.values()]
            assert not [one for one in ('"score"', '"gap"', *sums) if one in told]
        turn = room.segment.aliases[0] if room.segment and room.segment.part == "turn" else ""
        if turn in asked:
            supplier, price = asked.pop(turn)
            offer(w.suppliers[supplier], process.ocid, at=now, lot=1, centavos=price * pieces)
    certify(w, process)
    rule_on(w, process)

    report = report_of(process, 1)
    assert report.findings == () and report.names[report.winner][1].startswith("Diagnósticos")
    first, _second, third = ruling_entry(process).event.lots[0].standings
    assert (first.bidder.key, str(first.total), str(first.life_cycle.sum)) == (FRUGAL, "23484000.00", "24484000.00")
    assert (third.bidder.key, str(third.total), str(third.life_cycle.sum)) == (THIRSTY, "20600000.00", "25700000.00")
    assert active_awards(process)[0].centavos == first.total.centavos
    rows = shown.rows(room_of(auction))
    assert [row["score"] for row in rows] == ["24484000.00", "25118800.00", "25700000.00"]
    altered(entries_of(process), first.bid)


def altered(entries, winner):
    """What a forger would change of the costs is found, wherever it stands."""
    assert verify(entries, lot=1).findings == ()

    def codes(kind, change, which=lambda _body: True):
        k = next(n for n, row in enumerate(entries) if row["kind"] == kind and which(row["body"]))
        body = copy.deepcopy(entries[k]["body"])
        change(body)
        told = [*entries[:k], resigned(entries[k], **body), *entries[k + 1 :]]
        return {f.code for f in verify(told, lot=1).findings} - {"missing"}

    def of_winner(body):
        return body["bid"] == winner

    def standing(part, centavos):
        def change(body):
            body["lots"][0]["standings"][0]["life_cycle"][part]["centavos"] = centavos

        return change

    assert codes("ruling.issued", standing("cost", 1)) == {"cost"}
    assert codes("ruling.issued", standing("sum", 1)) == {"cost"}
    assert codes("ruling.issued", lambda body: body["lots"][0]["standings"][0].pop("life_cycle")) == {"cost"}
    assert codes("bid.opened", lambda body: body["content"]["responses"].update({"2": "1.00"}), of_winner) == {"cost"}
    assert codes("bid.opened", lambda body: body["costs"][0]["amount"].update(centavos=1), of_winner) == {"cost"}
    assert codes("call.published", lambda body: body["terms"].update(evaluation_method="binario")) == {"criterion"}
