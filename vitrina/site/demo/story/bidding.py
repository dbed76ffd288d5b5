# SPDX-License-Identifier: Apache-2.0
"""A purchase with the bids of its three suppliers, sealed by each and read by nobody; the middle one is the lowest."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding.contents import offer_of
from vitrina.cycle.bidding.reception import ENVELOPE, month_after
from vitrina.cycle.core.models import Process
from vitrina.cycle.planning.queries import items_of
from vitrina.cycle.tendering.openers import panel_for_seal
from vitrina.cycle.tendering.queries import criteria_of, tender_of
from vitrina.kernel.money import Money
from vitrina.parties.actors import Actor
from vitrina.parties.models import Supplier
from vitrina.sealed import client, objects
from vitrina.site.demo.authority import demo_claim
from vitrina.site.demo.people import World, local
from vitrina.site.demo.story.clarifying import reach_clarifying

OFFERS = {0: "54.90", 1: "51.30", 2: "57.75"}  # supplier -> unit price of every item
RECEIVED = local(2020, 10, 12, 10)
STATEMENT = "El licitante declara bajo protesta de decir verdad que es cierto lo que envía y que puede contratar."


def pdf(text: str = "Propuesta técnica") -> SimpleUploadedFile:
    """A file that passes for a PDF, with a text in it."""
    return SimpleUploadedFile("propuesta.pdf", b"%PDF-1.7\n" + text.encode(), content_type="application/pdf")


def offer(
    process: Process,
    price: str | Mapping[int, str],
    *,
    lots: Iterable[int] | None = None,
    costs: Mapping[int, str] | None = None,
) -> dict[str, Any]:
    """What a bid says: one price for every item (of `lots` if given), or prices by item; every answer given.

    `costs`: requirement -> the amount that it is answered with, where the call is by life-cycle cost.
    """
    items = [i for i in items_of(process) if lots is None or i.lot in lots]
    prices = price if isinstance(price, Mapping) else {i.number: price for i in items}
    return {
        "prices": {number: Money.parse(text) for number, text in prices.items()},
        "responses": {c.number: f"Cumplimos con: {c.title}." for c in criteria_of(process)} | dict(costs or {}),
    }


def seal(
    actor: Actor,
    process: Process,
    said: Mapping[str, Any],
    *,
    documents: Sequence[client.Document] = (),
    replaces: str | None = None,
    out: Path,
) -> client.Sealed:
    """Seal a bid as its supplier's own machine does; ciphertexts go into `out`. `said`: prices and responses."""
    answers = client.answers({str(n): text for n, text in said["responses"].items()}, STATEMENT)
    return client.seal(
        [answers, *documents],
        offer_of(said["prices"], items_of(process)),
        ocid=process.ocid,
        lot=None,
        envelope=ENVELOPE,
        supplier=Supplier.objects.get(key=actor.supplier_key).rfc,
        panel=panel_for_seal(process),
        k=tender_of(process).threshold,
        reveal_by=month_after(tender_of(process).opening_at),
        replaces=replaces,
        out=out,
    )


def signed(actor: Actor, data: bytes, at: datetime) -> dict[str, Any]:
    """The claim of a signature over a signed object, with the demonstration's e.firma of the supplier."""
    kind = objects.parse(data).type
    rfc = Supplier.objects.get(key=actor.supplier_key).rfc
    return demo_claim(rfc, payload_type=objects.PAYLOAD_TYPES[kind], body=data, at=at)


def bid(
    w: World,
    process: Process,
    who: int,
    price: str | Mapping[int, str],
    *,
    at: datetime,
    documents: Sequence[tuple[str, SimpleUploadedFile]] = (),
    replaces: client.Sealed | None = None,
    lots: Iterable[int] | None = None,
    upload: bool = True,
    costs: Mapping[int, str] | None = None,
) -> client.Sealed:
    """Supplier number `who` seals a bid, signs it, has it logged and sends its files; what it keeps of it."""
    actor = w.suppliers[who]
    papers = [(f"{title}.pdf", "application/pdf", file.read()) for title, file in documents]
    with tempfile.TemporaryDirectory() as folder:
        sealed = seal(
            actor,
            process,
            offer(process, price, lots=lots, costs=costs),
            documents=papers,
            replaces=replaces.c if replaces else None,
            out=Path(folder),
        )
        previous = replaces.manifest_bytes if replaces else None
        send(actor, process, sealed.manifest_bytes, at=at, previous=previous)
        if upload:
            upload_files(sealed, at=at)
    w.kept[sealed.c] = sealed
    return sealed


def send(actor: Actor, process: Process, data: bytes, *, at: datetime, previous: bytes | None = None) -> Any:
    """Sign a manifest and have it logged; its blinded entry."""
    claim = signed(actor, data, at)
    return bidding.submit(actor, process.ocid, at=at, data=data, claim=claim, previous=previous)


def upload_files(sealed: client.Sealed, *, at: datetime) -> None:
    """Send every part of the ciphertexts."""
    for file, path in zip(sealed.manifest.files, sealed.files, strict=True):
        with path.open("rb") as source:
            for part in file.parts:
                bidding.receive_part(sealed.c, part, BytesIO(source.read(8 * 1024 * 1024)), at=at)


def withdraw(w: World, process: Process, who: int, sealed: client.Sealed, *, at: datetime) -> Any:
    """Supplier number `who` withdraws a bid."""
    data = client.withdraw(sealed.manifest)
    claim = signed(w.suppliers[who], data, at)
    return bidding.withdraw(
        w.suppliers[who], process.ocid, at=at, data=data, claim=claim, previous=sealed.manifest_bytes
    )


def reach_bidding(
    w: World, *, offers: Mapping[int, str | Mapping[int, str]] | None = None,
    costs: Mapping[int, Mapping[int, str]] | None = None, **clarifying: Any,
) -> Process:  # fmt: skip
    """A purchase whose bids are in. `offers`: supplier number -> price of every item, or prices by item; {} for none.
    `costs`: supplier number -> requirement -> amount. `clarifying`: arguments of `reach_clarifying` (lots, terms...).
    """
    process = reach_clarifying(w, **clarifying)
    for who, price in (OFFERS if offers is None else offers).items():
        documents = [("Propuesta técnica", pdf(f"Propuesta técnica {who}"))]
        at, mine = w.when(RECEIVED.replace(minute=who)), (costs or {}).get(who)
        bid(w, process, who, price, at=at, documents=documents, costs=mine)
    return Process.objects.get(ocid=process.ocid)
