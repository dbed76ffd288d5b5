# SPDX-License-Identifier: Apache-2.0
"""Questions, answers and the meeting: masked and secret until published, and then all at once."""

from datetime import timedelta

import pytest

from tests.worlds.base import local, reach_planning, world
from tests.worlds.clarifying import QUESTIONS, ask_and_answer, reach_clarifying
from tests.worlds.once import built_once, rolled_back
from tests.worlds.sending import ARABIC, HUGE, entries_of, errors_of, form_of, published
from tests.worlds.tendering import CLARIFICATION, OPENING, reach_tendering
from vitrina.cycle.clarifying import commands as clarifying
from vitrina.cycle.clarifying import queries
from vitrina.cycle.clarifying.aliases import WORDS, draw
from vitrina.cycle.clarifying.models import Question
from vitrina.cycle.core.command import once
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.tendering import commands as tendering
from vitrina.ledger.models import Entry
from vitrina.ledger.releases import build
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


AT = local(2020, 9, 28, 10)
UNTIL = CLARIFICATION - timedelta(hours=24)


def ask(w, process, at=AT, actor=None, **changes):
    return clarifying.ask(
        actor or w.suppliers[0], process.ocid, at=at, **({"topic": "legal", "text": "¿Qué?"} | changes)
    )


def refused_codes(run, *args, **arguments):
    with pytest.raises(Refused) as refused:
        run(*args, **arguments)
    return refused.value.codes


def test_the_meeting_publishes_every_answer_and_no_author(w):
    process = reach_clarifying(w)
    assert queries.is_closed(process)
    event = entries_of(process)[-1].event
    assert [a.question for a in event.answers] == [text for _who, _topic, text in QUESTIONS]
    aliases = [a.alias for a in event.answers]
    assert aliases[0] == aliases[2] != aliases[1], "one word for one company in one purchase"
    assert set(aliases) <= set(WORDS)
    assert (event.rules[0].key, event.rules[0].had) == ("term.clarification_to_opening.min", "11")
    assert "3" in event.sentence()
    compiled = published(process)
    assert [e["answer"] for e in compiled["tender"]["enquiries"]] == ["Se mantiene lo que dice la convocatoria."] * 3
    assert compiled["tender"]["hasEnquiries"] is True
    said = str(compiled)
    assert not any(s.supplier_name in said or s.supplier_key in said for s in w.suppliers)


def test_nothing_of_a_question_is_public_before_the_meeting(w, process):
    before = len(entries_of(process))
    ask_and_answer(w, process)
    assert len(entries_of(process)) == before, "a gap would tell how many questions there are"
    public = "".join(e.body + str(build(e)) for e in Entry.objects.all() if e.is_public)
    assert not any(text in public for _who, _topic, text in QUESTIONS)
    assert Entry.objects.filter(kind__startswith="question.", visibility="blinded").count() == 6
    process.refresh_from_db()
    assert process.stage == "tendering"


def test_until_24_hours_before_the_meeting(w, process):
    ask(w, process, at=UNTIL)
    assert refused_codes(ask, w, process, at=UNTIL + timedelta(microseconds=1)) == ["late"]
    commands = {t.command: t for t in queries.tasks(process, UNTIL)}
    assert commands["clarifying.ask"].due == UNTIL
    assert commands["clarifying.answer"].due == CLARIFICATION
    assert "clarifying.ask" not in {t.command for t in queries.tasks(process, UNTIL + timedelta(seconds=1))}


def test_a_later_meeting_takes_questions_longer(w, process):
    tendering.amend_call(
        w[Role.OFFICER], process.ocid, at=AT, reason="Más tiempo", clarification_at=CLARIFICATION + timedelta(days=3)
    )
    ask(w, process, at=UNTIL + timedelta(days=3))


def test_refusals_change_nothing(w, process):
    officer = w[Role.OFFICER]
    assert refused_codes(ask, w, process, actor=officer) == ["role"]
    assert refused_codes(ask, w, process, topic="gossip") == ["topic"]
    assert refused_codes(ask, w, reach_planning(w)) == ["state"]
    one = {"at": AT, "question_id": "nothing", "text": "x"}
    assert refused_codes(clarifying.answer, officer, process.ocid, **one) == ["question"]
    assert refused_codes(clarifying.close_meeting, officer, process.ocid, at=CLARIFICATION - timedelta(seconds=1)) == [
        "early"
    ]
    ask(w, process)
    assert refused_codes(clarifying.close_meeting, officer, process.ocid, at=CLARIFICATION) == ["unanswered"]
    assert refused_codes(clarifying.close_meeting, w[Role.OIC], process.ocid, at=CLARIFICATION) == ["role"]
    other = reach_tendering(w)
    stray = {"at": AT, "question_id": Question.objects.get().id, "text": "x"}
    assert refused_codes(clarifying.answer, officer, other.ocid, **stray) == ["question"]
    assert not queries.is_closed(process)


