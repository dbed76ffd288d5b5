# SPDX-License-Identifier: Apache-2.0
"""By points and percentages: the call says the scale, evaluators give points, the most points win, and all can recompute."""

from decimal import Decimal
from fractions import Fraction

import pytest

from tests.worlds.awarding import rule_on
from tests.worlds.base import world
from tests.worlds.evaluation import reach_evaluation
from tests.worlds.once import built_once, rolled_back
from tests.worlds.research import reach_research
from tests.worlds.sending import entries_of, published
from tests.worlds.tendering import PUBLISHED, call
from vitrina.cycle.awarding.queries import explanation_for, ruling_entry
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.evaluation import queries
from vitrina.cycle.evaluation.assessment import LotBid, assess
from vitrina.cycle.evaluation.criteria import Verdict, combine
from vitrina.cycle.evaluation.points import Points, Scale
from vitrina.cycle.tendering import commands as tendering
from vitrina.kernel.money import Money
from vitrina.ledger.releases import build
from vitrina.parties.roles import Role

SCALE = Scale(Fraction(60), Fraction(40), Fraction(45))
CRITERIA = [
    {"title": "Registro sanitario vigente", "description": "De COFEPRIS.", "kind": "legal"},
    {"title": "Sensibilidad", "description": "Según certificado.", "kind": "points", "points": Decimal(30)},
    {"title": "Experiencia", "description": "Contratos cumplidos.", "kind": "points", "points": Decimal("20.00")},
]
BY_POINTS = {"criteria": CRITERIA, "evaluation_method": "puntos_porcentajes"}
# supplier 1 is the cheapest; its two evaluators of three give it little for its experience
LESS = {(n, 1, 3): (points, "Acredita un contrato de tres.") for n, points in enumerate(["8", "8.5", "9"])}
TOO_LITTLE = {(n, 0, c): ("10", "No lo acredita.") for n in range(3) for c in (2, 3)}

whole = built_once(lambda: (w := world(), reach_evaluation(w, terms=BY_POINTS, given=LESS | TOO_LITTLE)))


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def refused(call, *args, **kwargs):
    with pytest.raises(Refused) as error:
        call(*args, **kwargs)
    return error.value.codes


def found(points):
    return (
        combine(1, "Técnica", [Verdict(bid_id="x", criterion=1, passes=True, points=Decimal(points))], Decimal(60)),
    )


def test_the_dearer_bid_wins_with_more_points():
    """The worked example of the reverse auction, section 3: 96 against 95."""
    bids = [LotBid("A", "a", "A", Money(1000), 1), LotBid("B", "b", "B", Money(900), 2)]
    scale = Scale(Fraction(42), Fraction(60), Fraction(0))
    views = assess(1, bids, findings={"A": found("42"), "B": found("35")}, tests={}, decisions={}, scale=scale)
    assert [(v.bid_id, v.place, v.points.total) for v in views] == [("A", 1, 96), ("B", 2, 95)]


def test_equal_points_share_a_place_and_thirds_are_exact():
    bids = [LotBid(n, n, n, Money(900), i) for i, n in enumerate("AB")]
    thirds = combine(
        1, "T", [Verdict(bid_id="A", criterion=1, passes=True, points=Decimal(p)) for p in "556"], Decimal(9)
    )
    assert thirds.points == "16/3"
    views = assess(
        1, bids, findings={"A": (thirds,), "B": (thirds,)}, tests={}, decisions={},
        scale=Scale(Fraction(9), Fraction(1), Fraction(5)),
    )  # fmt: skip
    assert [(v.place, v.points.technical) for v in views] == [(1, "16/3"), (1, "16/3")]


def test_who_lacks_the_least_is_out_and_no_price_is_compared_with_it():
    bids = [LotBid("A", "a", "A", Money(1000), 1), LotBid("B", "b", "B", Money(1), 2)]
    views = assess(1, bids, findings={"A": found("45"), "B": found("44.99")}, tests={}, decisions={}, scale=SCALE)
    assert [(v.bid_id, v.place, v.points.economic) for v in views] == [("A", 1, "40"), ("B", None, "")]


def test_the_ruling_tells_the_points_and_gives_the_purchase_to_the_most(w, process):
    results = queries.results(process)
    assert [(v.supplier_key, v.place) for v in results] == [
        ("diagnosticos-ocotal", 1), ("reactivos-valle-hondo", 2), ("biomedica-tres-lunas", None),
    ]  # fmt: skip
    rule_on(w, process)
    lot = ruling_entry(process).event.lots[0]
    first, second, out = lot.standings
    scale = {"most_technical": "50", "most_economic": "50", "least": "75/2"}
    assert first.points == Points(technical="50", economic=str(Fraction(50 * 5130, 5775)), **scale)
    assert second.points == Points(technical="77/2", economic="50", **scale)
    assert out.points.economic == "" and not out.is_solvent
    assert "94.42 puntos" in first.reason and "$57.75" in first.reason
    assert "Acredita un contrato de tres." in second.reason
    assert "necesita 37.5" in out.reason
    told = explanation_for(process, "reactivos-valle-hondo").lots[0]
    assert told.gap.endswith(("points", "puntos"))


def test_the_release_says_rated_criteria_and_what_each_can_give(w, process):
    entry = next(e for e in entries_of(process) if e.kind == "call.published")
    tender = build(entry)["tender"]
    assert tender["awardCriteria"] == "ratedCriteria"
    assert tender["criteria"][1]["requirementGroups"][0]["requirements"][0]["maxValue"] == 30
    assert published(process)


@pytest.mark.parametrize(("change", "codes"), [
    ({"criteria": CRITERIA[:2]}, ["points"]),
    ({"criteria": [*CRITERIA, {"title": "Otro", "kind": "technical", "points": Decimal(1)}]}, ["points"]),
    ({"criteria": [CRITERIA[0], {"title": "Sin puntos", "kind": "points"}]}, ["points"]),
    ({"evaluation_method": "binario"}, ["points"]),
    ({"auction": "open_clock"}, ["auction"]),
    ({"evaluation_method": "costo_beneficio"}, ["points"]),
])  # fmt: skip
def test_a_call_whose_points_do_not_add_up_is_refused(db, change, codes):
    w = world()
    process = reach_research(w)
    terms = call(w, **(BY_POINTS | change))
    assert refused(tendering.publish_call, w[Role.OFFICER], process.ocid, at=PUBLISHED, **terms) == codes
