# SPDX-License-Identifier: Apache-2.0
"""Direct awards: which part of the contracts they are, by year and by buyer, and what of each its source tells.

What the law asks of a direct award (ground, justification, market study) is looked for in the source of each; a piece
that the source does not have is shown as missing, which says nothing of whether it exists on paper.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from itertools import islice
from typing import Any

from vitrina.law import LawError, Rule, rule
from vitrina.ledger.models import Record
from vitrina.portal.search import answers
from vitrina.portal.search.filters import Filters
from vitrina.search import finding
from vitrina.search.entry import buyer_of
from vitrina.search.finding import Asked, Found, Wanted

DIRECT = "direct"
STUDY, JUSTIFICATION = "marketStudies", "directAwardJustification"


@dataclass(frozen=True, slots=True)
class Share:
    """`direct` of `n` contracts; `key` and `name` of what they have in common."""

    key: str
    name: str
    direct: int
    n: int

    @property
    def of_one(self) -> Fraction:
        return Fraction(self.direct, self.n) if self.n else Fraction(0)


@dataclass(frozen=True, slots=True)
class Pieces:
    """What the source of an award tells of its ground, its justification and its market study; empty is missing."""

    ground: str
    rationale: str
    documents: tuple[dict[str, str], ...]

    def of_type(self, kind: str) -> dict[str, str]:
        """The first document of a type."""
        return next((d for d in self.documents if d.get("type") == kind), {})

    @property
    def missing(self) -> int:
        """How many of the three are missing."""
        has_reason = bool(self.rationale or self.of_type(JUSTIFICATION))
        return 3 - sum((bool(self.ground), has_reason, bool(self.of_type(STUDY))))


def wanted(filters: Filters, *, only_direct: bool) -> Wanted:
    """The question of an address, whatever it says of the method."""
    asked = filters.wanted
    rest = {name: values for name, values in asked.filters.items() if name != "method"}
    return replace(asked, filters=rest | ({"method": (DIRECT,)} if only_direct else {}))


def found(filters: Filters, first: int, size: int) -> tuple[Found, Found]:
    """(everything, the direct awards with a page of them) of what an address asks for."""
    indexes = answers.indexes()
    everything = finding.find(indexes, wanted(filters, only_direct=False), size=1)
    return everything, finding.find(indexes, wanted(filters, only_direct=True), first=first, size=size)


def shares(everything: Found, direct: Found, facet: str) -> list[Share]:
    """The share of each value of a facet: years newest first, buyers with the most contracts first.

    A facet counts its most frequent values only: one that may be too rare among the direct awards is left out.
    """
    counts = everything.facets[facet]
    is_cut = len(direct.facets[facet]) >= finding.MOST_VALUES
    rows = []
    for value, n in counts.items():
        if is_cut and value not in direct.facets[facet]:
            continue
        key, name = buyer_of(value) if facet == "buyer" else (value, value)
        rows.append(Share(key, name, direct.facets[facet].get(value, 0), n))
    if facet == "year":
        return sorted(rows, key=lambda row: row.key, reverse=True)
    return sorted(rows, key=lambda row: (-row.n, row.key))


def known_method(everything: Found) -> int:
    """How many of them say how they were bought."""
    return sum(everything.facets["method"].values())


def pieces(bodies: list[dict[str, Any]]) -> list[Pieces]:
    """The pieces of each, as its source tells them: of a purchase of this ledger, its compiled release."""
    records = dict(
        Record.objects.filter(ocid__in=[b["ocid"] for b in bodies if b["kind"] != "contract"]).values_list(
            "ocid", "compiled"
        )
    )
    return [
        _of_contract(body) if body["kind"] == "contract" else _of_record(records.get(body["ocid"], {}))
        for body in bodies
    ]


def _of_contract(body: dict[str, Any]) -> Pieces:
    ground = ", ".join(str(body[key]) for key in ("law", "ground") if body.get(key)) if body.get("ground") else ""
    return Pieces(ground, body.get("rationale", ""), tuple(body.get("documents", ())))


def _of_record(compiled: dict[str, Any]) -> Pieces:
    tender = compiled.get("tender", {})
    basis = tender.get("legalBasis", {})
    documents = [*compiled.get("planning", {}).get("documents", []), *tender.get("documents", [])]
    kept = tuple(
        {"type": d.get("documentType", ""), "title": d.get("title", ""), "url": d.get("url", "")} for d in documents
    )
    said = tender.get("procurementMethodRationale", "")
    ground = basis.get("description") or basis.get("id") or said
    return Pieces(ground, "" if ground == said else said, kept)


def every(filters: Filters, most: int) -> Iterator[tuple[dict[str, Any], dict[str, Any], Pieces]]:
    """`(plain row, body, pieces)` of the direct awards, at most so many."""
    hits = Asked(answers.indexes(), wanted(filters, only_direct=True)).hits(most)
    while batch := list(islice(hits, 500)):
        told = dict(zip([hit.body["id"] if hit.body["kind"] == "contract" else hit.body["ocid"] for hit in batch],
                        zip([hit.body for hit in batch], pieces([hit.body for hit in batch]), strict=True),
                        strict=True))  # fmt: skip
        for row in answers.plain(batch):
            body, one = told[row["id"]]
            yield row, body, one


def law(at: datetime) -> dict[str, Rule]:
    """What the law in force asks of a direct award, by key; what nobody recorded is left out."""
    asked = {}
    for key in ("exception.justification.fields", "exception.amount_cap", "exception.grounds"):
        try:
            asked[key] = rule(key, at=at, jurisdiction="mx", procedure="adjudicacion_directa", category="goods")
        except LawError:
            continue
    return asked
