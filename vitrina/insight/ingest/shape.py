# SPDX-License-Identifier: Apache-2.0
"""The fields of an OCDS release that the store keeps, as types for the reader. Everything else is skipped unread.

The types say what the standard says: a release that breaks them takes the slow path (`repairs`). Extensions: bids,
lots, requirements, participation fees, enquiries, complaints, subcontracting, beneficial owners, shareholders, scale,
bid opening, legal basis, techniques, contract completion, and those of EDCA-MX.
"""

from __future__ import annotations

from typing import Any

import msgspec

from .shape_parts import (
    Amendment,
    Document,
    Item,
    Lines,
    Milestone,
    Party,
    Period,
    Ref,
    Related,
    Shape,
    Subcontractor,
    Value,
)


class Budget(Shape):
    """The money set aside."""

    id: str | None = None
    amount: Value | None = None
    project_id: str | None = msgspec.field(default=None, name="projectID")


class Quote(Shape):
    """The prices of a supplier that was asked."""

    id: str | None = None
    date: str | None = None
    items: list[Item] | None = None
    value: Value | None = None
    issuing_supplier: Ref | None = None


class Request(Shape):
    """A request for quotes."""

    id: str | None = None
    quotes: list[Quote] | None = None


class Planning(Shape):
    """What was planned."""

    rationale: str | None = None
    budget: Budget | None = None
    documents: list[Document] | None = None
    milestones: list[Milestone] | None = None
    contracting_units: list[Ref] | None = None
    requests_for_quotes: list[Request] | None = None
    method_planned: str | None = None  # of the merge: the method while it was being planned


class Asked(Shape):
    """What a requirement is."""

    id: str | None = None
    title: str | None = None


class RequirementGroup(Shape):
    """Requirements that go together."""

    id: str | None = None
    requirements: list[Asked] | None = None


class Criterion(Shape):
    """What bidders must fulfil."""

    id: str | None = None
    title: str | None = None
    description: str | None = None
    requirement_groups: list[RequirementGroup] | None = None


class Response(Shape):
    """The answer to a requirement: whether it is fulfilled, or a score."""

    value: Any = None
    requirement: Asked | None = None


class Enquiry(Shape):
    """A question about the tender."""

    date: str | None = None
    date_answered: str | None = None
    answer: str | None = None
    author: Ref | None = None


class Complaint(Shape):
    """A protest."""

    date: str | None = None
    date_resolved: str | None = None
    status: str | None = None


class Meeting(Shape):
    """A clarification meeting, or the opening of bids."""

    date: str | None = None


class Fee(Shape):
    """A fee for taking part."""

    value: Value | None = None


class FeesTold(Shape):
    """The fees that a release told, of those that were merged."""

    date: str | None = None
    fees: list[Fee] | None = None


class Basis(Shape):
    """The legal basis."""

    scheme: str | None = None
    id: str | None = None
    description: str | None = None


class Techniques(Shape):
    """Techniques of purchasing."""

    has_framework_agreement: bool | None = None


class Lot(Shape):
    """A part of a tender that is awarded by itself."""

    id: str | None = None
    status: str | None = None


class Tender(Shape):
    """The call."""

    id: str | None = None
    title: str | None = None
    description: str | None = None
    status: str | None = None
    procuring_entity: Ref | None = None
    items: list[Item] | None = None
    lots: list[Lot] | None = None
    value: Value | None = None
    min_value: Value | None = None
    procurement_method: str | None = None
    procurement_method_details: str | None = None
    procurement_method_rationale: str | None = None
    main_procurement_category: str | None = None
    additional_procurement_categories: list[str] | None = None
    award_criteria: str | None = None
    submission_method: list[str] | None = None
    tender_period: Period | None = None
    award_period: Period | None = None
    contract_period: Period | None = None
    has_enquiries: bool | None = None
    eligibility_criteria: str | None = None
    number_of_tenderers: int | None = None
    tenderers: list[Ref] | None = None
    documents: list[Document] | None = None
    milestones: list[Milestone] | None = None
    amendments: list[Amendment] | None = None
    criteria: list[Criterion] | None = None
    enquiries: list[Enquiry] | None = None
    clarification_meetings: list[Meeting] | None = None
    bid_opening: Meeting | None = None
    participation_fees: list[Fee] | None = None
    fees_told: list[FeesTold] | None = None
    legal_basis: Basis | None = None
    techniques: Techniques | None = None
    consolidated: bool | None = msgspec.field(default=None, name="consolidatedProcessMxCnet")
    character: str | None = msgspec.field(default=None, name="procurementMethodCharacterMxCnet")
    framework_agreement: bool | None = None


