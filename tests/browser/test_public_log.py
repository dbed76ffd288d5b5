# SPDX-License-Identifier: Apache-2.0
"""Comprobar: receipts checked in a real browser by verify.js, true ones and tampered ones; the page of the public log."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.shared import ROOT, shared
from vitrina.ledger import log, published
from vitrina.ledger.models import Position
from vitrina.ledger.proof import format_proof, verify_proof
from vitrina.ledger.tests import public_log

pytestmark = pytest.mark.browser


def wait_for_log(seconds: float = 30) -> int:
    end = time.monotonic() + seconds
    while published.size() < Position.objects.count() or not published.size():
        assert time.monotonic() < end, "the log does not follow"
        time.sleep(0.1)
    return published.size()


def public_position() -> int:
    rows = Position.objects.filter(entry__visibility="public", entry__stream__startswith="ocid:")
    return rows.order_by("-position").values_list("position", flat=True).first()


def test_the_page_of_an_act_is_checked_in_the_browser(demo_site, page, axe):
    wait_for_log()
    position = public_position()
    page.goto(f"{demo_site.url}/actos/{position}/")
    page.get_by_role("button", name="Comprobar en este navegador").click()
    page.get_by_text("Coincide con el registro público").wait_for()
    told = page.locator("[data-check-panel] li").all_inner_texts()
    assert any("su huella es la del asiento" in text for text in told)
    assert any("El asiento es el número" in text for text in told)
    assert any("firmó esa lista" in text for text in told)
    axe(page)

    with page.expect_download() as download:
        page.get_by_role("link", name="Recibo (.tlog-proof)").click()
    receipt = download.value.path().read_text()
    assert receipt == log.proof_of(position - 1)


def _other_hash(text: str) -> str:
    head, _, rest = text.partition("\n\n")
    lines = head.split("\n")
    lines[2] = ("A" if lines[2][0] != "A" else "B") + lines[2][1:]
    return "\n".join(lines) + "\n\n" + rest


def _other_signature(text: str) -> str:
    name, _, data = text.rstrip("\n").rpartition(" ")
    return f"{name} {data[:20]}{'A' if data[20] != 'A' else 'B'}{data[21:]}\n"


def _other_words(text: str) -> str:
    return text.replace('"rules"', '"reglas"')


TAMPERED = {
    "proof": (_other_hash, "El acto no está en la lista"),
    "signature": (_other_signature, "La firma del registro es falsa"),
    "statement": (lambda text: text.replace('"v":1', '"v":1 '), "El acto no está en la lista"),
    "act": (_other_words, "no es lo que se registró"),
}


@pytest.mark.parametrize("part", TAMPERED)
def test_what_does_not_match_is_said(demo_site, page, part):
    wait_for_log()
    position = public_position()
    change, expected = TAMPERED[part]
    address = {"act": "/actos/*.json", "statement": "/log/statement/*"}.get(part, "/log/proof/*")

    def answer(route):
        found = route.fetch()
        route.fulfill(response=found, body=change(found.text()))

    page.route(f"**{address}", answer)
    page.goto(f"{demo_site.url}/actos/{position}/")
    page.get_by_role("button", name="Comprobar en este navegador").click()
    verdict = page.locator("[data-check-panel] [role=status]")
    verdict.get_by_text("No coincide con el registro público").wait_for()
    assert expected in verdict.inner_text()
    assert page.locator("[data-check-panel]").get_attribute("data-state") == "mismatch"


def test_beside_an_act_the_link_checks_in_place(demo_site, page, axe, watch):
    watch.allow("/log/proof/")  # the receipt that is not there yet, below
    wait_for_log()
    page.goto(f"{demo_site.url}/actos/")
    proof = page.locator(".proof").first
    link = proof.get_by_role("link")
    assert link.inner_text() == "Comprobar"
    assert re.match(r"Comprobar el acto número [\d,]+$", link.get_attribute("aria-label"))
    link.click()
    proof.get_by_text("Comprobado", exact=True).wait_for()
    assert re.search(r"su navegador lo verificó a las \d\d:\d\d h", proof.inner_text())
    axe(page)

    second = page.locator(".proof").nth(1)
    page.route("**/log/proof/*", lambda route: route.fulfill(status=404, body="no"))
    second.get_by_role("link").click()
    second.get_by_text("entra al registro en unos segundos").wait_for()
    third = page.locator(".proof").nth(2)
    page.unroute("**/log/proof/*")
    page.route(
        "**/log/proof/*", lambda route: route.fulfill(response=(r := route.fetch()), body=_other_signature(r.text()))
    )
    third.get_by_role("link").click()
    wrong = third.get_by_role("link", name="No coincide con el registro")
    wrong.wait_for()
    assert wrong.get_attribute("href") == "/registro/#no-coincide"
    axe(page)


def test_an_act_that_was_checked_stays_so_when_the_page_is_drawn_again(demo_site, page):
    wait_for_log()
    ocid = Position.objects.get(position=public_position()).entry.stream.removeprefix("ocid:")
    page.goto(f"{demo_site.url}/p/{ocid}/")
    proof = page.locator(".proof").first
    proof.get_by_role("link").click()
    proof.get_by_text("Comprobado", exact=True).wait_for()
    page.evaluate(
        """() => new Promise((done) => {
            document.addEventListener("vitrina:swapped", done, { once: true });
            document.dispatchEvent(new Event("vitrina:refresh"));
        })"""
    )
    assert proof.get_by_text("Comprobado", exact=True).is_visible()
    assert proof.get_attribute("data-state") == "done"


@pytest.mark.parametrize(
    ("path", "sentence", "width", "scheme"),
    [
        ("/registro/", r"^El registro tiene [\d,]+ actos", 1280, "light"),
        ("/en/registro/", r"^The log has [\d,]+ acts", 320, "dark"),
    ],
)
def test_the_page_of_the_log_answers_first(demo_site, new_page, axe, path, sentence, width, scheme):
    size = wait_for_log()
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(demo_site.url + path)
    heading = page.get_by_role("heading", level=1).inner_text()
    assert re.match(sentence, heading)
    assert f"{size:,}" in heading
    assert page.locator("pre").first.inner_text().startswith(published.origin())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe(page)


def test_a_checked_act_still_fits_a_telephone(demo_site, new_page):
    wait_for_log()
    page = new_page(viewport={"width": 320, "height": 700})
    page.goto(f"{demo_site.url}/actos/")
    for n in range(2):
        page.locator(".proof a").nth(n).click()
        page.locator(".proof").nth(n).get_by_text("Comprobado", exact=True).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_scripts_the_same_link_leads_to_how_to_check(demo_site, new_page):
    wait_for_log()
    page = new_page(java_script_enabled=False)
    page.goto(f"{demo_site.url}/actos/")
    page.locator(".proof a").first.click()
    assert re.search(r"/actos/\d+/#comprobar$", page.url)
    page.get_by_text("vitrina log receipt acto-").wait_for()
    assert not page.get_by_role("button", name="Comprobar en este navegador").is_visible()


@pytest.fixture(scope="module")
def scripts():
    """The address of a server of web/static: a secure origin, as WebCrypto wants, without the site."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(ROOT / "web" / "static"))
    handler.log_message = lambda *a: None
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


