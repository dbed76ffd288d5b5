# SPDX-License-Identifier: Apache-2.0
"""The committee at work: declare, judge, close, conclude; and what is refused on the way."""

from fractions import Fraction

import pytest

from tests.worlds.base import local, world
from tests.worlds.bidding import reach_bidding
from tests.worlds.evaluation import CONCLUDED, DECLARED, SCORED, conclude, judge, reach_evaluation, verdicts
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import CLOSED, hold_act, reach_opening
from tests.worlds.sending import entries_of, published
from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.core.command import once
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.evaluation import commands as evaluation
from vitrina.cycle.evaluation import queries
from vitrina.cycle.evaluation.models import Declaration, Result, Score
from vitrina.cycle.evaluation.rules import price_rules, price_tests
from vitrina.cycle.tendering import commands as tendering
from vitrina.kernel.money import Money
from vitrina.ledger.kinds import Visibility
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role

whole = built_once(lambda: (w := world(), reach_opening(w)))


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    """The purchase whose envelopes were opened: three bids to judge."""
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def refused(call, *args, **kwargs):
    with pytest.raises(Refused) as error:
        call(*args, **kwargs)
    return error.value.codes


def declare(w, process, who=0, *, at=DECLARED, conflict=False, text=""):
    return evaluation.declare(w.evaluators[who], process.ocid, at=at, has_conflict=conflict, text=text)


def score(w, process, who=0, *, fails=None, at=SCORED):
    sheet = verdicts(w, process, who, fails or {})
    return evaluation.score(w.evaluators[who], process.ocid, at=at, verdicts=sheet)


def evaluated(w, process, *, fails=None, conflicted=()):
    """The same purchase with its evaluation concluded."""
    judge(w, process, fails=fails, conflicted=conflicted)
    conclude(w, process)
    return Process.objects.get(ocid=process.ocid)


def lock(w, process, who=0):
    return evaluation.lock(w.evaluators[who], process.ocid, at=SCORED)


def test_three_evaluators_judge_three_bids_and_the_lowest_is_first(w, process):
    process = evaluated(w, process)
    found = queries.results(process)
    assert [(v.supplier_key, v.place, v.is_solvent) for v in found] == [
        ("reactivos-valle-hondo", 1, True),
        ("biomedica-tres-lunas", 2, True),
        ("diagnosticos-ocotal", 3, True),
    ]
    assert process.stage == "evaluation"
    assert [t.result for t in found[0].price_tests] == ["passes", "passes"]
    last = entries_of(process)[-1].event
    assert (last.evaluators, last.excused, last.bids, last.criteria) == (3, 0, 3, 3)


def test_the_public_learns_that_it_was_judged_and_not_how(w, process):
    reason = "CANARIO: el registro venció en marzo."
    process = evaluated(w, process, fails={(0, 0, 1): reason}, conflicted={2})
    public = [e for e in Entry.objects.all() if e.visibility == Visibility.PUBLIC]
    assert all("CANARIO" not in e.body and "familiar" not in e.body for e in public)
    assert [e.kind for e in entries_of(process)][-4:] == ["conflict.declared"] * 3 + ["evaluation.concluded"]
    sheets = Entry.objects.filter(stream__startswith="sheet:")
    assert {e.visibility for e in sheets} == {Visibility.BLINDED}
    names = [str(p) for p in w.evaluator_people]
    assert not any(name in e.stream for e in sheets for name in names)
    assert {e.actor["name"] for e in sheets if e.kind.startswith("scores.")} == {""}


def test_each_release_is_valid_and_the_record_tells_the_conclusion(w, process):
    record = published(evaluated(w, process, conflicted={1}))
    met = {m["id"]: m["status"] for m in record["tender"]["milestones"]}
    assert met["evaluation"] == "met"
    assert {"declaration-1", "declaration-2", "declaration-3"} <= met.keys()
    assert "awards" not in record


def test_a_majority_throws_a_bid_out_and_one_voice_does_not(w, process):
    fails = {(0, 1, 1): "Vencido.", (1, 1, 1): "Vencido.", (0, 0, 2): "No llega a 99.5 %."}
    found = queries.results(evaluated(w, process, fails=fails))
    assert [(v.supplier_key, v.place) for v in found] == [
        ("biomedica-tres-lunas", 1),
        ("diagnosticos-ocotal", 2),
        ("reactivos-valle-hondo", None),
    ]
    (unmet,) = found[2].unmet
    assert (unmet.title, unmet.against, unmet.votes) == ("Registro sanitario vigente", 2, 3)


def test_who_is_excused_does_not_count(w, process):
    fails = {(0, 1, 1): "Vencido.", (1, 1, 1): "Vencido."}
    process = evaluated(w, process, fails=fails, conflicted={1})
    # one of the two who are left is against: a tie, and a tie throws nobody out
    assert [v.supplier_key for v in queries.results(process) if v.place == 1] == ["reactivos-valle-hondo"]
    assert entries_of(process)[-1].event.excused == 1


