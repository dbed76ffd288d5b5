# SPDX-License-Identifier: Apache-2.0
"""A purchase of two lots from the plan to the payment, by its people, each at a browser of their own, in Spanish."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Inspector, Someone, chapter
from tests.fixtures.browser import Watch
from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.contracting.queries import guarantee_required
from vitrina.cycle.core.models import Process
from vitrina.cycle.payment.models import Invoice
from vitrina.cycle.payment.sample import sample_for
from vitrina.kernel.money import Money
from vitrina.site.demo import clock
from vitrina.site.demo.people import local, world

TITLE = "Reactivo para VIH 1 y 2"
REQUIREMENTS = (
    ("Registro sanitario vigente", "Expedido por COFEPRIS.", "técnico"),
    ("Opinión fiscal positiva", "Del mes en curso.", "legal y administrativo"),
)
PDF = ("file", "propuesta.pdf", "application/pdf", b"%PDF-1.7\nPropuesta tecnica")
SUPPLIERS = {
    "supplier1": "Biomédica Tres Lunas, S.A. de C.V.",
    "supplier2": "Reactivos Valle Hondo, S.A. de C.V.",
    "supplier3": "Diagnósticos Ocotal, S. de R.L.",
}
EVALUATORS = ("evaluator1", "evaluator2", "evaluator3")
PRICES = {"supplier1": ("54.90", "62.10"), "supplier2": ("51.30", "66.40"), "supplier3": ("57.75", "")}
WINNERS = {1: "supplier2", 2: "supplier1"}


class Cast:
    """Everybody who takes part: a person sits down at their browser when they are first needed, and stays."""

    def __init__(self, new_page: Callable[..., Page], url: str, inspector: Inspector) -> None:
        self._new_page, self.url, self.inspector = new_page, url, inspector
        self._seated: dict[str, Someone] = {}

    def __getitem__(self, who: str) -> Someone:
        if who not in self._seated:
            someone = Someone(self._new_page(), self.url, self.inspector)
            self._seated[who] = someone.choose(SUPPLIERS[who]) if who in SUPPLIERS else someone.sign_in(
                f"{who}@vitrina.example"
            )
        return self._seated[who]

    def __len__(self) -> int:
        return len(self._seated)


@pytest.fixture
def cast(live_site, new_page, axe) -> Cast:
    world()
    return Cast(new_page, live_site.url, Inspector(axe))


def at(*when: int) -> datetime:
    """Move the world forward to an hour of Mexico City."""
    instant = local(*when)
    clock.set_to(instant)
    return instant


def test_six_people_buy_in_public_from_plan_to_payment(cast: Cast, new_page, watch: Watch) -> None:
    for name, part in (
        ("plan and budget", plan), ("market research", research), ("call", call), ("clarification", clarify),
        ("bids", bid), ("opening", lambda c: open_in_public(c, new_page())), ("evaluation", evaluate), ("ruling", rule),
        ("contracts", contract), ("deliveries", deliver), ("payment", pay), ("the public page", lambda c: read(c, new_page())),
    ):
        with chapter(name, watch):
            part(cast)
    assert len(cast) >= 6


def plan(cast: Cast) -> None:
    at(2020, 1, 30, 12)
    rocio = cast["requester"]
    rocio.page.get_by_role("link", name="Comenzar una compra").click()
    rocio.inspector.look(rocio.page)
    rocio.fill({
        "Qué se va a comprar": TITLE, "Para qué se necesita": "Detección de VIH en 1,310 clínicas.",
        "Unidad contratante": ("choose", "Coordinación de Adquisición de Bienes"), "Ejercicio fiscal": "2020",
        "Monto previsto": "25,000,000.00", "Partida específica": "25401", "Programa presupuestario": "E012",
        "Fecha prevista de la convocatoria": "2020-09-22",
    })
    for n, quantity in ((1, "400,000"), (2, "2000")):
        rocio.fill({
            "Partida": str(n), "Clave CUCoP": f"25401-001{n}", "Qué es": f"{TITLE}, presentación {n}",
            "Cantidad": quantity, "Unidad de medida": "prueba",
        }, rocio.row("Renglón", n))
    rocio.send("Publicar el renglón")

    at(2020, 2, 10, 12)
    cast["approver"].do("Certificar la suficiencia", "Certificar la suficiencia", TITLE, {
        "Número de certificación": "DSP-0457-2020", "Monto certificado": "25,000,000.00",
    })


def research(cast: Cast) -> None:
    at(2020, 3, 2, 10)
    olga = cast["officer"]
    olga.do("Pida cotizaciones", "Pedir cotizaciones", TITLE, {
        "Empresas": "\n".join(SUPPLIERS.values()), "Qué les pregunta": "Precio por prueba, entrega en almacén central.",
        "Pueden responder hasta": "2020-03-20T18:00",
    })
    at(2020, 3, 23, 10)
    for line in (1, 2):
        for n, price in enumerate(("57.20", "58.50", "61.00")):
            olga.do("Registre los precios", "Registrar el precio", TITLE, {
                "Renglón": ("choose", f"{line}. {TITLE}, presentación {line} (prueba)"),
                "Quién lo cotizó": f"Cotización {n + 1}", "Precio unitario": price, "Fecha del precio": "2020-03-20",
            })
    at(2020, 4, 6, 12)
    assert "58.50" not in olga.do("Concluya la investigación", "Concluir la investigación", TITLE)


def call(cast: Cast) -> None:
    at(2020, 9, 22, 9)
    olga = cast["officer"]
    olga.begin("Publique la convocatoria", TITLE)
    olga.fill({
        "Descripción para los licitantes": "Pruebas rápidas para la detección de anticuerpos contra VIH 1 y 2.",
        "Junta de aclaraciones": "2020-10-02T10:00", "Apertura de proposiciones": "2020-10-13T11:00",
        "Fallo, a más tardar": "2020-10-27T12:00", "Pena, % de lo entregado tarde": "1",
        "Entrega, días naturales": "30", "Lugar de entrega": "Almacén central, Ciudad de México",
        "Contrato desde": "2020-11-03", "Contrato hasta": "2020-12-31",
        "Quienes evalúan": ("pick", "Emma Oñate", "Raúl Zebadúa", "Irma Lazcano"),
        "Órgano interno de control": ("choose", "Inés Olaiz, Órgano Interno de Control"),
        "Testigo social": ("choose", "Teo Zumárraga, Testigo social"),
    })
    for n, (title, proof, kind) in enumerate(REQUIREMENTS, start=1):
        olga.fill({"Requisito": title, "Cómo se acredita": proof, "Tipo": ("choose", kind)}, olga.row("Requisito", n))
    assert "convocatoria" in olga.send("Publicar la convocatoria")


def clarify(cast: Cast) -> None:
    at(2020, 9, 28, 10)
    questions = {"supplier1": "¿Se acepta una sensibilidad de 99.4 %?", "supplier2": "¿El precio incluye el flete?"}
    for who, text in questions.items():
        cast[who].do("Hacer una pregunta", "Enviar la pregunta", TITLE, {
            "De qué trata": ("pick", "Técnica"), "Su pregunta": text,
        })
    at(2020, 10, 1, 10)
    olga = cast["officer"]
    for _question in questions:
        olga.do("Responda la pregunta de", "Guardar la respuesta", TITLE, {
            "Respuesta": "Se mantiene lo que dice la convocatoria.",
        })
    olga.page.get_by_role("button", name="Hasta el próximo acto").click()  # the meeting, on 2 October at 10:00
    olga.do("Celebre la junta", "Cerrar la junta y publicar el acta", TITLE)


def bid(cast: Cast) -> None:
    at(2020, 10, 12, 10)
    for who, prices in PRICES.items():
        someone = cast[who]
        someone.begin("Envíe su proposición", TITLE)
        if who == "supplier3":
            bid_by_keyboard(someone.page, prices[0])
            continue
        someone.fill({
            **{f"Partida {n}, renglón {n}": price for n, price in enumerate(prices, start=1)},
            **{f"Cómo cumple: {title}": f"Cumplimos: {title}." for title, _proof, _kind in REQUIREMENTS},
            "Documentos": PDF, "Declaro bajo protesta": True,
        })
        someone.send("Entregar la proposición")


def bid_by_keyboard(page: Page, price: str) -> None:
    """The same form without a pointer: from the first field to the receipt with tab, letters, space and enter."""


def open_in_public(cast: Cast, visitor: Page) -> None:
    raise NotImplementedError


def evaluate(cast: Cast) -> None: ...
def rule(cast: Cast) -> None: ...
def contract(cast: Cast) -> None: ...
def deliver(cast: Cast) -> None: ...
def pay(cast: Cast) -> None: ...
def read(cast: Cast, visitor: Page) -> None: ...
