# SPDX-License-Identifier: Apache-2.0
"""Of which fiscal year and category a purchase is. Pure: compiled release -> value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

CATEGORIES = {
    "Adquisición de bienes": "goodsAcquisition",
    "Arrendamiento de bienes": "goodsLease",
    "Obras públicas": "works",
    "Servicios": "services",
    "Servicios relacionados con obras públicas": "worksRelatedServices",
}
METHODS = {
    "Adjudicación directa": "direct",
    "Invitación a cuando menos tres personas": "selective",
    "Licitación pública": "open",
}
OF_MAIN = {"goods": "goodsAcquisition", "services": "services", "works": "works"}


def year_of(compiled: dict[str, Any]) -> int:
    """The fiscal year whose budget pays; where no budget is told, the year of the first date that the purchase has."""
    return int(next(filter(None, _dates(compiled)))[:4])


def _dates(compiled: dict[str, Any]) -> Iterator[str | None]:
    for part in compiled.get("planning", {}).get("budget", {}).get("budgetBreakdown", []):
        yield part.get("period", {}).get("startDate")
    period = compiled.get("tender", {}).get("tenderPeriod", {})
    yield period.get("startDate") or period.get("endDate")
    yield from (award.get("date") for award in compiled.get("awards", []))
    for contract in compiled.get("contracts", []):
        yield contract.get("dateSigned") or contract.get("period", {}).get("startDate")
    yield compiled["date"]


def category_of(compiled: dict[str, Any]) -> str:
    """The category in the words of the extension extendedProcurementCategory; empty where none is told."""
    tender = compiled.get("tender", {})
    told = [c for c in tender.get("additionalProcurementCategories", []) if c in CATEGORIES.values()]
    return told[0] if told else OF_MAIN.get(tender.get("mainProcurementCategory", ""), "")
