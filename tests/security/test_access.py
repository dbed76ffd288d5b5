# SPDX-License-Identifier: Apache-2.0
"""Who reaches what: every office at every step, other people's papers, other units' secrets, fields nobody offered."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from vitrina.cycle.core.models import FormDraft, Process, Submission
from vitrina.cycle.core.steps import FORMS
from vitrina.cycle.research.models import Source
from vitrina.kernel import clock
from vitrina.parties import commands as parties
from vitrina.parties.models import Appointment, Person, Unit
from vitrina.parties.roles import Role, may
from vitrina.site.demo import clock as demo_clock

from .attacker import HIV, PEOPLE, Visitor, step_path, written

ROLE_OF = {name: Role(name.rstrip("0123456789")) for name in PEOPLE}
ONE_OF_EACH = [name for name in PEOPLE if not name.endswith(("2", "3"))]


@pytest.fixture(scope="module")
def crew(site) -> dict[str, Visitor]:
    """Everybody of the demonstration, signed in, and officers of another unit and of another institution."""
    at = demo_clock.now()
    for name, unit in (
        ("lejana", "050GYR101"),
        ("ajena", Unit.objects.filter(parent=None).exclude(key="050GYR").first().key),
    ):
        person = parties.register_person(email=f"{name}@vitrina.example", given_name=name, surname=name, password="x")
        parties.appoint(at=at - timedelta(days=1), person=person, role=Role.OFFICER, unit=Unit.objects.get(key=unit))
    return {name: Visitor(site.url).enter(f"{name}@vitrina.example") for name in (*PEOPLE, "lejana", "ajena")}


@pytest.fixture(scope="module")
def ocids(site) -> dict[str, str]:
    return {p.title: p.ocid for p in Process.objects.all()}


def test_each_office_opens_its_own_steps_and_no_other(crew, ocids):
    before = written()
    for k, name in enumerate(ONE_OF_EACH):
        own = crew[name].tokens("/mi-espacio/")
        for command in list(FORMS)[
            k % 8 :: 8
        ]:  # every step at the hands of one office or two; the whole matrix: test_permissions
            path = (
                f"/mi-espacio/registro/{command}/"
                if command.startswith("parties.")
                else step_path(ocids[HIV], command)
            )
            if command == "planning.publish_line":
                path = step_path("nueva", command)
            if may(ROLE_OF[name], command):
                assert crew[name].get(path).status in {200, 409}, (name, command)
            else:
                assert crew[name].post(path, {**own, "confirm": "1", "reason": "x"}).status == 403, (name, command)
    assert written() == before


def test_nobody_without_an_office_reaches_the_desk(site, ocids):
    anybody = Visitor(site.url)
    for path in ("/mi-espacio/", "/mi-espacio/personas/", f"/mi-espacio/compra/{ocids[HIV]}/", step_path(ocids[HIV], "sellar"),
                 "/mi-espacio/recibo/" + "0" * 32 + "/", "/cuenta/seguridad/", "/cuenta/seguridad/codigos/archivo/"):  # fmt: skip
        assert anybody.get(path).location.startswith("/cuenta/entrar/"), path
    person = parties.register_person(email="nadie@vitrina.example", given_name="N", surname="N", password="x")
    nobody = Visitor(site.url).enter("nadie@vitrina.example")
    assert nobody.get("/mi-espacio/").status == 403
    assert nobody.get(f"/mi-espacio/compra/{ocids[HIV]}/").status == 403
    assert person.pk


def test_other_institutions_and_other_units_see_nothing_from_inside(crew, ocids):
    prices = {f"{s.price.decimal:,.2f}" for s in Source.objects.all()}
    for title, ocid in list(ocids.items())[::3] + [("Suero fisiológico", ocids["Suero fisiológico"])]:
        for command in ("research.conclude", "clarifying.close_meeting", "evaluation.conclude", "contracting.draft"):
            far, strange = (crew[who].get(step_path(ocid, command)) for who in ("lejana", "ajena"))
            assert strange.status in {403, 404}, (title, command)
            assert far.status in {403, 404}, (title, command)
            assert not [p for p in prices if p in far.text + strange.text], (title, command)
        assert crew["ajena"].get(f"/mi-espacio/compra/{ocid}/").status == 404
    assert not [t for t in ocids if t in crew["ajena"].get("/mi-espacio/").text]
    uncalled = ocids["Suero fisiológico"]
    for who in ("supplier1", "supplier2"):
        assert crew[who].get(f"/mi-espacio/compra/{uncalled}/").status == 404
        assert crew[who].get(step_path(uncalled, "sellar")).status == 404
        assert crew[who].get(step_path(uncalled, "sellar/datos")).status == 404


def test_a_key_of_something_else_opens_nothing(crew, ocids):
    keys = {
        "clarifying.answer": [q for q in ("1", "-1", "9" * 30, "%00", "x" * 500, "' OR 1=1")],
        "contracting.sign_supplier": list(_keys("contract.")), "payment.submit_invoice": list(_keys("contract.")),
        "evaluation.score": ["1", "99", "1e3", "-1", "١"], "delivery.accept": ["x.y", "", "."], "payment.pay": ["x", "1"],
        "parties.end_appointment": ["0", "1e3", "９", "-1", "9" * 20], "parties.renew_invitation": ["0", "x", "1 OR 1=1"],
    }  # fmt: skip
    who = {
        "clarifying": "officer",
        "contracting": "supplier3",
        "payment": "supplier3",
        "evaluation": "evaluator1",
        "delivery": "warehouse",
    }
    before = written()
    for command, tried in keys.items():
        name = "treasury" if command == "payment.pay" else who.get(command.partition(".")[0], "operator")
        for n, key in enumerate([*tried, "%F0%9F%92%A3", "..%2F.."]):
            for ocid in (
                [ocids[HIV] if n % 2 else ocids["Gasas estériles"]] if not command.startswith("parties.") else [""]
            ):
                path = step_path(ocid, command, key) if ocid else f"/mi-espacio/registro/{command}/?key={key}"
                answer = crew[name].ask(path.replace(" ", "%20").encode("ascii", "replace").decode())
                assert answer.status in {200, 403, 404, 409}, (command, key, answer.status)
    assert written() == before


def _keys(kind: str) -> list[str]:
    from vitrina.cycle.contracting.models import Contract

    return [c.id for c in Contract.objects.all()] + [kind]


def test_a_receipt_is_for_who_signed_it(crew, ocids, site):
    path = step_path(ocids["Equipo de venoclisis"], "clarifying.ask")
    sent = crew["supplier1"].send(path, {"topic": "technical", "text": "¿Cuál es el calibre?"})
    assert "/recibo/" in sent.location, sent.status
    assert crew["supplier1"].get(sent.location).status == 200
    for name, visitor in crew.items():
        if name != "supplier1":
            assert visitor.get(sent.location).status in {403, 404}, name
    assert "cuenta/entrar" in Visitor(site.url).get(sent.location).location
    token = re.search(r"recibo/(\w+)/", sent.location)[1]
    own = crew["supplier2"].tokens(path)
    stolen = crew["supplier2"].post(
        path, {**own, "token": token, "confirm": "1", "topic": "technical", "text": "Otra"}
    )
    assert stolen.status == 409
    assert "calibre" not in stolen.text
    for other in ("supplier2", "oic", "evaluator1"):
        for place in (f"/mi-espacio/compra/{ocids['Equipo de venoclisis']}/", path):
            assert "calibre" not in crew[other].get(place).text, (other, place)


def test_a_draft_is_for_who_typed_it_and_only_where_they_may_act(crew, ocids):
    path = step_path(ocids["Equipo de venoclisis"], "clarifying.ask")
    own = crew["supplier1"].tokens(path)
    assert crew["supplier1"].post(path + "borrador/", {**own, "text": "CANARIO-BORRADOR \x00 x"}).json == {
        "saved": True
    }
    assert "CANARIO-BORRADOR" in crew["supplier1"].get(path).text
    assert "CANARIO-BORRADOR" not in crew["supplier2"].get(path).text

    kept = FormDraft.objects.count()
    assert crew["supplier1"].post(path.replace("clarifying.ask", "tendering.cancel") + "borrador/", own).json == {
        "saved": False
    }
    assert crew["supplier1"].post(step_path("ocds-none", "clarifying.ask") + "borrador/", own).status == 404
    for command in ("bidding.submit", "sellar"):  # what a bid says never leaves the bidder's browser
        assert crew["supplier1"].post(step_path(ocids[HIV], command) + "borrador/", own).json == {"saved": False}
        crew["supplier1"].post(step_path(ocids[HIV], command), {**own, "price_1": "77.77", "save_draft": "1"})
    assert FormDraft.objects.count() == kept
    mine, at = FormDraft.objects.filter(user__email="supplier1@vitrina.example"), demo_clock.now()
    user = mine[0].user
    FormDraft.objects.bulk_create(FormDraft(user=user, place=f"old/{n}", fields={}, saved_at=at) for n in range(150))
    crew["supplier1"].post(f"{path}borrador/?key=1", {**own, "text": "x"})
    assert mine.count() == 100
    assert not mine.filter(place="old/0").exists()


def test_fields_that_no_form_offers_are_left_aside(crew, ocids):
    extra = {
        "state": "opened", "role": "approver", "actor": "1", "person": "1", "ocid": ocids["Gasas estériles"], "process": "x", "at": "1999-01-01",
        "received_at": "2001-01-01", "supplier": "reactivos-valle-hondo", "supplier_key": "reactivos-valle-hondo", "is_public": "1", "halt": "complete",
        "alias": "Yo", "answer": "Sí", "version": "9", "visibility": "public", "question_id": "1", "_state": "x", "__class__": "x", "key": "x",
    }  # fmt: skip
    at, path = demo_clock.now(), step_path(ocids["Equipo de venoclisis"], "clarifying.ask")
    sent = crew["supplier1"].send(path, {**extra, "topic": "legal", "text": "¿Basta una copia?"})
    entry = Submission.objects.get(token=re.search(r"recibo/(\w+)/", sent.location)[1]).entry
    assert entry.actor["party"] == "biomedica-tres-lunas"
    assert entry.visibility == "blinded"
    assert abs(entry.at - at) < timedelta(minutes=2)
    assert entry.event.ocid == ocids["Equipo de venoclisis"]

    strange = Unit.objects.filter(parent=None).exclude(key="050GYR").first().key
    line = {
        "unit_key": strange,
        "title": "Ajena",
        "rationale": "x",
        "items-TOTAL_FORMS": "1",
        "items-INITIAL_FORMS": "0",
    }
    answer = crew["requester"].send(step_path("nueva", "planning.publish_line"), line)
    assert answer.status in {409, 422}
    assert not Process.objects.filter(title="Ajena").exists()


def test_an_office_that_ended_opens_nothing_more(crew, site):
    person = parties.register_person(email="breve@vitrina.example", given_name="B", surname="B", password="x")
    at = demo_clock.now() - timedelta(minutes=1)
    office = parties.appoint(at=at, person=person, role=Role.OFFICER, unit=Unit.objects.get(key="050GYR"))
    visitor = Visitor(site.url).enter("breve@vitrina.example")
    assert visitor.get("/mi-espacio/").status == 200

    ended = crew["operator"].send(f"/mi-espacio/registro/parties.end_appointment/?key={office.pk}", {})

    assert "/recibo/" in ended.location
    assert visitor.get("/mi-espacio/").status == 403
    own = visitor.tokens("/")
    for pk in Appointment.objects.values_list("pk", flat=True)[:30]:
        assert visitor.post("/mi-espacio/oficina/", {**own, "office": pk}).status in {403, 404}
    other = Appointment.objects.get(person__user__email="approver@vitrina.example")
    own = crew["officer"].tokens("/mi-espacio/")
    assert crew["officer"].post("/mi-espacio/oficina/", {**own, "office": other.pk}).status == 404
    assert crew["officer"].get(step_path(Process.objects.get(title=HIV).ocid, "tendering.cancel")).status == 403


def test_nobody_raises_themselves(crew):
    before = Appointment.objects.count()
    own = Person.objects.get(user__email="operator@vitrina.example")
    given = {"role": "approver", "party": "050GYR"}
    assert crew["operator"].send(f"/mi-espacio/registro/parties.appoint/?key={own.pk}", given).status == 409
    for name in PEOPLE:
        if name in ONE_OF_EACH and name != "operator":
            path = f"/mi-espacio/registro/parties.appoint/?key={own.pk}"
            assert crew[name].send(path, given).status == 403, name
    assert Appointment.objects.count() == before


def test_signing_in_tells_nobody_who_has_an_account(site):
    shapes = set()
    for email in (
        "officer@vitrina.example",
        "nobody.here@vitrina.example",
        "OFFICER@vitrina.example ",
        "x" * 300 + "@a.example",
        "'--@a.example",
    ):
        visitor = Visitor(site.url)
        answer = visitor.send("/cuenta/entrar/", {"login": email, "password": "not the password"}, confirm=False)
        words = re.sub(
            r'value="[^"]*"|\d+', "", re.sub(r"(?s)<header.*?</header>|<footer.*?</footer>", "", answer.text)
        )
        if "example" in email and len(email) < 200 and "'" not in email:
            shapes.add((answer.status, words))
        assert answer.status in {200, 400, 422}
    assert len(shapes) == 1
    assert clock.now()
    assert Visitor(site.url).get("/cuenta/contrasena/olvidada/").text.count("<form") == Visitor(site.url).get(
        "/datos/"
    ).text.count("<form")
    for path in (
        "/cuenta/signup/",
        "/cuenta/registro/",
        "/cuenta/password/reset/",
        "/cuenta/email/",
        "/accounts/login/",
    ):
        assert Visitor(site.url).get(path).status == 404, path
