# SPDX-License-Identifier: Apache-2.0
"""The middle of the whole purchase: three companies seal in their browsers, two of three who hold a key open in public."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.cast import Cast
from tests.browser.people import Someone
from tests.browser.sealing import PATIENCE, RECEIVED, enter_room, open_key, seal_bid
from vitrina.cycle.core.models import Process
from vitrina.site.demo import clock
from vitrina.site.demo.people import local

TITLE = "Reactivo para VIH 1 y 2"
REQUIREMENTS = (
    ("Registro sanitario vigente", "Expedido por COFEPRIS.", "técnico"),
    ("Opinión fiscal positiva", "Del mes en curso.", "legal y administrativo"),
)
PDF = {"name": "propuesta.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\nPropuesta tecnica"}
PRICES = {"supplier1": ("54.90", "62.10"), "supplier2": ("51.30", "66.40"), "supplier3": ("57.75", "")}


def at(*when: int) -> datetime:
    """Move the world forward to an hour of Mexico City."""
    instant = local(*when)
    clock.set_to(instant)
    return instant


def bid(cast: Cast, folder: Path) -> None:
    """Three companies seal in their own browsers and sign with the demonstration's e.firma; the third has no pointer."""
    at(2020, 10, 12, 10)
    ocid = Process.objects.get().ocid
    answers = [f"Cumplimos: {title}." for title, _proof, _kind in REQUIREMENTS]
    for who, prices in PRICES.items():
        someone = cast[who]
        someone.begin("Selle y envíe su proposición", TITLE)
        if who == "supplier3":
            seal_by_keyboard(someone, prices[0], answers, folder)
        else:
            seal_bid(someone, ocid, dict(enumerate(prices, start=1)), answers, folder, [PDF])


def seal_by_keyboard(someone: Someone, price: str, answers: Sequence[str], folder: Path) -> None:
    """The same page without a pointer: from the top to the receipt with tabulator, letters and space."""
    page, keyboard = someone.page, someone.page.keyboard
    expect(page.get_by_text("Comprobado a las")).to_be_visible(timeout=PATIENCE)
    someone.tab_to("Renglón 1")
    keyboard.type(price)
    for (title, _proof, _kind), text in zip(REQUIREMENTS, answers, strict=True):
        someone.tab_to(title)
        keyboard.type(text)
    someone.tab_to("Descargar la llave")
    with page.expect_download() as saved:
        keyboard.press("Enter")
    saved.value.save_as(folder / saved.value.suggested_filename)
    someone.tab_to("El licitante declara bajo protesta")
    keyboard.press("Space")
    someone.tab_to("Sellar y enviar")
    keyboard.press("Enter")
    expect(page.get_by_role("heading", name=RECEIVED)).to_be_visible(timeout=PATIENCE)


def open_in_public(cast: Cast, visitor: Page) -> None:
    """Two of the three who hold a key give it in their room; whoever looks on sees every price at the same moment."""
    ocid = Process.objects.get().ocid
    visitor.goto(f"{cast.url}/p/{ocid}/")
    cast.inspector.look(visitor, "bids")
    assert "58.50" not in visitor.content()
    visitor.evaluate("window.sameDocument = true")

    at(2020, 10, 13, 11)
    olga, inside = cast["officer"], cast["officer"].page
    olga.begin("Empiece el acto", TITLE)
    for who in ("officer", "witness"):
        enter_room(cast[who], ocid)
        cast.inspector.look(cast[who].page, who)
        open_key(cast[who])
    inside.get_by_role("button", name="Empezar el acto").click()
    for who in ("oic", "supplier1"):
        cast[who].do("Anote su asistencia", "Anotar la asistencia", TITLE)
    at(2020, 10, 13, 11, 10)
    inside.get_by_role("button", name="Abrir los 3 sobres").click(timeout=PATIENCE)
    expect(inside.get_by_role("heading", name="Se abrieron tres sobres, en público.")).to_be_visible(timeout=PATIENCE)
    expect(visitor.get_by_role("heading", name="Se abrieron los 3 sobres, en público")).to_be_visible(timeout=PATIENCE)
    for price in ("$22,084,200.00", "$20,652,800.00", "$23,100,000.00"):
        expect(visitor.locator("main")).to_contain_text(price)
    assert visitor.evaluate("window.sameDocument")
    cast.inspector.look(visitor, "opened")

    at(2020, 10, 13, 12)
    cast["witness"].page.goto(f"{cast.url}/mi-espacio/")  # nobody stays in the room until the purchase is over
    olga.do("Cierre el acto", "Publicar el acta", TITLE, {"Observaciones": "Sin observaciones."})
