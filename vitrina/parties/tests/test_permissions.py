# SPDX-License-Identifier: Apache-2.0
"""The permission table against what exists, and the whole matrix of offices and steps over the real addresses."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.worlds.base import world
from tests.worlds.once import built_once, rolled_back
from tests.worlds.tendering import PUBLISHED, reach_tendering
from vitrina.cycle.core.command import COMMANDS
from vitrina.cycle.core.models import FormDraft
from vitrina.cycle.core.steps import FORMS
from vitrina.desk.inbox import OWN_PAGES
from vitrina.ledger.models import Entry
from vitrina.parties import commands as register
from vitrina.parties.models import Person
from vitrina.parties.roles import DUTIES, PERMISSIONS, ROLE_NAMES, Role, may

NEW = {"planning.publish_line", *(name for name in PERMISSIONS if name.startswith("parties."))}


def test_every_command_is_in_the_table_and_the_table_holds_no_other():
    assert set(COMMANDS) == set(PERMISSIONS)


def test_every_command_has_its_form_or_its_page():
    assert not set(FORMS) & set(OWN_PAGES)
    assert set(FORMS) | set(OWN_PAGES) | {"contact.answer"} == set(COMMANDS)  # letters: vitrina/contact/office.py


def test_every_office_is_named_and_explained_and_every_command_has_an_office():
    assert set(ROLE_NAMES) == set(DUTIES) == set(Role)
    assert all(PERMISSIONS.values())
    assert not may("nobody", "payment.pay")
    assert not may(Role.OPERATOR, "tendering.rewrite_history")


def test_who_keeps_the_register_takes_no_part_in_purchases_and_who_reads_changes_nothing():
    assert {name.split(".")[0] for name in PERMISSIONS if may(Role.OPERATOR, name)} == {"parties"}
    assert not [name for name in PERMISSIONS if may(Role.AUDITOR, name)]


whole = built_once(lambda: (w := world(), reach_tendering(w)))


@pytest.fixture
def purchase(whole, clock):
    clock.set(PUBLISHED)
    clock.forward(hours=2)
    with rolled_back():
        yield whole


def signed_in(person: Person) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person.user)
    return client


def address(process, command: str) -> str:
    return f"/mi-espacio/compra/{'nueva' if command in NEW else process.ocid}/{command}/"


def person_of(w, role: Role) -> Person:
    return Person.objects.get(pk=w[role].person_id)


@pytest.mark.parametrize("role", list(Role))
def test_each_office_gets_the_steps_of_the_table_and_no_other(purchase, role):
    w, process = purchase
    client = signed_in(person_of(w, role))
    entries = Entry.objects.count()

    seen = {name: client.get(address(process, name)).status_code for name in FORMS}
    sent = {
        name: client.post(address(process, name), {"confirm": "1", "token": "a" * 32}).status_code for name in FORMS
    }

    forbidden = {name for name in FORMS if not may(role, name)}
    assert {name for name, status in seen.items() if status == 403} == forbidden
    assert {name for name, status in sent.items() if status == 403} == forbidden
    assert {status for name, status in seen.items() if name not in forbidden} <= {200, 404, 409}
    assert not {name: status for name, status in sent.items() if status >= 500}
    if not any(may(role, name) for name in FORMS):
        assert Entry.objects.count() == entries


def test_an_official_of_another_institution_finds_nothing_of_the_purchase(purchase, clock):
    _, process = purchase
    other = register.register_unit(at=clock.at, key="00637X", name="Instituto de Otra Cosa", kind="institute")
    for role in set(Role) - {Role.SUPPLIER}:
        person = register.register_person(email=f"{role}@otra.example", given_name="Nadie", surname="Deaquí")
        register.appoint(at=clock.at, person=person, role=role, unit=other)
        client = signed_in(person)
        assert client.get(f"/mi-espacio/compra/{process.ocid}/").status_code == 404
        assert process.title not in client.get("/mi-espacio/").content.decode()
        for name in FORMS:
            if name not in NEW and may(role, name):
                assert client.get(address(process, name)).status_code == 404, name
                assert client.post(address(process, name), {"confirm": "1", "token": "b" * 32}).status_code == 404, (
                    name
                )


def routes(patterns=None, prefix=""):
    for p in get_resolver().url_patterns if patterns is None else patterns:
        part = "" if type(p.pattern).__name__ == "LocalePrefixPattern" else str(p.pattern)
        if isinstance(p, URLResolver):
            yield from routes(p.url_patterns, prefix + part)
        elif isinstance(p, URLPattern):
            yield prefix + part


def test_every_address_that_is_not_public_asks_who_one_is(purchase):
    """Anybody gets the public pages; the desk and the account lead to the entrance, and nothing else exists."""
    _, process = purchase
    values = {
        "ocid": process.ocid, "command": "tendering.cancel", "token": "0" * 32, "pk": "1", "c": "0" * 64, "sha256": "0" * 64,
        "kind": "csv", "lot": "1", "number": "1",
    }  # fmt: skip
    open_account = {
        "cuenta/entrar/", "cuenta/salir/", "cuenta/cerrada/", "cuenta/contrasena/olvidada/", "cuenta/enlace/usado/",
        "cuenta/entrar/llave/", "cuenta/seguridad/llaves/",
    }  # fmt: skip
    private = [route for route in routes() if route.startswith(("mi-espacio/", "cuenta/")) and "enlace/(" not in route]
    assert len(private) > 25
    for route in private:
        path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda m: values[m[1]], route)
        for answer in (Client().get(path), Client().post(path)):
            if route in open_account or answer.status_code == 405:
                continue
            assert answer.status_code == 302, path
            assert answer["Location"].startswith("/cuenta/entrar/"), path
            assert process.title.encode() not in answer.content


def test_receipts_and_drafts_are_their_own_persons_only(purchase):
    w, process = purchase
    officer, approver = person_of(w, Role.OFFICER), person_of(w, Role.APPROVER)
    place = address(process, "planning.modify_line")
    assert signed_in(officer).post(f"{place}borrador/", {"reason": "algo reservado"}).status_code == 200
    assert FormDraft.objects.get().user == officer.user

    assert "algo reservado" in signed_in(officer).get(place).content.decode()
    assert "algo reservado" not in signed_in(person_of(w, Role.REQUESTER)).get(place).content.decode()
    assert signed_in(approver).get("/mi-espacio/recibo/" + "0" * 32 + "/").status_code == 404


def test_an_office_that_ends_stops_working_at_once(purchase, clock):
    w, process = purchase
    person = person_of(w, Role.OFFICER)
    client = signed_in(person)
    assert client.get(address(process, "tendering.amend_call")).status_code == 200

    register.end_appointment(at=clock.at, appointment=person.appointments.get())

    assert client.get(address(process, "tendering.amend_call")).status_code == 403
    assert client.post(address(process, "tendering.amend_call"), {"confirm": "1"}).status_code == 403
    assert client.get("/mi-espacio/").status_code == 403


def test_nobody_takes_an_office_that_is_not_theirs(purchase):
    w, _ = purchase
    client = signed_in(person_of(w, Role.REQUESTER))
    other = person_of(w, Role.APPROVER).appointments.get()

    for wanted in (other.pk, "0", "", "x", "١٢٣", "9" * 40, "-1"):
        assert client.post("/mi-espacio/oficina/", {"office": wanted}).status_code == 404
    assert "área requirente" in client.get("/mi-espacio/").content.decode()


def test_a_form_without_our_token_is_refused_everywhere(purchase):
    w, process = purchase
    client = Client(enforce_csrf_checks=True)
    client.force_login(person_of(w, Role.OFFICER).user)
    entries = Entry.objects.count()

    for path in (
        address(process, "tendering.amend_call"), "/mi-espacio/oficina/", "/cuenta/entrar/", "/cuenta/salir/",
        "/cuenta/contrasena/", "/cuenta/entrar/llave/", "/demo/entrar/", "/demo/reloj/",
    ):  # fmt: skip
        assert client.post(path, {"confirm": "1"}).status_code == 403, path
        as_text = client.post(path, '{"confirm": 1}', content_type="text/plain")
        assert as_text.status_code == 403, path
    assert Entry.objects.count() == entries
    assert client.get("/mi-espacio/").status_code == 200  # still signed in
