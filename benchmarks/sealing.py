# SPDX-License-Identifier: Apache-2.0
"""Sealing a 500 MB file in real Chromium: MB/s, and the peak memory of the page with its worker (one process).

Limits: under 60 s and 300 MB. Peers, in the same run: SHA-256 and age by themselves, in the browser's script, in its
own code where it has one, and in Python.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pyrage
from playwright.sync_api import Page, sync_playwright

from benchmarks import Figure
from tests.fixtures.browser import ARGUMENTS
from tests.seal.loopback import Loopback
from tools import bundle, chromium

MB = 1_000_000
SIZE, PEER_SIZE = 500 * MB, 64 * MB
LIMIT_S, LIMIT_MB = 60.0, 300.0
SEAL = """async (seal) => {
  const openers = await Promise.all([1, 2, 3].map(() => seal.openerKey.generate()));
  const panel = openers.map(({ recipient }, i) => ({ id: `o${i}`, recipient }));
  const to = { ocid: "ocds-vt0001-x", lot: null, envelope: "economica", supplier: { rfc: "ABC010203AB1" } };
  const files = [...document.querySelector("input").files];
  const context = { ...to, k: 2, reveal_by: "2026-12", panel };
  const start = performance.now();
  const sealed = await seal.sealBid({ context, offer: null, responses: {}, statement: "", files });
  const seconds = (performance.now() - start) / 1000;
  window.sealed = sealed;
  return { seconds, kind: sealed.kind, c: sealed.c, parts: sealed.parts.length };
}"""
OPEN = """async (seal) => {
  const { manifest, identity, recipient, kind } = window.sealed;
  const { read } = await seal.partStore(recipient, kind);
  const m = seal.parseObject(manifest);
  const whole = async (file) => new Blob(await Promise.all(m.files[file].parts.map(read)));
  const index = await seal.openIndex({ manifest, identity, ciphertext: await whole(0) });
  const start = performance.now();
  const { blob } = await seal.openFile({ manifest, index, identity, file: 2, ciphertext: await whole(2) });
  return { seconds: (performance.now() - start) / 1000, size: blob.size };
}"""
PEERS = """async (seal, size) => {
  const BITE = 1 << 20;
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65536)));
  const rate = async (work) => {
    const start = performance.now();
    await work();
    return size / 1e6 / ((performance.now() - start) / 1000);
  };
  const scripted = await rate(() => {
    const sum = seal.hasher();
    for (let at = 0; at < size; at += BITE) sum.update(bytes.subarray(at, at + BITE));
    sum.digest();
  });
  const native = await rate(() => crypto.subtle.digest("SHA-256", bytes));
  const { recipient } = await seal.openerKey.generate();
  const age = await rate(() => seal.ask("encrypt", { recipient, data: bytes }));
  return { scripted, native, age };
}"""


def _renderers() -> dict[int, tuple[int, float]]:
    """Renderers below this process: number -> bytes resident, seconds of processor."""
    found = {}
    for process in psutil.Process().children(recursive=True):
        try:
            if "--type=renderer" in process.cmdline():
                found[process.pid] = process.memory_info().rss, sum(process.cpu_times()[:2])
        except psutil.Error:  # it went away meanwhile
            continue
    return found


class Meter(threading.Thread):
    """Samples the renderers: the most memory and the most processor time of one of them."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak, self.before = 0, _renderers()
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.05):
            self.peak = max([self.peak, *(resident for resident, _ in _renderers().values())])

    def stop(self) -> dict[str, float]:
        """`peak` in bytes, `processor` in seconds since the start."""
        self.over.set()
        spent = [seconds - self.before.get(pid, (0, 0.0))[1] for pid, (_, seconds) in _renderers().items()]
        return {"peak": self.peak, "processor": max(spent)}


def _in_page(page: Page, script: str, argument: object = None) -> dict:
    return page.evaluate(f"async (argument) => ({script})(await import('/vendor/seal.js'), argument)", argument)


def _python_peers() -> tuple[float, float]:
    data = bytes(PEER_SIZE)
    start = time.perf_counter()
    hashlib.sha256(data).hexdigest()
    hashed = time.perf_counter() - start
    recipient = pyrage.x25519.Identity.generate().to_public()
    start = time.perf_counter()
    pyrage.encrypt_io(io.BytesIO(data), io.BytesIO(), [recipient])
    return PEER_SIZE / MB / hashed, PEER_SIZE / MB / (time.perf_counter() - start)


def _write_file(path: Path) -> None:
    """Bytes that no file system keeps for nothing."""
    with path.open("wb") as file:
        for n in range(SIZE // MB):
            file.write(hashlib.shake_128(str(n).encode()).digest(MB))


def measure(folder: Path) -> dict[str, dict]:
    """Seal, open and peers in a fresh Chromium: script -> what it answered, with the sealing what the meter read."""
    bundle.build(folder / "vendor")
    _write_file(folder / "bases.zip")
    site = Loopback()
    site.files = {f"/vendor/{path.name}": path for path in (folder / "vendor").iterdir()}
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder / "profile", executable_path=chromium.find(), args=ARGUMENTS
        )
        context.set_default_timeout(600_000)
        page = context.new_page()
        page.goto(site.url)
        page.locator("input").set_input_files(folder / "bases.zip")
        meter = Meter()
        meter.start()
        found = {"sealed": _in_page(page, SEAL)}
        found["sealed"] |= meter.stop()
        found["opened"] = _in_page(page, OPEN)
        found["peers"] = _in_page(page, PEERS, PEER_SIZE)
        context.close()
    site.shutdown()
    site.server_close()
    return found


def run() -> list[Figure]:
    if chromium.find() is None:
        return [Figure("sealing 500 MB", float("nan"), "s", chromium.ADVICE)]
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder))
    sealed, opened, peers = found["sealed"], found["opened"], found["peers"]
    hashed, aged = _python_peers()
    seconds = sealed["seconds"]
    rate = SIZE / MB / seconds
    peak = sealed["peak"] / MB
    return [
        Figure("sealing 500 MB in Chromium", seconds, "s", f"{seconds / LIMIT_S:.2f} of the limit"),
        Figure("processor time of it", sealed["processor"], "s", "page and worker; what a machine of its own takes"),
        Figure("the same, as a rate", rate, "MB/s", f"{rate / peers['age']:.2f} of age alone in script"),
        Figure("peak memory of page and worker", peak, "MB", f"{peak / LIMIT_MB:.2f} of the limit, resident"),
        Figure("opening it in Chromium", opened["size"] / MB / opened["seconds"], "MB/s", "ciphertext hashed first"),
        Figure("peer: age alone, in script", peers["age"], "MB/s", "no hash, nothing kept"),
        Figure("peer: SHA-256 alone, in script", peers["scripted"], "MB/s", "incremental; sealing takes two passes"),
        Figure("peer: SHA-256, the browser's own", peers["native"], "MB/s", "one-shot; used for the parts"),
        Figure("peer: SHA-256, Python", hashed, "MB/s"),
        Figure("peer: age, Python", aged, "MB/s"),
    ]


if __name__ == "__main__":  # without a database: python -m benchmarks.sealing
    for figure in run():
        print(f"{figure.name:46} {figure.value:12,.1f} {figure.unit:10} {figure.note}")
