# SPDX-License-Identifier: Apache-2.0
"""A running auction in browsers: spectators see each offer without loading anything, a bidder offers over a bad line."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from vitrina.cycle.auction.models import Auction
from vitrina.ledger.models import Entry

pytestmark = pytest.mark.browser
SHOWN = """() => ({
    headline: document.querySelector("h1").textContent,
    saving: document.querySelector("[data-saving]").textContent,
    legend: document.querySelector("[data-legend]").textContent.replace(/\\s+/g, " ").trim(),
    rows: [...document.querySelectorAll("[data-offers] tbody tr")].map(r => [r.className, ...[...r.children].map(c => c.textContent.trim())].join("|")),
    foot: document.querySelector("[data-foot]").textContent,
    lines: [...document.querySelectorAll(".descent .line")].map(p => p.getAttribute("d").replace(/H[\\d.]+$/, "")),
    marks: [...document.querySelectorAll(".descent .m1, .descent .m2, .descent .m3")].map(m => m.outerHTML),
    labels: document.querySelectorAll(".descent text").length,
    acts: [...document.querySelectorAll("#acts-live li")].map(li => li.innerText.replace(/\\s+/g, " ")).slice(0, 4),
})"""


PRESSED_TWICE = """() => {  // the same finger once more, before anybody could have read what is to be confirmed
    document.querySelector("[data-offer]").requestSubmit();
    document.querySelector("[data-send]").click();
}"""


TRIED = """async ({url, rules}) => {
    const tries = {
        high: {amount: "98880000.00", idempotency_key: "a"}, again: {amount: "1.00", idempotency_key: "a"},
        none: {amount: "0.00", idempotency_key: "b"}, piece: {amount: "20000000.01", idempotency_key: "c", is_meant: true},
        absurd: {amount: "412000.00", idempotency_key: "d"}, rules: {amount: "20600000.00", idempotency_key: "e", rules},
        nothing: {idempotency_key: "f", amount: "x"}, float: {idempotency_key: "g", amount: 20600000.5},
    };
    const found = {};
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    for (const [name, offer] of Object.entries(tries)) {
        const answer = await fetch(url, {method: "POST", body: JSON.stringify(offer), headers: {"X-CSRFToken": token}});
        found[name] = [answer.status, (await answer.json()).code ?? null];
    }
    return found;
}"""


def test_spectators_follow_the_offers_of_a_bidder_on_a_bad_line(auction_site, new_page, watch, axe):
    auction = Auction.objects.get()
    room = f"{auction_site.url}/live/{auction.process_id}"
    spectator = new_page()
    spectator.goto(room)
    spectator.locator("h1", has_text="Nadie ha ofrecido todavía").wait_for()
    axe(spectator)
    fetched = []
    spectator.on("request", lambda r: fetched.append(r.url) if r.url == room else None)

    bidder = new_page(viewport={"width": 320, "height": 640})
    bidder.goto(f"{auction_site.url}/demo/quien/")
    bidder.get_by_role("button", name=re.compile("Biomédica Tres Lunas")).click()
    bidder.goto(auction_site.url + reverse("desk:auction", args=[auction.process_id, 1]))
    bidder.get_by_role("heading", level=1, name=re.compile("Usted va en el lugar")).wait_for()
    axe(bidder)
    assert bidder.evaluate("document.documentElement.scrollWidth") == 320
    price = bidder.get_by_label(re.compile("Su precio por"))
    price.fill("5,100")
    price.press("Enter")
    bidder.get_by_text("Escriba $51.04 por prueba o menos").wait_for()
    price.fill("1.00")
    price.press("Enter")
    bidder.get_by_text("Es 98").wait_for()
    bidder.get_by_role("button", name="Cambiarla").click()
    price.fill("51.00")
    bidder.evaluate(PRESSED_TWICE)
    send = bidder.get_by_role("button", name="Confirmar: ofrecer $51.00")
    axe(bidder)

    watch.allow("ERR_CONNECTION")
    watch.allow("ERR_FAILED")
    watch.allow("409")  # the offer had arrived
    watch.allow("400")
    lost = []

    def lose(route) -> None:
        """The first answer never comes back: whether the offer arrived the sender cannot know."""
        if not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    bidder.route("**/ofertas/", lose)
    bidder.wait_for_timeout(750)
    assert not Entry.objects.filter(kind="offer.made").exists()
    send.click()
    bidder.get_by_text("se aceptó").wait_for()
    assert lost == [201]
    assert bidder.get_by_text("Había llegado desde la primera vez").count() == 1
    assert Entry.objects.filter(kind="offer.made").count() == 1
    bidder.get_by_role("heading", level=1, name="Usted va adelante.").wait_for()
    bidder.get_by_role("link", name=re.compile("n.º")).wait_for()

    answers = bidder.evaluate(TRIED, {"url": f"{bidder.url}ofertas/", "rules": "0" * 64})
    assert answers == {
        "high": [409, "too_high"], "again": [409, "duplicate"], "none": [409, "not_positive"], "piece": [409, "not_multiple"],
        "absurd": [409, "confirm"], "rules": [409, "stale_profile"], "nothing": [400, None], "float": [400, None],
    }  # fmt: skip
    assert Entry.objects.filter(kind="offer.refused").count() == 3

    spectator.locator("h1", has_text="va adelante con $51.00 por prueba").wait_for()
    spectator.locator("#acts-live li.fresh", has_text="No se aceptó").nth(2).wait_for()
    assert fetched == []
    followed = spectator.evaluate(SHOWN)
    loaded = new_page()
    loaded.goto(room)
    fresh = loaded.evaluate(SHOWN)
    assert followed == fresh
    assert len(fresh["rows"]) == 1
    assert any("ofreció $" in act for act in fresh["acts"])
    assert "no es" in fresh["acts"][0] or "No se aceptó" in fresh["acts"][0]
    plain = new_page(java_script_enabled=False)
    plain.goto(room)
    assert plain.locator("h1").inner_text() == fresh["headline"]
    assert plain.locator("noscript meta[http-equiv=refresh]").count() or "refresh" in plain.content()
