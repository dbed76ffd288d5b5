# SPDX-License-Identifier: Apache-2.0
"""A script that was changed on its way is refused by the browser, whether the page begins with it or another imports it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser
MARK = "\ndocument.documentElement.dataset.changed = 'yes';\n"


def changed(page: Page, name: str) -> None:
    """From now on the file arrives as a proxy or a store of files would have it that somebody has got at."""

    def answer(route: Route) -> None:
        given = route.fetch()
        route.fulfill(response=given, body=given.text() + MARK)

    page.route(f"**/{name}", answer)


def runs(page: Page, url: str) -> bool:
    """Whether what was added to the file ran."""
    page.goto(url)
    page.wait_for_load_state("networkidle")
    return page.evaluate("document.documentElement.dataset.changed === 'yes'")


@pytest.mark.parametrize("name", ["static/js/check.js", "static/js/bytes.js"])
def test_a_changed_script_of_every_page_is_refused(demo_site, new_page, watch, name):
    watch.allow("integrity")
    watch.allow("Failed to find a valid digest")
    page = new_page()
    changed(page, name)

    assert not runs(page, f"{demo_site.url}/")
    assert any(name in complaint for complaint in watch.complaints)


def test_a_changed_module_that_is_loaded_later_is_refused(demo_site, new_page, watch):
    """`check.js` loads `verify.js` when somebody presses the button."""
    watch.allow("integrity")
    page = new_page()
    changed(page, "static/js/verify.js")
    page.goto(demo_site.url)

    loaded = page.evaluate("import('/static/js/verify.js').then(() => true, () => false)")

    assert not loaded
    assert not page.evaluate("document.documentElement.dataset.changed === 'yes'")


def test_the_same_file_unchanged_runs_and_nothing_else_inline_does(demo_site, new_page, watch):
    watch.allow("Content Security Policy")
    page = new_page()
    page.goto(demo_site.url)

    assert page.evaluate("import('/static/js/verify.js').then(() => true, () => false)")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = "
        "\"document.documentElement.dataset.changed = 'yes'\"; document.head.append(s); }"
    )
    assert not page.evaluate("document.documentElement.dataset.changed === 'yes'")
