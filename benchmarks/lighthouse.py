# SPDX-License-Identifier: Apache-2.0
"""Lighthouse on each type of page of the demonstration: slow 4G and a telephone's processor, both simulated.

Limits: 95 of 100 for performance and for accessibility; 150 KB of page, style and scripts, compressed, without
typefaces. BENCH_PAGES=/buscar,/datos/ measures only these. Needs Chromium and, once, the network for npm.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks import Figure
from benchmarks.readers import PROGRAM
from tools import chromium
from tools.vendor import npm_command
from vitrina.site import paths

PACKAGES = paths.ROOT / "benchmarks" / "node"
PLACE = paths.ROOT / "build" / "lighthouse"
CONTRACTS = "2000"  # of the history behind the search: pages, not speed of the search, are judged here
FIXED = ("/", "/buscar?q=reactivo", "/lugar/", "/contacto/")
MOST_WEIGHT = 150_000
VITALS = {"LCP": "largest-contentful-paint", "TBT": "total-blocking-time", "CLS": "cumulative-layout-shift"}
WEIGHED = {"Document", "Stylesheet", "Script"}


def run() -> list[Figure]:
    program = lighthouse()
    with tempfile.TemporaryDirectory() as place, site(Path(place)) as address, browser(Path(place)) as port:
        found: list[Figure] = []
        for page in pages(address):
            found += figures(page, audit(program, f"{address}{page}", port, Path(place) / "report.json"))
        return found


def lighthouse() -> list[str]:
    """How Lighthouse is called: the locked packages, unpacked once."""
    PLACE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PACKAGES / name, PLACE)
    if not (PLACE / "node_modules" / "lighthouse").exists():
        subprocess.run([*npm_command(), "ci", "--ignore-scripts"], cwd=PLACE, check=True, stdout=subprocess.DEVNULL)
    return ["node", str(PLACE / "node_modules" / "lighthouse" / "cli" / "index.js")]


@contextmanager
def site(place: Path) -> Iterator[str]:
    """The demonstration as `make up` serves it, with a synthetic history behind the search."""
    address = f"http://127.0.0.1:{free_port()}"
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    environment |= {
        "VITRINA_VAR": str(place / "var"),
        "VITRINA_PUBLIC_URL": address,
        "VITRINA_DEMO_CONTRACTS": CONTRACTS,
    }
    with (place / "up.log").open("w") as log:
        up = subprocess.Popen([PROGRAM, "up", "--port", str(urlsplit(address).port)], env=environment, stdout=log)
        try:
            wait_for(f"{address}/healthz", 180)
            while not (place / "var" / "search" / "national.json").exists():
                time.sleep(0.3)
            yield address
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(30)


@contextmanager
def browser(place: Path) -> Iterator[int]:
    """Chromium with a port for whoever drives it."""
    port = free_port()
    options = [f"--remote-debugging-port={port}", f"--user-data-dir={place / 'profile'}", "--headless", "--no-sandbox"]
    process = subprocess.Popen([chromium.find(), *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/json/version", 30)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def pages(address: str) -> list[str]:
    """One page of each type: those that the sitemap names, by what their address begins with, and the search."""
    if chosen := os.environ.get("BENCH_PAGES"):
        return chosen.split(",")
    found = {page: page for page in FIXED}
    for part in locations(f"{address}/sitemap.xml"):
        for location in locations(part):
            path = urlsplit(location).path
            found.setdefault(path if path.count("/") <= 2 and path != "/buscar" else path.split("/")[1], path)
    purchase = next(path for path in found.values() if path.startswith("/p/"))
    contract = json.loads(read(f"{address}/buscar?q=&format=json"))
    urls = [row["url"] for row in contract.get("results", contract.get("rows", [])) if row["kind"] == "contract"]
    one = urlsplit(urls[0]).path
    linked = re.findall(r'href="(/(?:u|s|m|lugar)/[^"]+)"', read(f"{address}{one}"))  # of the loaded history
    kinds = {path.split("/")[1]: path for path in linked}
    more = [purchase.replace("/p/", "/live/").rstrip("/"), one, *kinds.values()]
    return [*dict.fromkeys([*found.values(), *more])]


def locations(address: str) -> list[str]:
    return re.findall("<loc>([^<]+)</loc>", read(address))


def audit(program: list[str], address: str, port: int, report: Path) -> dict[str, Any]:
    """What Lighthouse finds of a page."""
    options = [f"--port={port}", "--output=json", f"--output-path={report}", "--quiet", "--form-factor=mobile"]
    wanted = [
        "--only-categories=performance,accessibility",
        "--throttling-method=simulate",
        "--enable-error-reporting=false",
    ]
    subprocess.run([*program, address, *options, *wanted], check=True, stdout=subprocess.DEVNULL)
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def figures(page: str, report: dict[str, Any]) -> list[Figure]:
    """Both marks with what takes them down, and the weight."""
    audits = report["audits"]
    requests = audits["network-requests"]["details"]["items"]
    weight = sum(one.get("transferSize", 0) for one in requests if one.get("resourceType") in WEIGHED)
    speed = ", ".join(f"{name} {audits[key]['displayValue']}" for name, key in VITALS.items())
    marks = {name: 100 * found["score"] for name, found in report["categories"].items()}
    wrong = [key for ref in report["categories"]["accessibility"]["auditRefs"]
             if audits[key := ref["id"]]["score"] not in {None, 1} and ref["weight"]]  # fmt: skip
    return [
        Figure(f"{page} performance", marks["performance"], "of 100", f"limit: 95; {speed}"),
        Figure(f"{page} accessibility", marks["accessibility"], "of 100", "; ".join(["limit: 95", *wrong])),
        Figure(f"{page} weight", weight / 1000, "KB", f"limit: {MOST_WEIGHT // 1000} KB"),
    ]  # fmt: skip


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read().decode()


def wait_for(address: str, seconds: float) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            read(address)
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.3)
