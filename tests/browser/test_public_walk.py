# SPDX-License-Identifier: Apache-2.0
"""Somebody who never saw the site: what a hospital paid for insulin in a year, and to whom, in under five clicks.

`VITRINA_PICTURES=docs/img` takes the pictures of the page of documentation that tells this walk.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from vitrina.insight.generate import write
from vitrina.insight.generate.history import History
from vitrina.profiles import making
from vitrina.search import national
from vitrina.search.finding import Wanted, find
from vitrina.search.folder import Folder

CONTRACTS, SEED = 3_000, 7
HOSPITAL = re.compile(r"Hospital General \d+, [^(]+")


@pytest.fixture(scope="module")
def wanted(tmp_path_factory) -> Iterator[dict]:
    """A contract for insulin of some hospital of a synthetic history that is behind the search."""
    root = Path(settings.SEARCH_DIR)
    making.load(write.store(History(CONTRACTS, SEED), tmp_path_factory.mktemp("walk") / "store", None), root)
    found = find([Folder(national.current(root)).open()], Wanted("insulina hospital"), size=50)
    yield next(hit.body for hit in found.hits if HOSPITAL.match(hit.body["unit"]))
    national.forget(root)


class Walk:
    """A person whose clicks are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1

    def picture(self, name: str) -> None:
        if folder := os.environ.get("VITRINA_PICTURES"):
            self.page.evaluate("scrollTo(0, 0)")
            self.page.screenshot(path=Path(folder) / f"paseo-{name}.png")


def test_what_a_hospital_paid_for_insulin_and_to_whom_is_found_in_under_five_clicks(demo_site, page, wanted) -> None:
    hospital = HOSPITAL.match(wanted["unit"])[0].strip()
    walk = Walk(page)
    page.goto(demo_site.url)
    page.get_by_role("searchbox").fill(f"insulina {hospital}")
    walk.picture("1-portada")
    walk.click(page.get_by_role("button", name="Buscar"))

    answer = page.locator("#answer")
    expect(answer).to_contain_text("pesos contratados")
    walk.picture("2-resultados")
    year = wanted["awarded"][:4] if isinstance(wanted["awarded"], str) else str(wanted["awarded"].year)
    walk.click(page.get_by_role("checkbox", name=re.compile(rf"^{year}\b")))
    expect(page).to_have_url(re.compile(rf"year={year}"))
    walk.picture("3-un-anio")
    walk.click(page.locator("#results").get_by_role("link", name=re.compile("^Insulina")).first)

    expect(page.get_by_role("heading", level=1)).to_contain_text("Insulina")
    expect(page.locator(".lede .lead")).to_contain_text("se lo compró a")
    expect(page.locator(".fig").first).to_contain_text("$")
    expect(page.get_by_role("link", name=hospital)).to_be_visible()
    walk.picture("4-contrato")
    assert walk.clicks < 5
