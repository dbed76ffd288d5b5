# SPDX-License-Identifier: Apache-2.0
"""The upload that goes on: line cut twice, page reloaded, browser closed; drafts and receipts that stay in the browser."""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.fixtures.browser import ARGUMENTS
from tests.seal.test_interop import OPENERS, tender
from tools import chromium

pytestmark = pytest.mark.browser
SEAL = """async (seal, { tender, kind, size }) => {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65536)));
  const sealed = await seal.sealBid({ context: tender, offer: null, responses: {}, statement: "", files: [new File([bytes], "plano.pdf")], store: kind });
  const { blobs, identity, ...kept } = sealed;
  await seal.envelopes.save({ ...kept, identity, blobs, ocid: tender.ocid });
  return kept;
}"""
UPLOAD = """async (seal, { c, watch }) => {
  const kept = await seal.envelopes.load(c);
  const { read } = await seal.partStore(kept.recipient, kept.kind);
  const seen = [];
  const done = await seal.uploadMissing({ ...seal.partsAt(`/parts/${c}/`, "token"), read, parts: kept.parts, firstWait: 20, onProgress: (at) => { seen.push(at); window.last = at; } });
  return { ...done, seen };
}"""
PART = 8_388_608


@pytest.mark.parametrize("kind", ["opfs", "indexeddb"])
def test_an_upload_goes_on_after_the_line_is_cut_twice(site, visit, watch, kind) -> None:
    watch.allow("ERR_CONNECTION_RESET")
    sealed = visit(SEAL, {"tender": tender(visit(OPENERS)), "kind": kind, "size": 2 * PART + 100_000})
    manifest = json.loads(sealed["manifest"])
    site.expect(manifest)
    site.cut_after = [None, None, 3_000_000, None, 5_000_000]

    done = visit(UPLOAD, {"c": sealed["c"]})

    assert done["cuts"] == site.cuts == 2
    assert not site.missing()
    assert sorted(site.puts) == sorted(site.wanted)  # no part went up twice
    for file in manifest["files"]:
        assert hashlib.sha256(site.ciphertext(file)).hexdigest() == file["sha256"]
    waited = [at for at in done["seen"] if at["waiting"] is not None]
    assert len(waited) == 2
    assert done["seen"][-1] == {
        "done": sum(p["size"] for p in sealed["parts"]),
        "total": sum(p["size"] for p in sealed["parts"]),
        "missing": 0,
        "waiting": None,
    }


@pytest.mark.parametrize("kind", ["opfs", "indexeddb"])
def test_an_upload_goes_on_after_a_reload_and_then_leaves_nothing_behind(site, visit, page, watch, kind) -> None:
    watch.allow("ERR_CONNECTION_RESET")
    sealed = visit(SEAL, {"tender": tender(visit(OPENERS)), "kind": kind, "size": 2 * PART})
    site.expect(json.loads(sealed["manifest"]))
    site.cut_after = [None, None, 1_000_000] + [0] * 10_000
    page.evaluate(
        f"c => {{ import('/vendor/seal.js').then((seal) => ({UPLOAD})(seal, {{ c }})).catch(() => {{}}); }}",
        sealed["c"],
    )
    while (
        page.evaluate("window.last?.waiting ?? null") is None
    ):  # wait_for_function needs eval, which the policy forbids
        page.wait_for_timeout(50)
    half = len(site.parts)
    assert 0 < half < len(site.wanted)
    page.reload()
    site.cut_after = []

    pending = visit(
        "async (seal, ocid) => (await seal.unfinished(ocid)).map(({ c, identity, blobs }) => [c, identity ?? null, blobs ?? null])",
        sealed["manifest"] and tender([])["ocid"],
    )
    assert pending == [[sealed["c"], None, None]]  # and no key among what is kept
    assert visit(UPLOAD, {"c": sealed["c"]})["sent"] == len(site.wanted) - half
    assert not site.missing()

    left = """async (seal, c) => {
      const kept = await seal.envelopes.load(c);
      const before = (await (await seal.partStore(kept.recipient, kept.kind)).list()).length;
      await seal.finished(c);
      return [before, (await (await seal.partStore(kept.recipient, kept.kind)).list()).length, (await seal.unfinished()).length, (await seal.envelopes.load(c)).manifest === kept.manifest];
    }"""
    assert visit(left, sealed["c"]) == [len(site.wanted), 0, 0, True]


def test_what_a_cut_sealing_left_is_forgotten_and_nothing_else(visit) -> None:
    sealed = visit(SEAL, {"tender": tender(visit(OPENERS)), "kind": "opfs", "size": 100})
    said = visit(
        """async (seal, kept) => {
          const orphan = await seal.partStore("age1orphan", "opfs");
          await orphan.put("a".repeat(64), new Uint8Array(10));
          const young = await seal.tidy();
          const old = await seal.tidy(0);
          return { young, old, left: (await (await seal.partStore(kept.recipient, kept.kind)).list()).length };
        }""",
        sealed,
    )

    assert said == {"young": [], "old": ["age1orphan"], "left": len(sealed["parts"])}


