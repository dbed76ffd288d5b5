# SPDX-License-Identifier: Apache-2.0
"""What people do with sealed bids at their browsers: seal, keep, give a key. By accessible names, as everything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.people import Someone

PASSPHRASE = "vitrina-demo"  # of the demonstration's openers
PATIENCE = 120_000  # milliseconds: machines that test are slow and busy
RECEIVED = "Su proposición está sellada y recibida."


def address(someone: Someone, ocid: str, page: str) -> str:
    """Where a page of the desk about a purchase stands."""
    return f"{someone.url}/mi-espacio/compra/{ocid}/{page}/"


def fill_bid(
    someone: Someone, prices: Mapping[int, str], answers: Sequence[str], documents: Sequence[dict[str, Any]] = ()
) -> None:
    """Write prices by item and the answers in order, choose documents, promise."""
    page = someone.page
    for item, price in prices.items():
        if price:
            page.locator(f"#price_{item}").fill(price)
    for n, text in enumerate(answers, start=1):
        page.locator(f"#response_{n}").fill(text)
    if documents:
        page.get_by_label("Suelte aquí los archivos").set_input_files(list(documents))
    page.locator("#statement").check()


def keep_key(someone: Someone, folder: Path) -> Path:
    """Download the key of the envelope."""
    with someone.page.expect_download() as saved:
        someone.page.get_by_role("button", name="Descargar la llave").click()
    path = folder / saved.value.suggested_filename
    saved.value.save_as(path)
    return path


def send_bid(someone: Someone) -> None:
    """Press the button and wait for the receipt with its place in the register, checked in this browser."""
    page = someone.page
    keys = page.get_by_text("Comprobado a las")  # the keys of those who open, found in the public log
    expect(keys).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Sellar y enviar").click()
    expect(page.get_by_role("heading", name=RECEIVED)).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Comprobado en este navegador").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("article").first).to_contain_text("Completo", timeout=PATIENCE)


def seal_bid(
    someone: Someone,
    ocid: str,
    prices: Mapping[int, str],
    answers: Sequence[str],
    folder: Path,
    documents: Sequence[dict[str, Any]] = (),
) -> Path:
    """A whole bid, from the page to the receipt; where the key of the envelope was kept."""
    someone.page.goto(address(someone, ocid, "sellar"))
    someone.inspector.look(someone.page, "to be filled")
    fill_bid(someone, prices, answers, documents)
    path = keep_key(someone, folder)
    send_bid(someone)
    someone.inspector.look(someone.page, "receipt")
    return path


def enter_room(someone: Someone, ocid: str) -> Page:
    """Open the room of those who open."""
    someone.page.goto(address(someone, ocid, "llaves"))
    return someone.page


def open_key(someone: Someone, passphrase: str = PASSPHRASE) -> None:
    """Open one's key in the room; from here on the page gives it by itself."""
    page = someone.page
    page.get_by_label("Su frase de paso").fill(passphrase)
    page.get_by_role("button", name="Abrir mi llave").click()
    expect(page.locator("[data-unlocked]")).to_be_visible(timeout=PATIENCE)
