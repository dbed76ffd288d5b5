# SPDX-License-Identifier: Apache-2.0
"""The guides for outsiders hold: their commands, run as they stand against a real site, answer what the pages say."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from tests.browser.test_public_log import wait_for_log
from tests.docs.mirroring import AT, PATIENCE, settled, was_killed, writing
from tests.fixtures.site import end, free_port
from vitrina.api.dumps.acts import told_between
from vitrina.api.dumps.folder import Folder
from vitrina.api.dumps.make import make
from vitrina.cycle.core.models import Process
from vitrina.ledger import feed
from vitrina.ledger.commands import OPERATOR, erase
from vitrina.ledger.models import Cursor, Entry, Release
from vitrina.site import paths

HOW_TO = paths.ROOT / "docs" / "how-to"
SITE, OPENED = (
    "https://compras.example",
    "Tubos para muestra de sangre",
)  # a purchase of the demonstration at its opening
PROGRAMS = Path(sys.executable).parent
CHANGES = int(os.environ.get("VITRINA_MIRROR_CHANGES", "320"))


@dataclass(frozen=True)
class Case:
    """What stands in place of the examples of a page: the site, an opened purchase, one of its envelopes."""

    url: str
    ocid: str
    sha256: str
    identity: str

    def real(self, text: str) -> str:
        """The commands of a page with these in place of its examples."""
        names = {SITE: self.url, "OCID": self.ocid, "HUELLA": self.sha256}
        text = re.sub("|".join(names), lambda found: names[found[0]], text)
        return re.sub(r"\bLLAVE\b", self.identity, text)


@pytest.fixture(scope="module")
def case(demo_site) -> Case:
    wait_for_log()
    ocid = Process.objects.get(title=OPENED).ocid
    told = json.loads(fetched(f"{demo_site.url}/p/{ocid}/apertura.json"))
    one = next(e for e in told["envelopes"] if e["result"] == "opened")
    return Case(demo_site.url, ocid, json.loads(one["object"])["files"][2]["sha256"], one["identity"])


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=20) as got:
        return got.read()


def blocks(page: str) -> list[str]:
    """The commands of a page, in order. Skips where the machine lacks a program that they name."""
    found = re.findall(r"```sh\n(.*?)```", (HOW_TO / page).read_text(encoding="utf-8"), re.DOTALL)
    assert found, page
    words = {line.split()[0] for block in found for line in block.splitlines()}
    lacking = sorted(w for w in words if not (PROGRAMS / w).exists() and shutil.which(w) is None)
    if lacking:
        pytest.skip(f"this machine has no {', '.join(lacking)}")
    return found


def shell(text: str, folder: Path) -> str:
    """Run lines in a folder as a stranger would, with no setting of ours; what they said."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("VITRINA_", "DATABASE_", "DJANGO_"))}
    env = clean | {"PATH": f"{PROGRAMS}{os.pathsep}{clean['PATH']}"}
    call = ["bash", "-euo", "pipefail", "-c", text]
    run = subprocess.run(call, cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, f"{text}\n{run.stdout}\n{run.stderr}"
    return run.stdout


def files_of_the_act(case: Case, text: str, folder: Path) -> None:
    """The three files that the page of an act offers, under the names that the guide uses."""
    position = int(re.search(r"acto-(\d+)\.tlog-proof", text)[1])
    (folder / "compras.policy").write_bytes(fetched(f"{case.url}/log/policy"))
    for name, what in (("tlog-proof", "proof"), ("json", "statement")):
        (folder / f"acto-{position}.{name}").write_bytes(fetched(f"{case.url}/log/{what}/{position - 1}"))


@pytest.mark.parametrize("page", ["check-it-yourself.md", "check-it-yourself.en.md"])
def test_an_outsider_checks_log_receipt_opening_and_envelope(case, page, tmp_path):
    commands = [case.real(block) for block in blocks(page)]
    files_of_the_act(case, "\n".join(commands), tmp_path)

    said = {block: shell(block, tmp_path) for block in commands}

    for block, answer in said.items():
        checks = len(re.findall(r"^vitrina log (?:verify|receipt)", block, re.MULTILINE))
        assert len(re.findall(r"^Holds: ", answer, re.MULTILINE)) == checks, block
    audits = [answer for block, answer in said.items() if "sealed audit" in block]
    assert len(audits) == 1
    assert "\n0 findings.\n" in audits[0]
    assert "read from the log itself" in audits[0]
    assert any(case.sha256 in answer for block, answer in said.items() if "sha256sum" in block)
    assert (tmp_path / "documento").read_bytes().startswith(b"%PDF")


def test_both_languages_run_the_same_commands():
    spanish, english = (
        {re.sub(r"(hoy|today)\.checkpoint", "x", line) for block in blocks(page) for line in block.splitlines()}
        for page in ("check-it-yourself.md", "check-it-yourself.en.md")
    )
    assert spanish == english


def test_another_institution_runs_a_witness(case, tmp_path):
    start, ask, watch = (case.real(block) for block in blocks("run-a-witness.md"))
    port = free_port()
    *before, serve = start.splitlines()
    shell("\n".join(before), tmp_path)
    serve = serve.replace("/srv/testigo", str(tmp_path / "testigo")).replace("127.0.0.1:8021", f"127.0.0.1:{port}")
    call = [str(PROGRAMS / "vitrina"), *serve.split()[1:]]
    witness = subprocess.Popen(call, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        key = witness.stdout.readline().split()[0]
        line = shell(ask.replace("VKEY", key).replace("127.0.0.1:8021", f"127.0.0.1:{port}"), tmp_path)
        assert line.startswith("— testigo.example/1 ")
        origin = re.search(r"^log (\S+)\+[0-9a-f]{8}\+", (tmp_path / "otra.policy").read_text(), re.MULTILINE)[1]
        place = f"http://127.0.0.1:{port}/{hashlib.sha256(origin.encode()).hexdigest()}"
        assert line.strip() in fetched(f"{place}/checkpoint").decode()
        assert json.loads(fetched(f"{place}/evidence")) == []
        shell(watch.strip().replace("/srv/monitor", str(tmp_path / "monitor")) + " --once", tmp_path)
    finally:
        end(witness)
    assert (tmp_path / "testigo" / "witness.key").stat().st_mode & 0o077 == 0


def test_a_copy_of_files_and_feed_is_exact_whatever_is_stopped(demo_site, files, tmp_path):
    copy, chance, kills, longest = tmp_path / "copy.sqlite", random.Random(7), 0, 0.5
    call = [sys.executable, str(HOW_TO / "mirror.py"), demo_site.url, str(copy)]
    before = feed.head()
    with writing(CHANGES, go_on := threading.Event()) as threads:
        end = time.monotonic() + PATIENCE
        while Cursor.objects.get(projection="releases").position < before + CHANGES // 8:
            assert time.monotonic() < end, "the sequencer places nothing"
            time.sleep(0.02)
        first = make(files).position
        go_on.set()
        while any(t.is_alive() for t in threads) or kills < 3:
            if was_killed(call, chance.uniform(longest / 5, longest)):
                kills += 1
            else:
                longest *= 0.7  # it was done before: a quick machine is interrupted sooner
            make(files)
            if kills == 2:
                demo_site.killed()
                kills += 1
    assert not was_killed(call)
    wait_for_log()
    victim = Entry.objects.filter(kind="plan_line.modified").latest("id").placed.position
    with transaction.atomic():
        erase(victim, reason="leak", authority="Juzgado Octavo", actor=OPERATOR, at=AT)
    settled()
    make(files)  # as the command does that erases
    assert not was_killed(call)

    with sqlite3.connect(copy) as db:
        copied = [json.loads(text) for (text,) in db.execute("SELECT told FROM act ORDER BY position")]
    assert copied == list(told_between(0, len(copied)))  # every act once, in its place, as it is told now
    ours = [act for act in copied if act.get("stream", "").startswith("ocid:ocds-m-")]
    assert Counter(act["kind"].partition(".")[0] for act in ours) == {"plan_line": CHANGES, "body": 1}
    assert copied[victim - 1]["withdrawn"]["authority"] == "Juzgado Octavo"
    assert before < first < before + CHANGES, "the files were made before or after the changes: nothing was joined"
    gone = Entry.objects.get(placed__position=victim).release_id
    told = {release["id"]: release for release in releases_of(demo_site.url, files) if release["id"] != gone}
    assert told == {r.release_id: json.loads(r.body) for r in Release.objects.filter(position__lte=len(copied))}


def releases_of(url: str, folder: Path) -> Iterator[dict]:
    """The releases of the files, then those that the site tells after them."""
    manifest = Folder(folder).manifest()
    whole = next(file for file in manifest.files if file.name == "releases.jsonl.gz")
    yield from map(json.loads, gzip.decompress((folder / whole.path).read_bytes()).splitlines())
    yield from json.loads(fetched(f"{url}/api/ocds/releases?after={manifest.position}&limit=1000"))["releases"]


@pytest.fixture
def files() -> Iterator[Path]:
    """The folder of files that the site serves, empty before and gone afterwards."""
    folder = Path(settings.DUMP_DIR)
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
