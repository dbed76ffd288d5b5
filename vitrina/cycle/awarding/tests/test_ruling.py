# SPDX-License-Identifier: Apache-2.0
"""The ruling: what it awards, when it may be issued, and what is refused."""

import hashlib
from datetime import timedelta

import pytest

from tests.worlds.awarding import RULED, reach_awarding, rule_on
from tests.worlds.base import local, world
from tests.worlds.evaluation import reach_evaluation
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import reach_opening
from tests.worlds.sending import entries_of, published
from vitrina.cycle.awarding import commands as awarding
from vitrina.cycle.awarding import queries
from vitrina.cycle.awarding.models import Award
from vitrina.cycle.core.command import once
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.opening.queries import minutes
from vitrina.cycle.tendering import commands as tendering
from vitrina.cycle.tendering.queries import lots_of
from vitrina.ledger.verify import verify
from vitrina.parties.models import Supplier
from vitrina.parties.roles import Role

LAST = local(2020, 11, 2, 12)  # 20 natural days from the opening of 13 October
EXTENDED = local(2020, 11, 22, 12)  # and 20 more


whole = built_once(lambda: (w := world(), reach_evaluation(w)))


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    """A purchase whose three bids were judged."""
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def refused(call, *args, **kwargs):
    with pytest.raises(Refused) as error:
        call(*args, **kwargs)
    return error.value.codes


def ruling(process):
    return queries.ruling_entry(process).event


def test_the_lowest_solvent_bid_wins_and_everybody_has_a_reason(w, process):
    rule_on(w, process)
    process.refresh_from_db()
    (award,) = queries.active_awards(process)
    assert (award.lot, award.supplier_id, award.amount.centavos) == (1, "reactivos-valle-hondo", 5130 * 412000)
    assert [s.reason != "" for s in ruling(process).lots[0].standings] == [True] * 3
    assert process.stage == "awarding"
    assert process.halt == ""
    assert queries.ruled_at(process) == RULED
    assert [lot.state for lot in lots_of(process)] == ["awarded"]
    assert queries.tasks(process, RULED) == []
    assert verify().finding is None


def test_the_record_names_the_award_the_winner_and_every_bid(w):
    fails = {(n, 2, 1): "Vencido." for n in range(3)}
    record = published(reach_awarding(w, fails=fails))
    (award,) = record["awards"]
    assert (award["id"], award["status"], award["value"]["amount"]) == ("1", "active", 21135600)
    assert award["items"][0]["unit"]["value"]["amount"] == 51.3
    assert award["suppliers"] == [{"id": "reactivos-valle-hondo", "name": "Reactivos Valle Hondo, S.A. de C.V."}]
    winner = next(p for p in record["parties"] if p["id"] == "reactivos-valle-hondo")
    assert winner["roles"] == ["tenderer", "supplier"]
    assert record["tender"]["status"] == "complete"
    assert sorted(b["status"] for b in record["bids"]["details"]) == ["disqualified", "valid", "valid"]
    assert award["relatedBid"] in {b["id"] for b in record["bids"]["details"] if b["status"] == "valid"}


def test_the_ruling_publishes_votes_reasons_and_figures(w):
    fails = {(0, 2, 2): "Dice 98 %.", (1, 2, 2): "Dice 98 %."}
    process = reach_awarding(w, fails=fails)
    out = ruling(process).lots[0].standings[-1]
    assert (out.place, out.is_solvent) == (None, False)
    unmet = next(f for f in out.findings if not f.passes)
    assert (unmet.against, unmet.votes, unmet.reasons) == (2, 3, ("Dice 98 %.",))
    assert {t.name for t in ruling(process).lots[0].standings[0].price_tests} == {"not_acceptable", "not_convenient"}
    assert [e.name for e in ruling(process).evaluators] == [str(p) for p in w.evaluator_people]


def test_each_lot_goes_its_own_way(w):
    offers = {0: {1: "54.90", 2: "50.00"}, 1: {1: "51.30", 2: "52.00"}, 2: {1: "57.00"}}
    fails = {(n, 0, 4): "Sin frío." for n in range(3)} | {(n, 1, 4): "Sin frío." for n in range(3)}
    criteria = [{"title": f"Requisito {n}", "kind": "technical"} for n in range(1, 4)]
    criteria.append({"title": "Cadena de frío", "kind": "technical", "lot": 2})
    process = reach_awarding(w, lots=3, offers=offers, fails=fails, terms={"criteria": criteria})
    assert [(a.lot, a.state, a.supplier_id) for a in queries.awards_of(process)] == [
        (1, "active", "reactivos-valle-hondo"),
        (2, "unsuccessful", None),
        (3, "unsuccessful", None),
    ]
    assert [lot.state for lot in lots_of(process)] == ["awarded", "deserted", "deserted"]
    assert process.halt == ""
    record = published(process)
    assert [(a["id"], a["status"]) for a in record["awards"]] == [
        ("1", "active"),
        ("2", "unsuccessful"),
        ("3", "unsuccessful"),
    ]
    assert [lot["status"] for lot in record["tender"]["lots"]] == ["complete", "unsuccessful", "unsuccessful"]


