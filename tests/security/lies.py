# SPDX-License-Identifier: Apache-2.0
"""Envelopes each of which lies about one thing, and what the act must make of it."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from vitrina.cycle.bidding.models import Envelope
from vitrina.cycle.core.models import Process

from .attacker import BLOOD
from .hostile import Draft, draft
from .test_files import BAD, PDF

MB = 1 << 20
LARGE = 160 * MB
DISGUISED = ("page.pdf", "drawing.xml", "laughs.xml", "outside.xml", "bomb.xlsx", "macros.xlsx", "slip.docx", "link.docx", "vast.png",
             "crowd.xlsx", "endless.xlsx", "script.csv", "program.txt", "none.pdf", "a.php", "page.html", "drawing.svg")  # fmt: skip
NAMES = {
    "../../../etc/cron.d/propuesta.pdf": "propuesta.pdf", "C:\\windows\\system32\\win.pdf": "win.pdf", "/etc/passwd.pdf": "passwd.pdf",
    "factura\u202efdp.exe.pdf": "facturafdp.exe.pdf", "a\r\nSet-Cookie: x=1\r\n.pdf": "aSet-Cookie: x=1.pdf", "\x00\x1b[31m.pdf": "[31m.pdf",
    '<img src=x onerror=pwn()>"\'.pdf': '<img src=x onerror=pwn()>"\'.pdf', "b" * 251 + ".pdf": "b" * 110 + ".pdf", "CON.pdf": "CON.pdf",
}  # fmt: skip
DEEP = b"[" * 100_000
Make = Callable[[Process, str], Draft]


def names(process: Process, rfc: str) -> Draft:
    return draft(process, rfc, [(name, PDF + b"%d" % n) for n, name in enumerate(NAMES)])


def disguised(process: Process, rfc: str) -> Draft:
    return draft(process, rfc, [(name, BAD[name]) for name in DISGUISED])


def large(process: Process, rfc: str) -> Draft:
    place = Path(tempfile.mkdtemp()) / "planos.pdf"
    with place.open("wb") as file:
        file.write(PDF)
        file.truncate(LARGE)
    found = draft(process, rfc)
    with place.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    found.files.append(place)
    found.told.append({"name": place.name, "media_type": "application/pdf", "sha256": digest, "size": LARGE})
    return found


def changed(**told: Any) -> Make:
    """What the index says of its only document is another thing."""

    def make(process: Process, rfc: str) -> Draft:
        found = draft(process, rfc, [("propuesta.pdf", PDF + rfc.encode())])
        found.told[1] |= told
        return found

    return make


def fewer(process: Process, rfc: str) -> Draft:
    found = draft(process, rfc, [("propuesta.pdf", PDF + b"fewer")])
    found.told.pop()
    return found


def answering(data: bytes) -> Make:
    """Other answers than the form gives."""

    def make(process: Process, rfc: str) -> Draft:
        found = draft(process, rfc)
        found.files[0], found.told[0] = data, found.told[0] | {"sha256": sha256(data).hexdigest(), "size": len(data)}
        return found

    return make


def offering(change: Callable[[dict[str, Any]], Any]) -> Make:
    """Another offer than arithmetic or the call would have."""

    def make(process: Process, rfc: str) -> Draft:
        found = draft(process, rfc)
        found.offer = change(found.offer)
        return found

    return make


def priced(price: str) -> Callable[[dict[str, Any]], Any]:
    return lambda offer: offer | {"lines": [line | {"unit_price": price} for line in offer["lines"]]}


def indexed(data: bytes) -> Make:
    def make(process: Process, rfc: str) -> Draft:
        found = draft(process, rfc)
        found.raw_index = data
        return found

    return make


def spoiled(n: int, data: bytes) -> Make:
    def make(process: Process, rfc: str) -> Draft:
        found = draft(process, rfc)
        found.spoil = {n: data + rfc.encode()}
        return found

    return make


def another_key(process: Process, rfc: str) -> Draft:
    """The openers' shares are true and give a key that is not the committed one."""
    found = draft(process, rfc)
    found.manifest = {"key_commit": "0" * 64}
    return found


def stolen(process: Process, rfc: str) -> Draft:
    """The files, key and shares of a bid that was opened in another purchase, under the thief's own name."""
    row = Envelope.objects.filter(process=Process.objects.get(title=BLOOD), state="opened")[0]
    bid = json.loads(row.object)
    found = draft(process, rfc)
    found.manifest = {name: bid[name] for name in ("recipient", "key_commit", "files", "shares", "k")}
    return found


def twice(process: Process, rfc: str) -> Draft:
    """Answers without a byte, and answers once more as if they were a document."""
    found = draft(process, rfc)
    found.files.insert(0, b"")
    found.told.insert(0, found.told[0] | {"sha256": sha256(b"").hexdigest(), "size": 0})
    return found


# Opened all the same, with these notes.
OPENED: dict[str, tuple[Make, set[str]]] = {
    "names": (names, set()),
    "disguised": (disguised, set()),
    "size": (changed(size=7), set()),
    "kind": (changed(media_type="text/html"), set()),
    "deep answers": (answering(DEEP), {"answers"}),
    "huge answers": (answering(b'{"v":1,"responses":{},"statement":"' + b"a" * 24 * MB + b'"}'), {"answers"}),
    "odd answers": (answering(b'{"responses":{"1":"\\u0000","2":"\\u202ex"},"statement":"\\u0000\\u202e"}'), {"answers", "statement"}),
    "two answers": (twice, {"answers"}),
    "no text": (answering(b"\xff\xfe\x00"), {"answers"}),
    "sums": (offering(lambda offer: offer | {"total": "0.01"}), {"total"}),
    "large": (large, set()),
}  # fmt: skip
# Told in the minutes as not opened, with this reason.
CLOSED: dict[str, tuple[Make, str]] = {
    "hash": (changed(sha256="0" * 64), "unreadable"),
    "hash and name": (changed(sha256="1" * 64, name="\x00\u202e<script>.pdf"), "unreadable"),
    "long name": (changed(name="b" * 5000 + ".pdf"), "unreadable"),
    "fewer": (fewer, "unreadable"),
    "no offer": (offering(lambda _offer: None), "offer"),
    "offer of another kind": (offering(lambda _offer: [[]]), "unreadable"),
    "no price": (offering(priced("0.00")), "offer"),
    "endless price": (offering(priced("9" * 18)), "offer"),
    "half centavos": (offering(priced("1.005")), "offer"),
    "not a number": (offering(priced("NaN")), "unreadable"),
    "other digits": (offering(priced("١٢")), "unreadable"),
    "deep index": (indexed(DEEP), "unreadable"),
    "index of anything": (indexed(b"\x89PNG" * 4096), "unreadable"),
    "swollen index": (indexed(b" " * (17 * MB)), "unreadable"),
    "no age file": (spoiled(1, b"x" * 400), "unreadable"),
    "armour": (spoiled(0, b"-----BEGIN AGE ENCRYPTED FILE-----\n" + b"x" * 400), "unreadable"),
    "another key": (another_key, "dealer"),
    "stolen": (stolen, "no_keys"),
    "not sent": (draft, "not_received"),
}
HONEST = "55.00"
