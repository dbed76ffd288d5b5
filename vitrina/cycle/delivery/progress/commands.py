# SPDX-License-Identifier: Apache-2.0
"""The act of reporting how far the works of a contract are: planned, done, what may be paid, where, photographs.

Law: LOPSRM art. 54 (estimates at most monthly; from memory). The rules of other laws do not speak of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.contracting.queries import award_id, contracts_of, today
from vitrina.cycle.contracting.terms import exact, known
from vitrina.cycle.core import files
from vitrina.cycle.core.command import command, record
from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.core.words import day, money
from vitrina.cycle.delivery.events import PhotoRef, ProgressReported
from vitrina.cycle.delivery.models import Progress
from vitrina.kernel.mexico import is_inside
from vitrina.kernel.money import Money
from vitrina.ledger.kinds import DocumentRef
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor

from .photos import redrawn

EVERY = "term.estimate_every.max"
WHOLE = Decimal(100)
MOST_PHOTOS, LONGEST_ALT = 3, 300
DEGREES = Decimal("0.000001")


@command("delivery.report_progress")
def report_progress(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    contract_id: str,
    cutoff_on: date,
    planned: Decimal,
    actual: Decimal,
    authorised: Money,
    place: str,
    latitude: Decimal,
    longitude: Decimal,
    note: str = "",
    photos: Sequence[dict[str, Any]] = (),
) -> Entry:
    """Report how far the works of a contract are on a day: percent planned and done since its beginning, exact.

    `authorised`: what was authorised for payment so far, without VAT; `photos`: dicts of `file, alt, taken_on`.
    Refuses a contract of goods, a day before the last report, less than was reported without a note, too much money.
    """
    contract = _contract(process, contract_id)
    last = contract.progress.last()
    _check_day(process, contract, last, cutoff_on, at)
    _check_figures(contract, last, planned, actual, authorised, note)
    if not is_inside(latitude, longitude):
        message = _("That place is not in Mexico. Latitude is about 14 to 33, longitude about -118 to -86.")
        raise refuse("place", message, field="latitude")
    number = (last.number if last else 0) + 1
    refs, documents = _keep(contract, number, photos, cutoff_on)
    row = Progress.objects.create(
        contract=contract,
        number=number,
        cutoff_on=cutoff_on,
        planned=planned,
        actual=actual,
        authorised_centavos=authorised.centavos,
        recorded_at=at,
    )
    rule = known(process, EVERY, at)
    event = ProgressReported(
        contract=contract.id,
        award=award_id(contract),
        number=row.number,
        cutoff_on=cutoff_on,
        planned=exact(planned),
        actual=exact(actual),
        authorised=authorised,
        value=contract.value,
        place=place,
        latitude=latitude.quantize(DEGREES),
        longitude=longitude.quantize(DEGREES),
        note=note,
        photos=refs,
        documents=documents,
        rules=(applied(rule),) if rule else (),
    )
    return record(actor, process, event, at=at)


def _contract(process: Process, contract_id: str) -> Contract:
    contract = next((c for c in contracts_of(process) if c.id == contract_id), None)
    if contract is None or not contract.is_active:
        raise refuse("contract", _("The contract is not in force; no progress can be reported."))
    if process.category == "goods":
        raise refuse("category", _("Goods are received and counted; progress is reported of works and services."))
    contract.process = process
    return contract


def _check_day(process: Process, contract: Contract, last: Progress | None, cutoff_on: date, at: datetime) -> None:
    first = last.cutoff_on if last else today(process, contract.signed_at)
    if not first <= cutoff_on <= today(process, at):
        message = _("The report is of a day between %(day)s and today.") % {"day": day(first)}
        raise refuse("day", message, field="cutoff_on")


def _check_figures(
    contract: Contract, last: Progress | None, planned: Decimal, actual: Decimal, authorised: Money, note: str
) -> None:
    for field, share in (("planned", planned), ("actual", actual)):
        if not 0 <= share <= WHOLE or share != share.quantize(Decimal("0.01")):
            raise refuse("percent", _("Write a percentage from 0 to 100, with two decimals at most."), field=field)
    if authorised > contract.value or authorised.centavos < 0:
        message = _("The contract is worth %(value)s without VAT; no more can be authorised.")
        raise refuse("authorised", message % {"value": money(contract.value)}, field="authorised")
    is_less = last and (actual < last.actual or authorised.centavos < last.authorised_centavos)
    if is_less and not note.strip():
        message = _("This is less than the last report said. Write why; the reason is public.")
        raise refuse("less", message, field="note")


def _keep(
    contract: Contract, number: int, photos: Sequence[dict[str, Any]], cutoff_on: date
) -> tuple[tuple[PhotoRef, ...], tuple[DocumentRef, ...]]:
    """The photographs drawn anew and kept, and what the entry says of each."""
    if len(photos) > MOST_PHOTOS:
        raise refuse("photos", _("Three photographs at most in one report."), field="photo_1")
    refs, documents = [], []
    for n, photo in enumerate(photos, start=1):
        alt, taken_on = str(photo["alt"]).strip(), photo["taken_on"] or cutoff_on
        if not 1 <= len(alt) <= LONGEST_ALT:
            message = _("Say what the photograph shows, for who cannot see it (at most 300 characters).")
            raise refuse("alt", message, field=f"photo_{n}_alt")
        if taken_on > cutoff_on:
            raise refuse("day", _("The photograph is of a day after the report."), field=f"photo_{n}_on")
        row = files.store(redrawn(photo["file"], field=f"photo_{n}"), public=True, field=f"photo_{n}")
        key = f"{contract.id}-A{number}-{n}"
        title = f"Fotografía {n} del avance {number}: {alt}"
        documents.append(files.reference(row, id=key, title=title, document_type="physicalProgressReport"))
        refs.append(PhotoRef(document=key, alt=alt, taken_on=taken_on))
    return tuple(refs), tuple(documents)
