# SPDX-License-Identifier: Apache-2.0
"""The tutorial holds: what it says to press is there, what it promises comes true, in both languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import expect

from tests.browser.people import Someone, beginning, kind_of
from tests.browser.sealing import PATIENCE
from tests.docs.tutorial import FOLDER, SIGHTS, Line, lines
from vitrina.cycle.core.models import Process
from vitrina.ledger.sequencer import catch_up
from vitrina.ledger.verify import verify
from vitrina.site import paths
from vitrina.site.demo import clock
from vitrina.site.demo.people import World, local, world
from vitrina.site.demo.script import OPENING_DAY, TELLINGS
from vitrina.site.demo.story.bidding import reach_bidding

TITLE = "Reactivo para VIH 1 y 2"
SPANISH = lines("first-purchase.md", "es")
JUDGEMENTS = 9  # three requirements of three bids
STILL_RECEIVES = "Reactivo para hepatitis C"  # the purchase of the demonstration in which the newcomer may bid
LABELS = {"open", "open_in", "press", "mark", "tick", "check", "clock_next", "clock_weeks"}


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

    def open_in(self, line: Line) -> None:
        self.someone.begin(line.what, line.value)

    def press(self, line: Line) -> None:
        """A button of a form sends it; one of a page that works by itself is only pressed, and the page says the rest."""
        if kind_of(self.someone.page).startswith("desk:step"):
            self.someone.send(line.what)
        else:
            self.someone.page.get_by_role("button", name=line.what, exact=True).click(timeout=PATIENCE)

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

    def tick(self, line: Line) -> None:
        self.someone.page.get_by_label(beginning(line.what.rstrip("."))).check()

    def check(self, line: Line) -> None:
        self.public.locator(".proof").get_by_role("link").filter(has_text=line.what).first.click()

    def clock_next(self, line: Line) -> None:
        self.someone.page.goto(f"{self.someone.url}/")
        self.someone.page.get_by_role("button", name=line.what, exact=True).click()

    def clock_weeks(self, line: Line) -> None:
        for _week in range(7):
            self.someone.page.get_by_role("button", name=line.what, exact=True).click()

    def receipt(self, line: Line) -> None:
        expect(self.someone.page.get_by_role("heading", level=1)).to_contain_text(line.what.rstrip("."))

    def says(self, line: Line) -> None:
        expect(self.someone.page.locator("main")).to_contain_text(line.what.rstrip("."), timeout=PATIENCE)

    def public_page(self, line: Line) -> None:
        expect(self.public.locator("main")).to_contain_text(line.what, timeout=PATIENCE)


def still_receiving(w: World) -> Process:
    """The purchase of the demonstration that still receives bids on the day of the tutorial."""
    telling = next(t for t in TELLINGS if t.title == STILL_RECEIVES)
    terms = telling.terms | {"title": telling.title, "terms": {"title": telling.title}}
    return telling.reach(w.earlier(telling.weeks), **terms)


@pytest.mark.browser
def test_a_newcomer_who_does_what_the_page_says_reaches_the_payment(live_site, new_page):
    clock.set_to(local(2019, 1, 2))  # the site runs already: by the real clock every deadline of the story is past
    w = world()
    still_receiving(w)
    process = reach_bidding(w)
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
    assert Process.objects.get(ocid=process.ocid).halt == "complete"
    assert verify().finding is None
    assert clock.now() > datetime(2020, 12, 1, tzinfo=UTC)


def test_the_english_page_has_the_same_steps():
    english = lines("first-purchase.en.md", "en")
    spanish = [line for line in SPANISH if line.verb not in SIGHTS]

    assert [line.verb for line in english] == [line.verb for line in spanish]
    words = catalogue()
    for there, here in zip(english, spanish, strict=True):
        if there.verb in LABELS or (there.verb == "fill" and there.what != here.what):
            assert is_translation(there.what, here.what, words), f"{there.what!r} is not the English of {here.what!r}"


def is_translation(english: str, spanish: str, words: dict[str, set[str]]) -> bool:
    """Whether the site says one where it says the other; what it fills in (`%(n)s`) is the same in both."""
    if spanish in words.get(english, set()):
        return True
    for source, targets in words.items():
        if "%(" in source and (found := re.fullmatch(_with_holes(source), english)):
            filled = {re.sub(r"%\((\w+)\)[sd]", lambda m, f=found: f[m[1]], target) for target in targets}
            if spanish in filled:
                return True
    return False


def _with_holes(source: str) -> str:
    """A text of the catalogue as a pattern; a hole that comes twice must be filled alike."""
    seen: set[str] = set()

    def hole(match: re.Match[str]) -> str:
        name = match[1]
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>.+)"

    return re.sub(r"%\\\((\w+)\\\)[sd]", hole, re.escape(source))


def catalogue() -> dict[str, set[str]]:
    """English text -> its Spanish translations, over every room."""
    found: dict[str, set[str]] = {}
    for path in [
        *paths.ROOT.glob("vitrina/**/locale/es/LC_MESSAGES/django.po"),
        paths.ROOT / "web/locale/es/LC_MESSAGES/django.po",
    ]:
        with path.open("rb") as file:
            for message in read_po(file, locale="es"):
                is_one = isinstance(message.id, str)
                pairs = [(message.id, message.string)] if is_one else zip(message.id, message.string, strict=True)
                for source, target in pairs:
                    found.setdefault(source, set()).add(target)
    return found
