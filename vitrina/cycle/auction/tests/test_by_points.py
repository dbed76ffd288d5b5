# SPDX-License-Identifier: Apache-2.0
"""By points and percentages with an auction: how points are given, and whose offer is worth most."""

import copy
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.worlds.auction import BEGINS, announce, begin, certify, justify, watch, weigh
from tests.worlds.awarding import rule_on
from tests.worlds.base import world
from tests.worlds.evaluation import DECLARED, SCORED, conclude, judge
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import reach_opening
from vitrina.cycle.auction.commands import offer
from vitrina.cycle.auction.folding import room_of
from vitrina.cycle.auction.queries import alias_of, auctions_of, entries_of, multiple_of, report_of
from vitrina.cycle.auction.tests.auctions import resigned
from vitrina.cycle.auction.verifying import verify
from vitrina.cycle.awarding.queries import ruling_entry
from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.evaluation import commands as evaluation
from vitrina.cycle.evaluation.tests.test_points import BY_POINTS, LESS, TOO_LITTLE

to_judge = built_once(lambda: (w := world(), reach_opening(w, terms=BY_POINTS | {"auction": "turns"})))


@pytest.fixture
def opened(to_judge):
    """The people, and a purchase to be judged and then auctioned in turns."""
    with rolled_back():
        w, process = to_judge
        yield w, Process.objects.select_related("unit", "buyer").get(ocid=process.ocid)


@pytest.mark.parametrize(("said", "codes"), [
    ({"criterion": 2, "points": Decimal("30.01")}, ["points"]), ({"criterion": 2, "points": Decimal(-1)}, ["points"]),
    ({"criterion": 2, "points": Decimal("1.001"), "reason": "x"}, ["points"]),
    ({"criterion": 2, "points": Decimal(29)}, ["reason"]), ({"criterion": 2, "passes": True}, ["points"]),
    ({"criterion": 1, "points": Decimal(1), "reason": "x"}, ["points"]),
])  # fmt: skip
def test_points_are_given_from_none_to_all_and_never_less_without_a_reason(opened, said, codes):
    w, process = opened
    evaluation.declare(w.evaluators[0], process.ocid, at=DECLARED, has_conflict=False)
    bid = opened_bids(process)[0].bid_id
    given = [{"bid_id": bid, "reason": "", **said}]
    with pytest.raises(Refused) as refused:
        evaluation.score(w.evaluators[0], process.ocid, at=SCORED, verdicts=given)
    assert refused.value.codes == codes


def halved(w, process):
    """Who has fewer technical points halves its price in its turn, and leads when the auction is certified."""
    judge(w, process, given=LESS | TOO_LITTLE)
    conclude(w, process)
    announce(w, process)
    begin(w, process)
    now, bid = w.when(BEGINS), 2565 * multiple_of(process, 1)
    auction = auctions_of(process)[1]
    mine = alias_of(auction, "reactivos-valle-hondo")
    while auctions_of(process)[1].state == "running":
        now = watch(process, now, now + timedelta(seconds=30))
        room = room_of(auction)
        if room.segment and mine in room.segment.aliases and bid:
            offer(w.suppliers[1], process.ocid, at=now, lot=1, centavos=bid)
            bid = 0
    certify(w, process)


def test_the_ruling_follows_the_points_of_the_room_and_counts_them_again_without_a_rejected_price(opened):
    """Who has fewer technical points halves its price and leads by points. That low a price is asked about.

    Where it stands its bidder gets the lot; where it goes out, so does the lowest price that all were compared with,
    and the one that is left has all points for its own.
    """
    w, process = opened
    halved(w, process)
    justify(w, process)
    with rolled_back():
        weigh(w, process, [True, True, False])
        report = report_of(process, 1)
        assert not report.findings and report.names[report.winner][1] == "Reactivos Valle Hondo, S.A. de C.V."
        rule_on(w, process)
        first, second, _out = ruling_entry(process).event.lots[0].standings
        assert (first.bidder.key, first.points.total) == ("reactivos-valle-hondo", Fraction(177, 2))
        assert second.points.economic == str(Fraction(50 * 2565, 5775))
        recomputed = entries_of(process)
        assert verify(recomputed, lot=1).findings == ()
        ruling = next(n for n, row in enumerate(recomputed) if row["kind"] == "ruling.issued")
        for part, other in (("technical", "39"), ("economic", "49"), ("technical", "x")):
            lots = copy.deepcopy(recomputed[ruling]["body"]["lots"])
            lots[0]["standings"][0]["points"][part] = other
            told = [*recomputed[:ruling], resigned(recomputed[ruling], lots=lots), *recomputed[ruling + 1 :]]
            assert [f.code for f in verify(told, lot=1).findings] == ["points"], (part, other)

    weigh(w, process, [False, False, True])
    rule_on(w, process)
    first, out, _unfit = ruling_entry(process).event.lots[0].standings
    assert (first.place, first.points.economic, out.is_solvent, out.points.economic) == (1, "50", False, "")
    assert report_of(process, 1).findings == ()
