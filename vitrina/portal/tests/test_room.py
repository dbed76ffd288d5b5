# SPDX-License-Identifier: Apache-2.0
"""The room of a purchase and what the public asks its social witness."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.worlds.base import local, world
from tests.worlds.bidding import reach_bidding
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import hold_act
from tests.worlds.placing import place_here
from tests.worlds.tendering import CLARIFICATION, OPENING
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.tendering import commands as tendering
from vitrina.desk.inbox import tasks_of
from vitrina.integrity.questions import commands, rules
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role

BEFORE = OPENING - timedelta(hours=3)
whole = built_once(lambda: (w := world(), reach_bidding(w)))


@pytest.fixture
def w(whole, clock):
    clock.set(BEFORE)
    with rolled_back():
        place_here()
        yield whole[0]


@pytest.fixture
def process(w, whole):
    whole[1].refresh_from_db()
    return whole[1]


def page(ocid: str, query: str = "") -> str:
    """What a room says, in one line, without its marks."""
    answer = Client().get(f"/live/{ocid}{query}")
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>", " ", answer.content.decode().partition("<main")[2])
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def test_the_room_shows_the_act_of_now_and_leads_to_the_others(w, process, clock):
    ocid = process.ocid
    before = page(ocid)
    assert "Los sobres se abren el 13 de octubre a las 11:00 h." in before
    assert "Preside" not in before
    assert "3 h" in before
    raw = Client().get(f"/live/{ocid}").content.decode()
    assert f'data-stream="/live/{ocid}/events"' in raw
    assert '<noscript><meta http-equiv="refresh" content="15"></noscript>' in raw
    meeting = page(ocid, "?acto=clarification")
    assert "La junta de aclaraciones" in meeting
    assert "Se celebró" in meeting
    assert "El fallo se publica el 27 de octubre de 2020 a las 12:00 h a más tardar." in page(ocid, "?acto=ruling")

    hold_act(w, process, close=False)
    place_here()
    clock.set(OPENING + timedelta(minutes=20))
    during = page(ocid)
    assert "Sucede ahora" in during
    assert "Se abrieron" in during
    assert "Preside Olga Ibarrondo" in during
    assert "Testigo social Teo Zumárraga" in during
    assert "Biomédica Tres Lunas" in during
    answer = Client().get(f"/p/{ocid}/apertura/")
    assert (answer.status_code, answer["location"]) == (301, f"/live/{ocid}?acto=opening")
    for address in ("/live/ocds-nada", f"/live/{ocid}?acto=fiesta"):
        assert Client().get(address).status_code == 404
    clock.set(local(2020, 11, 1))
    assert "Vencido" in page(ocid)


def test_a_cancelled_act_says_so_and_why(w, process):
    tendering.cancel(w[Role.APPROVER], process.ocid, at=BEFORE, code="need_ended", reason="Ya no hace falta.")
    place_here()
    text = page(process.ocid)
    assert "Se canceló" in text
    assert "Ya no hace falta." in page(process.ocid, "?acto=ruling")
    assert "clarification" not in text
    assert CLARIFICATION < BEFORE


def test_anybody_asks_the_witness_answers_and_what_is_hidden_stays_to_be_judged(w, process, clock):
    ocid, visitor = process.ocid, Client()
    address = f"/live/{ocid}/preguntar"
    assert visitor.get(address).status_code == 200
    for text, why in (
        ("corta", "Escriba entre"),
        ("Avísenme al 55 1234 5678 cuando abran, por favor", "un teléfono"),
        ("Soy GODE561231GR8 y quiero saber cuándo abren", "un RFC"),
        ("Vea https://ejemplo.mx y dígame qué opina", "un enlace"),
    ):
        refused = visitor.post(address, {"text": text})
        assert refused.status_code == 422
        assert why in refused.content.decode()
        assert text in refused.content.decode()  # nobody types it again
    for text in ("¿Por qué se abren los sobres a las once?", "¿Es usted un ladrón como los demás?"):
        sent = visitor.post(address, {"text": text})
        assert (sent.status_code, sent["location"][:6]) == (302, "/live/")
    assert "ya se hizo" in visitor.post(address, {"text": "por que se ABREN los sobres a las once?"}).content.decode()
    entry = Entry.objects.filter(stream=f"asked:{ocid}").first()
    assert entry.actor == {"role": "public", "name": "Público", "party": ""}
    place_here()
    assert "¿Por qué se abren los sobres a las once? Espera su respuesta." in page(ocid)

    waiting = {
        (t.task.command, t.task.key) for t in tasks_of(process, BEFORE) if t.task.command.startswith("questions.")
    }
    assert waiting == {(c, k) for c in ("questions.answer", "questions.hide") for k in "12"}
    answer = {"at": BEFORE, "question": 1, "text": "Porque así lo dice la convocatoria."}
    with pytest.raises(Refused):
        commands.answer(w[Role.OIC], ocid, **answer)
    commands.answer(w[Role.WITNESS], ocid, **answer)
    hide = {"at": BEFORE, "question": 2, "rule": "insult", "reason": "Llama ladrón al testigo."}
    for role in (Role.WITNESS, Role.OFFICER):  # neither who is asked nor who buys
        with pytest.raises(Refused):
            commands.hide(w[role], ocid, **hide)
    commands.hide(w[Role.OIC], ocid, **hide)
    place_here()
    text = page(ocid)
    assert "Porque así lo dice la convocatoria." in text
    assert "Teo Zumárraga" in text
    assert "ladrón como" not in text
    assert "Pregunta 2: oculta Insulta o amenaza a alguien. Llama ladrón al testigo." in text
    number = Entry.objects.get(stream=f"asked:{ocid}", seq=2).placed.position
    assert "ladrón como los demás" in Client().get(f"/actos/{number}/").content.decode()
    assert "ladrón como" not in Client().get("/actos/").content.decode()
    assert Client().get(f"/actos/{number}.pdf").status_code == 200


def test_a_crowd_is_slowed_down_not_silenced(w, process, settings, clock):
    settings.ACCOUNT_RATE_LIMITS = {"ask": "2/10m/ip"}
    address = f"/live/{process.ocid}/preguntar"
    codes = [Client().post(address, {"text": f"¿Pregunta de prueba número {n}?"}).status_code for n in "abc"]
    assert codes == [302, 302, 429]
    for n in range(rules.A_MINUTE - 2):
        commands.ask(process.ocid, at=BEFORE, text=f"¿Otra pregunta de otra persona, {'x' * n}?")
    with pytest.raises(Refused):
        commands.ask(process.ocid, at=BEFORE, text="¿Una más en el mismo minuto?")
    commands.ask(process.ocid, at=BEFORE + timedelta(minutes=1, seconds=1), text="¿Una más en el mismo minuto?")
