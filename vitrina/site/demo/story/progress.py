# SPDX-License-Identifier: Apache-2.0
"""A service at a hospital, reported on twice: first as planned, then behind. Its pictures are drawings."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile

from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.contracting.queries import contracts_of
from vitrina.cycle.core.models import Process
from vitrina.cycle.delivery.progress import commands as progress
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role
from vitrina.site.demo.people import World
from vitrina.site.demo.story.contracting import reach_contracting
from vitrina.site.demo.story.delivery import accept, arrive, noon, pending
from vitrina.site.demo.story.payment import approve, invoice, pay

PLACE, LATITUDE, LONGITUDE = "Hospital General de Zona 3, Monterrey", Decimal("25.671400"), Decimal("-100.309000")
FIRST, SECOND = date(2020, 11, 20), date(2020, 12, 4)
INK, SKY, WALL, DONE = (61, 78, 75), (228, 238, 236), (190, 203, 200), (0, 96, 92)


def drawing(share: int) -> ContentFile[bytes]:
    """A picture that stands for a photograph: a roof of which so many percent are covered."""
    from PIL import Image, ImageDraw

    canvas = Image.new("RGB", (960, 720), SKY)
    pen = ImageDraw.Draw(canvas)
    pen.rectangle((120, 330, 840, 640), fill=WALL, outline=INK, width=4)
    pen.rectangle((100, 290, 860, 330), fill="white", outline=INK, width=4)
    pen.rectangle((100, 290, 100 + 760 * share // 100, 330), fill=DONE)
    for left in range(170, 800, 130):
        pen.rectangle((left, 400, left + 80, 500), fill=SKY, outline=INK, width=3)
    file = io.BytesIO()
    canvas.save(file, "JPEG", quality=85)
    return ContentFile(file.getvalue(), name=f"azotea-{share}.jpg")


def report(
    w: World, contract: Contract, *, on: date = FIRST, planned: str = "50", actual: str = "50", **more: Any
) -> Entry:
    """How far the works of a contract are on a day; what is done is authorised for payment."""
    at: datetime = more.pop("at", noon(on))
    terms = {
        "contract_id": contract.id,
        "cutoff_on": on,
        "planned": Decimal(planned),
        "actual": Decimal(actual),
        "authorised": contract.value.times(Decimal(actual) / 100),
        "place": PLACE,
        "latitude": LATITUDE,
        "longitude": LONGITUDE,
    }
    return progress.report_progress(w[Role.REQUESTER], contract.process_id, at=at, **(terms | more))


def reach_works(w: World, **contracting: Any) -> Process:
    """Half is done, accepted and paid as planned; two weeks later the works are behind their plan."""
    process = reach_contracting(w, category="services", **contracting)
    contract = contracts_of(process)[0]
    first, second = w.when(FIRST), w.when(SECOND)
    shown = {"file": drawing(50), "alt": "Dibujo: media azotea del hospital, ya impermeabilizada.", "taken_on": first}
    report(w, contract, on=first, photos=[shown])
    half = {d.number: left for d, left in pending(contract) if d.due_on == first}
    accept(w, arrive(w, contract, half, on=first))
    billed = noon(date(2020, 11, 24))
    pay(w, approve(w, invoice(w, contract, at=w.when(billed)), at=w.when(billed)), at=w.when(billed))
    shown = {
        "file": drawing(70),
        "alt": "Dibujo: siete décimas partes de la azotea están cubiertas.",
        "taken_on": second,
    }
    note = "La lluvia detuvo los trabajos cinco días."
    report(w, contract, on=second, planned="90", actual="70.5", photos=[shown], note=note)
    return Process.objects.get(ocid=process.ocid)