VERIFY = """async ([proof, statement, policy]) => {
    const { verifyProof } = await import("/js/verify.js");
    try { return { found: await verifyProof(proof, new TextEncoder().encode(statement), policy) }; }
    catch (error) { return { code: error.code ?? String(error) }; }
}"""


def vector(name: str) -> str:
    return shared(f"data/public-log/{name}").read_bytes().decode()


@pytest.fixture
def bench(page, watch, scripts):
    watch.allow("404")  # of a page icon
    page.goto(f"{scripts}/img/mark.svg")
    return page


def test_the_vectors_receipt_verifies_and_no_change_of_it_does(bench):
    example = [vector(f"example.{kind}") for kind in ("tlog-proof", "statement.json", "policy")]
    found = bench.evaluate(VERIFY, example)["found"]
    assert found["enough"] is True
    assert len(found["cosignatures"]) == 2
    proof = example[0]
    changed = [proof[:i] + ("A" if proof[i] != "A" else "B") + proof[i + 1 :] for i in range(0, len(proof), 7)]
    result = bench.evaluate(
        """async ([proofs, statement, policy]) => {
            const { verifyProof } = await import("/js/verify.js");
            const bytes = new TextEncoder().encode(statement);
            const passed = [];
            for (const proof of proofs) {
                try { const r = await verifyProof(proof, bytes, policy); if (r.enough) passed.push(proof); }
                catch (error) { if (typeof error.code !== "string") throw error; }
            }
            return passed;
        }""",
        [changed, *example[1:]],
    )
    assert result == []


