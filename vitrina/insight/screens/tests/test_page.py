# SPDX-License-Identifier: Apache-2.0
"""The page of the cards: what it says first, that it names nobody, needs nothing else, and that everybody can read it."""

from __future__ import annotations

import re

import pytest

from vitrina.insight.screens import heat
from vitrina.insight.screens.page import page
from vitrina.insight.screens.tests.made import card

BY_LINE = heat.Lines(
    [0, 2, 5],
    ["Proponente 1", "Proponente 2", "Proponente 3"],
    [[10.0, 100.0, None], [10.4, 104.0, 5.2], [None, 109.25, 5.0]],
    44,
)
FOUND = [card(estimate=105.0), card(ocid="ocds-x-<2>", lot="L1", line=2, lines=BY_LINE)]


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", html)).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("lang", "headline", "notice", "who"),
    [
        ("es", "2 compras para leer primero.", "un indicio, no una prueba", "Proponente 1"),
        ("en", "2 purchases to read first.", "a lead, not a proof", "Bidder 1"),
    ],
)
def test_the_answer_comes_first_and_bidders_are_masked(lang, headline, notice, who) -> None:
    html = page(FOUND, n_tenders=480, n_processes=500, lang=lang, is_synthetic=True)
    assert re.search(r"<h1>(.*?)</h1>", html)[1] == headline
    said = plain(html)
    for text in (notice, "480", who, "104.50", "4.5"):
        assert text in said
    assert "ocds-x-&lt;2&gt;" in html
    assert not re.search(r"""(?:src|href)=|url\(|<script|@import""", html)


def test_the_lines_of_a_lot_stand_beside_each_other() -> None:
    html = page(FOUND, n_tenders=2, n_processes=9, lang="en", is_synthetic=False)
    grid = html[html.index("<h3>Line by line") :]
    assert html.count("<h3>Line by line") == 1
    shades = re.findall(r'<rect class="h(\d)" x="([\d.]+)"', grid)
    assert [shade for shade, _ in shades] == ["0", "0", "2", "2", "2", "3", "0"]  # + 4 % three times, then + 9.25 %
    assert "3 of 44 lines are here" in plain(grid)
    cells = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", grid)]
    assert ["4%", "4%", "4%"] in [[cell.replace("\u00a0", "").replace(" ", "") for cell in row] for row in cells]


def test_without_bids_it_says_so_and_what_to_ask_for() -> None:
    said = plain(page([], n_tenders=0, n_processes=1234, is_synthetic=False))
    assert "Estos datos no dicen quién compitió." in said
    assert "1,234" in said
    assert "No quiere decir que se haya competido." in said


def test_nothing_that_stands_apart_is_no_clean_bill() -> None:
    said = plain(page([], n_tenders=9, n_processes=9, lang="en", is_synthetic=False))
    assert "No purchase stands apart from its peers." in said
    assert "does not mean that there was competition" in said


@pytest.mark.browser
@pytest.mark.parametrize("found", [FOUND, []], ids=["some", "none"])
def test_everybody_can_read_it(found, new_page, axe) -> None:
    view = new_page()
    view.set_content(page(found, n_tenders=len(found), n_processes=9, is_synthetic=True))
    axe(view)
    view.set_viewport_size({"width": 320, "height": 800})
    assert view.evaluate("document.documentElement.scrollWidth") <= 320
