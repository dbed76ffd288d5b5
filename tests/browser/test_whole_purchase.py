# SPDX-License-Identifier: Apache-2.0
"""A purchase of two lots from the plan to the payment, by its people, each at a browser of their own, in Spanish."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.cast import SUPPLIERS, Cast
from tests.browser.people import Inspector, Someone, chapter
from tests.browser.sealing import PATIENCE
from tests.browser.whole_bids import REQUIREMENTS, TITLE, at, bid, open_in_public
from tests.fixtures.browser import Watch
from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.core import signed
from vitrina.cycle.core.models import Process
from vitrina.cycle.payment.sample import sample_for
from vitrina.ledger.models import Entry
from vitrina.sealed.signature import verify_record
from vitrina.site.demo.people import world

EVALUATORS = ("evaluator1", "evaluator2", "evaluator3")
RULE = "Emita el fallo"
WINNERS = {1: "supplier2", 2: "supplier1"}
SIGNED = {  # acts that this purchase cannot do without a signature
    "call.published",
    "clarification.closed",
    "opening.closed",
    "ruling.issued",
    "contract.signed_by_supplier",
    "contract.signed",
}


@pytest.fixture
def cast(live_site, new_page, axe) -> Cast:
    world()
    return Cast(new_page, live_site.url, Inspector(axe))


def test_six_people_buy_in_public_from_plan_to_payment(cast: Cast, new_page, watch: Watch, tmp_path: Path) -> None:
    for name, part in (
        ("plan and budget", plan),
        ("market research", research),
        ("call", call),
        ("clarification", clarify),
        ("bids", lambda c: bid(c, tmp_path)),
        ("opening", lambda c: open_in_public(c, new_page())),
        ("evaluation", evaluate),
        ("ruling", rule),
        ("contracts", contract),
        ("deliveries", deliver),
        ("payment", pay),
        ("the public page", lambda c: read(c, new_page())),
    ):
        with chapter(name, watch):
            part(cast)
    assert len(cast) >= 6


def plan(cast: Cast) -> None:
    at(2020, 1, 30, 12)
    rocio = cast["requester"]
    rocio.follow(rocio.page.get_by_role("link", name="Comenzar una compra"))
    rocio.inspector.look(rocio.page)
    rocio.fill(
        {
            "Qué se va a comprar": TITLE,
            "Para qué se necesita": "Detección de VIH en 1,310 clínicas.",
            "Unidad contratante": ("choose", "Coordinación de Adquisición de Bienes"),
            "Ejercicio fiscal": "2020",
            "Monto previsto": "25,000,000.00",
            "Partida específica": "25401",
            "Programa presupuestario": "E012",
            "Fecha prevista de la convocatoria": "2020-09-22",
        }
    )
    for n, quantity in ((1, "400,000"), (2, "2000")):
        rocio.fill(
            {
                "Partida": str(n),
                "Clave CUCoP": f"25401-001{n}",
                "Qué es": f"{TITLE}, presentación {n}",
                "Cantidad": quantity,
                "Unidad de medida": "prueba",
            },
            rocio.row("Renglón", n),
        )
    rocio.send("Publicar el renglón")

    at(2020, 2, 10, 12)
    cast["approver"].do(
        "Certificar la suficiencia",
        "Certificar la suficiencia",
        TITLE,
        {
            "Número de certificación": "DSP-0457-2020",
            "Monto certificado": "25,000,000.00",
        },
    )


def research(cast: Cast) -> None:
    at(2020, 3, 2, 10)
    olga = cast["officer"]
    olga.do(
        "Pida cotizaciones",
        "Pedir cotizaciones",
        TITLE,
        {
            "Empresas": "\n".join(SUPPLIERS.values()),
            "Qué les pregunta": "Precio por prueba, entrega en almacén central.",
            "Pueden responder hasta": "2020-03-20T18:00",
        },
    )
    at(2020, 3, 23, 10)
    for line in (1, 2):
        for n, price in enumerate(("57.20", "58.50", "61.00")):
            olga.do(
                "Registre los precios",
                "Registrar el precio",
                TITLE,
                {
                    "Renglón": ("choose", f"{line}. {TITLE}, presentación {line} (prueba)"),
                    "Quién lo cotizó": f"Cotización {n + 1}",
                    "Precio unitario": price,
                    "Fecha del precio": "2020-03-20",
                },
            )
    at(2020, 4, 6, 12)
    assert "58.50" not in olga.do("Concluya la investigación", "Concluir la investigación", TITLE)


def call(cast: Cast) -> None:
    at(2020, 9, 22, 9)
    olga = cast["officer"]
    olga.begin("Publique la convocatoria", TITLE)
    olga.fill(
        {
            "Descripción para los licitantes": "Pruebas rápidas para la detección de anticuerpos contra VIH 1 y 2.",
            "Junta de aclaraciones": "2020-10-02T10:00",
            "Apertura de proposiciones": "2020-10-13T11:00",
            "Fallo, a más tardar": "2020-10-27T12:00",
            "Pena, % de lo entregado tarde": "1",
            "Entrega, días naturales": "30",
            "Lugar de entrega": "Almacén central, Ciudad de México",
            "Contrato desde": "2020-11-03",
            "Contrato hasta": "2020-12-31",
            "Quienes evalúan": ("pick", "Emma Oñate", "Raúl Zebadúa", "Irma Lazcano"),
            "Órgano interno de control": ("choose", "Inés Olaiz, Órgano Interno de Control (llave probada)"),
            "Testigo social": ("choose", "Teo Zumárraga, Testigo social (llave probada)"),
        }
    )
    for n, (title, proof, kind) in enumerate(REQUIREMENTS, start=1):
        olga.fill({"Requisito": title, "Cómo se acredita": proof, "Tipo": ("choose", kind)}, olga.row("Requisito", n))
    assert "convocatoria" in olga.send("Publicar la convocatoria")


def clarify(cast: Cast) -> None:
    at(2020, 9, 28, 10)
    questions = {"supplier1": "¿Se acepta una sensibilidad de 99.4 %?", "supplier2": "¿El precio incluye el flete?"}
    for who, text in questions.items():
        cast[who].do(
            "Hacer una pregunta",
            "Enviar la pregunta",
            TITLE,
            {
                "De qué trata": ("pick", "técnico"),
                "Su pregunta": text,
            },
        )
    at(2020, 10, 1, 10)
    olga = cast["officer"]
    for _question in questions:
        olga.do(
            "Responda la pregunta de",
            "Guardar la respuesta",
            TITLE,
            {
                "Respuesta": "Se mantiene lo que dice la convocatoria.",
            },
        )
    olga.follow(olga.page.get_by_role("button", name="Hasta el próximo acto"))  # the meeting, on 2 October at 10:00
    olga.do("Celebre la junta", "Cerrar la junta y publicar el acta", TITLE)


def evaluate(cast: Cast) -> None:
    at(2020, 10, 14, 9)
    for who in EVALUATORS:
        cast[who].do(
            "Declare sus intereses",
            "Firmar la declaración",
            TITLE,
            {
                "Su declaración": ("pick", "No tengo conflicto de interés"),
            },
        )
    at(2020, 10, 16, 12)
    for who in EVALUATORS:
        judge(cast[who], doubts=who == "evaluator2")
    at(2020, 10, 19, 10)
    cast["officer"].do(
        "Concluir la evaluación",
        "Concluir la evaluación",
        TITLE,
        {
            "Decisión sobre este precio": ("pick", "Desechar"),  # one price is above what the research found
        },
    )


def judge(someone: Someone, *, doubts: bool) -> None:
    """Every requirement of every bid is met, but for one in the eyes of one."""
    someone.begin("Evalúe las proposiciones", TITLE)
    for n, (title, _proof, _kind) in enumerate(REQUIREMENTS, start=1):
        for name in SUPPLIERS.values():
            unmet = doubts and n == len(REQUIREMENTS) and name == SUPPLIERS["supplier3"]
            verdict = "No cumple" if unmet else "Cumple"
            someone.fill({f"{n}. {title}, {name}": ("pick", verdict)})
            if unmet:
                someone.fill({f"Por qué no cumple {n}, {name}": "La opinión es del mes anterior."})
    someone.send("Guardar mis juicios")
    someone.do("Cierre su evaluación", "Cerrar mi evaluación", TITLE)


def rule(cast: Cast) -> None:
    at(2020, 10, 26, 12)
    tomas = cast["approver"]
    tomas.begin(RULE, TITLE)
    for lot, who in WINNERS.items():
        lot_group = tomas.page.get_by_role("group", name=f"Partida {lot}")
        expect(lot_group).to_contain_text(f"se adjudica a {SUPPLIERS[who]}")
    tomas.send("Firmar y publicar el fallo")


def contract(cast: Cast) -> None:
    at(2020, 10, 29, 10)
    olga, tomas = cast["officer"], cast["approver"]
    for _supplier in WINNERS:
        olga.begin("Elaborar el contrato", TITLE)
        first, second = olga.row("Entrega", 1), olga.row("Entrega", 2)
        if "presentación 1" in olga.page.locator("main").inner_text():
            olga.fill({"Cantidad": "150000"}, first)
            olga.page.get_by_role("button", name="Agregar una entrega").click()
            olga.fill(
                {
                    "Renglón": "1",
                    "Lugar": ("choose", "Hospital General de Zona 3"),
                    "Cantidad": "250000",
                    "A más tardar": "2020-12-04",
                },
                second,
            )
        olga.send("Enviar a firma")
    at(2020, 11, 5, 12)
    for who in WINNERS.values():
        cast[who].do("Leer y firmar", "Firmar el contrato", TITLE)
        tomas.do("Firmar el contrato", "Firmar el contrato", TITLE)
    at(2020, 11, 12, 12)
    for n, _supplier in enumerate(WINNERS):
        olga.begin("Registrar la garantía", TITLE)
        olga.fill(
            {
                "Número de póliza": f"F-{n}",
                "Garante": "Afianzadora Peñón Blanco, S.A.",
                "Importe": olga.told("Falta todavía"),
                "Expedida el": "2020-11-10",
                "Vigente hasta el": "2021-03-31",
            }
        )
        olga.send("Registrar la garantía")


def deliver(cast: Cast) -> None:
    """Everything arrives: what was due at the hospital two days late, with its penalty."""
    at(2020, 12, 6, 12)
    wendy = cast["warehouse"]
    places = 3  # two deliveries of one contract, one of the other
    for n in range(places):
        wendy.begin("Recibir los bienes", TITLE)
        for box in wendy.page.get_by_role("textbox", name="entrega").all():
            hint = wendy.page.locator(f"#{box.get_attribute('aria-describedby')}").inner_text()
            box.fill(re.search(r"[0-9][0-9,]*", hint)[0])
        wendy.fill({"Número de la remisión": f"REM-{n}"})
        wendy.send("Registrar la llegada")
    for _arrival in range(places):
        wendy.do("Aceptar los bienes", "Aceptar los bienes", TITLE)


def pay(cast: Cast) -> None:
    when = at(2020, 12, 15, 10)
    for who in WINNERS.values():
        someone = cast[who]
        page = someone.begin("Facturar lo aceptado", TITLE)
        found = Contract.objects.get(id=parse_qs(urlsplit(page.url).query)["key"][0])
        xml = sample_for(found, at=when)
        someone.fill({"El CFDI timbrado": ("file", "factura.xml", "application/xml", xml)})
        someone.send("Enviar la factura")
    at(2020, 12, 16, 10)
    tania = cast["treasury"]
    for _invoice in WINNERS:
        tania.do("Verificar la factura", "Verificar la factura", TITLE)
    tania.follow(tania.page.get_by_role("button", name="1 día"))
    for _invoice in WINNERS:
        tania.begin("Pagar la factura", TITLE)
        cast.paid.append(tania.told("A pagar"))
        tania.fill({"Importe pagado": cast.paid[-1], "Número de la orden": "CLC-20201"})
        tania.send("Registrar el pago")


def read(cast: Cast, visitor: Page) -> None:
    """Anybody reads the whole story afterwards, without an account, and checks one act."""
    process = Process.objects.get()
    assert process.halt == "complete"
    every_signature_holds(process)
    visitor.goto(f"{cast.url}/p/{process.ocid}/")
    cast.inspector.look(visitor, "paid")
    main = visitor.locator("main")
    for words in (
        *[SUPPLIERS[who] for who in WINNERS.values()],
        "$23,517,000.00",
        *cast.paid,
    ):  # the reference: 58.50 each
        expect(main).to_contain_text(words)
    call = Entry.objects.select_related("placed").get(stream=process.stream, kind="call.published")
    visitor.goto(f"{cast.url}/actos/{call.placed.position}/")
    cast.inspector.look(visitor, "signed")
    visitor.get_by_role("button", name="Comprobar en este navegador").click()
    expect(visitor.get_by_text("Coincide con el registro público")).to_be_visible(timeout=PATIENCE)


def every_signature_holds(process: Process) -> None:
    """The acts that have to be signed were, with an e.firma, and a stranger's arithmetic agrees with each."""
    told = [e.event for e in Entry.objects.filter(stream=process.stream, kind=signed.ActSigned.kind)]
    assert {event.act_kind for event in told} >= SIGNED
    for event in told:
        assert event.signature["kind"] == "efirma"
        assert verify_record(event.signature, signed.PAYLOAD_TYPE, signed.payload_of(event)), event.act_kind
