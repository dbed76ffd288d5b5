# SPDX-License-Identifier: Apache-2.0
"""What may befall a call: amended, suspended, resumed, cancelled."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.worlds.base import local, reach_planning, world
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.once import built_once, rolled_back
from tests.worlds.sending import entries_of, published
from tests.worlds.tendering import AWARD_BY, CLARIFICATION, OPENING, call, reach_tendering
from vitrina.cycle.clarifying import commands as clarifying
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.tendering import commands as tendering
from vitrina.cycle.tendering import queries
from vitrina.parties.roles import Role

whole = built_once(lambda: (w := world(), reach_tendering(w)))


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    """A purchase whose call was published."""
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


AT = local(2020, 9, 25, 12)
LATER = OPENING + timedelta(days=7)


def amend(w, process, at=AT, actor=None, **changes):
    return tendering.amend_call(actor or w[Role.OFFICER], process.ocid, at=at, **({"reason": "Aclaración"} | changes))


def refused_codes(run, *args, **changes):
    with pytest.raises(Refused) as refused:
        run(*args, **changes)
    return refused.value.codes


def test_an_amendment_shows_both_texts_and_computes_the_limits_anew(w, process):
    criteria = call(w)["criteria"][:2]
    event = amend(
        w,
        process,
        opening_at=LATER,
        award_by=AWARD_BY + timedelta(days=7),
        criteria=criteria,
        penalty_rate=Decimal("0.02"),
    ).event
    assert {c.field for c in event.changes} == {"opening_at", "award_by", "criteria", "penalty_rate"}
    opening = next(c for c in event.changes if c.field == "opening_at")
    assert (opening.before, opening.after) == ("2020-10-13T16:00:00Z", "2020-10-20T16:00:00Z")
    had = {r.key: r.had for r in event.rules}
    assert had["term.publication_to_opening.min"] == "28"
    assert had["term.change_to_opening.min"] == "18"
    assert queries.tender_of(process).opening_at == LATER
    compiled = published(process)
    assert compiled["tender"]["tenderPeriod"] == {
        "startDate": "2020-09-22T14:00:00Z",
        "endDate": "2020-10-20T16:00:00Z",
    }
    assert [c["title"] for c in compiled["tender"]["criteria"]][2] == "Requisito retirado"
    assert compiled["tender"]["amendments"][0]["rationale"] == "Aclaración"


def test_until_the_seventh_day_before_the_opening(w, process):
    last = local(2020, 10, 6, 23, 59)
    assert queries.last_change_at(queries.tender_of(process)) == last + timedelta(seconds=59)
    tasks = {t.command: t for t in queries.tasks(process, AT)}
    assert tasks["tendering.amend_call"].due == last + timedelta(seconds=59)
    amend(w, process, at=last, description="Más clara")
    assert refused_codes(amend, w, process, at=last + timedelta(minutes=1), description="Otra") == ["late"]
    assert "tendering.amend_call" not in {t.command for t in queries.tasks(process, last + timedelta(minutes=1))}


def test_amendments_refused(w, process):
    n = len(entries_of(process))
    assert refused_codes(amend, w, process, actor=w[Role.APPROVER]) == ["role"]
    assert refused_codes(amend, w, process) == ["same"]
    assert refused_codes(amend, w, process, opening_at=OPENING - timedelta(days=1)) == ["earlier"]
    assert refused_codes(amend, w, process, clarification_at=AT - timedelta(days=1)) == ["meeting"]
    assert refused_codes(amend, w, process, award_by=OPENING + timedelta(days=30)) == ["term.extended"]
    assert refused_codes(amend, w, process, criteria=[]) == ["criteria"]
    with pytest.raises(TypeError):
        amend(w, process, evaluation_method="puntos_porcentajes")
    assert len(entries_of(process)) == n
    assert queries.tender_of(process).opening_at == OPENING


def test_a_meeting_that_was_held_does_not_move(w):
    process = reach_clarifying(w)
    at = local(2020, 10, 3, 12)
    assert refused_codes(amend, w, process, at=at, clarification_at=local(2020, 10, 5)) == ["meeting"]
    amend(w, process, at=at, opening_at=LATER, award_by=AWARD_BY + timedelta(days=6))
    process.refresh_from_db()
    assert process.stage == "clarifying"


def test_a_suspension_stops_everything_and_moves_dates_forward(w, process):
    officer, oic = w[Role.OFFICER], w[Role.OIC]
    tendering.suspend(oic, process.ocid, at=AT, authority="Órgano Interno de Control", reason="Inconformidad")
    process.refresh_from_db()
    assert process.halt == "suspended"
    assert not queries.is_open_for_bids(process, AT)
    assert refused_codes(amend, w, process, description="x") == ["suspended"]
    ask = {"topic": "legal", "text": "¿Sigue?"}
    assert refused_codes(clarifying.ask, w.suppliers[0], process.ocid, at=AT, **ask) == ["suspended"]
    assert {t.command for t in queries.tasks(process, AT)} == {"tendering.resume"}
    at = local(2020, 10, 14, 10)
    resume = {"at": at, "reason": "Resuelta"}
    assert refused_codes(tendering.resume, officer, process.ocid, **resume) == ["role"]
    assert refused_codes(tendering.resume, oic, process.ocid, **resume) == ["past"]
    dates = {
        "clarification_at": local(2020, 10, 20, 10),
        "opening_at": local(2020, 10, 24, 11),
        "award_by": local(2020, 11, 10, 12),
    }
    assert refused_codes(tendering.resume, oic, process.ocid, **resume, **dates) == ["term.breach"]
    dates["opening_at"] = local(2020, 10, 27, 11)
    event = tendering.resume(oic, process.ocid, **resume, **dates).event
    assert event.terms.opening_at == dates["opening_at"]
    assert "18" in event.sentence()
    process.refresh_from_db()
    assert (process.halt, queries.is_open_for_bids(process, at)) == ("", True)
    assert published(process)["tender"]["tenderPeriod"]["endDate"] == "2020-10-27T17:00:00Z"


def test_dates_only_move_forward_and_acts_that_were_held_do_not_move(w):
    process = reach_clarifying(w)
    oic, at = w[Role.OIC], local(2020, 10, 5)
    tendering.suspend(oic, process.ocid, at=at, authority="OIC", reason="Inconformidad")
    resume = {"at": at + timedelta(days=1), "reason": "Resuelta"}
    moved = {"clarification_at": CLARIFICATION + timedelta(days=5)}
    assert refused_codes(tendering.resume, oic, process.ocid, **resume, **moved) == ["done"]
    moved = {"opening_at": OPENING - timedelta(days=1)}
    assert refused_codes(tendering.resume, oic, process.ocid, **resume, **moved) == ["earlier"]
    tendering.resume(oic, process.ocid, **resume)
    assert refused_codes(tendering.resume, oic, process.ocid, **resume) == ["state"]
    assert queries.tender_of(process).opening_at == OPENING


@pytest.mark.parametrize("suspended", [False, True])
def test_a_cancelled_tender_is_over(w, process, suspended):
    approver = w[Role.APPROVER]
    if suspended:
        tendering.suspend(approver, process.ocid, at=AT, authority="Juzgado", reason="Amparo")
    why = {"at": AT, "code": "need_ended", "reason": "La Secretaría donó las pruebas."}
    assert refused_codes(tendering.cancel, approver, process.ocid, **(why | {"code": "whim"})) == ["code"]
    assert refused_codes(tendering.cancel, w[Role.OFFICER], process.ocid, **why) == ["role"]
    tendering.cancel(approver, process.ocid, **why)
    process.refresh_from_db()
    assert process.halt == "cancelled"
    assert queries.tasks(process, AT) == []
    assert refused_codes(amend, w, process, description="x") == ["over"]
    assert refused_codes(tendering.cancel, approver, process.ocid, **why) == ["over"]
    tender = published(process)["tender"]
    assert (tender["status"], tender["lots"][0]["status"]) == ("cancelled", "cancelled")
    assert tender["amendments"][-1]["description"] == "La Secretaría donó las pruebas."


def test_not_after_the_ruling_nor_before_the_call(w, process):
    process.stage = "awarding"
    process.save()
    why = {"at": AT, "code": "need_ended", "reason": "x"}
    assert refused_codes(tendering.cancel, w[Role.APPROVER], process.ocid, **why) == ["after-ruling"]
    bare = reach_planning(w)
    assert refused_codes(tendering.cancel, w[Role.APPROVER], bare.ocid, **why) == ["state"]
    assert refused_codes(amend, w, bare, description="x") == ["state"]
