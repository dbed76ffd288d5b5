# SPDX-License-Identifier: Apache-2.0
"""A purchase that was cancelled with envelopes in it: two openers say who sent them, and no page promises an opening.

Sealed bids, section 9: what an envelope was is told; what it offers is not.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.cast import SUPPLIERS, Cast
from tests.browser.people import Inspector
from tests.browser.sealing import PATIENCE, address, enter_room, open_key
from vitrina.cycle.tendering import commands as tendering
from vitrina.parties.roles import Role
from vitrina.site.demo import clock
from vitrina.site.demo.people import World, local, world
from vitrina.site.demo.story.bidding import RECEIVED, reach_bidding

KEEP = """async (receipt) => {  // what this bidder's browser kept when it sealed
    const seal = await import("/static/vendor/seal.js");
    await seal.envelopes.save(receipt);
  }"""


@pytest.fixture
def people() -> World:
    clock.set_to(local(2019, 1, 2))
    return world()


@pytest.fixture
def cast(live_site, new_page, axe) -> Cast:
    return Cast(new_page, live_site.url, Inspector(axe))


def narrow(page: Page, url: str) -> None:
    """The same page on a small telephone does not scroll sideways."""
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(url)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, f"{url} scrolls sideways"
    page.set_viewport_size({"width": 1280, "height": 900})


def audit(visitor: Page, url: str, ocid: str, folder: Path) -> None:
    """An outsider repeats the audit beside a copy of the log: the log itself says that it was cancelled first."""
    with zipfile.ZipFile(BytesIO(visitor.request.get(f"{url}/p/{ocid}/auditoria.zip").body())) as packed:
        packed.extractall(folder)
    vitrina("log", "export", "--source", f"{url}/log", "--out", str(folder / "log"))
    report = json.loads(vitrina("sealed", "audit", str(folder), "--at", "2020-10", "--json"))
    assert (report["findings"], report["leaves_from"], len(report["live"])) == ([], "log", 2)
    assert report["cancelled"] == json.loads((folder / "audit.json").read_text())["cancelled"]


def vitrina(*words: str) -> str:
    """What a command of the program says, in a process of its own."""
    run = subprocess.run([sys.executable, "-m", "vitrina", *words], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_who_sent_an_envelope_is_told_and_nothing_is_opened(
    people: World, cast: Cast, new_page, tmp_path: Path
) -> None:
    process = reach_bidding(people, offers={0: "54.90", 1: "51.30"})
    at = RECEIVED + timedelta(hours=2)
    tendering.cancel(people[Role.APPROVER], process.ocid, at=at, code="need_ended", reason="Ya no hace falta.")
    clock.set_to(at + timedelta(hours=1))
    public, visitor = f"{cast.url}/p/{process.ocid}/apertura/", new_page()
    sealed = next(s for s in people.kept.values() if s.manifest.ocid == process.ocid)
    own = {
        "c": sealed.c, "ocid": process.ocid, "manifest": sealed.manifest_bytes.decode(), "status": "logged",
        "recipient": sealed.manifest.recipient, "uploaded": True, "received_at": RECEIVED.isoformat(),
    }  # fmt: skip
    bidder = cast["supplier1"]
    bidder.page.evaluate(KEEP, own)

    visitor.goto(public)
    expect(visitor.get_by_role("heading", level=1)).to_have_text("La compra se canceló antes de abrir los sobres.")
    expect(visitor.get_by_text("dos de tres personas entregan su primera llave")).to_be_visible()
    expect(visitor.get_by_text("Se abren")).to_have_count(0)
    cast.inspector.look(visitor, "before")
    bidder.page.goto(address(bidder, process.ocid, "sellar"))
    expect(bidder.page.get_by_text("nadie sabe de quién es este sobre")).to_be_visible(timeout=PATIENCE)
    cast.inspector.look(bidder.page, "cancelled")

    for who in ("oic", "witness"):
        someone = cast[who]
        someone.page.goto(f"{cast.url}/mi-espacio/")
        expect(someone.page.get_by_text("Entregue su primera llave").first).to_be_visible()
        page = enter_room(someone, process.ocid)
        cast.inspector.look(page, "cancelled")
        open_key(someone)
        expect(page.locator("[data-key-state]")).to_contain_text("No tiene que hacer nada más", timeout=PATIENCE)

    expect(visitor.get_by_text(SUPPLIERS["supplier1"], exact=True)).to_be_visible(timeout=PATIENCE)
    expect(visitor.get_by_text("La compra se canceló antes; queda cerrado")).to_have_count(2)
    expect(visitor.get_by_role("heading", name="Cada sobre del registro está explicado")).to_be_visible()
    cast.inspector.look(visitor, "after")
    bidder.page.reload()
    expect(bidder.page.get_by_text("No se abrió, porque la compra se canceló antes")).to_be_visible(timeout=PATIENCE)
    audit(visitor, cast.url, process.ocid, tmp_path)
    for page, url in ((visitor, public), (cast["oic"].page, address(cast["oic"], process.ocid, "llaves"))):
        narrow(page, url)