def test_a_conflict_found_on_reading_still_excuses(w, process):
    declare(w, process)
    score(w, process, fails={(0, 1, 1): "Vencido."})
    entry = declare(w, process, at=SCORED, conflict=True, text="Es la empresa de mi cuñado.")
    assert entry.event.is_excused
    assert refused(lock, w, process) == ["excused"]
    for n in (1, 2):
        declare(w, process, n)
        score(w, process, n)
        lock(w, process, n)
    conclude(w, process)
    assert all(not v.unmet for v in queries.results(process))


def test_a_criterion_of_one_lot_is_asked_of_its_bids_only(w):
    criteria = [{"title": "Registro", "kind": "technical"}, {"title": "Cadena de frío", "kind": "technical", "lot": 2}]
    offers = {0: {1: "54.90"}, 1: {1: "51.30", 2: "51.30"}}
    fails = {(n, 1, 2): "Sin refrigeración." for n in range(3)}
    process = reach_evaluation(w, lots=2, terms={"criteria": criteria}, offers=offers, fails=fails)
    first, second = queries.results(process, 1), queries.results(process, 2)
    assert [(v.supplier_key, v.place) for v in first] == [("reactivos-valle-hondo", 1), ("biomedica-tres-lunas", 2)]
    assert [(v.supplier_key, v.place) for v in second] == [("reactivos-valle-hondo", None)]
    assert len(first[1].findings) == 1


def test_a_price_above_the_limit_waits_for_a_decision(w):
    process = reach_opening(w, offers={0: "64.35", 1: "64.36"})  # the median is 58.50; plus 10 %, 64.35
    judge(w, process)
    ((state, bid),) = queries.open_prices(process, CONCLUDED)
    assert bid.supplier_key == "reactivos-valle-hondo"
    officer = w[Role.OFFICER]
    assert refused(evaluation.conclude, officer, process.ocid, at=CONCLUDED) == ["price-decision"]
    silent = {(state.lot, bid.bid_id): {"keep": True, "reason": "  "}}
    assert refused(evaluation.conclude, officer, process.ocid, at=CONCLUDED, decisions=silent) == ["price-reason"]
    assert not Result.objects.exists()
    conclude(w, process, keep=False)
    out = queries.results(process)[1]
    assert (out.is_solvent, out.place, out.price_decision) == (False, None, "Se desecha por su precio.")
    assert [t.name for t in out.failed_tests] == ["not_acceptable"]
    assert out.failed_tests[0].limit.centavos == 6435 * 412000


def test_each_law_has_its_own_price_tests(w, process):
    old = price_rules(process, CONCLUDED)
    assert (old.not_acceptable.share, old.above_budget, old.not_convenient.base_kind) == (
        Fraction(1, 10),
        None,
        "preponderant",
    )
    process.rulebook = "mx/LAASSP-2025@2026-01-05"
    new = price_rules(process, local(2026, 2, 1))
    assert (new.not_acceptable.share, new.not_convenient.share, new.not_convenient.base_kind) == (
        Fraction(1, 10),
        Fraction(2, 5),
        "median",  # the statistic that the research used
    )
    above = price_tests(new, {"B": Money.parse("27000000.01")}, reference=None, budget=process.plan_line.budget)["B"]
    assert [(t.name, t.result) for t in above] == [
        ("not_acceptable", "undefined"),
        ("above_budget", "fails"),
        ("not_convenient", "undefined"),
    ]


def test_a_state_whose_tests_nobody_has_read_is_refused(w, process):
    process.rulebook, process.unit.jurisdiction = "coah/COAH-LAACSEC@2026-01-05", "coah"
    assert refused(price_rules, process, local(2026, 2, 1)) == ["law"]


def test_a_price_kept_with_a_reason_is_ranked(w):
    process = reach_evaluation(w, offers={0: "54.90", 1: "70.00"}, keep=True)
    assert [(v.place, v.price_decision) for v in queries.results(process)] == [
        (1, ""),
        (2, "Se conserva: el mercado subió."),
    ]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.EVALUATOR, Role.OPERATOR}))
def test_only_an_evaluator_declares(w, process, role):
    assert refused(evaluation.declare, w[role], process.ocid, at=DECLARED, has_conflict=False) == ["role"]


def test_an_evaluator_of_another_panel_does_not_judge(w):
    panel = [
        {"person_id": w.evaluator_people[0].pk, "role": "evaluator"},
        {"person_id": w.people[Role.OIC].pk, "role": "oic"},
        {"person_id": w.people[Role.WITNESS].pk, "role": "witness"},
    ]
    process = reach_opening(w, terms={"panel": panel})
    assert refused(declare, w, process, 1) == ["panel"]
    assert refused(score, w, process, 1) == ["panel"]


def test_nobody_declares_before_the_act_is_closed(w):
    process = hold_act(w, reach_bidding(w), close=False)
    assert refused(declare, w, process, at=CLOSED) == ["opening"]


