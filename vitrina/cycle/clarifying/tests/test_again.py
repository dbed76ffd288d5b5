# SPDX-License-Identifier: Apache-2.0
"""The second round: answers are given in the meeting, bidders ask about them, and everything stands in order."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.worlds.base import world
from tests.worlds.browsing import signed_in
from tests.worlds.once import built_once, rolled_back
from tests.worlds.sending import entries_of, published
from tests.worlds.tendering import CLARIFICATION, reach_tendering
from vitrina.cycle.clarifying import commands as clarifying
from vitrina.cycle.clarifying import queries
from vitrina.cycle.clarifying.models import Question
from vitrina.cycle.clarifying.tests.test_flood import AT, TEXTS, refused, send
from vitrina.cycle.core.models import Process
from vitrina.desk.inbox import tasks_of
from vitrina.ledger.models import Entry, Position
from vitrina.ledger.projections import advance_all
from vitrina.parties.roles import Role

whole = built_once(lambda: (w := world(), reach_tendering(w)))
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
GIVEN, UNTIL = CLARIFICATION, CLARIFICATION + 6 * HOUR


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def place_more():
    """Give every entry without one its public position: the sequencer would wait for the test's transaction to end."""
    first = Position.objects.count() + 1
    rows = Entry.objects.filter(placed=None).order_by("id")
    Position.objects.bulk_create(Position(position=n, entry=entry) for n, entry in enumerate(rows, start=first))
    advance_all()


def answer_all(w, process, at, text="Sí, grupo {}."):
    for g in queries.groups_of(process):
        if not g.is_answered:
            clarifying.answer_group(
                w[Role.OFFICER], process.ocid, at=at, question_id=g.lead.id, text=text.format(g.number)
            )


def give(w, process, at=GIVEN, hours=6):
    return clarifying.give_answers(w[Role.OFFICER], process.ocid, at=at, hours=hours)


def again(w, process, number, text, who=0, at=GIVEN + HOUR):
    return clarifying.ask_again(w.suppliers[who], process.ocid, at=at, number=number, text=text)


def again_many(w, process, rows, who=0, at=GIVEN + 2 * HOUR):
    lines = ["respuesta,pregunta", *(f'{number},"{text}"' for number, text in rows)]
    file = SimpleUploadedFile("repreguntas.csv", "\n".join(lines).encode())
    return clarifying.ask_again_many(w.suppliers[who], process.ocid, at=at, file=file)


def test_answers_are_given_in_the_meeting_for_as_long_as_the_law_says(w, process):
    assert refused(give, w, process).codes == ["round"], "nobody had asked"
    send(w, process, TEXTS)
    assert refused(give, w, process).codes == ["unanswered"]
    answer_all(w, process, AT)
    assert refused(give, w, process, at=GIVEN - SECOND).codes == ["early"]
    for hours in (5, 49):
        late = refused(give, w, process, hours=hours)
        assert (late.codes, late.refusals[0].field, late.refusals[0].article) == (["hours"], "hours", "Regl.46-II")
    assert refused(again, w, process, 1, "¿Por qué?").codes == ["round"]

    event = give(w, process).event

    first = event.answers[0]
    assert (first.number, first.answer, first.round) == (1, "Sí, grupo 1.", 0)
    assert (event.round, event.until) == (1, UNTIL)
    assert [(r.key, r.had) for r in event.rules] == [
        ("term.answers_to_requestion.min", "6"), ("term.answers_to_requestion.max", "6"),
    ]  # fmt: skip
    assert entries_of(process)[-1].is_public
    given = queries.groups_of(process)[0].lead.id
    rewrite = {"at": GIVEN + HOUR, "question_id": given, "text": "No."}
    for command in (clarifying.answer, clarifying.answer_group):
        assert refused(command, w[Role.OFFICER], process.ocid, **rewrite).codes == ["given"], "it is public"
    assert refused(send, w, process, ["¿Otra?"], at=AT).codes == ["late"], "a first question comes too late"
    assert refused(give, w, process, at=UNTIL + SECOND).codes == ["round"], "the rulebook has one round"


