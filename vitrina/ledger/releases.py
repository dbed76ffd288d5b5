# SPDX-License-Identifier: Apache-2.0
"""Entry -> OCDS 1.1 release -> compiled record. Every field of a release comes from a builder registered here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.conf import settings
from ocdsmerge.merge import CompiledRelease

from vitrina.kernel.canonical import canonical, digest, parse
from vitrina.kernel.money import Money

from . import bulk
from .erasing import BodyErased
from .kinds import DocumentRef, Event
from .models import Entry, Record, Release
from .projections import Placed, Projection, register

Builder = Callable[[Any, Entry], dict[str, Any]]
B = TypeVar("B", bound=Builder)
BUILDERS: dict[str, tuple[tuple[str, ...], Builder]] = {}

# OCDS 1.1 merging: what the compiled release drops, and lists that are replaced whole though their items have
# ids. Lists of text are always replaced whole, lists of objects with ids are merged by id.
MERGE_RULES = {
    ("id",): "omitWhenMerged",
    ("date",): "omitWhenMerged",
    ("tag",): "omitWhenMerged",
    ("planning", "budget", "budgetBreakdown", "budgetLines"): "wholeListMerge",  # as its extension says
}
EXTENSIONS = tuple(
    f"https://raw.githubusercontent.com/{path}/extension.json"
    for path in (
        "open-contracting-extensions/ocds_lots_extension/v1.1.5",
        "open-contracting-extensions/ocds_bid_extension/v1.1.5",
        "open-contracting-extensions/ocds_requirements_extension/master",
        "open-contracting-extensions/ocds_enquiry_extension/v1.1.5",
        "contratacionesabiertas/ocds_requestForQuotes_extension/master",
        "contratacionesabiertas/ocds_clarificationMeetings_extension/master",
        "contratacionesabiertas/ocds_procurementUnits_extension/master",
        "contratacionesabiertas/ocds_budgetLines_extension/master",
        "open-contracting-extensions/ocds_budget_breakdown_extension/master",
        "contratacionesabiertas/ocds_guarantees_extension/master",
        "contratacionesabiertas/ocds_awardRationale_extension/master",
        "contratacionesabiertas/ocds_paymentMethod_extension/master",
        "contratacionesabiertas/ocds_taxes_extension/master",
        "contratacionesabiertas/ocds_surveillanceMechanisms_extension/master",
        "contratacionesabiertas/ocds_implementationStatus_extension/master",
        "contratacionesabiertas/ocds_nameBreakdown_extension/master",
        "contratacionesabiertas/ocds_extendedProcurementCategory_extension/master",
        "open-contracting-extensions/ocds_location_extension/master",
        "ProjectPODER/ocds_compranet_extension/master",
        "open-contracting-extensions/ocds_memberOf_extension/master",
    )
)


def release_for(event: type[Event], *tags: str) -> Callable[[B], B]:
    """Register the pure builder `(event, entry) -> release fragment` of a kind, with its OCDS tags."""

    def add(builder: B) -> B:
        BUILDERS[event.kind] = (tags, builder)
        return builder

    return add


def value(money: Money) -> dict[str, Any]:
    """An amount as OCDS writes it: a JSON number (exact below 10^13 pesos) and its currency."""
    whole, cents = divmod(money.centavos, 100)
    return {"amount": float(money.decimal) if cents else whole, "currency": money.currency}


def number(quantity: Decimal) -> int | float:
    """A quantity as a JSON number."""
    return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)


def iso(at: datetime) -> str:
    """An instant as OCDS writes it (RFC 3339, UTC)."""
    return at.isoformat().replace("+00:00", "Z")


def document(ref: DocumentRef, at: str) -> dict[str, Any]:
    """A document of an act as an OCDS document."""
    return {
        "id": ref.id,
        "title": ref.title,
        "documentType": ref.document_type,
        "url": f"{settings.PUBLIC_URL}/documentos/{ref.sha256}",
        "format": ref.media_type,
        "datePublished": at,
        "language": "es",
    }


def build(entry: Entry) -> dict[str, Any] | None:
    """The OCDS release of an entry; nothing when it is blinded or withdrawn, or its kind has none."""
    if not entry.is_public or not entry.ocid or entry.is_erased or entry.kind not in BUILDERS:
        return None
    tags, builder = BUILDERS[entry.kind]
    event = entry.event
    fragment = builder(event, entry)
    return {
        "ocid": entry.ocid,
        "id": entry.release_id,
        "date": entry.header()["at"],
        "tag": list(fragment.pop("tag", tags)),
        "initiationType": "tender",
        "language": "es",
        **fragment,
    }


def compile_releases(releases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The compiled release of releases that stand in ledger order (OCDS 1.1 merging)."""
    compiled = CompiledRelease(merge_rules=MERGE_RULES)
    for release in releases:
        compiled.append(release)
    merged: dict[str, Any] = compiled.asdict()
    return merged


def _apply(batch: Sequence[Placed]) -> None:
    rows: list[bulk.Row] = []
    touched: dict[str, int] = {}
    for placed in batch:
        if placed.entry.kind == BodyErased.kind and placed.entry.ocid:
            _forget(placed.entry.event, rows)
            touched[placed.entry.ocid] = placed.position
        release = build(placed.entry)
        if release is None:
            continue
        body = canonical(release)
        row = {"release_id": release["id"], "position": placed.position, "ocid": release["ocid"]}
        row |= {"date": placed.entry.at, "tag": release["tag"], "sha256": digest(body), "body": body.decode()}
        rows.append(row)
        touched[release["ocid"]] = placed.position
    bulk.insert(Release, rows)
    bodies: dict[str, list[dict[str, Any]]] = {ocid: [] for ocid in touched}
    for ocid, text in Release.objects.filter(ocid__in=touched).order_by("position").values_list("ocid", "body"):
        bodies[ocid].append(parse(text))
    compiled = [{"ocid": o, "position": touched[o], "compiled": compile_releases(r)} for o, r in bodies.items() if r]
    bulk.insert(Record, compiled, replace=True)
    Record.objects.filter(ocid__in=[ocid for ocid, releases in bodies.items() if not releases]).delete()


def _forget(erased: Any, rows: list[bulk.Row]) -> None:
    """A release whose act was withdrawn is published no more: neither the stored one nor one of this batch."""
    Release.objects.filter(position=erased.position).delete()
    rows[:] = [row for row in rows if row["position"] != erased.position]


register(Projection("releases", (Release, Record), _apply))