def test_nothing_is_judged_where_no_bid_arrived(w):
    process = reach_opening(w, offers={})
    assert refused(declare, w, process) == ["no-bids"]
    assert queries.tasks(process, DECLARED) == []


def test_a_conflict_needs_its_words(w, process):
    assert refused(declare, w, process, conflict=True, text=" ") == ["text"]
    assert not Declaration.objects.exists()


def test_nobody_judges_undeclared_excused_or_closed(w, process):
    assert refused(score, w, process) == ["undeclared"]
    declare(w, process, 1, conflict=True, text="Familia.")
    assert refused(score, w, process, 1) == ["excused"]
    declare(w, process)
    score(w, process)
    lock(w, process)
    assert refused(score, w, process) == ["locked"]
    assert refused(declare, w, process, conflict=True, text="Tarde.") == ["state"]


def test_a_judgement_against_needs_a_reason_and_leaves_nothing_without_it(w, process):
    declare(w, process)
    bid = opened_bids(process)[0].bid_id
    given = [{"bid_id": bid, "criterion": 1, "passes": True}, {"bid_id": bid, "criterion": 2, "passes": False}]
    assert refused(evaluation.score, w.evaluators[0], process.ocid, at=SCORED, verdicts=given) == ["reason"]
    assert not Score.objects.exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [([], "nothing"), ([{"bid_id": "0" * 26, "criterion": 1, "passes": True}], "pair"),
     ([{"bid_id": None, "criterion": 9, "passes": True}], "pair"),
     ([{"bid_id": None, "criterion": 1, "passes": False, "reason": "x" * 1001}], "text"),
     ([{"bid_id": None, "criterion": 1, "passes": False, "reason": "al rev\u202ees"}], "text")],
)  # fmt: skip
def test_judgements_that_cannot_be(w, process, given, code):
    declare(w, process)
    bid = opened_bids(process)[0].bid_id
    said = [v | {"bid_id": v["bid_id"] or bid} for v in given]
    assert refused(evaluation.score, w.evaluators[0], process.ocid, at=SCORED, verdicts=said) == [code]


def test_a_sheet_closes_only_when_it_is_whole(w, process):
    declare(w, process)
    first = verdicts(w, process, 0, {})[:1]
    evaluation.score(w.evaluators[0], process.ocid, at=SCORED, verdicts=first)
    assert refused(lock, w, process) == ["incomplete"]


def test_a_judgement_can_change_until_the_sheet_is_closed(w, process):
    declare(w, process)
    score(w, process, fails={(0, 0, 1): "Vencido."})
    score(w, process)
    assert Score.objects.count() == 9
    assert all(Score.objects.values_list("passes", flat=True))


def test_the_evaluation_waits_for_everyone_and_concludes_once(w, process):
    officer = w[Role.OFFICER]
    assert refused(evaluation.conclude, officer, process.ocid, at=CONCLUDED) == ["waiting"]
    judge(w, process)
    conclude(w, process)
    assert refused(conclude, w, process) == ["state"]


def test_nobody_is_left_to_judge(w, process):
    judge(w, process, conflicted={0, 1, 2})
    assert refused(evaluation.conclude, w[Role.OFFICER], process.ocid, at=CONCLUDED) == ["nobody"]


def test_a_suspended_purchase_is_not_judged(w, process):
    declare(w, process)
    tendering.suspend(w[Role.OIC], process.ocid, at=SCORED, authority="OIC", reason="Inconformidad en trámite.")
    assert refused(score, w, process) == ["suspended"]
    assert queries.tasks(Process.objects.get(ocid=process.ocid), SCORED) == []


def test_a_form_sent_twice_changes_nothing(w, process):
    declare(w, process)
    token = "e" * 32
    one, first = once(token, w.evaluators[0], "evaluation.score", lambda: score(w, process))
    two, again = once(token, w.evaluators[0], "evaluation.score", lambda: score(w, process, fails={(0, 0, 1): "No."}))
    assert (one.pk, first, again) == (two.pk, True, False)
    assert all(Score.objects.values_list("passes", flat=True))


def test_what_waits_for_whom(w, process):

    def waits():
        return [(t.command, t.person_id) for t in queries.tasks(process, SCORED)]

    people = [p.pk for p in w.evaluator_people]
    assert waits() == [("evaluation.declare", p) for p in people]
    declare(w, process, 0)
    declare(w, process, 1, conflict=True, text="Familia.")
    assert waits() == [("evaluation.score", people[0]), ("evaluation.declare", people[2])]
    score(w, process)
    declare(w, process, 2)
    score(w, process, 2)
    assert waits() == [("evaluation.lock", people[0]), ("evaluation.lock", people[2])]
    lock(w, process)
    lock(w, process, 2)
    assert waits() == [("evaluation.conclude", 0)]
    conclude(w, process)
    assert waits() == []
