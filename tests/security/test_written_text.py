# SPDX-License-Identifier: Apache-2.0
"""Whatever people type is shown as they typed it: in no page, feed, paper or table does it become anything else.

A whole purchase is told with markup, a formula and a template expression in every free text: titles, reasons,
questions, names of companies, people and units, answers of bids. Then every address that it leads to is read.
"""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Iterator
from html import unescape
from importlib import import_module
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.db import transaction

from tests.fixtures.site import Site
from vitrina.cycle.core.command import COMMANDS
from vitrina.cycle.core.models import Process
from vitrina.ledger.models import Position
from vitrina.parties import commands as parties
from vitrina.parties.models import Supplier, Unit
from vitrina.parties.roles import Role
from vitrina.portal.models import PurchaseCard
from vitrina.portal.papers.sheet import Sheet
from vitrina.site.demo.people import UNIT, local, people_of
from vitrina.site.demo.story import payment

from .attacker import Visitor, step_path

MARKUP = """<img src=x onerror=pwn()>'"&{{7*7}}</title><script>pwn()</script>"""
FORMULA = '=HYPERLINK("http://x.example";"Ver")'
CHECKED = (
    "/",
    "/buscar",
    "/compradores/",
    "/actos/",
    "/datos/",
    "/demo/quien/",
    "/atom.xml",
    "/buscar?format=csv",
    "/api/feed",
)
_LINK = re.compile(r'(?:href|src)="(/[^"]*)"')