def test_refusals_and_damage_stop_the_upload_and_say_why(site, visit, watch) -> None:
    watch.allow("status of 404")
    sealed = visit(SEAL, {"tender": tender(visit(OPENERS)), "kind": None, "size": 100})
    site.expect(json.loads(sealed["manifest"]))
    said = visit(
        """async (seal, c) => {
          const kept = await seal.envelopes.load(c);
          const store = await seal.partStore(kept.recipient, kept.kind);
          const first = kept.parts[0].sha256;
          const { list, put } = seal.partsAt(`/parts/${c}/`, "x");
          const attempt = (of) => seal.uploadMissing({ list, put, read: store.read, parts: kept.parts, firstWait: 10, ...of }).then(() => "sent", ({ name, code, message }) => [name, code ?? "", message]);
          const alien = new Uint8Array([1]);
          const unknown = await attempt({ list: async () => [seal.sha256(alien)], read: async () => alien });
          const good = new Uint8Array(await (await store.read(first)).arrayBuffer());
          await store.put(first, good.map((byte, i) => (i === 7 ? byte ^ 1 : byte)));
          const damaged = await attempt({});
          await store.drop();
          const lost = await attempt({ read: (await seal.partStore(kept.recipient, kept.kind)).read });
          const unread = await attempt({ read: async () => { throw new DOMException("the disk", "NotReadableError"); } });
          const control = new AbortController();
          control.abort();
          return { unknown, damaged, lost, unread, stopped: await attempt({ signal: control.signal }) };
        }""",
        sealed["c"],
    )

    assert said["unknown"] == ["Refused", "unknown", "no es de este sobre"]
    assert said["damaged"][0] == said["lost"][0] == said["unread"][0] == "LocalPartError"
    assert said["stopped"][0] == "AbortError"
    assert site.parts == {}


def test_the_page_stays_alive_while_it_seals_and_can_stop(visit) -> None:
    said = visit(
        """async (seal, tender) => {
          const bytes = new Uint8Array(60_000_000);
          const of = { context: tender, offer: null, responses: {}, statement: "", files: [new File([bytes], "a")] };
          let last = performance.now(), worst = 0, beats = 0;
          const timer = setInterval(() => { const now = performance.now(); worst = Math.max(worst, now - last); last = now; beats += 1; }, 10);
          await seal.sealBid(of);
          clearInterval(timer);
          const control = new AbortController();
          let at = 0;
          const stopped = await seal.sealBid({ ...of, signal: control.signal, onProgress: ({ done }) => { at = done; if (done > 5_000_000) control.abort(); } }).then(() => "sealed", ({ name }) => name);
          return { worst, beats, stopped, at };
        }""",
        tender(visit(OPENERS)),
    )

    assert said["worst"] < 1000, said  # sealing here would hold the page for seconds
    assert said["beats"] > 20
    assert said["stopped"] == "AbortError"
    assert said["at"] < 40_000_000


def test_without_its_worker_the_library_says_so(site, visit, watch) -> None:
    watch.allow("404")
    del site.files["/vendor/seal-worker.js"]

    assert visit("async (seal) => seal.newEnvelopeKey().then(() => 'made', ({ name }) => name)") == "WorkerError"


def test_a_file_that_changes_meanwhile_is_not_sealed(visit, page, tmp_path) -> None:
    path = tmp_path / "plano.pdf"
    path.write_bytes(bytes(1000))
    page.locator("input").set_input_files(path)
    openers = visit(OPENERS)
    path.write_bytes(bytes(2000))

    said = visit(
        """async (seal, tender) => seal.sealBid({ context: tender, offer: null, responses: {}, statement: "", files: [...document.querySelector("input").files] })
          .then(() => "sealed", ({ name, message }) => `${name} ${message}`)""",
        tender(openers),
    )
    assert said != "sealed"


def test_drafts_and_parts_outlive_the_browser_and_stay_in_it(browser, site, tmp_path) -> None:
    def with_browser(profile: str, script: str, argument=None):
        context = browser.browser_type.launch_persistent_context(
            tmp_path / profile, executable_path=chromium.find(), args=ARGUMENTS
        )
        page = context.new_page()
        page.goto(site.url)
        try:
            return page.evaluate(
                f"async (argument) => ({script})(await import('/vendor/seal.js'), argument)", argument
            )
        finally:
            context.close()

    made = with_browser(
        "one",
        f"""async (seal, argument) => {{
          const openers = await ({OPENERS})(seal);
          argument.tender.panel = openers.map(({{ recipient }}, i) => ({{ id: `o${{i}}`, recipient }}));
          await seal.drafts.save(argument.tender.ocid, {{ prices: ["61.40"], files: [new File(["hola"], "a.txt")] }});
          const room = await seal.room(1000);
          return {{ room, sealed: await ({SEAL})(seal, argument) }};
        }}""",
        {"tender": tender([]), "kind": None, "size": 2 * PART},
    )
    assert made["room"]["enough"]
    again = """async (seal, { ocid, c }) => {
      const draft = await seal.drafts.load(ocid);
      const kept = await seal.envelopes.load(c);
      const store = kept && (await seal.partStore(kept.recipient, kept.kind));
      const parts = kept ? await Promise.all(kept.parts.map(async ({ sha256, size }) => { const blob = await store.read(sha256); return blob.size === size && seal.sha256(new Uint8Array(await blob.arrayBuffer())) === sha256; })) : [];
      return { price: draft?.prices[0] ?? null, file: (await draft?.files[0].text()) ?? null, parts };
    }"""
    asked = {"ocid": tender([])["ocid"], "c": made["sealed"]["c"]}
    assert with_browser("one", again, asked) == {
        "price": "61.40",
        "file": "hola",
        "parts": [True] * len(made["sealed"]["parts"]),
    }
    assert with_browser("two", again, asked) == {"price": None, "file": None, "parts": []}
