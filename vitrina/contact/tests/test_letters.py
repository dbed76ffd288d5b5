# SPDX-License-Identifier: Apache-2.0
"""A letter of the public from the page it is about to its answer, without an account and without a script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client

from tests.worlds.base import local, world
from tests.worlds.once import built_once, rolled_back
from tests.worlds.placing import place_here
from tests.worlds.tendering import reach_tendering
from vitrina.contact import commands, post, queries, rules
from vitrina.contact.models import Letter
from vitrina.cycle.core.refusal import Refused
from vitrina.ledger.models import Entry
from vitrina.parties import commands as parties
from vitrina.parties.models import Appointment
from vitrina.parties.roles import Role

AT = local(2020, 9, 25, 12)
TEXT = "La cantidad publicada dice 412 mil, y el anexo dice 142 mil pruebas."
whole = built_once(lambda: (w := world(), reach_tendering(w), place_here()))


@pytest.fixture
def w(whole, clock):
    clock.set(AT)
    with rolled_back():
        yield whole[0]


@pytest.fixture
def ocid(whole):
    return whole[1].ocid


def filled(page: str) -> dict[str, str]:
    """The form as it comes, filled in."""
    secret = re.search(r'name="secret" value="([0-9a-f]{32})"', page)[1]
    return {"secret": secret, "kind": "correction", "text": TEXT, "email": "vecina@correo.example"}


def official(w, role: Role) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(person=w.people[role]))
    return client


def test_a_letter_goes_to_internal_control_and_its_answer_to_who_holds_the_receipt(w, ocid, clock, settings):
    settings.REMINDERS_EMAIL = True
    visitor = Client(enforce_csrf_checks=False)
    source = visitor.get(f"/p/{ocid}/").content.decode()
    address = re.search(r'href="(/contacto/\?tipo=correction&amp;pagina=[^"]+)"', source)[1].replace("&amp;", "&")
    page = visitor.get(address).content.decode()
    assert w.buyer.name in page  # the page tells whose it is
    assert 'name="buyer"' not in page
    form = filled(page)
    assert visitor.post(address, form | {"text": "corto"}).status_code == 422
    assert visitor.post(address, form | {"email": "vecina@"}).status_code == 422
    response = visitor.post(address, form)
    receipt = response.content.decode()
    assert response["cache-control"] == "no-store"
    again = visitor.post(address, form).content.decode()  # the button twice
    word = re.search(r'<dd class="mono">([0-9a-f ]{39})</dd>', receipt)[1]
    assert word in again
    changed = visitor.post(address, form | {"text": f"{TEXT} Y otra cosa."})  # after going back
    assert (changed.status_code, "Y otra cosa" in changed.content.decode()) == (422, True)
    letter = Letter.objects.get()
    assert (letter.folio, letter.page, letter.buyer_id) == ("C-000001", f"/p/{ocid}/", w.buyer.key)
    (entry,) = Entry.objects.filter(kind="letter.received")
    assert TEXT not in entry.body
    assert "vecina" not in entry.body
    assert form["secret"] not in str(letter.__dict__)

    ours = official(w, Role.OIC)
    assert official(w, Role.OFFICER).get("/mi-espacio/contacto/1/").status_code == 403
    assert Client().get("/mi-espacio/contacto/1/").status_code == 302
    assert "1 carta del público espera" in ours.get("/mi-espacio/").content.decode()
    assert TEXT[:30] in ours.get("/mi-espacio/contacto/").content.decode()
    waiting = visitor.post("/contacto/respuesta/", {"folio": "c 1", "word": word}).content.decode()
    assert "Todavía no se ha contestado" in waiting
    clock.set(AT + timedelta(days=3, hours=1))
    reply = {"outcome": "corrected", "text": "Tenía razón: el anexo se corrigió hoy."}
    assert ours.post("/mi-espacio/contacto/1/", reply).status_code == 302
    assert ours.post("/mi-espacio/contacto/1/", reply).status_code == 422  # once
    assert Entry.objects.get(kind="letter.answered").event.days == 3

    assert post.carry_all() == 1
    (sent,) = mail.outbox
    assert "razón" not in sent.body
    assert Letter.objects.get().email == ""
    link = re.search(r"http://127\.0\.0\.1:8000(/contacto/respuesta/\?t=\S+)", sent.body)[1]
    assert "Tenía razón" in Client().get(link).content.decode()
    read = visitor.post("/contacto/respuesta/", {"folio": "C-000001", "word": word})
    assert "Tenía razón" in read.content.decode()
    assert read["cache-control"] == "no-store"
    assert visitor.post("/contacto/respuesta/", {"folio": "1", "word": "0" * 32}).status_code == 422
    assert "Tenía razón" not in Client().get(f"{link}x").content.decode()
    told = Client().get("/contacto.json").json()["letters"][0]
    assert told == {"kind": "correction", "received": 1, "answered": 1, "medianDays": 3}


def test_no_other_institution_reads_it_and_who_floods_is_held_back(w, ocid, settings, monkeypatch):
    other = parties.register_unit(at=AT, key="006G1C", name="Otra institución", kind="institute", can_contract=True)
    parties.appoint(at=AT, person=w.people[Role.WITNESS], role=Role.OIC, unit=other)
    visitor = Client()
    page = visitor.get("/contacto/?pagina=//otro.example/&tipo=complaint").content.decode()
    assert "otro.example" not in page.partition("<main")[2].partition("</main>")[0]
    assert 'name="buyer"' in page  # two institutions, and the page tells neither
    form = filled(page) | {"buyer": other.key, "email": ""}
    assert visitor.post("/contacto/", form | {"buyer": "nadie"}).status_code == 422
    assert visitor.post("/contacto/", form).status_code == 200
    assert queries.written_to(other).count() == 1
    assert official(w, Role.OIC).get("/mi-espacio/contacto/1/").status_code == 404
    with pytest.raises(Refused) as refused:
        commands.answer(w.actors[Role.OIC], at=AT, number=1, outcome="explained", text="Le contestamos esto.")
    assert refused.value.codes == ["unit"]
    with pytest.raises(Refused) as refused:
        commands.answer(w.actors[Role.OFFICER], at=AT, number=1, outcome="explained", text="Le contestamos esto.")
    assert refused.value.codes == ["role"]

    monkeypatch.setattr(rules, "A_DAY", 1)
    fresh = form | {"secret": "a" * 32}
    assert "mañana" in visitor.post("/contacto/", fresh).content.decode()
    settings.ACCOUNT_RATE_LIMITS = {"contact": "1/h/ip"}
    answers = [visitor.post("/contacto/", fresh) for _ in range(2)]
    assert answers[-1].status_code == 429
    assert TEXT in answers[-1].content.decode()  # nothing that was typed is lost
    Appointment.objects.filter(role=Role.OIC).update(until=AT)
    assert "Aquí todavía nadie lee cartas" in visitor.get("/contacto/").content.decode()
