# SPDX-License-Identifier: Apache-2.0
"""By life-cycle cost: the call asks, bids declare, the committee accepts, the lowest sum wins."""

import copy
import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds.awarding import rule_on
from tests.worlds.base import world
from tests.worlds.costs import BY_COST, CRITERIA, DISPOSAL, ENERGY, REJECTED, UNREADABLE
from tests.worlds.evaluation import DECLARED, SCORED, conclude, judge, verdicts
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import reach_opening
from tests.worlds.research import reach_research
from tests.worlds.sending import entries_of, published
from tests.worlds.tendering import PUBLISHED, call
from vitrina.cycle.auction.queries import entries_of as feed_of
from vitrina.cycle.awarding.queries import active_awards, explanation_for, ruling_entry
from vitrina.cycle.awarding.recomputing import Recomputed, recompute
from vitrina.cycle.bidding.costs import cost_of, declared
from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.evaluation import commands as evaluation
from vitrina.cycle.evaluation import queries
from vitrina.cycle.evaluation.assessment import LotBid, assess
from vitrina.cycle.evaluation.costs import LifeCycle
from vitrina.cycle.tendering import commands as tendering
from vitrina.kernel.money import Money
from vitrina.ledger.releases import build
from vitrina.parties.roles import Role
from vitrina.site.tests.test_auction_cli import dumped

FRUGAL, THIRSTY, UNREAD = "diagnosticos-ocotal", "reactivos-valle-hondo", "biomedica-tres-lunas"

to_judge = built_once(lambda: (w := world(), reach_opening(w, terms=BY_COST, costs=UNREADABLE)))


@pytest.fixture
def w(to_judge):
    with rolled_back():
        yield to_judge[0]


@pytest.fixture
def process(w, to_judge):
    return Process.objects.select_related("unit", "buyer").get(ocid=to_judge[1].ocid)


def bids(*told: tuple[str, str, str | None]) -> list[LotBid]:
    """Bids of (name, price, cost), in order of arrival."""
    return [
        LotBid(name, name, name, Money.parse(price), n, None if cost is None else Money.parse(cost))
        for n, (name, price, cost) in enumerate(told, start=1)
    ]


def ranked(found: list[LotBid]) -> list[tuple[str, int | None, str]]:
    nothing = {b.bid_id: () for b in found}
    views = assess(1, found, findings=nothing, tests={}, decisions={}, by_cost=True)
    return [(v.bid_id, v.place, str(v.life_cycle.sum) if v.life_cycle else "") for v in views]


def test_the_dearer_and_frugal_bid_wins_by_a_centavo_and_equal_sums_share_a_place():
    """The worked example of `docs/how-to/evaluate-by-life-cycle-cost.md`."""
    thirsty, frugal = ("A", "900.00", "1500.01"), ("B", "1400.00", "1000.00")
    assert ranked(bids(thirsty, frugal)) == [("B", 1, "2400.00"), ("A", 2, "2400.01")]
    tied = ranked(bids(("A", "900.00", "1500.00"), frugal, ("C", "1.00", None), ("D", "2400.01", "0.00")))
    assert tied == [("A", 1, "2400.00"), ("B", 1, "2400.00"), ("D", 3, "2400.01"), ("C", None, "")]


AMOUNTS = st.integers(1, 10**13)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=2, max_size=6), st.integers(0, 5), st.integers(0, 10**13))
def test_a_lower_cost_never_worsens_the_place_of_its_bidder(told, which, less):
    found = [LotBid(str(n), "", "", Money(price), n, Money(cost)) for n, (price, cost) in enumerate(told)]
    mine = found[which % len(found)]
    better = replace(mine, cost=Money(max(0, mine.cost.centavos - less)))

    def place(rows):
        return next(place for bid, place, _sum in ranked(rows) if bid == mine.bid_id)

    assert place([better if b is mine else b for b in found]) <= place(found)


@pytest.mark.parametrize(
    "text", ["", "-1", "-0.01", "1.005", "1,000.00", "mil", "1e3", "\u0663", "1" * 13, "1.", "$5"]
)
def test_what_is_no_amount_declares_nothing(text):
    assert cost_of(text) is None
    assert declared({2: text, 3: " 10.5 "}, {2: 1, 3: 1, 4: 1, 5: 2}, {1}) == {3: Money(1050)}