def test_after_the_meeting_nothing_more_is_said(w):
    process = reach_clarifying(w)
    officer, at = w[Role.OFFICER], CLARIFICATION + timedelta(hours=1)
    assert refused_codes(ask, w, process) == ["closed"]
    question = Question.objects.first()
    again = {"at": at, "question_id": question.id, "text": "Otra cosa"}
    assert refused_codes(clarifying.answer, officer, process.ocid, **again) == ["closed"]
    assert refused_codes(clarifying.close_meeting, officer, process.ocid, at=at) == ["closed"]
    assert queries.tasks(process, at) == []


def test_a_meeting_without_questions(w, process):
    entry = clarifying.close_meeting(w[Role.OFFICER], process.ocid, at=CLARIFICATION, observations="Nadie preguntó.")
    assert entry.event.answers == ()
    tender = published(process)["tender"]
    assert (tender["hasEnquiries"], "enquiries" in tender) == (False, False)


def test_held_too_late_the_purchase_must_be_moved_first(w, process):
    late, officer, oic = OPENING - timedelta(days=5), w[Role.OFFICER], w[Role.OIC]
    assert refused_codes(clarifying.close_meeting, officer, process.ocid, at=late) == ["term"]
    tendering.suspend(oic, process.ocid, at=late, authority="OIC", reason="Junta tardía")
    tendering.resume(
        oic,
        process.ocid,
        at=late,
        reason="Nuevas fechas",
        clarification_at=late + timedelta(days=2),
        opening_at=OPENING + timedelta(days=7),
    )
    clarifying.close_meeting(officer, process.ocid, at=late + timedelta(days=2))


def test_the_same_form_twice_is_one_question(w, process):
    actor = w.suppliers[0]
    sent = [once("a" * 32, actor, "clarifying.ask", lambda: ask(w, process)) for _ in range(2)]
    assert sent[0][0] == sent[1][0]
    assert [new for _entry, new in sent] == [True, False]
    assert Question.objects.count() == 1


def test_words_do_not_run_out():
    taken = []
    for _ in range(len(WORDS) + 5):
        taken.append(draw(taken))
    assert len(set(taken)) == len(WORDS) + 5


@pytest.mark.parametrize(
    ("field", "value"),
    [("topic", ""), ("topic", "gossip"), ("topic", ARABIC), ("text", ""), ("text", HUGE), ("text", "a\u202eb")],
    ids=lambda v: v[:12],
)
def test_the_question_form_refuses_bad_input(w, process, field, value):
    good = {"topic": "legal", "text": "¿Qué documento se entrega?"}
    form = form_of("clarifying.ask", w.suppliers[0], process, good | {field: value}, at=AT)
    assert errors_of(form) == {field}


def test_the_forms_send_their_commands(w, process):
    officer = w[Role.OFFICER]
    form = form_of("clarifying.ask", w.suppliers[0], process, {"topic": "legal", "text": "¿Qué?"}, at=AT)
    assert errors_of(form) == set()
    form.run()
    key = Question.objects.get().id
    for text in ("", HUGE):
        assert errors_of(form_of("clarifying.answer", officer, process, {"text": text}, at=AT, key=key)) == {"text"}
    with pytest.raises(Refused):
        form_of("clarifying.answer", officer, process, {"text": "x"}, at=AT, key="nothing")
    form = form_of("clarifying.answer", officer, process, {"text": "Copia simple."}, at=AT, key=key)
    assert form.facts()[0][1] == "¿Qué?"
    assert errors_of(form) == set()
    form.run()
    assert errors_of(
        form_of("clarifying.close_meeting", officer, process, {"observations": HUGE}, at=CLARIFICATION)
    ) == {"observations"}
    form = form_of("clarifying.close_meeting", officer, process, {"observations": ""}, at=CLARIFICATION)
    assert form.facts()[0][1] == "Copia simple."
    assert errors_of(form) == set()
    assert form.run().event.answers[0].answer == "Copia simple."
