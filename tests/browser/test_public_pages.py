# SPDX-License-Identifier: Apache-2.0
"""Every public page of the demonstration: both languages, both themes, wide and narrow, with scripts and without.

The list of pages comes from the addresses themselves: a new one without a sample here fails.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation
from playwright.sync_api import Page, expect

from tests.browser.people import ENGLISH, words_of
from vitrina.api.dumps.make import make
from vitrina.cycle.core.models import Process
from vitrina.ledger.models import Position, Release
from vitrina.portal.agenda.queries import Scope
from vitrina.portal.funds.models import WorkReport
from vitrina.profiles import making
from vitrina.reminders import commands, words
from vitrina.reminders.models import Subscription
from vitrina.search import national
from vitrina.search.tests.stores import small_store

# No page to look at: what a program reads, what only takes a form, what is drawn elsewhere in these tests.
MACHINES = {
    "healthz",
    "atom",
    "rss",
    "json_feed",
    "sitemap",
    "sitemap_part",
    "robots",
    "purchase_json",
    "purchase_rss",
    "purchase_json_feed",
    "purchase_atom",
    "purchases_csv",
    "portal:purchases",
    "calendar_ics",
    "calendar_json",
    "calendar_csv",
    "unit_ics",
    "unit_css",
    "unit_logo",
    "purchase_ics",
    "act_pdf",
    "act_json",
    "act_signature",
    "act_signed_text",
    "demo_efirma",
    "document",
    "security_txt",
    "opening_json",
    "questions_json",
    "questions_csv",
    "opening_bundle",
    "broadcast_json",
    "captions_vtt",
    "chapters_vtt",
    "on_air",
    "recording",
    "ciphertext",
    "mcp",
    "funds_csv",
    "funds_json",
    "funds_postings_csv",
    "works_csv",
    "works_json",
    "direct_csv",
    "direct_json",
    "log_checkpoint",
    "log_checkpoint_of",
    "log_signed",
    "log_tile",
    "log_policy",
    "log_proof",
    "log_statement",
    "log_timestamp",
    "chart_file",
    "oembed",
    "contact_json",
    "dump_file",
    "dump_described",
    "dump_newest",
}
FORMS_ONLY = {"demo_clock", "demo_sign_in", "reminders:again"}
ONE_BUTTON = {"reminders:confirm", "reminders:leave"}  # behind a link of a mail; pressed in reminders' own tests
OF_THE_DESK = {"desk", "contact_office"}  # seen by its people in test_whole_purchase.py and test_sealed_ceremony.py
OF_OTHER_SYSTEMS = {"edca", "pdn", "pnt"}  # what harvesters and national platforms read
OF_AN_ACCOUNT = {"account", "mfa"}  # seen in test_sign_in.py, but for the entrance
ENTRANCES = {"account_login": [], "account_reset_password": []}
FOLLOWER = "https://nadie.invalid/aviso"
STATES = [
    "planning",
    "clarifying",
    "opening",
    "awarding",
    "delivery",
    "deserted",
    "cancelled",
    "suspended",
    "complete",
]
WIDTHS = {1280: 900, 320: 700}


@pytest.fixture(scope="module", autouse=True)
def contracts(tmp_path_factory) -> Iterator[None]:
    """Contracts of a small store behind the search of the sites of this worker."""
    root = Path(settings.SEARCH_DIR)
    making.load(small_store(tmp_path_factory.mktemp("national") / "store"), root)
    yield
    national.forget(root)


@pytest.fixture(scope="module", autouse=True)
def files(demo_site, contracts) -> Iterator[None]:
    """Everything as files, as an hour after the start."""
    root = Path(settings.DUMP_DIR)
    make(root)
    yield
    shutil.rmtree(root)


def named(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    """The name of every address, with its namespace."""
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from named(one.url_patterns, f"{one.namespace}:" if one.namespace else space)
        elif one.name:
            yield f"{space}{one.name}"


def samples() -> dict[str, list[list[str]]]:
    """The pages to look at: name of the address -> the arguments of each sample."""
    first_of = {(p.halt or p.stage): p.ocid for p in Process.objects.order_by("-ocid")}
    purchases = [first_of[state] for state in STATES]
    release = Release.objects.filter(ocid=purchases[0]).order_by("position").first()
    last = Position.objects.filter(entry__visibility="public", entry__stream__startswith="ocid:").order_by("-position")
    return {
        "portal:home": [[]],
        "portal:search": [[]],
        "portal:contract": [["ocds-x-0/C/0"]],
        "portal:purchase": [*([ocid] for ocid in purchases), [f"{release.ocid}@{release.release_id}"]],
        "portal:opening": [[first_of["opening"]]],
        "portal:room": [[first_of[state]] for state in ("clarifying", "awarding", "suspended")],
        "portal:ask": [[first_of["clarifying"]]],
        "portal:chart": [["inicio", "-", "dinero-por-anio"], ["comprador", "050GYR", "proveedores"]],
        "contact:write": [[]],
        "contact:read": [[]],
        "portal:calendar": [[]],
        "reminders:subscribe": [[]],
        "reminders:manage": [[words.token(follower())]],
        "portal:questions": [[first_of["clarifying"]]],
        "portal:funds": [[]],
        "portal:funds_acts": [["accepted"]],
        "portal:works": [[]],
        "portal:work": [[WorkReport.objects.first().contract]],
        "portal:direct": [[]],
        "portal:buyers": [[]],
        "portal:unit": [["050GYR"], ["050GYR047"], ["MX-X-1"]],
        "portal:supplier": [["reactivos-valle-hondo"], ["diagnosticos-ocotal"], ["MX-RFC-FMA770707PL9"]],
        "portal:market": [["25301"]],
        "portal:place": [["Coahuila"]],
        "portal:country": [[]],
        "portal:federation": [[]],
        "portal:acts": [[]],
        "portal:act": [["1"], [str(last[0].position)]],
        "data": [[]],
        "portal:log": [[]],
        "demo_who": [[]],
        **{name: [[]] for name in ENTRANCES},
    }


def follower() -> Subscription:
    """Somebody who follows every purchase, with a message on its way."""
    row = Subscription.objects.filter(target=FOLLOWER).first()
    return row or commands.subscribe(
        channel="webhook", target=FOLLOWER, scope=Scope(), title="todas las compras", hours=24, language="es"
    )


def addresses(language: str) -> list[str]:
    """The path of every sample in a language, an empty search and a page that is not there."""
    with translation.override(language):
        paths = [reverse(name, args=args) for name, many in samples().items() for args in many]
        month = f"{reverse('portal:calendar')}?vista=mes"
        return [*paths, month, f"{reverse('portal:search')}?q=zzzz", reverse("portal:home") + "nada/"]


def test_every_address_has_a_sample_or_a_reason(demo_site) -> None:
    known = set(samples()) | MACHINES | FORMS_ONLY | ONE_BUTTON

    missing = {
        name
        for name in named(get_resolver().url_patterns)
        if name not in known
        and name.partition(":")[0] not in {*OF_THE_DESK, "api", "v1"}
        and name.partition("_")[0] not in {*OF_AN_ACCOUNT, *OF_OTHER_SYSTEMS}
    }

    assert not missing


# The same page in English has other words, not other marks: it is looked at for its length.
@pytest.mark.parametrize(
    ("language", "theme", "width"), [("es", "light", 1280), ("es", "dark", 320), ("en", "light", 320)]
)
def test_every_page_is_accessible_and_fits(demo_site, new_page, axe, watch, language, theme, width) -> None:
    watch.allow("/nada/")
    size = {"width": width, "height": WIDTHS[width]}
    page = new_page(viewport=size, color_scheme=theme, reduced_motion="reduce")

    for path in addresses(language):
        page.goto(demo_site.url + path)
        check(page, language)
        if language == "es":
            axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} scrolls sideways"


def check(page: Page, language: str) -> None:
    """One heading, no jump between levels, the language said and kept."""
    assert page.locator("html").get_attribute("lang").startswith(language)
    assert page.get_by_role("heading", level=1).count() == 1, page.url
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => Number(h.tagName[1]))")
    jumps = [pair for pair in zip(levels, levels[1:], strict=False) if pair[1] > pair[0] + 1]
    assert not jumps, f"{page.url}: headings jump {jumps}"
    if language == "es":
        assert not ENGLISH.findall(words_of(page)), f"{page.url}: {ENGLISH.findall(words_of(page))}"


def headings(page: Page) -> list[str]:
    """What the page tells first, second and third."""
    return [text.strip() for text in page.locator("main").locator("h1, h2, h3").all_text_contents()]


def test_every_page_says_the_same_without_scripts(demo_site, new_page, watch) -> None:
    watch.allow("/nada/")
    size = {"width": 320, "height": 700}
    with_scripts, without = new_page(viewport=size), new_page(viewport=size, java_script_enabled=False)

    for path in addresses("es"):
        with_scripts.goto(demo_site.url + path)
        without.goto(demo_site.url + path)
        if headings(without) != headings(with_scripts):  # the site goes on: an act may have fallen between the two
            with_scripts.reload()
        assert headings(without) == headings(with_scripts), path


def test_the_search_works_without_scripts(demo_site, new_page) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(demo_site.url)

    page.get_by_role("searchbox").fill("GLUCOSA tiras")
    page.get_by_role("button", name="Buscar").click()

    expect(page.locator("#answer")).to_contain_text("1 compra")
    page.get_by_role("link", name="Tiras para glucosa").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tiras para glucosa")


def test_results_come_as_one_types_and_chooses(demo_site, page, axe) -> None:
    page.goto(f"{demo_site.url}/buscar")

    page.get_by_role("searchbox").press_sequentially("glucoza")
    expect(page.locator("#answer")).to_contain_text("Se buscó «glucosa»")
    expect(page.locator(".results .title")).to_have_text(["Tiras para glucosa"])
    page.get_by_role("searchbox").fill("")
    expect(page.locator(".results .title")).to_have_count(20)
    n = int(page.locator("label.choice", has_text="Coahuila").locator(".n").inner_text().replace(",", ""))
    page.get_by_role("checkbox", name="Coahuila").click()
    expect(page.locator(".results .title")).to_have_count(min(n, 20))
    expect(page.locator("#answer")).to_contain_text(f"{n} ")
    expect(page.get_by_role("checkbox", name="Coahuila")).to_be_focused()
    assert page.url.endswith("/buscar?place=Coahuila")
    axe(page)

    page.reload()
    expect(page.locator("#answer")).to_contain_text(f"{n} ")
    page.get_by_role("link", name="Quitar: Coahuila").click()
    expect(page.get_by_role("link", name="Quitar: Coahuila")).to_have_count(0)
    page.locator(".tiles").get_by_role("link", name="Coahuila").click()
    expect(page.locator(".tiles [aria-current]")).to_be_focused()
    expect(page.locator("#answer")).to_contain_text(f"{n} ")
    page.keyboard.press("Enter")
    expect(page.locator(".tiles [aria-current]")).to_have_count(0)


def test_a_page_that_is_not_there_says_so_and_leads_on(demo_site, page, watch) -> None:
    watch.allow("404")

    answer = page.goto(f"{demo_site.url}/p/ocds-vt0001-2020-999999/")

    assert answer.status == 404
    page.locator("main").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
