# SPDX-License-Identifier: Apache-2.0
"""People at browsers: each has a context of their own, signs in, finds what waits and does it by accessible names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.urls import resolve
from playwright.sync_api import Locator, Page

from tests.fixtures.browser import Watch

PASSWORD = "vitrina-demo"
ENGLISH = re.compile(r"\b(the|with|this|your|from|which|will|must|been|have|until|without|and)\b", re.IGNORECASE)
STILL = """async () => {  // a new row fades in, and while it does its contrast is low
    let running;
    while ((running = document.getAnimations()).length) await Promise.allSettled(running.map(a => a.finished));
}"""
REVIEW = "Léalo una vez más antes de firmar."


@contextmanager
def chapter(name: str, watch: Watch) -> Iterator[None]:
    """A part of a long test: a failure names it, and so does what the browsers complained of by its end."""
    try:
        yield
        assert not watch.verdict(), watch.verdict()
    except BaseException as error:
        error.add_note(f"in the chapter: {name}")
        raise


@dataclass
class Inspector:
    """Looks at each type of page once: axe, one first-level heading, no word of English in a Spanish page."""

    axe: Callable[[Page], None]
    seen: set[str] = field(default_factory=set)

    def look(self, page: Page, moment: str = "") -> None:
        """Look at the page as it stands; `moment` makes another type of it (the same purchase, a stage later)."""
        kind = f"{kind_of(page)} {moment}"
        if kind in self.seen:
            return
        self.seen.add(kind)
        assert page.get_by_role("heading", level=1).count() == 1, f"{kind}: one first-level heading"
        english = ENGLISH.findall(words_of(page))
        assert not english, f"{kind}: English in a Spanish page: {english}"
        page.evaluate(STILL)
        self.axe(page)


def kind_of(page: Page) -> str:
    """The type of a page: the name of its address and, for the form of a step, its command; every review is one type."""
    match = resolve(urlsplit(page.url).path)
    if page.get_by_role("heading", name=REVIEW).count():
        return f"{match.view_name} review"
    return f"{match.view_name} {match.kwargs.get('command', '')}"


def words_of(page: Page) -> str:
    """What a person reads on the page, without what is marked as another language and without code."""
    return page.evaluate(
        """() => {
            const copy = document.body.cloneNode(true);
            for (const other of copy.querySelectorAll("[lang], pre, code, .mono, script, template")) other.remove();
            return copy.textContent.replace(/\\{\\w+\\}/g, "");  // places that scripts fill
        }"""
    )


def beginning(words: str) -> re.Pattern[str]:
    """Names that begin with these words (a label's hint or "(optional)" may follow)."""
    return re.compile(r"^\s*" + re.sub(r"([.*+?^${}()|\[\]\\/])", r"\\\1", words) + r"(?=[\s,.:;?)]|$)")


@dataclass
class Someone:
    """A person of the demonstration in a browser context of their own."""

    page: Page
    url: str
    inspector: Inspector

    def sign_in(self, email: str) -> Someone:
        """Through the sign-in page, with the password of everybody in the demonstration."""
        self.page.goto(f"{self.url}/cuenta/entrar/")
        self.inspector.look(self.page)
        self.page.get_by_role("textbox", name="Correo").fill(email)
        self.page.get_by_role("textbox", name="Contraseña").fill(PASSWORD)
        self.follow(self.page.get_by_role("button", name="Entrar", exact=True))
        self.inspector.look(self.page)
        return self

    def choose(self, name: str) -> Someone:
        """Through the page that lets a visitor be anybody."""
        self.page.goto(f"{self.url}/demo/quien/")
        self.inspector.look(self.page)
        self.follow(self.page.get_by_role("button", name=name, exact=True))
        self.inspector.look(self.page)
        return self

    def follow(self, control: Locator) -> None:
        """Press what leads to another page, and be there."""
        with self.page.expect_navigation():
            control.click()

    def begin(self, task: str, purchase: str) -> Page:
        """From what waits (or from the last receipt) into a purchase, and to the form of a task: one whose name begins with `task`."""
        go_on = self.page.get_by_role("link", name="Seguir con esta compra")
        if go_on.count():
            self.follow(go_on)
        else:
            self.page.goto(f"{self.url}/mi-espacio/")
            self.follow(self.page.get_by_role("link", name=purchase, exact=True).first)
        self.inspector.look(self.page)
        self.follow(self.page.get_by_role("heading", name=beginning(task)).get_by_role("link").first)
        self.inspector.look(self.page)
        return self.page

    def fill(self, values: Mapping[str, Any], within: Locator | None = None) -> None:
        """Fill fields by their labels: a text, True for a tick, ("choose", text) of a list, ("pick", text) of a group,
        ("file", name, type, bytes)."""
        place = within or self.page.locator("main")
        for label, value in values.items():
            self._fill_one(place, label, value)

    def _fill_one(self, place: Locator, label: str, value: Any) -> None:
        name = beginning(label)
        match value:
            case True:
                place.get_by_label(name).check()
            case ("pick", *choices):
                for choice in choices:
                    place.get_by_role("group", name=name).get_by_label(beginning(choice)).check()
            case ("choose", choice):
                place.get_by_label(name).select_option(label=choice)
            case ("file", file_name, kind, data):
                place.get_by_label(name).set_input_files([{"name": file_name, "mimeType": kind, "buffer": data}])
            case text:
                place.get_by_label(name).fill(text)

    def row(self, word: str, number: int) -> Locator:
        """The group of fields of one row of a list."""
        return self.page.get_by_role("group", name=f"{word} {number}", exact=True)

    def told(self, term: str) -> str:
        """What the page says beside a term of its list of facts."""
        return self.page.get_by_role("term").filter(has_text=term).locator("+ dd").inner_text()

    def send(self, button: str) -> str:
        """Send the form, confirm it where there is a review, and return what the receipt says."""
        self.follow(self.page.get_by_role("button", name=button, exact=True))
        if self.page.get_by_role("heading", name=REVIEW).count():
            self.inspector.look(self.page)
            self.follow(self.page.get_by_role("button", name=button, exact=True))
        self.told_off()
        assert kind_of(self.page).startswith("desk:receipt"), self.page.locator("main").inner_text()
        self.inspector.look(self.page)
        return self.page.get_by_role("heading", level=1).inner_text()

    def tab_to(self, words: str) -> None:
        """Go by tabulator to the control whose label or text begins with `words`, with its focus to be seen."""
        for _press in range(80):
            self.page.keyboard.press("Tab")
            here = self.page.evaluate(
                """() => {
                    const e = document.activeElement;
                    return {name: (e.labels?.[0] ?? e).innerText ?? "", outline: getComputedStyle(e).outlineStyle};
                }"""
            )
            assert here["outline"] != "none", f"the focus on {here['name']!r} cannot be seen"
            if here["name"].startswith(words):
                return
        raise AssertionError(f"the tabulator never comes to {words!r}")

    def told_off(self) -> None:
        """Fail with what the page refuses, if it refuses anything."""
        alerts = self.page.get_by_role("alert")
        assert not alerts.count(), alerts.first.inner_text()

    def do(self, task: str, button: str, purchase: str, values: Mapping[str, Any] | None = None) -> str:
        """A whole step with one form; what the receipt says."""
        self.begin(task, purchase)
        self.fill(values or {})
        return self.send(button)
