# SPDX-License-Identifier: Apache-2.0
"""Many questions: sheets taken row by row, one answer to a group, minutes that keep every question, a flood that is told."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.worlds.base import local, world
from tests.worlds.browsing import signed_in
from tests.worlds.once import built_once, rolled_back
from tests.worlds.sending import entries_of, published
from tests.worlds.tendering import CLARIFICATION, reach_tendering
from vitrina.cycle.clarifying import commands as clarifying
from vitrina.cycle.clarifying import queries
from vitrina.cycle.clarifying.models import Meeting, Question
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.desk.inbox import tasks_of
from vitrina.ledger.models import Entry, Position
from vitrina.ledger.projections import advance_all
from vitrina.parties.roles import Role

whole = built_once(lambda: (w := world(), reach_tendering(w)))
AT = local(2020, 9, 28, 10)
TEXTS = ["¿Se aceptan 12 meses de vigencia?", "¿Se aceptan 13 meses de vigencia?", "¿Hay visita a las instalaciones?"]


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def sheet_of(rows, name="preguntas.csv"):
    lines = ["tema,pregunta", *(f'{topic},"{text}"' for topic, text in rows)]
    return SimpleUploadedFile(name, "\n".join(lines).encode())


def send(w, process, texts, who=0, at=AT):
    return clarifying.ask_many(
        w.suppliers[who], process.ocid, at=at, file=sheet_of([("técnica", t) for t in texts])
    )  # fmt: skip


def place_all():
    """Give every entry its public position: the sequencer would wait for the transaction of the test to end."""
    Position.objects.all().delete()
    Position.objects.bulk_create(
        Position(position=n, entry=entry) for n, entry in enumerate(Entry.objects.order_by("id"), start=1)
    )
    advance_all()


def refused(run, *args, **arguments):
    with pytest.raises(Refused) as error:
        run(*args, **arguments)
    return error.value


def flood(w, process, n=101):
    """Three different questions of one company, and copies of another's, so that the rule sees them."""
    send(w, process, TEXTS)
    send(w, process, [f"Pregunta {k}: {TEXTS[k % 3]}" for k in range(n)], who=1, at=AT + timedelta(hours=1))


def test_a_sheet_becomes_questions_and_the_same_sheet_changes_nothing(w, process):
    rows = [("técnica", TEXTS[0]), ("chisme", "¿Qué?"), ("legal", TEXTS[1]), ("legal", "")]
    entry = clarifying.ask_many(w.suppliers[0], process.ocid, at=AT, file=sheet_of(rows))
    assert (entry.event.taken, entry.event.rejected, entry.event.repeated) == (2, (3, 5), ())
    assert [q.text for q in queries.questions_for_officer(process)] == TEXTS[:2]
    assert Entry.objects.filter(kind="question.asked").count() == 2, "each has an act of its own"
    assert not any(e.is_public for e in Entry.objects.filter(kind__startswith="question"))
    before = Entry.objects.count()
    again = refused(clarifying.ask_many, w.suppliers[0], process.ocid, at=AT, file=sheet_of(rows))
    assert again.codes == ["repeated", "row", "row"]
    assert "Fila 3, columna tema" in again.refusals[1].message
    assert "Escriba técnica, legal o económica" in again.refusals[1].message
    assert Entry.objects.count() == before
    mended = clarifying.ask_many(w.suppliers[0], process.ocid, at=AT, file=sheet_of([*rows, ("legal", "¿Qué?")]))
    assert (mended.event.taken, mended.event.repeated) == (1, (2, 4))
    assert len({q.alias for q in Question.objects.all()}) == 1


def test_sheets_that_cannot_be_taken(w, process):
    late = CLARIFICATION - timedelta(hours=24) + timedelta(seconds=1)
    assert refused(send, w, process, TEXTS, at=late).codes == ["late"]
    for file, code in (
        (SimpleUploadedFile("a.csv", b"x,y\n1,2\n"), "sheet"),
        (SimpleUploadedFile("a.txt", b"tema,pregunta\n"), "sheet"),
        (SimpleUploadedFile("a.csv", b"tema,pregunta\n"), "sheet"),
        (SimpleUploadedFile("a.xlsx", b"no zip"), "file-content"),
    ):
        assert refused(clarifying.ask_many, w.suppliers[0], process.ocid, at=AT, file=file).codes == [code], file.name
    assert not Question.objects.exists()


def test_one_answer_to_many_and_what_the_official_places_by_hand(w, process):
    flood(w, process, n=9)
    officer = w[Role.OFFICER]
    groups = queries.groups_of(process)
    assert [(g.number, len(g.questions)) for g in groups] == [(1, 4), (2, 4), (3, 4)]
    entry = clarifying.answer_group(officer, process.ocid, at=AT, question_id=groups[0].ids[2], text="Sí.")
    assert entry.event.questions == tuple(groups[0].ids)
    assert not entry.is_public
    assert Question.objects.filter(answer="Sí.").count() == 4
    out = groups[0].ids[0]
    clarifying.take_out(officer, process.ocid, at=AT, question_id=out)
    assert refused(clarifying.take_out, officer, process.ocid, at=AT, question_id=out).codes == ["alone"]
    joined = clarifying.join_groups(officer, process.ocid, at=AT, question_id=groups[1].lead.id, numbers=[3, 3])
    assert len(joined.event.questions) == 8
    placed = queries.groups_of(process)
    assert [(g.number, len(g.questions)) for g in placed] == [(1, 1), (2, 8), (4, 3)]
    clarifying.take_out(officer, process.ocid, at=AT, question_id=placed[1].ids[0])
    assert [len(g.questions) for g in queries.groups_of(process)] == [1, 1, 7, 3], "the others keep together"
    for numbers, code in (([99], "number"), ([1], "number")):
        wrong = {"question_id": out, "numbers": numbers}
        assert refused(clarifying.join_groups, officer, process.ocid, at=AT, **wrong).codes == [code]
    assert refused(clarifying.answer_group, officer, process.ocid, at=AT, question_id="x", text="y").codes == [
        "question"
    ]