def test_the_opening_publishes_what_each_declares_and_what_cannot_be_read(w, process):
    event = {e.event.bidder.key: e.event for e in entries_of(process) if e.kind == "bid.opened"}
    assert [(c.criterion, c.lot, str(c.amount)) for c in event[THIRSTY].costs] == [
        (ENERGY, 1, "5000000.50"), (DISPOSAL, 1, "99999.50"),
    ]  # fmt: skip
    assert "cost" not in event[THIRSTY].notes and "5,100,000.00" in event[THIRSTY].detail()
    assert [c.criterion for c in event[UNREAD].costs] == [DISPOSAL] and event[UNREAD].notes == ("cost",)
    row = next(e for e in entries_of(process) if e.kind == "bid.opened" and e.event.bidder.key == THIRSTY)
    said = {r["requirement"]["id"]: r["value"] for r in build(row)["bids"]["details"][0]["requirementResponses"]}
    assert (said["2.1.1"], said["1.1.1"]) == (5000000.5, "Cumplimos con: Registro sanitario vigente.")


def test_nobody_can_say_that_a_cost_which_was_not_declared_is_met(w, process):
    evaluation.declare(w.evaluators[0], process.ocid, at=DECLARED, has_conflict=False)
    with pytest.raises(Refused) as refused:
        evaluation.score(w.evaluators[0], process.ocid, at=SCORED, verdicts=verdicts(w, process, 0, {}))
    assert refused.value.codes == ["cost"]
    bid = next(b for b in opened_bids(process) if b.supplier_key == UNREAD)
    assert refused.value.refusals[0].field == f"reason-{bid.bid_id}-{ENERGY}"


def test_the_ruling_tells_price_cost_and_sum_and_awards_the_price(w, process):
    judge(w, process, fails=REJECTED)
    conclude(w, process)
    rule_on(w, process)
    first, second, out = ruling_entry(process).event.lots[0].standings
    assert [s.bidder.key for s in (first, second, out)] == [FRUGAL, THIRSTY, UNREAD]
    assert first.life_cycle == LifeCycle(cost=Money.parse("1000000.00"), sum=Money.parse("24793000.00"))
    assert str(first.total) == "23793000.00" and active_awards(process)[0].centavos == first.total.centavos
    assert second.life_cycle.sum == Money.parse("26235600.00") and second.total < first.total
    assert (out.is_solvent, out.place, out.life_cycle) == (False, None, None)
    assert [f.cost and str(f.cost) for f in first.findings] == [None, "1000000.00", "0.00"]
    assert "$24,793,000.00 en total: $23,793,000.00 de precio y $1,000,000.00" in first.reason
    assert "segundo" in second.reason and "$1,442,600.00" in second.reason and "$26,235,600.00" in second.reason
    assert "No declara un importe." in out.reason
    told = explanation_for(process, THIRSTY)
    assert told.lots[0].gap == "$1,442,600.00 en la suma de precio y costo del ciclo de vida"
    assert "usted, $26,235,600.00 en total: $21,135,600.00 de precio y $5,100,000.00" in told.text
    tender = build(next(e for e in entries_of(process) if e.kind == "call.published"))["tender"]
    assert tender["awardCriteria"] == "costOnly"
    asked = tender["criteria"][ENERGY - 1]["requirementGroups"][0]["requirements"][0]
    assert asked["dataType"] == "number" and asked["description"].startswith("Pesos sin IVA en 5 años. Consumo")
    assert published(process)["awards"][0]["value"]["amount"] == 23793000.0


def changed(entries, kind, change):
    """The entries with one text changed."""
    told = copy.deepcopy(entries)
    change(
        next(
            e["body"] for e in told if e["kind"] == kind and e["body"].get("bidder", {}).get("key") in {None, THIRSTY}
        )
    )
    return told


def of_first(name, value):
    return lambda body: body["lots"][0]["standings"][0].update({name: value})