def test_a_re_question_names_its_answer_and_the_minutes_hold_both_rounds_in_order(w, process, clock):
    send(w, process, TEXTS)
    answer_all(w, process, AT)
    give(w, process)
    place_more()
    clock.set(GIVEN + HOUR)
    own = signed_in(w.suppliers[0])
    public = f"/p/{process.ocid}/preguntas/"
    assert "pueden preguntar sobre estas respuestas hasta" in own.get(public).content.decode()
    assert "Preguntar sobre una respuesta" in own.get(f"/mi-espacio/compra/{process.ocid}/preguntas/").content.decode()
    form = own.get(f"/mi-espacio/compra/{process.ocid}/clarifying.ask_again/?key=2").content.decode()
    assert 'value="2"' in form
    assert refused(again, w, process, 4, "¿Por qué?").codes == ["number"]
    again(w, process, 2, "¿Aun en frío?")
    again(w, process, 1, "¿Por qué?", who=1)
    again(w, process, 3, "¿Por qué?", who=1)
    assert refused(again, w, process, 1, "¿Tarde?", at=UNTIL + SECOND).codes == ["late"]
    due = {t.task.command: t.task for t in tasks_of(process, GIVEN + 3 * HOUR)}
    assert due["clarifying.ask_again"].due == UNTIL
    assert "clarifying.ask" not in due
    early = {"at": UNTIL, "observations": ""}
    assert refused(clarifying.close_meeting, w[Role.OFFICER], process.ocid, **early).codes == ["early"]

    assert [len(g.questions) for g in queries.groups_of(process)] == [1] * 6, "why? of two answers are two questions"
    answer_all(w, process, UNTIL, "Porque {}.")
    event = clarifying.close_meeting(w[Role.OFFICER], process.ocid, at=UNTIL + HOUR).event

    assert [(a.number, a.round, a.about, a.answer) for a in event.answers][3:] == [
        (4, 1, 2, "Porque 4."), (5, 1, 1, "Porque 5."), (6, 1, 3, "Porque 6."),
    ]  # fmt: skip
    enquiries = published(process)["tender"]["enquiries"]
    assert [(e["id"], e.get("threadID")) for e in enquiries][3:] == [("4", "2"), ("5", "1"), ("6", "3")]
    place_more()
    page = own.get(public).content.decode()
    said = (
        "12 meses",
        "Sí, grupo 1.",
        "¿Por qué?",
        "Porque 5.",
        "13 meses",
        "Sí, grupo 2.",
        "¿Aun en frío?",
        "Porque 4.",
    )
    places = [page.index(text) for text in said]
    assert places == sorted(places), "question, answer, re-question, answer"
    assert "La junta respondió 3 preguntas" in page
    data = own.get(f"/p/{process.ocid}/preguntas.json").json()
    assert [(q["round"], q["about"]) for q in data["questions"]][3:] == [(1, 2), (1, 1), (1, 3)]
    assert not any(s.supplier_name in page for s in w.suppliers)


def test_a_flood_of_re_questions_is_grouped_kept_and_put_before_internal_control(w, process):
    """The real case, a tenth of it: 122 questions, then 195 more, 190 of them of one company repeating everybody's."""
    firsts = [f"¿Se acepta el modelo {n % 24} con la garantía del numeral {n % 24}?" for n in range(122)]
    numbered = [f"Pregunta {n}: {text}" for n, text in enumerate(firsts, start=1)]
    for who, part in enumerate((numbered[:45], numbered[45:90], numbered[90:])):
        send(w, process, part, who=who)
    answer_all(w, process, AT)
    give(w, process)
    doubts = [(n, f"La respuesta {n} no dice si el modelo {n} basta. ¿Basta?") for n in range(1, 6)]
    again_many(w, process, doubts)
    copied = [(number, f"{k + 1}) {text}") for k, (number, text) in enumerate(doubts * 20)]
    copied += [(n, f"Buenos días. {firsts[n - 1]} Gracias.") for n in range(1, 91)]

    sent = again_many(w, process, [*copied, (123, "¿Sobre nada?"), ("x", "¿?")], who=2, at=GIVEN + 3 * HOUR)

    assert (sent.event.taken, sent.event.rejected, sent.event.answers) == (190, (192, 193), 122)
    once_more = refused(again_many, w, process, copied, who=2, at=GIVEN + 4 * HOUR)
    assert once_more.codes == ["repeated"], "the same sheet changes nothing"
    assert Question.objects.filter(round=1).count() == 195
    second = [g for g in queries.groups_of(process) if g.lead.round]
    sizes = sorted(len(g.questions) for g in second)
    assert sizes == [3] * 6 + [4] * 18 + [21] * 5, "copies of one doubt about one answer are one group"
    oic = w[Role.OIC]
    assert "clarifying.note_flood" in {t.task.command for t in tasks_of(process, UNTIL) if t.is_for(oic)}
    noted = clarifying.note_flood(oic, process.ocid, at=UNTIL, note="Se da vista.").event.floods
    assert [(f.questions, f.repeated, f.of, f.round) for f in noted] == [(190, 190, 195, 1)], "all repeat something"
    assert "clarifying.note_flood" not in {t.task.command for t in tasks_of(process, UNTIL)}
    answer_all(w, process, UNTIL)
    event = clarifying.close_meeting(w[Role.OFFICER], process.ocid, at=UNTIL + HOUR).event
    assert len(event.answers) == 122 + 195, "none is left out"
    assert "190 de las 195" in event.floods[0].words()
