# SPDX-License-Identifier: Apache-2.0
"""The whole ceremony in real browsers: keys, three sealed bids, and their opening with one opener absent and one who lies.

Sealed bids, sections 8, 9, 10 and 16; journeys J4 and J13.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pyrage
import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.cast import SUPPLIERS, Cast
from tests.browser.people import Inspector, Someone, chapter
from tests.browser.sealing import PATIENCE, address, enter_room, fill_bid, keep_key, open_key, seal_bid, send_bid
from tests.fixtures.browser import Watch
from vitrina.cycle.core.models import Process
from vitrina.cycle.planning.queries import items_of
from vitrina.cycle.tendering.queries import criteria_of
from vitrina.site.demo import clock
from vitrina.site.demo.people import World, local, world
from vitrina.site.demo.story.clarifying import reach_clarifying

PRICES = {"supplier1": "54.90", "supplier2": "51.30", "supplier3": "57.75"}
TOTALS = ("$22,618,800.00", "$21,135,600.00", "$23,793,000.00")
SHARE_BYTES = 33
LIAR = """(async (...asked) => {
    const given = await seal.decryptShares(...asked);
    const [c] = Object.keys(given.shares);
    const bytes = seal.unb64(given.shares[c]);
    bytes[0] ^= 1;
    if (state.wanted.round === "bids") given.shares[c] = seal.b64(bytes);
    return given;
  })("""


@pytest.fixture
def people() -> World:
    clock.set_to(local(2019, 1, 2))  # before anything happens: no deadline has passed
    return world()


@pytest.fixture
def cast(live_site, new_page, axe) -> Cast:
    return Cast(new_page, live_site.url, Inspector(axe))


def test_three_bids_are_opened_by_two_of_three_although_one_is_absent_and_one_lies(
    people: World, cast: Cast, new_page, watch: Watch, tmp_path: Path
) -> None:
    told: dict[str, str] = {}
    with chapter("the witness makes a key", watch):
        make_key(cast["witness"], told)
    process = reach_clarifying(people)
    clock.set_to(local(2020, 10, 12, 10))
    visitor = new_page()
    with chapter("three bids", watch):
        keys = bid(cast, process, tmp_path, watch)
        nobody_knows(visitor, cast, process.ocid)
    clock.set_to(local(2020, 10, 13, 11))
    with chapter("the act", watch):
        begin(cast, process.ocid, visitor, told)
    with chapter("a bidder brings its own key", watch):
        rescue(cast["supplier1"], process.ocid, keys["supplier1"])
    with chapter("the envelopes open", watch):
        opened(cast, process.ocid, visitor)
    with chapter("afterwards", watch):
        check_own(cast["supplier1"], cast["supplier2"], process.ocid)
        audit(visitor, cast.url, process.ocid, tmp_path)


def make_key(teo: Someone, told: dict[str, str]) -> None:
    """A key of one's own in place of the demonstration's: passphrase, sheet, signature, proof, rehearsal."""
    page = teo.page
    page.goto(f"{teo.url}/mi-espacio/llave/")
    page.get_by_text("¿Perdió la frase o la hoja?").click()
    page.get_by_role("button", name="Hacer otra llave").click()
    words = page.locator("[data-suggested]")
    expect(words).not_to_be_empty(timeout=PATIENCE)  # the sealing code comes after the page
    told["passphrase"] = words.inner_text()
    page.get_by_role("button", name="Usar estas").click()
    page.get_by_label("Escríbala otra vez").fill("otra cosa")
    page.get_by_role("button", name="Hacer mi llave").click()
    expect(page.get_by_role("alert")).to_contain_text("Las dos no son iguales")
    page.get_by_label("Escríbala otra vez").fill(told["passphrase"])
    page.get_by_role("button", name="Hacer mi llave").click()
    expect(page.get_by_role("button", name="Imprimir la hoja")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="No tengo impresora").click()
    told["sheet"] = page.locator("[data-groups]").inner_text()
    teo.inspector.look(page, "sheet")
    page.get_by_label("Tengo la hoja en papel").check()
    page.get_by_role("button", name="Continuar").click()
    page.get_by_role("button", name="Firmar y registrar mi llave").click()
    expect(page.get_by_label("Texto de la hoja")).to_be_visible(timeout=PATIENCE)
    assert told["sheet"].split()[8] not in page.content()  # the browser has forgotten it
    page.get_by_label("Texto de la hoja").fill(told["sheet"].replace("1", "l", 1)[:-2])
    page.get_by_role("button", name="Probar la hoja").click()
    expect(page.get_by_role("alert")).to_contain_text("cambió un signo")
    page.get_by_label("Texto de la hoja").fill(told["sheet"].lower())
    page.get_by_role("button", name="Probar la hoja").click()
    expect(page.get_by_role("heading", name="Su llave está lista.")).to_be_visible(timeout=PATIENCE)
    page.get_by_label("Su frase de paso").last.fill(told["passphrase"])
    page.get_by_role("button", name="Abrir el sobre de práctica").click()
    expect(page.get_by_text("Se abrió a las")).to_be_visible(timeout=PATIENCE)
    teo.inspector.look(page, "ready")


def bid(cast: Cast, process: Process, folder: Path, watch: Watch) -> dict[str, Path]:
    """The first uploads over a line that is cut twice, the second replaces its bid, the third is quick."""
    answers = [f"Cumplimos: {c.title}." for c in criteria_of(process)]
    item = items_of(process)[0].number
    pdf = {"name": "propuesta técnica.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + bytes(300_000)}
    keys = {}
    watch.allow("net::ERR_FAILED")
    cut_twice(cast["supplier1"].page)
    for who in ("supplier1", "supplier3"):
        keys[who] = seal_bid(cast[who], process.ocid, {item: PRICES[who]}, answers, folder, [pdf])
    second = cast["supplier2"]
    seal_bid(second, process.ocid, {item: "59.00"}, answers, folder)
    second.page.get_by_role("button", name="Reemplazar").click()
    expect(second.page.get_by_text("Está preparando otro sobre")).to_be_visible(timeout=PATIENCE)
    assert second.page.locator(f"#price_{item}").input_value() == "59.00"  # the draft is still in the browser
    fill_bid(second, {item: PRICES["supplier2"]}, answers, [pdf])
    keys["supplier2"] = keep_key(second, folder)
    send_bid(second)
    expect(second.page.get_by_text("Reemplazado por un sobre posterior")).to_be_visible()
    return keys


def cut_twice(page: Page) -> None:
    cuts: list[str] = []

    def cut(route: Route) -> None:
        if route.request.method == "PUT" and len(cuts) < 2:
            cuts.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/partes/*/", cut)


def nobody_knows(visitor: Page, cast: Cast, ocid: str) -> None:
    """Before the act the public board tells nothing of envelopes, not even how many."""
    visitor.goto(f"{cast.url}/p/{ocid}/apertura/")
    cast.inspector.look(visitor, "before")
    expect(visitor.locator("main")).to_contain_text("No se sabe cuántos son.")
    for name in SUPPLIERS.values():
        expect(visitor.locator("main")).not_to_contain_text(name)
    visitor.evaluate("window.sameDocument = true")


def begin(cast: Cast, ocid: str, visitor: Page, told: dict[str, str]) -> None:
    """Olga begins and gives her key; Teo gives his, false for one bid; Inés never comes."""
    olga, teo = cast["officer"], cast["witness"]
    room = enter_room(olga, ocid)
    olga.inspector.look(room, "before")
    open_key(olga)
    teo.page.route("**/js/opening-page.js", lying)
    teo.page.route("**/llaves/", unpinned)
    enter_room(teo, ocid)
    teo.page.get_by_text("No la recuerdo").click()
    teo.page.get_by_label("Texto de la hoja").fill(told["sheet"])  # the paper does as well as the passphrase
    teo.page.get_by_role("button", name="Abrir mi llave").click()
    expect(teo.page.locator("[data-unlocked]")).to_be_visible(timeout=PATIENCE)
    room.get_by_role("button", name="Empezar el acto").click()
    for page in (room, visitor):
        for name in SUPPLIERS.values():
            expect(page.locator("main")).to_contain_text(name, timeout=PATIENCE)
        expect(page.locator("main")).to_contain_text("no es la repartida", timeout=PATIENCE)
        expect(page.locator("main")).to_contain_text("Cerrado; 1 de 2 llaves", timeout=PATIENCE)
    olga.inspector.look(room, "false share")
    cast.inspector.look(visitor, "false share")
    assert visitor.evaluate("window.sameDocument")
    expect(visitor.locator("main")).not_to_contain_text(TOTALS[0])
    not_yet = room.get_by_role("button", name="Abrir los 3 sobres")
    expect(not_yet).to_have_attribute("aria-disabled", "true")
    room.reload()  # in the middle of the act: nothing is lost, and the key has to be opened again
    expect(room.locator("main")).to_contain_text("no es la repartida")
    expect(room.get_by_label("Su frase de paso")).to_be_visible()


def lying(route: Route) -> None:
    """A browser whose owner changed its code: the first share of the second round is another."""
    text = route.fetch().text()
    assert text.count("await seal.decryptShares(") == 1
    route.fulfill(content_type="text/javascript", body=text.replace("await seal.decryptShares(", f"await {LIAR}"))


def unpinned(route: Route) -> None:
    """The same owner lets the page forget which bytes it wants: its digests guard people, not against them."""
    given = route.fetch()
    route.fulfill(response=given, body=re.sub(r' integrity="[^"]+"', "", given.text()))


def rescue(someone: Someone, ocid: str, key: Path) -> None:
    """The bidder whose envelope lacks a key brings the one that its browser saved."""
    page = someone.page
    page.goto(address(someone, ocid, "sellar"))
    someone.inspector.look(page, "closed")
    page.get_by_role("region", name="Lleve al acto").get_by_label("Llave del sobre").set_input_files(key)
    page.get_by_role("button", name="Entregar la llave al acto").click()
    expect(page.get_by_text("Su llave se recibió a las")).to_be_visible(timeout=PATIENCE)


def opened(cast: Cast, ocid: str, visitor: Page) -> None:
    olga = cast["officer"]
    olga.page.get_by_role("button", name="Abrir los 3 sobres").click(timeout=PATIENCE)
    for page in (olga.page, visitor):
        expect(page.get_by_role("heading", name="Se abrieron tres sobres, en público.")).to_be_visible(
            timeout=PATIENCE
        )
        for total in TOTALS:
            expect(page.locator("main")).to_contain_text(total)
        expect(page.locator("main")).to_contain_text("con la llave de su propio autor")
        expect(page.locator("main")).to_contain_text("No estuvo; su llave no hizo falta")
    expect(visitor.get_by_role("heading", name="Cada sobre del registro está explicado")).to_be_visible()
    assert visitor.evaluate("window.sameDocument")
    cast.inspector.look(visitor, "opened")
    olga.inspector.look(olga.page, "opened")


def check_own(first: Someone, second: Someone, ocid: str) -> None:
    """Each bidder's browser compares what was published with its own receipt."""
    for someone in (first, second):
        page = someone.page
        page.goto(address(someone, ocid, "sellar"))
        for words in (
            "Su sobre se abrió con la llave que usted comprometió.",
            "Lo que se publicó es lo que usted firmó",
            "Los precios que se leyeron son los que usted selló.",
        ):
            expect(page.get_by_text(words).first).to_be_visible(timeout=PATIENCE)
        someone.inspector.look(page, "opened")
    expect(second.page.get_by_text("lo reemplazó un sobre posterior de usted")).to_be_visible()


def audit(visitor: Page, url: str, ocid: str, folder: Path) -> None:
    """An outsider repeats the audit offline and decrypts a file with the published key."""
    with visitor.expect_download() as saved:
        visitor.get_by_role("link", name="Carpeta de la auditoría").click()
    with zipfile.ZipFile(saved.value.path()) as packed:
        packed.extractall(folder / "auditoria")
    run = subprocess.run(
        [sys.executable, "-m", "vitrina", "sealed", "audit", str(folder / "auditoria"), "--at", "2020-10"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    case = json.loads((folder / "auditoria" / "audit.json").read_text())
    assert len(case["opened"]) == len(SUPPLIERS)
    public = visitor.request.get(f"{url}/p/{ocid}/apertura.json").json()
    one = next(e for e in public["envelopes"] if e["result"] == "opened")
    sha256 = json.loads(one["object"])["files"][1]["sha256"]
    ciphertext = visitor.request.get(f"{url}/p/{ocid}/cifrados/{sha256}").body()
    identity = pyrage.x25519.Identity.from_str(one["identity"])
    answers = json.loads(BytesIO(pyrage.decrypt(ciphertext, [identity])).read())
    assert all(text.startswith("Cumplimos") for text in answers["responses"].values())
    assert all(len(bytes.fromhex(share)) == SHARE_BYTES for share in one["shares"])
