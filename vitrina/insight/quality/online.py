# SPDX-License-Identifier: Apache-2.0
"""D22: do 100 addresses of documents answer. The only check that goes out to the network, and only when told to."""

from __future__ import annotations

import random
import urllib.error
import urllib.request
from collections.abc import Callable

from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .collection import undefined
from .declare import Answer, Book, Level, State

SAMPLE, SEED, SECONDS = 100, 22, 10
CHECKS = Book(Level.COLLECTION)
Ask = Callable[[str], bool]


def answers(url: str) -> bool:
    """Whether an address answers without an error."""
    try:
        request = urllib.request.Request(url, method="GET", headers={"User-Agent": "vitrina-quality"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=SECONDS) as reply:  # noqa: S310 - only http and https get here
            return reply.status < 400  # noqa: PLR2004
    except (urllib.error.URLError, OSError, ValueError):
        return False


@CHECKS(
    "D22",
    Text("Direcciones disponibles", "URL availability"),
    Text(
        "100 direcciones al azar responden sin error; solo con --online.",
        "100 random addresses answer without error; only with --online.",
    ),
    Text("sin --online, o menos de 100 direcciones", "without --online, or fewer than 100 addresses"),
)
def _available(t: Tables, ask: Ask | None = None) -> Answer:
    if ask is None:
        return undefined("not asked for: --online")
    d = t.document.filter(t.document.url.startswith("http://") | t.document.url.startswith("https://"))
    rows = t.rows(
        d.join(t.release.select("rid", "ocid"), "rid").group_by("url").aggregate(rid=d.rid.min()).order_by("url")
    )
    if len(rows) < SAMPLE:
        return undefined("fewer than 100 addresses", n=len(rows))
    drawn = random.Random(SEED).sample(rows, SAMPLE)  # noqa: S311 - a sample that can be drawn again
    bad = [row for row in drawn if not ask(row["url"])]
    examples = tuple((row["rid"], None, row["url"]) for row in bad)
    return Answer(State.FAIL if bad else State.PASS, {"n": SAMPLE, "failed": len(bad)}, "", examples)
