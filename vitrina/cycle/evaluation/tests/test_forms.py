# SPDX-License-Identifier: Apache-2.0
"""The forms of the evaluation: they run the commands, keep what was typed, and refuse what cannot be."""

import pytest
from django.template.loader import render_to_string

from tests.worlds.base import world
from tests.worlds.evaluation import CONCLUDED, DECLARED, SCORED, judge
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import reach_opening
from tests.worlds.sending import ARABIC, HUGE, errors_of, form_of
from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.evaluation import queries
from vitrina.cycle.evaluation.commands import decision_field, reason_field
from vitrina.cycle.evaluation.models import Score
from vitrina.cycle.evaluation.pages import verdict_field
from vitrina.parties.roles import Role

opened = built_once(lambda: (w := world(), reach_opening(w)))


@pytest.fixture
def w(opened):
    with rolled_back():
        yield opened[0]


@pytest.fixture
def process(w, opened):
    """The purchase whose envelopes were opened: three bids to judge."""
    return Process.objects.select_related("unit", "buyer").get(ocid=opened[1].ocid)


def sent(w, process, data, *, key=""):
    return form_of("evaluation.score", w.evaluators[0], process, data, at=SCORED, key=key)


def whole(process, **changes):
    answers = {verdict_field(b.bid_id, c.number): "yes" for c, b in queries.pairs(process)}
    return answers | changes


def declare(w, process):
    form = form_of("evaluation.declare", w.evaluators[0], process, {"conflict": "no", "text": ""}, at=DECLARED)
    assert form.is_valid()
    assert "Reactivos Valle Hondo" in form.facts()[0][1]
    return form.run()


def test_an_evaluator_goes_through_the_forms(w, process):
    declare(w, process)
    bid = opened_bids(process)[1].bid_id
    form = sent(w, process, whole(process, **{verdict_field(bid, 2): "no", reason_field(bid, 2): "Dice 98 %."}))
    assert form.is_valid()
    form.run()
    assert Score.objects.get(passes=False).reason == "Dice 98 %."
    lock = form_of("evaluation.lock", w.evaluators[0], process, {}, at=SCORED)
    assert "Dice 98 %." in dict(lock.facts()).values()
    assert lock.is_valid()
    lock.run()
    with pytest.raises(Refused):
        sent(w, process, {})


def test_the_page_shows_each_bid_beside_the_others_with_its_answer_and_documents(w, process, rf):
    declare(w, process)
    form = sent(w, process, {})
    rows = form.table()
    assert [len(r.cells) for r in rows] == [3, 3, 3]
    context = {"form": form, "process": process, "facts": form.facts(), "token": "t" * 32, "draft_url": "/x"}
    page = render_to_string("evaluation/score.html", context, request=rf.get("/"))
    assert page.count('type="radio"') == 18
    assert page.count("Cumplimos con: Sensibilidad") == 3
    assert opened_bids(process)[0].documents[0].sha256 in page


def test_a_judgement_against_without_its_reason_is_told_at_the_reason(w, process):
    declare(w, process)
    bid = opened_bids(process)[0].bid_id
    form = sent(w, process, whole(process, **{verdict_field(bid, 1): "no"}))
    assert errors_of(form) == {reason_field(bid, 1)}


def test_what_is_left_blank_is_left_for_later(w, process):
    declare(w, process)
    bid = opened_bids(process)[0].bid_id
    form = sent(w, process, {verdict_field(bid, 1): "yes", verdict_field(bid, 2): ""})
    assert form.is_valid()
    assert form.arguments()["verdicts"] == [{"bid_id": bid, "criterion": 1, "passes": True, "reason": ""}]


def test_one_requirement_alone(w, process):
    declare(w, process)
    assert [r.criterion.number for r in sent(w, process, {}, key="2").table()] == [2]


@pytest.mark.parametrize("value", ["maybe", "1e309", ARABIC, "Yes", HUGE])
def test_a_judgement_is_yes_or_no(w, process, value):
    declare(w, process)
    name = verdict_field(opened_bids(process)[0].bid_id, 1)
    assert errors_of(sent(w, process, {name: value})) == {name}


@pytest.mark.parametrize("value", ["x" * 1001, HUGE, "al rev\u202ees", "nul\x00"])
def test_a_reason_is_plain_text(w, process, value):
    declare(w, process)
    bid = opened_bids(process)[0].bid_id
    form = sent(w, process, {verdict_field(bid, 1): "no", reason_field(bid, 1): value})
    assert errors_of(form) == {reason_field(bid, 1)}


@pytest.mark.parametrize("data", [{}, {"conflict": "perhaps"}, {"conflict": "no", "text": HUGE}])
def test_declarations_that_cannot_be(w, process, data):
    assert errors_of(form_of("evaluation.declare", w.evaluators[0], process, data, at=DECLARED))


def test_the_conclusion_asks_for_each_price_that_fails(w):
    process = reach_opening(w, offers={0: "54.90", 1: "70.00"})
    with pytest.raises(Refused):
        form_of("evaluation.conclude", w[Role.OFFICER], process, {}, at=CONCLUDED)
    judge(w, process)
    ((state, bid),) = queries.open_prices(process, CONCLUDED)
    keep, why = decision_field(state.lot, bid.bid_id), f"why-{state.lot}-{bid.bid_id}"
    empty = form_of("evaluation.conclude", w[Role.OFFICER], process, {}, at=CONCLUDED)
    assert errors_of(empty) == {keep, why}
    assert "$64.35" not in empty.fields[why].initial  # the lot's total is what is tested
    assert "$26,512,200.00" in empty.fields[why].initial
    form = form_of("evaluation.conclude", w[Role.OFFICER], process, {keep: "no", why: "Caro."}, at=CONCLUDED)
    assert form.is_valid()
    form.run()
    assert [v.is_solvent for v in queries.results(process)] == [True, False]


def test_the_conclusion_needs_nothing_where_every_price_passes(w, process):
    judge(w, process)
    form = form_of("evaluation.conclude", w[Role.OFFICER], process, {}, at=CONCLUDED)
    assert list(form.fields) == []
    assert form.is_valid()
    form.run()
    assert queries.is_concluded(process)
