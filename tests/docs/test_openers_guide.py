# SPDX-License-Identifier: Apache-2.0
"""The guide for those who hold a key holds: the ceremony, the rehearsal and the act, done as it says, open the envelopes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.people import Someone, beginning
from tests.browser.sealing import PATIENCE, enter_room, open_key
from tests.docs.test_tutorial import NobodyLooks, Walker
from tests.docs.tutorial import Line, lines
from vitrina.cycle.core.models import Process
from vitrina.cycle.opening.queries import opened_event
from vitrina.parties.openers import commands as opener_keys
from vitrina.parties.openers.queries import key_of
from vitrina.parties.roles import Role
from vitrina.site import paths
from vitrina.site.demo import clock
from vitrina.site.demo.people import World, local, world
from vitrina.site.demo.story.bidding import reach_bidding

GUIDE = lines("open-envelopes.md", "es", paths.ROOT / "docs" / "how-to")
OPENING = local(2020, 10, 13, 11)
pytestmark = pytest.mark.browser


class Holder(Walker):
    """Somebody who has an office of those who open, a browser, and this guide."""

    def __init__(self, page, w: World, url: str, president: Someone) -> None:
        super().__init__(page, None, url)
        self.page, self.w, self.president = page, w, president
        self.noted: dict[str, str] = {}  # what the guide tells one to write on paper, or to print
        self.ocid = ""

    def open_in(self, line: Line) -> None:
        assert line.value == "Mi espacio"
        self.page.goto(f"{self.someone.url}/mi-espacio/")
        self.someone.follow(self.page.get_by_role("link", name=line.what, exact=True))

    def press(self, line: Line) -> None:
        if line.what == "Usar estas":
            words = self.page.locator("[data-suggested]")
            expect(words).not_to_be_empty(timeout=PATIENCE)  # the sealing code comes after the page
            self.noted["*su frase*"] = words.inner_text()
        self.page.get_by_role("button", name=line.what, exact=True).click(timeout=PATIENCE)
        if line.what == "Imprimir la hoja":
            self.noted["*el texto de la hoja*"] = " ".join(self.page.locator("[data-groups] span").all_text_contents())

    def fill(self, line: Line) -> None:
        box = self.page.get_by_label(beginning(line.what)).locator("visible=true")
        box.fill(self.noted[line.value], timeout=PATIENCE)

    def choose_purchase(self, line: Line) -> None:
        """The purchase was called meanwhile, its bids are in, and the hour is near."""
        process = reach_bidding(self.w)
        clock.set_to(OPENING)
        self.ocid = process.ocid
        self.page.reload()
        place = self.page.get_by_role("region", name=line.what)
        self.someone.follow(place.get_by_role("link", name=process.title, exact=True))

    def presides(self, line: Line) -> None:
        page = self.president.page
        if page.url.endswith("/mi-espacio/"):
            enter_room(self.president, self.ocid)
            open_key(self.president)
        page.get_by_role("button", name=line.what, exact=True).click(timeout=PATIENCE)


@pytest.fixture
def people() -> World:
    clock.set_to(local(2019, 1, 2))  # before anything happens: no deadline has passed
    w = world()
    opener_keys.retire_key(w[Role.WITNESS], at=clock.now())  # the demonstration's: the guide begins without one
    return w


def test_who_does_what_the_guide_says_makes_a_key_rehearses_and_opens(live_site, new_page, people):
    president = Someone(new_page(), live_site.url, NobodyLooks()).sign_in("officer@vitrina.example")
    holder = Holder(new_page(), people, live_site.url, president)
    holder.someone.sign_in("witness@vitrina.example")

    for n, line in enumerate(GUIDE, start=1):
        try:
            holder.do(line)
        except BaseException as error:
            error.add_note(f"at line {n} of the guide: {line}")
            raise

    assert {line.verb for line in GUIDE} >= {"open_in", "press", "fill", "tick", "says", "choose_purchase", "presides"}
    assert key_of(people[Role.WITNESS].person_id).proven_at
    assert opened_event(Process.objects.get(ocid=holder.ocid)).n_bids == 3
    expect(holder.page.get_by_role("alert")).to_have_count(0)
