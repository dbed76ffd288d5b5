# SPDX-License-Identifier: Apache-2.0
"""The tutorial holds: what it says to press is there, what it promises comes true, in both languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import expect

from tests.browser.people import Someone, beginning
from tests.docs.tutorial import FOLDER, Line, lines
from vitrina.cycle.core.models import Process
from vitrina.ledger.sequencer import catch_up
from vitrina.ledger.verify import verify
from vitrina.site import paths
from vitrina.site.demo import clock
from vitrina.site.demo.people import world
from vitrina.site.demo.script import OPENING_DAY
from vitrina.site.demo.story.bidding import reach_bidding

TITLE = "Reactivo para VIH 1 y 2"
SPANISH = lines("first-purchase.md", "es")
JUDGEMENTS = 9  # three requirements of three bids
LABELS = {"open", "press", "mark", "clock_next", "clock_weeks"}


class NobodyLooks:
    """The whole-purchase test looks at these pages already."""

    def look(self, *_: object) -> None:
        """Nothing."""


class Walker:
    """A newcomer who does what the tutorial says, and nothing else."""

    def __init__(self, page, public, url: str) -> None:
        self.someone = Someone(page, url, NobodyLooks())
        self.public = public

    def do(self, line: Line) -> None:
        getattr(self, line.verb)(line)

    def enter(self, line: Line) -> None:
        self.someone.choose(line.what)

    def open(self, line: Line) -> None:
        self.someone.begin(line.what, TITLE)

    def press(self, line: Line) -> None:
        self.someone.send(line.what)

    def fill(self, line: Line) -> None:
        place = self.someone.page.locator("main")
        self.someone.fill({line.what: self._how(place, line.what, line.value)}, place)

    def _how(self, place, label: str, value: str):
        if value.endswith(".xml"):
            return ("file", value, "application/xml", (FOLDER / value).read_bytes())
        box = place.get_by_label(beginning(label)).first
        if place.get_by_role("group", name=beginning(label)).count():
            return ("pick", value)
        return ("choose", value) if box.evaluate("e => e.tagName") == "SELECT" else value

    def mark(self, line: Line) -> None:
        labels = self.someone.page.locator("main label").filter(has_text=re.compile(rf"^\s*{line.what}\s*$"))
        assert labels.count() == JUDGEMENTS
        for label in labels.all():
            label.click()

    def clock_next(self, line: Line) -> None:
        self.someone.page.goto(f"{self.someone.url}/")
        self.someone.page.get_by_role("button", name=line.what, exact=True).click()

    def clock_weeks(self, line: Line) -> None:
        for _week in range(7):
            self.someone.page.get_by_role("button", name=line.what, exact=True).click()

    def receipt(self, line: Line) -> None:
        expect(self.someone.page.get_by_role("heading", level=1)).to_contain_text(line.what.rstrip("."))

    def public_page(self, line: Line) -> None:
        expect(self.public.locator("main")).to_contain_text(line.what)


@pytest.mark.browser
def test_a_newcomer_who_does_what_the_page_says_reaches_the_payment(live_site, new_page):
    process = reach_bidding(world())
    clock.set_to(OPENING_DAY)
    page, public = new_page(), new_page()
    public.goto(f"{live_site.url}/p/{process.ocid}/")
    walker = Walker(page, public, live_site.url)

    for n, line in enumerate(SPANISH, start=1):
        try:
            walker.public_page(line) if line.verb == "public" else walker.do(line)
        except BaseException as error:
            error.add_note(f"at line {n} of the tutorial: {line}")
            raise

    catch_up()
    assert Process.objects.get().halt == "complete"
    assert verify().finding is None
    assert clock.now() > datetime(2020, 12, 1, tzinfo=UTC)


def test_the_english_page_has_the_same_steps():
    english = lines("first-purchase.en.md", "en")
    spanish = [line for line in SPANISH if line.verb not in {"receipt", "public"}]

    assert [line.verb for line in english] == [line.verb for line in spanish]
    words = catalogue()
    for there, here in zip(english, spanish, strict=True):
        if there.verb in LABELS or (there.verb == "fill" and there.what != here.what):
            assert here.what in words.get(there.what, set()), f"{there.what!r} is not the English of {here.what!r}"


def catalogue() -> dict[str, set[str]]:
    """English text -> its Spanish translations, over every room."""
    found: dict[str, set[str]] = {}
    for path in [
        *paths.ROOT.glob("vitrina/**/locale/es/LC_MESSAGES/django.po"),
        paths.ROOT / "web/locale/es/LC_MESSAGES/django.po",
    ]:
        with path.open("rb") as file:
            for message in read_po(file, locale="es"):
                if isinstance(message.id, str):
                    found.setdefault(message.id, set()).add(message.string)
    return found
