# SPDX-License-Identifier: Apache-2.0
"""A supplier's own machine against the running site: seals with the client without network, sends over HTTP."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from vitrina.cycle.bidding.contents import offer_of
from vitrina.cycle.core.models import Process
from vitrina.cycle.planning.queries import items_of
from vitrina.kernel.money import Money
from vitrina.sealed import client, objects
from vitrina.sealed.opening import decrypt_share
from vitrina.site.demo.authority import demo_claim

from .attacker import Answer, Visitor

PART = 8 * 1024 * 1024


@dataclass(frozen=True)
class Sent:
    """A bid that was sent: what the supplier keeps of it, and what the site answered."""

    sealed: client.Sealed
    answer: Answer


def context_of(supplier: Visitor, ocid: str) -> dict[str, Any]:
    """What the site tells a supplier's browser before it seals."""
    found = supplier.get(f"/mi-espacio/compra/{ocid}/sellar/datos/")
    assert found.status == 200, found.text[:500]
    return found.json


def seal(
    supplier: Visitor, ocid: str, price: str, out: Path, *, word: str = "Cumplimos.", name: str = "propuesta.pdf",
    content: bytes = b"%PDF-1.7\npropuesta\n", replaces: str | None = None,
) -> client.Sealed:  # fmt: skip
    """Seal a bid for all items at one price, as the context of the site asks for it."""
    told = context_of(supplier, ocid)
    prices = {i["number"]: Money.parse(price) for i in told["items"]}
    answers = client.answers({str(c["number"]): word for c in told["criteria"]}, told["statement"])
    return client.seal(
        [answers, (name, "application/pdf", content)],
        offer_of(prices, items_of(Process.objects.get(ocid=ocid))),
        ocid=ocid,
        lot=told["lot"],
        envelope=told["envelope"],
        supplier=told["supplier"]["rfc"],
        panel=[{"id": o["id"], "recipient": o["recipient"]} for o in told["panel"]],
        k=told["k"],
        reveal_by=told["reveal_by"],
        replaces=replaces,
        out=out,
    )


def post(visitor: Visitor, path: str, body: dict[str, Any]) -> Answer:
    """A JSON request with the token against forgery."""
    visitor.get("/mi-espacio/")
    token = visitor.cookie("csrftoken") or visitor.cookie("__Host-csrftoken")
    data = json.dumps(body).encode()
    return visitor.ask(path, method="POST", body=data, Content_Type="application/json", X_CSRFToken=token)


def put(visitor: Visitor, path: str, data: bytes) -> Answer:
    """Raw bytes with the token against forgery."""
    token = visitor.cookie("csrftoken") or visitor.cookie("__Host-csrftoken")
    return visitor.ask(path, method="PUT", body=data, Content_Type="application/octet-stream", X_CSRFToken=token)


def claim(sealed: client.Sealed, at: datetime) -> dict[str, str]:
    """The claim of the demonstration's e.firma over a manifest."""
    kind = objects.PAYLOAD_TYPES[sealed.manifest.type]
    return demo_claim(sealed.manifest.supplier, payload_type=kind, body=sealed.manifest_bytes, at=at)


def send(supplier: Visitor, ocid: str, sealed: client.Sealed, at: datetime, *, previous: bytes | None = None) -> Sent:
    """Post the signed manifest."""
    body = {
        "object": sealed.manifest_bytes.decode(),
        "signature": claim(sealed, at),
        "previous": previous.decode() if previous else None,
    }
    return Sent(sealed, post(supplier, f"/mi-espacio/compra/{ocid}/sobres/", body))


def upload(supplier: Visitor, sealed: client.Sealed) -> None:
    """Send every part that the site still misses."""
    wanted = set(supplier.get(f"/mi-espacio/sobres/{sealed.c}/partes/").json["missing"])
    for file, path in zip(sealed.manifest.files, sealed.files, strict=True):
        data = path.read_bytes()
        for n, part in enumerate(file.parts):
            if part in wanted:
                sent = put(supplier, f"/mi-espacio/sobres/{sealed.c}/partes/{part}/", data[n * PART : (n + 1) * PART])
                assert sent.status == 204, sent.text
    assert supplier.get(f"/mi-espacio/sobres/{sealed.c}/partes/").json["complete"] is True


def give_keys(opener: Visitor, ocid: str, identity: str) -> Answer | None:
    """Give what the site asks of an opener now, decrypted with their identity; nothing when it asks for nothing."""
    path = f"/mi-espacio/compra/{ocid}/llaves/datos/"
    wanted = opener.get(path).json["wanted"]
    if wanted is None:
        return None
    shares = {one["c"]: base64.b64encode(decrypt_share(identity, one["age"])).decode() for one in wanted["envelopes"]}
    return post(opener, path, {"round": wanted["round"], "shares": shares})