def test_the_vectors_of_inclusion(bench):
    cases = json.loads(vector("merkle.json"))["inclusion"]
    answers = bench.evaluate(
        """async (cases) => {
            const { isIncluded } = await import("/js/verify.js");
            const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
            const answers = [];
            for (const c of cases) {
                try { answers.push(await isIncluded(bytes(c.leaf_hash), BigInt(c.index), BigInt(c.size), c.proof.map(bytes), bytes(c.root))); }
                catch { answers.push(false); }
            }
            return answers;
        }""",
        cases,
    )
    assert answers == [case["valid"] for case in cases]
    assert {True, False} == set(answers)


def test_the_vectors_of_signed_notes(bench):
    found = json.loads(vector("checkpoints.json"))
    answers = bench.evaluate(
        """async ([notes, policy]) => {
            const { openCheckpoint, readPolicy } = await import("/js/verify.js");
            const answers = [];
            for (const note of notes) {
                try { const c = await openCheckpoint(note, await readPolicy(policy)); answers.push([...c.signed.keys()].length); }
                catch (error) { answers.push(error.code); }
            }
            return answers;
        }""",
        [[case["note"] for case in found["notes"]], found["policy"]],
    )
    for case, answer in zip(found["notes"], answers, strict=True):
        assert isinstance(answer, int) == case["valid"], (case, answer)


def test_receipts_that_the_server_makes_verify_in_the_browser_and_altered_ones_do_not(bench, tmp_path):
    chance, cases = random.Random(), []
    for size in (1, 2, 5, 257, 600):
        entries = public_log.statements(size)
        store = public_log.make_log(tmp_path / str(size), entries)
        note = (tmp_path / str(size) / "checkpoint").read_text(encoding="utf-8")
        for index in {0, size // 2, size - 1}:
            proof = format_proof(index, store.inclusion_proof(index, size), note)
            cases.append([proof, entries[index].decode(), str(public_log.policy())])
    for case in cases:
        found = bench.evaluate(VERIFY, case)["found"]
        assert (found["enough"], len(found["cosignatures"]), found["witnesses"]) == (True, 2, 2)
        assert verify_proof(case[0], case[1].encode(), public_log.policy()).index == found["index"]

    altered = []
    for _ in range(300):
        proof, statement, policy = chance.choice(cases)
        at = chance.randrange(len(proof))
        other = chance.choice([c for c in "ABCabc019+/=\n \u2014" if c != proof[at]])
        altered.append([proof[:at] + other + proof[at + 1 :], statement, policy])
    passed = bench.evaluate(
        """async (altered) => {
            const { verifyProof } = await import("/js/verify.js");
            const passed = [];
            for (const [proof, statement, policy] of altered) {
                try { if ((await verifyProof(proof, new TextEncoder().encode(statement), policy)).enough) passed.push(proof); }
                catch (error) { if (typeof error.code !== "string") throw error; }
            }
            return passed;
        }""",
        altered,
    )
    assert passed == []