class Statistic(Shape):
    """A count of bids."""

    measure: str | None = None
    value: float | None = None


class Bid(Shape):
    """A bid."""

    id: str | None = None
    date: str | None = None
    status: str | None = None
    status_details: str | None = None
    tenderers: list[Ref] | None = None
    value: Value | None = None
    rank: float | None = None
    date_received: str | None = None
    items: list[Item] | None = None
    related_lots: list[str] | None = None
    documents: list[Document] | None = None
    requirement_responses: list[Response] | None = None
    author_hash: str | None = None  # of this project: who wrote the papers, by their metadata
    device_hash: str | None = None  # of this project: the machine that sent them


class Bids(Shape):
    """Bids and their counts."""

    details: list[Bid] | None = None
    statistics: list[Statistic] | None = None


class Subcontracting(Shape):
    """What may be handed on; shares are parts of one."""

    minimum_percentage: float | None = None
    maximum_percentage: float | None = None
    subcontractors: list[Subcontractor] | None = None


class Award(Shape):
    """An award."""

    id: str | None = None
    title: str | None = None
    status: str | None = None
    date: str | None = None
    value: Value | None = None
    suppliers: list[Ref] | None = None
    items: list[Item] | None = None
    rationale: str | None = None
    related_bid: str | None = None
    related_bids: list[str] | None = None
    contract_period: Period | None = None
    has_subcontracting: bool | None = None
    subcontracting: Subcontracting | None = None
    documents: list[Document] | None = None
    amendments: list[Amendment] | None = None
    requirement_responses: list[Response] | None = None


class Transaction(Shape):
    """A payment. Those of OCDS 1.0 name the parties in other fields."""

    date: str | None = None
    value: Value | None = None
    amount: Value | None = None
    payer: Ref | None = None
    payee: Ref | None = None
    uuid: str | None = None


class Implementation(Shape):
    """How a contract went."""

    transactions: list[Transaction] | None = None
    milestones: list[Milestone] | None = None
    documents: list[Document] | None = None
    final_value: Value | None = None


class Bounds(Shape):
    """The least and the most of an open contract."""

    min_value: Value | None = None
    max_value: Value | None = None


class Contract(Shape):
    """A contract."""

    id: str | None = None
    award_id: str | None = msgspec.field(default=None, name="awardID")
    title: str | None = None
    description: str | None = None
    status: str | None = None
    period: Period | None = None
    value: Value | None = None
    items: list[Item] | None = None
    date_signed: str | None = None
    signatories: list[Ref] | None = None
    documents: list[Document] | None = None
    milestones: list[Milestone] | None = None
    amendments: list[Amendment] | None = None
    implementation: Implementation | None = None
    related_processes: list[Related] | None = None
    contract_details: Bounds | None = None
    min_value: Value | None = None
    max_value: Value | None = None
    multiyear: bool | None = msgspec.field(default=None, name="multiyearContractMxCnet")
    items_before: list[Lines] | None = None


class Publisher(Shape):
    """Who publishes."""

    name: str | None = None


class Release(Shape):
    """A release, compiled or not."""

    ocid: str | None = None
    id: str | None = None
    date: str | None = None
    tag: list[str] | None = None
    language: str | None = None
    publisher: Publisher | None = None
    parties: list[Party] | None = None
    buyer: Ref | None = None
    planning: Planning | None = None
    tender: Tender | None = None
    bids: Bids | None = None
    awards: list[Award] | None = None
    contracts: list[Contract] | None = None
    related_processes: list[Related] | None = None
    complaints: list[Complaint] | None = None
    is_synthetic: bool | None = None
    page: str | None = msgspec.field(default=None, name="sourcePage")
