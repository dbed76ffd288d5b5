# SPDX-License-Identifier: Apache-2.0
"""The page that seals a bid, where things go wrong: what is missing, what was swapped, what comes late, another machine."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.cast import Cast
from tests.browser.people import Inspector
from tests.browser.sealing import PATIENCE, RECEIVED, address, fill_bid, keep_key, seal_bid
from tests.fixtures.browser import Watch
from tests.worlds.costs import BY_COST, DISPOSAL, ENERGY
from vitrina.cycle.core.models import Process
from vitrina.cycle.tendering.commands import replace_opener
from vitrina.cycle.tendering.queries import tender_of
from vitrina.kernel import clock as clocks
from vitrina.ledger.models import Entry
from vitrina.parties import commands as parties
from vitrina.parties.actors import actor_of
from vitrina.parties.models import Person
from vitrina.parties.openers import commands as opener_keys
from vitrina.parties.openers.queries import key_of
from vitrina.parties.roles import Role
from vitrina.sealed.agefile import decrypt_bytes
from vitrina.site.demo import clock
from vitrina.site.demo.keys import KEYS
from vitrina.site.demo.people import World, local, world
from vitrina.site.demo.story.bidding import offer, seal
from vitrina.site.demo.story.clarifying import reach_clarifying

ANSWERS = ["Cumplimos."] * 3
PDF = {"name": "propuesta.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\nPropuesta"}


@pytest.fixture(scope="module")
def purchase(live_site, django_db_blocker) -> Iterator[tuple[World, Process]]:
    """A purchase that receives bids, an hour and a half before the opening."""
    with django_db_blocker.unblock():
        clock.set_to(local(2019, 1, 2))
        people = world()
        process = reach_clarifying(people)
        clock.set_to(local(2020, 10, 13, 9, 30))
        yield people, process


@pytest.fixture(scope="module")
def inspector(axe) -> Inspector:
    return Inspector(axe)


@pytest.fixture
def cast(purchase, live_site, new_page, inspector) -> Cast:
    return Cast(new_page, live_site.url, inspector)


def test_what_is_missing_is_told_and_linked_and_the_draft_survives_the_browser(cast, purchase, axe) -> None:
    _people, process = purchase
    page = cast["supplier1"].page
    page.goto(address(cast["supplier1"], process.ocid, "sellar"))
    expect(page.get_by_text("Comprobado a las")).to_be_visible(timeout=PATIENCE)
    page.locator("#price_1").fill("1.234,5")
    page.get_by_role("button", name="Sellar y enviar").click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(6)
    summary.get_by_role("link", name="¿Quiso decir 1234.50?").click()
    expect(page.locator("#price_1")).to_be_focused()
    axe(page)
    page.locator("#price_1").fill("61.40")
    expect(summary.get_by_role("link")).to_have_count(5)  # what is mended is no longer told
    expect(page.get_by_text("$25,296,800.00").first).to_be_visible()
    expect(
        page.get_by_text("veinticinco millones doscientos noventa y seis mil ochocientos pesos 00/100 M.N.")
    ).to_be_visible()
    page.locator("#response_1").fill("Registro 123")
    page.get_by_label("Suelte aquí los archivos").set_input_files([PDF])
    expect(page.get_by_text("Borrador guardado en este navegador")).to_be_visible()
    page.wait_for_timeout(1500)  # the draft is kept a moment after the last key

    page.goto(f"{cast.url}/mi-espacio/")
    page.goto(address(cast["supplier1"], process.ocid, "sellar"))

    expect(page.locator("#price_1")).to_have_value("61.40", timeout=PATIENCE)
    expect(page.locator("#response_1")).to_have_value("Registro 123")
    expect(page.get_by_role("list", name="Documentos del sobre")).to_contain_text("propuesta.pdf")
    page.get_by_role("button", name="Borrar el borrador").click()
    expect(page.locator("#price_1")).to_have_value("", timeout=PATIENCE)


def test_a_cost_that_is_missing_or_no_amount_is_told_before_sealing(cast, purchase, axe) -> None:
    """Of a call by life-cycle cost; zero is an amount, and what is sealed is plain digits."""
    people, _process = purchase
    process = reach_clarifying(people, terms=BY_COST)
    page = cast["supplier1"].page
    page.goto(address(cast["supplier1"], process.ocid, "sellar"))
    expect(page.get_by_text("(costo de 5 años, en pesos sin IVA)")).to_be_visible(timeout=PATIENCE)
    page.locator("#price_1").fill("61.40")
    page.locator("#response_1").fill("Registro 123")
    page.get_by_role("button", name="Sellar y enviar").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Escriba el costo de «Energía»: sin él su proposición no puede compararse.")
    page.locator(f"#response_{ENERGY}").fill("-1200.50")
    page.locator(f"#response_{DISPOSAL}").fill("0")
    page.get_by_role("button", name="Sellar y enviar").click()
    expect(summary).to_contain_text("«Energía»: escriba pesos con cifras")
    expect(summary).not_to_contain_text("Retiro")
    axe(page)
    page.locator(f"#response_{ENERGY}").fill("1200.5")
    page.locator(f"#response_{DISPOSAL}").focus()
    expect(page.locator(f"#response_{ENERGY}")).to_have_value("1,200.50")


def test_a_key_that_is_not_the_one_in_the_register_stops_the_sealing(cast, purchase, new_page, axe) -> None:
    """A server that names another key for an opener: the page it serves is at odds with the register."""
    _people, process = purchase
    someone = cast["supplier1"]

    def swapped(route: Route) -> None:
        answer = route.fetch()
        first, other = (key_of(p.pk).recipient for p in officials())
        route.fulfill(response=answer, body=answer.text().replace(first, other))

    someone.page.route(f"**/{process.ocid}/sellar/", swapped)
    someone.page.goto(address(someone, process.ocid, "sellar"))
    expect(someone.page.get_by_text("no coincide con el registro público. No selle")).to_be_visible(timeout=PATIENCE)
    axe(someone.page)
    fill_bid(someone, {1: "50.00"}, ANSWERS)
    someone.page.get_by_label("Sigo sin guardarla").check()
    someone.page.get_by_role("button", name="Sellar y enviar").click()
    expect(someone.page.get_by_role("alert").first).to_contain_text("No se han podido confirmar las llaves")


def officials() -> list[Person]:
    return [p for p in Person.objects.order_by("pk") if key_of(p.pk)][:2]


@pytest.mark.parametrize("missing", ["scripts", "bundle"])
def test_without_scripts_or_the_sealing_code_the_page_says_so_and_shows_no_form(
    cast, purchase, new_page, watch: Watch, missing: str
) -> None:
    _people, process = purchase
    someone = cast["supplier1"]
    state = someone.page.context.storage_state()
    page: Page = new_page(java_script_enabled=missing != "scripts", storage_state=state)
    watch.allow("seal.js")
    page.route("**/vendor/seal.js", lambda route: route.fulfill(status=404))
    page.goto(address(someone, process.ocid, "sellar"))

    expect(page.get_by_role("heading", name="Esta página no puede sellar en este navegador.")).to_be_visible()
    assert "vitrina sealed seal" in page.locator("main").inner_text()
    assert not page.get_by_role("button", name="Sellar y enviar").is_visible()


def test_a_receipt_taken_to_another_machine_withdraws_the_bid_there(cast, purchase, new_page, tmp_path: Path) -> None:
    _people, process = purchase
    someone = cast["supplier2"]
    seal_bid(someone, process.ocid, {1: "58.90"}, ANSWERS, tmp_path, [PDF])
    with someone.page.expect_download() as saved:
        someone.page.get_by_role("button", name="Acuse (un archivo)").click()
    receipt = tmp_path / "acuse.json"
    saved.value.save_as(receipt)
    altered = tmp_path / "alterado.json"
    altered.write_text(receipt.read_text().replace('sobre/v1\\"', 'sobre/v1\\" '))
    other: Page = new_page(storage_state=someone.page.context.storage_state(), viewport={"width": 360, "height": 800})
    other.goto(address(someone, process.ocid, "sellar"))
    other.get_by_text("Traer un acuse de otro equipo").click()
    other.get_by_label("Archivo del acuse").set_input_files(altered)
    expect(other.get_by_text("Ese acuse fue alterado")).to_be_visible()

    other.get_by_label("Archivo del acuse").set_input_files(receipt)
    expect(other.get_by_text("Comprobado en este navegador")).to_be_visible(timeout=PATIENCE)
    other.get_by_role("button", name="Retirar", exact=True).click()
    other.get_by_role("button", name="Retirar el sobre").click()

    expect(other.get_by_role("heading", name="Usted retiró su proposición.")).to_be_visible(timeout=PATIENCE)
    assert other.evaluate("document.documentElement.scrollWidth") <= 360
    someone.inspector.axe(other)


def test_an_opener_is_replaced_and_the_bidder_deals_one_share_again(cast, purchase, tmp_path: Path) -> None:
    people, process = purchase
    someone = cast["supplier3"]
    key = seal_bid(someone, process.ocid, {1: "57.75"}, ANSWERS, tmp_path)
    other_key = tmp_path / "otra.txt"
    other_key.write_text(str(pyrage.x25519.Identity.generate()))
    nadia = newcomer(people)
    at = clocks.now() + timedelta(seconds=1)
    replace_opener(people[Role.OFFICER], process.ocid, at=at, place=3, person_id=nadia, reason="Licencia médica.")
    page = someone.page
    page.reload()

    expect(page.get_by_text("Nadia Nueva sustituye a una persona")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Repartir la parte de nuevo").first.click()
    part = page.get_by_role("region", name="Repartir de nuevo una parte")
    part.get_by_role("button", name="Repartir la parte de nuevo").click()
    expect(page.get_by_text("Elija el archivo de la llave")).to_be_visible()
    part.get_by_label("Llave del sobre").set_input_files(other_key)
    part.get_by_role("button", name="Repartir la parte de nuevo").click()
    expect(page.get_by_text("Esa no es la llave de este sobre.")).to_be_visible(timeout=PATIENCE)
    part.get_by_label("Llave del sobre").set_input_files(key)
    part.get_by_role("button", name="Repartir la parte de nuevo").click()

    expect(page.get_by_text("La parte se repartió de nuevo")).to_be_visible(timeout=PATIENCE)
    someone.inspector.axe(page)
    page.reload()
    expect(page.get_by_text("Comprobado en este navegador")).to_be_visible(timeout=PATIENCE)
    assert not page.get_by_text("Nadia Nueva sustituye a una persona").is_visible()
    page.get_by_role(
        "button", name="Reemplazar"
    ).click()  # a new envelope is sealed to the new opener, found in the register
    expect(page.get_by_text("Comprobado a las")).to_be_visible(timeout=PATIENCE)


def newcomer(people: World) -> int:
    """Another witness with a proven key: the number of the person."""
    person = parties.register_person(email="nadia@vitrina.example", given_name="Nadia", surname="Nueva")
    actor = actor_of(parties.appoint(at=local(2020, 1, 2), person=person, role=Role.WITNESS, unit=people.buyer))
    identity = pyrage.x25519.Identity.generate()
    at = clocks.now()
    opener_keys.register_key(actor, at=at, recipient=str(identity.to_public()), locked=KEYS[Role.OIC][2])
    challenge = base64.b64decode(opener_keys.new_challenge(actor))
    opener_keys.prove_key(actor, at=at, answer=decrypt_bytes(challenge, str(identity)).decode())
    return person.pk


def test_an_envelope_closed_without_a_connection_is_signed_and_sent_from_the_page(
    cast, purchase, tmp_path: Path
) -> None:
    people, process = purchase
    someone = cast["supplier1"]
    sealed = seal(people.suppliers[0], process, offer(process, "53.10"), out=tmp_path)
    manifest = tmp_path / "manifiesto.json"
    manifest.write_bytes(sealed.manifest_bytes)
    named = [
        path.rename(tmp_path / f"{file.sha256}.age")
        for path, file in zip(sealed.files, sealed.manifest.files, strict=True)
    ]
    page = someone.page
    page.goto(address(someone, process.ocid, "sellar"))
    expect(page.get_by_text("Comprobado a las")).to_be_visible(timeout=PATIENCE)
    page.get_by_text("Sellar sin conexión").click()
    page.get_by_label("Lo que selló allá").set_input_files([manifest, named[0]])
    page.get_by_role("button", name="Firmar y enviar lo que sellé").click()
    expect(page.get_by_role("alert").first).to_contain_text(f"Falta un archivo sellado: {named[1].name}")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Datos de la compra").click()
    assert json.loads(Path(saved.value.path()).read_text())["panel"][0]["recipient"].startswith("age1")

    page.get_by_label("Lo que selló allá").set_input_files([manifest, *named])
    page.get_by_role("button", name="Firmar y enviar lo que sellé").click()

    expect(page.get_by_role("heading", name=RECEIVED)).to_be_visible(timeout=PATIENCE)
    card = page.get_by_role("article")
    expect(card).to_contain_text(sealed.c)
    expect(card).to_contain_text("Completo", timeout=PATIENCE)
    expect(card).to_contain_text("Comprobado en este navegador", timeout=PATIENCE)


def test_an_opener_retires_a_key_after_saying_so_twice(cast, purchase) -> None:
    people, process = purchase
    someone, oic = cast["oic"], people[Role.OIC].person_id
    page = someone.page
    page.goto(f"{cast.url}/mi-espacio/llave/")
    page.get_by_text("¿Ya no abrirá sobres?").click()
    someone.inspector.look(page, "retiring")
    page.get_by_role("button", name="Retirar mi llave").click()
    expect(page.get_by_role("alert")).to_contain_text("Confirme primero que retira esta llave")
    assert key_of(oic)

    page.get_by_label("Retiro la llave").check()
    page.get_by_role("button", name="Retirar mi llave").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Su llave está retirada.", timeout=PATIENCE)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("button", name="Hacer mi llave")).to_be_visible()
    expect(page.get_by_text("¿Ya no abrirá sobres?")).to_have_count(0)
    counted = page.get_by_role("link", name=process.title).and_(page.locator(f"[href*='{process.ocid}']"))
    expect(counted).to_be_visible()  # it still counts on the key
    someone.inspector.look(page, "retired")
    assert key_of(oic) is None
    last = Entry.objects.order_by("-pk").first()
    assert (last.kind, last.event.name) == ("opener.key.retired", people[Role.OIC].name)


def test_a_bid_sent_after_the_hour_is_told_late_with_both_instants(cast, purchase, tmp_path: Path) -> None:
    """Last of the file: it moves the clock past the deadline."""
    _people, process = purchase
    someone = cast["supplier1"]
    page = someone.page
    page.goto(address(someone, process.ocid, "sellar"))
    fill_bid(someone, {1: "50.00"}, ANSWERS)
    keep_key(someone, tmp_path)
    expect(page.get_by_text("Comprobado a las")).to_be_visible(timeout=PATIENCE)
    clock.set_to(tender_of(process).opening_at + timedelta(seconds=1))

    page.get_by_role("button", name="Sellar y enviar").click()

    expect(page.get_by_role("heading", name="Su proposición llegó tarde.")).to_be_visible(timeout=PATIENCE)
    card = page.get_by_role("article")
    expect(card).to_contain_text("Se recibía antes de")
    expect(card).to_contain_text("13 de octubre de 2020, 11:00:00 h")
    expect(card).to_contain_text(
        "Comprobado en este navegador", timeout=PATIENCE
    )  # the refusal is in the register too
    with page.expect_download() as saved:
        page.get_by_role("button", name="Acuse (un archivo)").click()
    assert json.loads(Path(saved.value.path()).read_text())["status"] == "late"
    someone.inspector.axe(page)
