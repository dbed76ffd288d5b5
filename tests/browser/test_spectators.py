# SPDX-License-Identifier: Apache-2.0
"""Two spectators of an auction whose lines are cut again and again: each sees every act of the ledger, once, in order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.fixtures.wire import Wire
from vitrina.cycle.auction import commands
from vitrina.cycle.auction.folding import room_of
from vitrina.cycle.auction.models import Auction
from vitrina.cycle.auction.queries import multiple_of
from vitrina.kernel import clock
from vitrina.ledger.models import Position
from vitrina.parties.roles import Role
from vitrina.site.demo.people import people_of

pytestmark = pytest.mark.browser
MOST_ACTS = 12  # that the list beside shows
NOTES = """
window.heard = [];
window.shown = [];  // the list of acts whenever it changed, newest first
addEventListener("DOMContentLoaded", () => {
    document.addEventListener("vitrina:act", (event) => heard.push(event.detail.position));
    const note = () => shown.push([...document.querySelectorAll("#acts-live li")].map((one) => Number(one.id.slice(4))));
    new MutationObserver(note).observe(document.querySelector("#acts-live"), { childList: true, subtree: true });
    note();
});
"""


@pytest.fixture
def wires(auction_site) -> Iterator[list[Wire]]:
    made = [Wire(urlsplit(auction_site.url).port) for _n in range(2)]
    yield made
    for wire in made:
        wire.end()


def places(stream: str) -> list[int]:
    rows = Position.objects.filter(entry__stream=stream, entry__visibility="public").order_by("position")
    return list(rows.values_list("position", flat=True))


def test_a_line_on_which_nothing_comes_is_given_up_and_nothing_is_lost(auction_site, wires, new_page):
    auction, w = Auction.objects.get(), people_of()
    page = new_page()
    page.clock.install()
    page.add_init_script(NOTES)
    page.goto(f"{wires[0].url}/live/{auction.process_id}")
    page.locator("#acts-live li").first.wait_for()
    page.wait_for_timeout(500)  # the stream is open
    wires[0].hush()
    entry = commands.offer(w.suppliers[0], auction.process_id, at=clock.now(), lot=1, centavos=1)
    page.wait_for_timeout(1500)
    assert page.evaluate("heard") == []
    page.clock.fast_forward(46_000)
    page.get_by_text("Sin conexión desde").wait_for()
    page.clock.fast_forward(5000)
    number = Position.objects.get(entry=entry).position
    page.locator(f"#act-{number}").wait_for()
    page.get_by_text("Sin conexión desde").wait_for(state="hidden")


def test_two_spectators_see_every_act_once_and_in_order_through_cuts_and_a_kill(auction_site, wires, new_page, watch):
    watch.allow("net::ERR_")  # lines are cut
    auction = Auction.objects.get()
    process, w = auction.process, people_of()
    piece = multiple_of(process, 1)
    officer = {"actor": w[Role.OFFICER], "ocid": process.ocid, "lot": 1}
    price = 5000

    def offers(n: int) -> None:
        nonlocal price
        for _n in range(n):
            price -= 20
            who = w.suppliers[price // 20 % 3]
            commands.offer(who, process.ocid, at=clock.now(), lot=1, centavos=price * piece)
            time.sleep(0.1)

    one, two = new_page(), new_page()
    for page, wire in zip((one, two), wires, strict=True):
        page.add_init_script(NOTES)
        page.goto(f"{wire.url}/live/{process.ocid}")
    one.locator("h1", has_text="Nadie ha ofrecido todavía").wait_for()
    begun = {page: page.evaluate("shown[0]") for page in (one, two)}

    offers(3)
    with wires[0].cut():
        before = one.evaluate("heard.length")
        offers(4)
        two.locator("#acts-live li.fresh").nth(6).wait_for()
        assert one.evaluate("heard.length") == before, "the line is not cut"
        auction_site.killed()  # pages and streams; the line of the other breaks
        offers(3)
    with wires[1].cut():
        offers(2)
        commands.pause(
            w[Role.OFFICER], process.ocid, at=clock.now(), lot=1, cause="force_majeure", reason="Falla de luz."
        )
        one.locator("#acts-live", has_text="Falla de luz").wait_for(timeout=25_000)  # the new process has to start
        with wires[0].cut():
            commands.resume(**officer, at=clock.now(), reason="Ya hay luz.")
            offers(1)
    offers(2)

    def is_told(page) -> bool:
        ledger = places(process.stream)
        return page.evaluate("[heard.at(-1), shown.at(-1)]") == [ledger[-1], ledger[: -MOST_ACTS - 1 : -1]]

    def settled(seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (is_told(one) and is_told(two)):
            one.wait_for_timeout(100)

    settled(15)
    # a page that is drawn before an act and arrives after it takes nothing off the screen
    held = []
    two.route(two.url, lambda route: held.append((route, route.fetch())), times=1)
    two.evaluate("document.dispatchEvent(new CustomEvent('vitrina:refresh'))")
    end = time.monotonic() + 10
    while not held and time.monotonic() < end:
        two.wait_for_timeout(50)
    offers(1)
    settled(8)
    held[0][0].fulfill(response=held[0][1])
    two.wait_for_timeout(300)
    settled(5)
    ledger = places(process.stream)
    assert room_of(Auction.objects.get()).phase == "running"
    for page in (one, two):
        heard, lists = page.evaluate("[heard, shown]")
        assert begun[page][::-1] + heard == ledger[ledger.index(begun[page][-1]) :]
        assert lists[-1] == ledger[: -MOST_ACTS - 1 : -1], "the list on the screen is not the end of the ledger"
        assert all(each == sorted(set(each), reverse=True) for each in lists)
        assert {number for each in lists for number in each} == {*begun[page], *heard}
    assert one.locator("h1").inner_text() == two.locator("h1").inner_text()