@pytest.mark.parametrize("how", ["no bid", "no solvent bid", "every price rejected"])
def test_when_every_lot_is_deserted_the_purchase_is_over(w, how):
    made = {
        "no bid": {"offers": {}},
        "no solvent bid": {"fails": {(n, s, 1): "Vencido." for n in range(3) for s in range(3)}},
        "every price rejected": {"offers": {0: "70.00"}},
    }[how]
    process = reach_awarding(w, **made)
    assert process.halt == "deserted"
    assert queries.active_awards(process) == []
    assert ruling(process).awards == []
    assert published(process)["tender"]["status"] == "unsuccessful"
    code = refused(tendering.cancel, w[Role.APPROVER], process.ocid, at=RULED, code="need_ended", reason="x")
    assert code == ["over"]


def test_a_tie_goes_to_the_smaller_company(w):
    process = reach_awarding(w, offers={0: "51.30", 1: "51.30", 2: "57.75"})
    lot = ruling(process).lots[0]
    assert lot.award.bidder.key == "reactivos-valle-hondo"  # small, against medium
    assert (lot.tie.step, [s.place for s in lot.standings]) == ("small", [1, 1, 3])
    assert [r.key for r in ruling(process).rules] == ["term.opening_to_award.max", "evaluation.tie_break"]


def test_a_tie_of_equals_is_drawn_and_anybody_can_repeat_it(w):
    Supplier.objects.update(size="large")
    process = reach_awarding(w, offers={0: "51.30", 1: "51.30", 2: "51.30"})
    event = ruling(process)
    tie = event.lots[0].tie
    seed = next(e.digest for e in entries_of(process) if e.seq == event.seed_seq)
    assert seed == minutes(process).digest == tie.seed
    tickets = {b: hashlib.sha256(f"{seed}:1:{b}".encode()).hexdigest() for b in tie.bids}
    assert len(tickets) == 3
    assert tie.winner == min(tickets, key=tickets.get) == event.lots[0].winner


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.APPROVER, Role.OPERATOR}))
def test_only_the_approving_authority_rules(w, process, role):
    assert refused(awarding.issue_ruling, w[role], process.ocid, at=RULED, reasons={}, lot_reasons={}) == ["role"]


def test_no_ruling_before_the_evaluation(w):
    process = reach_opening(w)
    assert refused(awarding.issue_ruling, w[Role.APPROVER], process.ocid, at=RULED, reasons={}, lot_reasons={}) == [
        "evaluation"
    ]
    assert queries.tasks(process, RULED) == []


def test_one_ruling_only(w, process):
    rule_on(w, process)
    assert refused(rule_on, w, process) == ["state"]
    assert refused(tendering.cancel, w[Role.APPROVER], process.ocid, at=RULED, code="need_ended", reason="x") == [
        "after-ruling"
    ]


@pytest.mark.parametrize("which", ["bid", "lot", "blank", "long", "unsafe"])
def test_every_bidder_and_lot_needs_a_reason_in_plain_text(w, process, which):
    reasons, lots = queries.proposed_reasons(process, RULED)
    one = next(iter(reasons))
    if which == "lot":
        lots = {}
    elif which == "bid":
        del reasons[one]
    else:
        reasons[one] = {"blank": "  ", "long": "x" * 4001, "unsafe": "al rev\u202ees"}[which]
    code = {"lot": "lot-reason", "bid": "reason", "blank": "reason"}.get(which, "text")
    call = {"at": RULED, "reasons": reasons, "lot_reasons": lots}
    assert refused(awarding.issue_ruling, w[Role.APPROVER], process.ocid, **call) == [code]
    assert not Award.objects.exists()
    assert Process.objects.get(ocid=process.ocid).stage == "evaluation"


def test_the_term_runs_from_the_opening_and_is_told(w, process):
    (task,) = queries.tasks(process, RULED)
    assert (task.command, task.due, task.rule.value) == ("awarding.issue_ruling", local(2020, 10, 27, 12), "20")
    rule_on(w, process)
    assert ruling(process).rules[0].had == "13"


def test_after_the_announced_date_a_reason_is_due(w, process):
    late = local(2020, 10, 27, 12) + timedelta(seconds=1)
    assert refused(rule_on, w, process, at=late) == ["extension"]
    rule_on(w, process, at=late, extension_reason="Se pidió ampliar un dictamen.")
    assert ruling(process).extension_reason == "Se pidió ampliar un dictamen."


@pytest.mark.parametrize(("at", "code"), [(LAST, ""), (EXTENDED, ""), (EXTENDED + timedelta(days=1), "term")])
def test_one_extension_and_no_more(w, process, at, code):
    assert refused(rule_on, w, process, at=at) == [code or "extension"]
    if code:
        assert refused(rule_on, w, process, at=at, extension_reason="Más tiempo.") == ["term"]
    else:
        rule_on(w, process, at=at, extension_reason="Más tiempo.")


def test_a_ruling_sent_twice_is_one(w, process):
    send = lambda: rule_on(w, process)  # noqa: E731
    one, first = once("r" * 32, w[Role.APPROVER], "awarding.issue_ruling", send)
    two, again = once("r" * 32, w[Role.APPROVER], "awarding.issue_ruling", send)
    assert (one.pk, first, again) == (two.pk, True, False)


def test_a_suspended_purchase_is_not_ruled(w, process):
    tendering.suspend(w[Role.OIC], process.ocid, at=RULED, authority="OIC", reason="Inconformidad.")
    assert refused(rule_on, w, process) == ["suspended"]