def poisoned(value: Any) -> Any:
    """The arguments of a command with markup in every text that is more than a code."""
    if isinstance(value, str):
        return f"{value} {MARKUP}" if " " in value else value
    if isinstance(value, dict):
        return {k: poisoned(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(poisoned(v) for v in value)
    return value


@pytest.fixture(scope="module")
def purchase(site: Site) -> Iterator[Process]:
    """A purchase from plan to payment all of whose texts are hostile, published by the running site."""
    at = local(2020, 1, 2)
    unit = parties.register_unit(
        at=at, key="050GYR666", name=f"Clínica {MARKUP}", parent=UNIT, kind="clinic", state="09"
    )
    row = parties.register_supplier(at=at, key="hostil", name=f"Hostil {MARKUP}", rfc="HOS100203AB1", size="micro")
    who = parties.register_person(email="hostil@vitrina.example", given_name=MARKUP, surname=MARKUP, position=MARKUP)
    parties.appoint(at=at, person=who, role=Role.AUDITOR, unit=unit)
    patch = pytest.MonkeyPatch()
    for name, run in COMMANDS.items():
        if run.__module__.startswith("vitrina.cycle."):
            patch.setattr(import_module(run.__module__), name.partition(".")[2], _poisoner(run))
    world = people_of()
    Supplier.objects.filter(key=world.suppliers[0].supplier_key).update(name=f"{FORMULA} {MARKUP}")
    with transaction.atomic():  # told at one stroke: the running site would close a reception whose hour is past
        done = payment.reach_payment(
            people_of().earlier(12), title=f"{FORMULA} y más", terms={"title": f"{FORMULA} y más"}
        )
    patch.undo()
    _wait(lambda: PurchaseCard.objects.filter(ocid=done.ocid, stage="payment", status="complete").exists())
    assert row.pk
    assert Unit.objects.filter(key="050GYR666").exists()
    yield done


def _poisoner(run: Any) -> Any:
    def wrapped(*arguments: Any, at: Any, **more: Any) -> Any:
        return run(*arguments, at=at, **poisoned(more))

    return wrapped


def _wait(is_so: Any, seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "the site did not publish it"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def answers(purchase: Process, site: Site) -> dict[str, Any]:
    """Every address that the public finds from the home page and the purchase, two links deep, with its answer."""
    visitor, seen = Visitor(site.url), {}
    start = [
        *CHECKED,
        f"/p/{purchase.ocid}/",
        f"/en/p/{purchase.ocid}/",
        f"/s/{purchase.ocid}/",
        "/u/050GYR666/",
        "/s/hostil/",
    ]
    places = Position.objects.filter(entry__stream=purchase.stream).values_list("pk", flat=True)
    start += [f"/actos/{place}.{kind}" for place in places for kind in ("pdf", "json")]
    waiting = [(path, 0) for path in start]
    while waiting:
        path, depth = waiting.pop()
        if path in seen or path.startswith(("/static/", "/cuenta/")):
            continue
        seen[path] = answer = visitor.get(path)
        deeper = depth < 1 and "html" in answer.headers.get_content_type() and purchase.ocid in path
        waiting += [(unescape(link), depth + 1) for link in _LINK.findall(answer.text) if deeper]
    return seen


def test_the_hostile_purchase_is_read_everywhere_and_nowhere_as_markup(answers, purchase):
    shown = 0
    for path, answer in answers.items():
        assert answer.status in {200, 404}, path
        if answer.headers.get_content_type() == "text/html":
            assert "<img src=x" not in answer.text, path
            assert "<script>pwn" not in answer.text, path
            assert "pwn()>'\"" not in answer.text, path
            shown += "&lt;img src=x onerror=pwn()&gt;" in answer.text
        assert "49</title>" not in answer.text, f"{path}: a template ran"
    assert shown > 15, "the markup was not shown: this test looks at the wrong pages"
    assert answers[f"/p/{purchase.ocid}/"].status == 200


def test_every_paper_of_an_act_is_made_and_shows_the_text(answers):
    papers = {path: answer for path, answer in answers.items() if path.endswith(".pdf")}

    assert len(papers) > 20
    for path, answer in papers.items():
        assert answer.status == 200, path
        assert answer.body.startswith(b"%PDF-"), path
        assert b"/JavaScript" not in answer.body, path
        assert b"/Launch" not in answer.body, path


def test_a_title_cannot_leave_its_place_in_a_paper():
    title = ") >> /OpenAction << /S /JavaScript /JS (app.alert(1)) >> \\) \r\n<< ("
    sheet = Sheet(title=title, over=title, foot=title)
    sheet.say(f"<b>{title}</b><img src='http://x.example/'/>", "\x00\x0b\ufffe")
    sheet.table([("<para>", False)], [["palabra " * 1500], ["W" * 4000], ["<a href='javascript:x'>"]])
    paper = sheet.pdf()
    told = re.search(rb"/Title \((.*?[^\\])\)\s*/", paper, re.DOTALL)[1]
    assert re.search(rb"(?<!\\)(\\\\)*[()]", told) is None  # every parenthesis of the title is escaped
    assert b"/URI" not in paper
    assert paper.count(b"/OpenAction") == told.count(b"/OpenAction") == 1


def test_feeds_are_well_formed_whatever_is_searched_or_written(answers, visitor, purchase):
    feeds = [a.body for path, a in answers.items() if path.endswith((".atom", "atom.xml"))]
    assert len(feeds) >= 2
    for odd in ("%00", "%0B", "%01%1F", "%EF%BF%BE", "%ED%A0%80", "%F4%90%80%80", "]]%3E", "%3C/title%3E", "%26lt;"):
        feeds.append(visitor.get(f"/atom.xml?q={odd}").body)

    for body in feeds:
        root = ET.fromstring(body)
        assert not list(root.iter("{http://www.w3.org/2005/Atom}img"))

    PurchaseCard.objects.filter(ocid=purchase.ocid).update(title="imported \x0b\x01\ufffe title")
    ET.fromstring(visitor.get(f"/p/{purchase.ocid}.atom").body)


def test_no_cell_of_the_table_is_a_formula(answers):
    rows = list(csv.reader(io.StringIO(answers["/buscar?format=csv"].text)))

    assert any(FORMULA in cell for row in rows for cell in row)
    assert not [cell for row in rows for cell in row if cell.strip()[:1] in tuple("=+-@\t\r＝＋－＠")]


def test_json_is_never_taken_for_a_page(answers):
    twins = [a for a in answers.values() if "json" in a.headers.get_content_type()]

    assert len(twins) > 10
    for answer in twins:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.json is not None


def test_what_is_searched_comes_back_as_text(visitor):
    for path in ("/buscar?q={}", "/compradores/?q={}", "/buscar?status={}", "/buscar?buyer={}&year={}", "/en/buscar?q={}",
                 "/buscar?{}=1", "/cuenta/entrar/?next={}", "/p/{}/", "/compras/{}", "/api/ocds/records/{}"):  # fmt: skip
        answer = visitor.get(path.replace("{}", "%22%3E%3Cimg%20src%3Dx%20onerror%3Dpwn()%3E"))
        if answer.headers.get_content_type() == "text/html":
            assert "<img src=x" not in answer.text, path
        assert answer.status < 500, path


def test_people_at_the_desk_see_drafts_and_names_as_text(someone, purchase):
    operator, requester = someone("operator"), someone("requester")
    place = "/mi-espacio/compra/nueva/planning.publish_line/"
    requester.send(
        place, {"title": MARKUP, "items-0-description": MARKUP, "items-TOTAL_FORMS": "1", "save_draft": "1"}
    )

    pages = [requester.get(place), operator.get("/mi-espacio/personas/"), someone("auditor").get("/mi-espacio/"),
             someone("officer").get(step_path(purchase.ocid, "tendering.cancel")), operator.get("/mi-espacio/personas/?q=hostil")]  # fmt: skip

    assert "&lt;img src=x" in pages[0].text
    assert "&lt;img src=x" in pages[4].text
    for page in pages:
        assert "<img src=x" not in page.text, page.url


@pytest.mark.browser
def test_a_browser_without_the_content_policy_runs_nothing(purchase, site, new_page):
    page = new_page(bypass_csp=True)  # the escaping alone must hold
    page.add_init_script("window.pwn = () => { window.pwned = true }")
    for path in (f"/p/{purchase.ocid}/", "/", "/buscar?q=hyperlink", "/u/050GYR666/", "/actos/"):
        page.goto(site.url + path)
        assert page.locator("body").inner_text()
        assert page.evaluate("[window.pwned, document.querySelectorAll('img[src=x]').length]") == [None, 0], path


@pytest.mark.browser
def test_the_content_policy_stops_what_escaping_would_miss(site, page, watch):
    watch.allow("Content Security Policy")
    watch.allow("404 (Not Found)")  # the picture that is not there
    page.add_init_script("window.pwn = () => { window.pwned = true }")
    for path in ("/", "/buscar", "/cuenta/entrar/", "/demo/quien/"):
        page.goto(site.url + path)
        stopped = page.evaluate(
            """async () => {
                const seen = [];
                document.addEventListener("securitypolicyviolation", (e) => seen.push(e.effectiveDirective));
                const add = (tag, put) => { const e = document.createElement(tag); put(e); document.body.append(e); };
                add("script", (e) => { e.textContent = "pwn()" });
                add("div", (e) => { e.innerHTML = "<img src=x onerror=pwn()><b style='color:red'>x</b>" });
                add("a", (e) => { e.href = "javascript:pwn()"; document.body.append(e); e.click() });
                add("iframe", (e) => { e.src = "/datos/" });
                add("base", (e) => { e.href = "/elsewhere/" });
                add("object", (e) => { e.data = "/datos/" });
                add("form", (e) => { e.action = "/x"; });
                await new Promise((done) => setTimeout(done, 300));
                let evaluated = false;
                try { evaluated = eval("true") } catch { evaluated = false }
                return {seen, evaluated, pwned: window.pwned ?? false};
            }"""
        )
        assert stopped["pwned"] is False, path
        assert stopped["evaluated"] is False, path
        assert {"script-src-elem", "script-src-attr", "style-src-attr", "frame-src"} <= set(stopped["seen"]), path
