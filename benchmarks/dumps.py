# SPDX-License-Identifier: Apache-2.0
"""Files of everything public: made whole, renewed with nothing new, renewed after an act; a country's by year.

Peer, in the same run: reading the same releases from the database and writing them as gzip lines, nothing else.
"""

from __future__ import annotations

import gzip
import json
import resource
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.test import Client

from benchmarks import Figure
from tests.docs.mirroring import AT, UNIT, line
from vitrina.api.dumps.make import make
from vitrina.cycle.planning.events import PlanLineModified, PlanLinePublished
from vitrina.insight.generate import write
from vitrina.insight.generate.history import History
from vitrina.ledger.append import append, append_many
from vitrina.ledger.commands import OPERATOR
from vitrina.ledger.models import Release
from vitrina.ledger.sequencer import catch_up

PURCHASES, CHANGES, CONTRACTS = 5_000, 3, 200_000


def fill() -> None:
    """Purchases of ten years, each with some acts."""
    for first in range(0, PURCHASES, 500):
        events = []
        for n in range(first, first + 500):
            year, stream = 2016 + n % 10, f"ocid:ocds-b-{n}"
            first_act = PlanLinePublished(buyer=UNIT, unit=UNIT, requesting_unit=UNIT, line=line("x", year))
            events.append((stream, first_act))
            events += [(stream, PlanLineModified(line=line(f"x {k}", year), reason="r")) for k in range(CHANGES)]
        with transaction.atomic():
            append_many(events, actor=OPERATOR, at=AT)
    catch_up()


def change_one() -> None:
    with transaction.atomic():
        append("ocid:ocds-b-1", PlanLineModified(line=line("y", 2017), reason="r"), actor=OPERATOR, at=AT)
    catch_up()


def took(call) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def peer(path: Path) -> None:
    with gzip.open(path, "wb") as file:
        for body in Release.objects.order_by("position").values_list("body", flat=True).iterator():
            file.write(body.encode() + b"\n")


def first_byte(address: str) -> float:
    return took(lambda: next(iter(Client().get(address))))


def run() -> list[Figure]:
    fill()
    with tempfile.TemporaryDirectory() as place:
        settings.SEARCH_DIR, settings.DUMP_DIR = Path(place) / "search", Path(place) / "dumps"
        settings.SEARCH_DIR.mkdir()
        base = took(lambda: peer(Path(place) / "peer.gz"))
        whole = took(lambda: make(settings.DUMP_DIR))
        same = took(lambda: make(settings.DUMP_DIR))
        change_one()
        one = took(lambda: make(settings.DUMP_DIR))
        found = next(f for f in make(settings.DUMP_DIR).files if f.name == "releases.jsonl.gz")
        byte = first_byte(f"/datos/{found.path}")

        write.store(History(CONTRACTS, 7), Path(place) / "store", None)
        pointer = {"folder": "none", "store": str(Path(place) / "store")}
        (settings.SEARCH_DIR / "national.json").write_text(json.dumps(pointer))
        country = took(lambda: make(settings.DUMP_DIR))
    note = f"{PURCHASES} purchases of ten years, {PURCHASES * (CHANGES + 1)} acts"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Figure("files of everything, made whole", whole, "s", note),
        Figure("peer: the releases as gzip lines", base, "s", f"all forms cost {whole / base:.1f} of it"),
        Figure("renewed, nothing new", same, "s"),
        Figure("renewed after one act", one, "s", "one year of ten, and the whole files"),
        Figure("first byte of a file", byte * 1000, "ms"),
        Figure(
            f"{CONTRACTS} contracts of a country by year", country, "s", f"at most {memory:.0f} MB in this process"
        ),
    ]