def verified(folder, entries, ocid):
    """What `vitrina ruling verify` answers to a stranger: a process of its own, no settings, no database."""
    dumped(folder, "\n".join(json.dumps(entry) for entry in entries) + "\n")
    command = [sys.executable, "-m", "vitrina", "ruling", "verify", ocid, "--from", str(folder)]
    clean = {k: v for k, v in os.environ.items() if k not in {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"}}
    done = subprocess.run(command, capture_output=True, text=True, env=clean, timeout=60, check=False)
    return done.returncode, done.stdout.splitlines()[-1]


def test_the_ruling_is_computed_again_from_the_ledger_alone(w, process, tmp_path):
    judge(w, process, fails=REJECTED)
    conclude(w, process)
    rule_on(w, process)
    entries = feed_of(process)
    assert recompute(entries) == Recomputed(lots=(1,))
    assert verified(tmp_path, entries, process.ocid) == (0, "Holds.")
    second = ruling_entry(process).event.lots[0].standings[1].bid
    for kind, change, code in (
        ("ruling.issued", lambda body: body["lots"][0].update(winner=second), "winner"),
        ("ruling.issued", of_first("life_cycle", None), "ranking"),
        ("ruling.issued", of_first("place", 2), "ranking"),
        ("ruling.issued", of_first("total", {"centavos": 1, "currency": "MXN"}), "price"),
        ("ruling.issued", lambda body: body["lots"][0]["standings"][2]["findings"][1].update(passes=True), "votes"),
        ("ruling.issued", lambda body: body["lots"][0]["standings"].pop(), "bids"),
        ("ruling.issued", lambda body: body["lots"][0]["lines"][0]["unit_price"].update(centavos=1), "award"),
        ("bid.opened", lambda body: body["content"]["responses"].update({str(ENERGY): "1.00"}), "cost"),
    ):
        found = recompute(changed(entries, kind, change))
        assert code in {f.code for f in found.findings}, (kind, code, found)


def test_a_cost_that_the_majority_rejects_leaves_the_bid_out(w, process):
    fails = REJECTED | {(n, 2, ENERGY): "No usa la tarifa de la convocatoria." for n in range(2)}
    judge(w, process, fails=fails)
    conclude(w, process)
    assert [(v.supplier_key, v.place) for v in queries.results(process)][:1] == [(THIRSTY, 1)]
    lost = next(v for v in queries.results(process) if v.supplier_key == FRUGAL)
    assert not lost.is_solvent and lost.life_cycle is None


def without(**changes):
    """The requirements with another one for energy."""
    return {"criteria": [CRITERIA[0], CRITERIA[1] | changes, CRITERIA[2]]}


@pytest.mark.parametrize(("change", "codes"), [
    ({"criteria": CRITERIA[:1]}, ["costs"]), (without(years=None), ["costs"]), (without(years=0), ["costs"]),
    (without(years=51), ["costs"]), (without(description=" "), ["costs"]), (without(kind="technical"), ["costs"]),
    ({"evaluation_method": "binario"}, ["costs"]), ({"auction": "open_clock"}, ["auction"]),
])  # fmt: skip
def test_a_call_that_does_not_say_how_a_cost_is_counted_is_refused(w, change, codes):
    process = reach_research(w)
    with pytest.raises(Refused) as refused:
        tendering.publish_call(w[Role.OFFICER], process.ocid, at=PUBLISHED, **call(w, **(BY_COST | change)))
    assert refused.value.codes == codes


def test_with_several_lots_each_cost_is_of_one_and_each_lot_asks_for_one(w):
    process = reach_research(w, lots=2)

    def publish(*lots):
        costs = [CRITERIA[1] | {"lot": lot} for lot in lots]
        terms = call(w, **BY_COST | {"criteria": [CRITERIA[0], *costs]})
        return tendering.publish_call(w[Role.OFFICER], process.ocid, at=PUBLISHED, **terms)

    for lots in ((None, 2), (1,)):
        with pytest.raises(Refused) as refused:
            publish(*lots)
        assert refused.value.codes == ["costs"]
    assert [c.years for c in publish(1, 2).event.terms.criteria] == [None, 5, 5]