def test_the_minutes_hold_every_question_with_those_it_was_answered_with(w, process):
    flood(w, process, n=6)
    officer = w[Role.OFFICER]
    groups = queries.groups_of(process)
    clarifying.take_out(officer, process.ocid, at=AT, question_id=groups[2].ids[1])
    for g in queries.groups_of(process):
        clarifying.answer_group(officer, process.ocid, at=AT, question_id=g.lead.id, text=f"Respuesta {g.number}.")
    event = clarifying.close_meeting(officer, process.ocid, at=CLARIFICATION).event
    assert [a.number for a in event.answers] == list(range(1, 10))
    assert [(a.group, a.answer) for a in event.answers[:4]] == [
        (1, "Respuesta 1."), (2, "Respuesta 2."), (3, "Respuesta 3."), (1, "Respuesta 1."),
    ]  # fmt: skip
    assert [a.number for a in event.answers if a.by_hand] == [6]
    assert (event.floods, bool(event.grouping)) == ((), True)
    enquiries = published(process)["tender"]["enquiries"]
    assert len(enquiries) == 9
    assert [e.get("threadID") for e in enquiries[:4]] == [None, None, None, "1"]


def test_a_flood_is_put_before_internal_control_and_told_in_public(w, process):
    flood(w, process)
    oic = w[Role.OIC]
    commands = {t.task.command for t in tasks_of(process, AT) if t.is_for(oic)}
    assert "clarifying.note_flood" in commands
    entry = clarifying.note_flood(oic, process.ocid, at=AT, note="Se da vista.")
    told = entry.event.floods[0]
    assert (told.questions, told.repeated, told.of, entry.is_public) == (101, 101, 104, False)
    assert "clarifying.note_flood" not in {t.task.command for t in tasks_of(process, AT)}
    assert refused(clarifying.note_flood, oic, process.ocid, at=AT, note="x").codes == ["flood"]
    assert Meeting.objects.get().floods_noted == [told.alias]
    send(w, process, ["¿Otra más?"], who=1)
    assert Question.objects.count() == 105, "nobody is blocked"
    for g in queries.groups_of(process):
        clarifying.answer_group(w[Role.OFFICER], process.ocid, at=AT, question_id=g.lead.id, text="Sí.")
    event = clarifying.close_meeting(w[Role.OFFICER], process.ocid, at=CLARIFICATION).event
    assert [(f.alias, f.questions) for f in event.floods] == [(told.alias, 102)]
    assert "clarification.flood" in {r.key for r in event.rules}


def test_names_where_the_rulebook_asks_for_them(w, process, monkeypatch):
    send(w, process, TEXTS[:1])
    clarifying.answer(w[Role.OFFICER], process.ocid, at=AT, question_id=Question.objects.get().id, text="Sí.")
    monkeypatch.setattr(clarifying.minutes, "are_authors_named", lambda *_: True)
    event = clarifying.close_meeting(w[Role.OFFICER], process.ocid, at=CLARIFICATION).event
    assert event.answers[0].author == w.suppliers[0].supplier_name


def test_the_pages_of_each_office_and_of_everybody(w, process, clock):
    clock.set(AT + timedelta(days=1))
    flood(w, process)
    path = f"/mi-espacio/compra/{process.ocid}/preguntas/"
    officer, oic = signed_in(w[Role.OFFICER]), signed_in(w[Role.OIC])
    own, stranger = signed_in(w.suppliers[1]), signed_in(w.suppliers[2])
    listed = officer.get(path).content.decode()
    assert "Esperan respuesta 104 preguntas, en 3 grupos." in listed
    assert "12 meses" in officer.get(path + "?q=12+meses").content.decode()
    whole = officer.get(path + "?grupo=1").content.decode()
    assert "Pregunta otra cosa" in whole
    assert "13 meses" in whole, "what looks alike is offered"
    assert officer.get(path + "?grupo=999").status_code == 404
    tally = oic.get(path).content.decode()
    assert "101" in tally
    assert "12 meses" not in tally, "internal control reads counts, not texts"
    assert "101 preguntas" in own.get(path).content.decode()
    assert "12 meses" not in stranger.get(path).content.decode()
    assert signed_in(w[Role.APPROVER]).get(path).status_code == 403
    for g in queries.groups_of(process):
        clarifying.answer_group(w[Role.OFFICER], process.ocid, at=AT, question_id=g.lead.id, text="Sí.")
    clarifying.close_meeting(w[Role.OFFICER], process.ocid, at=CLARIFICATION)
    place_all()
    public = f"/p/{process.ocid}/preguntas"
    page = stranger.get(f"{public}/").content.decode()
    assert "La junta respondió 104 preguntas de 2 empresas." in page
    assert "101 de las 104 preguntas" in page
    assert "20 de 104" in stranger.get(f"/p/{process.ocid}/").content.decode()
    data = stranger.get(f"{public}.json").json()
    assert (len(data["questions"]), data["groups"]["1"][:2], data["floods"][0]["repeated"]) == (104, [1, 4], 101)
    assert len(stranger.get(f"{public}.csv").content.decode().splitlines()) == 105
    said = page + str(data) + str(entries_of(process)[-1].body)
    assert not any(s.supplier_name in said for s in w.suppliers)
    assert stranger.get("/p/ocds-none/preguntas/").status_code == 404
