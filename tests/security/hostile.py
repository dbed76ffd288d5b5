# SPDX-License-Identifier: Apache-2.0
"""Envelopes that no honest client would seal: whatever index, files and shares a bidder's own program may write."""

from __future__ import annotations

import io
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from vitrina.cycle.bidding.contents import offer_of
from vitrina.cycle.bidding.reception import ENVELOPE, month_after
from vitrina.cycle.core.models import Process
from vitrina.cycle.planning.queries import items_of
from vitrina.cycle.tendering.openers import panel_for_seal
from vitrina.cycle.tendering.queries import criteria_of, tender_of
from vitrina.kernel.canonical import canonical
from vitrina.kernel.money import Money
from vitrina.sealed import client, keys, objects
from vitrina.sealed.agefile import encrypt_stream
from vitrina.sealed.custody import deal
from vitrina.sealed.index import BLOCK
from vitrina.sealed.shares import key_commit

STATEMENT = "El licitante declara que es cierto lo que envía."
Paper = tuple[str, bytes]  # name, content


@dataclass(repr=False)
class Draft:
    """An envelope before it is sealed; a test changes what it wants to lie about.

    `files` are the plaintexts in order, the answers first; `told` what the index says of them. `raw_index` stands in
    the place of the whole index. `spoil` replaces ciphertexts by number with bytes that are no age file.
    """

    process: Process
    rfc: str
    files: list[bytes | Path]
    told: list[dict[str, Any]]
    offer: Any
    raw_index: bytes | None = None
    spoil: dict[int, bytes] | None = None
    manifest: dict[str, Any] | None = None


def draft(process: Process, rfc: str, papers: Sequence[Paper] = (), *, price: str = "55.00") -> Draft:
    """A draft that is as it should be, with these papers in it."""
    said = {str(c.number): "Cumplimos." for c in criteria_of(process)}
    name, _kind, answers = client.answers(said, STATEMENT)
    files = [(name, answers), *papers]
    prices = {i.number: Money.parse(price) for i in items_of(process)}
    told = [{"name": n, "media_type": "application/pdf", **_digest(data)} for n, data in files]
    return Draft(process, rfc, [data for _n, data in files], told, offer_of(prices, items_of(process)))


def _digest(data: bytes) -> dict[str, Any]:
    return {"sha256": sha256(data).hexdigest(), "size": len(data)}


def index_of(found: Draft) -> bytes:
    """The index as the format pads it, unchecked."""
    if found.raw_index is not None:
        return found.raw_index
    body = {"v": 1, "files": found.told, "offer": found.offer, "pad": ""}
    return canonical(body | {"pad": " " * (-len(canonical(body)) % BLOCK)})


def seal(found: Draft, out: Path) -> client.Sealed:
    """Seal a draft as it is to the openers of its purchase; the manifest keeps its form, so that it is received."""
    out.mkdir(parents=True, exist_ok=True)
    process, tender, secret = found.process, tender_of(found.process), keys.new_secret()
    recipient = keys.recipient(secret)
    ctx = f"{process.ocid}/{recipient}"
    sealed = [_encrypt(data, recipient, out) for data in (index_of(found), *found.files)]
    for n, data in (found.spoil or {}).items():
        sealed[n] = _as_it_is(data, out)
    body = {
        "type": "sobre/v1",
        "ocid": process.ocid,
        "lot": None,
        "envelope": ENVELOPE,
        "supplier": found.rfc,
        "k": tender.threshold,
        "recipient": recipient,
        "key_commit": key_commit(ctx, secret),
        "files": [told for told, _path in sealed],
        "shares": deal(secret, ctx, panel_for_seal(process), tender.threshold),
        "replaces": None,
        "reveal_by": month_after(tender.opening_at),
        "salt": secrets.token_hex(32),
    }
    data = canonical(body | (found.manifest or {}))
    manifest = objects.parse(data)
    paths = tuple(path for _told, path in sealed)
    return client.Sealed(manifest, data, secret, keys.identity(secret), objects.reveal_digest(data), paths)


def _encrypt(data: bytes | Path, recipient: str, out: Path) -> tuple[dict[str, Any], Path]:
    fresh = out / secrets.token_hex(8)
    source = io.BytesIO(data) if isinstance(data, bytes) else data.open("rb")
    with source, fresh.open("wb") as target:
        found = encrypt_stream(source, target, recipient)
    return {"sha256": found.sha256, "size": found.size, "parts": list(found.parts)}, fresh


def _as_it_is(data: bytes, out: Path) -> tuple[dict[str, Any], Path]:
    fresh = out / secrets.token_hex(8)
    fresh.write_bytes(data)
    digest = sha256(data).hexdigest()
    return {"sha256": digest, "size": len(data), "parts": [digest]}, fresh
