# SPDX-License-Identifier: Apache-2.0
"""The guide for bidders holds: a bid sealed on the page, another sealed with the program and brought, both as it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.people import beginning
from tests.browser.sealing import PATIENCE
from tests.browser.test_public_log import wait_for_log
from tests.docs.test_how_to import HOW_TO, shell
from tests.docs.test_tutorial import STILL_RECEIVES, Walker, still_receiving
from tests.docs.tutorial import Line, lines
from vitrina.cycle.bidding import envelope
from vitrina.cycle.core.models import Process
from vitrina.site.demo import clock
from vitrina.site.demo.people import local, world
from vitrina.site.demo.script import OPENING_DAY

NAME = "seal-a-bid.md"
GUIDE = lines(NAME, "es", HOW_TO)
TEXT = (HOW_TO / NAME).read_text(encoding="utf-8")
RECEIPT, SEAL = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
pytestmark = pytest.mark.browser


class Bidder(Walker):
    """A company that has a browser, a folder and this guide."""

    def __init__(self, page, url: str, folder: Path) -> None:
        super().__init__(page, None, url)
        self.page, self.folder = page, folder

    def fill(self, line: Line) -> None:
        box = self.page.get_by_label(beginning(line.what))
        if line.value == "propuesta.pdf":
            box.set_input_files(self.folder / line.value)
        elif line.what == "Lo que selló allá":
            box.set_input_files(
                [self.folder / "sobre" / "manifest.json", *(self.folder / "sobre" / "files").iterdir()]
            )
        else:
            box.fill(line.value)

    def press(self, line: Line) -> None:
        button = self.page.get_by_role("button", name=line.what, exact=True)
        if line.what == "Acuse (un archivo)":
            with self.page.expect_download() as saved:
                button.click(timeout=PATIENCE)
            saved.value.save_as(self.folder / "acuse.json")
        else:
            button.click(timeout=PATIENCE)

    def unfold(self, line: Line) -> None:
        """Take the data of the purchase on the way, as the guide says above the commands."""
        self.page.get_by_text(line.what, exact=True).click()
        with self.page.expect_download() as saved:
            self.page.get_by_role("link", name="Datos de la compra (datos.json)").click()
        saved.value.save_as(self.folder / "datos.json")
        said = shell(SEAL, self.folder)
        assert "Keep sobre/identity.key" in said
        assert said.count("Opener: ") == 3

    def walk(self, steps: list[Line]) -> None:
        for line in steps:
            try:
                self.do(line)
            except BaseException as error:
                error.add_note(f"at: {line}")
                raise


@pytest.fixture(scope="module")
def process(live_site) -> Process:
    clock.set_to(local(2019, 1, 2))  # before anything happens: no deadline has passed
    still_receiving(world())
    clock.set_to(OPENING_DAY)
    wait_for_log()
    return Process.objects.get(title=STILL_RECEIVES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "propuesta.pdf").write_bytes(b"%PDF-1.7\nPropuesta")
    (tmp_path / "oferta.json").write_text(re.search(r"```json\n(.*?)```", TEXT, re.DOTALL)[1], encoding="utf-8")
    return tmp_path


def test_a_bid_is_sealed_on_the_page_and_its_receipt_holds(live_site, new_page, process, folder):
    bidder = Bidder(new_page(), live_site.url, folder)
    bidder.someone.choose("Diagnósticos Ocotal, S. de R.L.")
    cut = next(n for n, line in enumerate(GUIDE) if line.verb == "unfold")

    bidder.walk(GUIDE[:cut])

    assert shell(RECEIPT, folder).startswith("Holds: ")


def test_a_bid_is_sealed_with_the_program_and_sent_from_the_page(live_site, new_page, process, folder):
    bidder = Bidder(new_page(), live_site.url, folder)
    bidder.someone.choose("Biomédica Tres Lunas, S.A. de C.V.")
    before = len(envelope.all_of(process))
    start = next(line for line in GUIDE if line.verb == "open_in")
    cut = next(n for n, line in enumerate(GUIDE) if line.verb == "unfold")

    bidder.walk([start, Line("says", "Comprobado a las"), *GUIDE[cut:]])

    rows = envelope.all_of(process)
    assert len(rows) == before + 1
    assert envelope.is_complete(rows[-1])
