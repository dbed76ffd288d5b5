# SPDX-License-Identifier: Apache-2.0
"""From the inputs that a flag declares to the tables and columns of the store, and to the place in the release.

A column of a release has its own pointer. A row of a child table is an element of a list: its pointer is made of the
numbers that the row keeps. What does not come from a release (a plan that an operator loaded) has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Kind(NamedTuple):
    """Rows of a table as they are shown. `pointer`: template over the columns of a row; `section` of the table, where
    several lists share it; `columns`: what is shown, empty ones left out.
    """

    table: str
    pointer: str | None
    columns: tuple[str, ...]
    section: str | None = None


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ITEM = "item_id class_id scheme description quantity unit unit_price currency"
_PAPER = "document_id type title published url"
_DUE = "type due met status"
_CHANGE = "date rationale amount_before amount_after end_before end_after"
_KINDS = (
    Kind("bid", "/bids/details/{bid_no}", _columns("bid_id status date received_at amount currency lot reason")),
    Kind("bid_tenderer", "/bids/details/{bid_no}/tenderers/{pos}", _columns("id oid")),
    Kind("bid_line", "/bids/details/{bid_no}/items/{line}", _columns("item_id unit_price quantity currency")),
    Kind("tenderer", "/tender/tenderers/{pos}", _columns("id oid")),
    Kind("tender_item", "/tender/items/{pos}", _columns(_ITEM)),
    Kind("award", "/awards/{award_no}", _columns("award_id status date date_day amount currency has_subcontracting")),
    Kind("award_supplier", "/awards/{award_no}/suppliers/{pos}", _columns("id oid")),
    Kind("award_item", "/awards/{award_no}/items/{pos}", _columns(_ITEM)),
    Kind(
        "contract",
        "/contracts/{contract_no}",
        _columns("contract_id award_id status date_signed_day start_day end_day amount currency max_centavos"),
    ),
    Kind("contract_item", "/contracts/{contract_no}/items/{pos}", _columns(f"version {_ITEM}")),
    Kind("amendment", "/contracts/{contract_no}/amendments/{pos}", _columns(_CHANGE), "contract"),
    Kind("amendment", None, _columns(_CHANGE), "award"),
    Kind(
        "transaction",
        "/contracts/{contract_no}/implementation/transactions/{pos}",
        _columns("date amount currency uuid"),
    ),
    Kind("milestone", "/contracts/{contract_no}/milestones/{pos}", _columns(_DUE), "contract"),
    Kind("milestone", "/contracts/{contract_no}/implementation/milestones/{pos}", _columns(_DUE), "implementation"),
    Kind("document", "/planning/documents/{pos}", _columns(_PAPER), "planning"),
    Kind("document", "/tender/documents/{pos}", _columns(_PAPER), "tender"),
    Kind("document", "/contracts/{parent_no}/documents/{pos}", _columns(_PAPER), "contract"),
    Kind("document", "/bids/details/{parent_no}/documents/{pos}", _columns(_PAPER), "bid"),
    Kind("document", "/awards/{parent_no}/documents/{pos}", _columns(_PAPER), "award"),
    Kind("enquiry", "/tender/enquiries/{pos}", _columns("date answered has_answer")),
    Kind("complaint", "/complaints/{pos}", _columns("date resolved state is_founded")),
    Kind("related_process", "/relatedProcesses/{pos}", _columns("relationship identifier title"), "release"),
    Kind("related_process", None, _columns("relationship identifier title"), "contract"),
    Kind("criterion", "/tender/criteria/{pos}", _columns("title description is_mandatory kind amount currency")),
    Kind("criterion_result", None, _columns("award_no bid_no criterion_pos passed score")),
    Kind("subcontractor", "/awards/{award_no}/subcontracting/subcontractors/{pos}", _columns("id oid share")),
    Kind("owner", None, _columns("oid kind owner_name birth_year share")),
    Kind("fee_change", None, _columns("pos date amount currency")),
    Kind("justification", None, _columns("field text")),
    Kind("specification", None, _columns("n_chars similarity similar_oid")),
    Kind("bid_likeness", None, _columns("bid_no other_no jaccard")),
    Kind("org", None, _columns("id rfc name street postal_code region phone email url representative")),
    Kind("sanction", None, _columns("rfc name authority file kind start end cut")),
    Kind("tax_list", None, _columns("rfc name stage presumed cleared definitive favourable cut")),
    Kind("register", None, _columns("register rfc status is_active since until cut")),
    Kind("reception", None, _columns("item_id date accepted passed")),
)
KINDS = MappingProxyType({(kind.table, kind.section): kind for kind in _KINDS})

# Tables whose rows belong to organisations and to no process; the roster of officials is for its holder alone.
OF_ORGS = ("org", "sanction", "tax_list", "register")
PRIVATE = ("lists.official",)

# Input -> columns of the release, each with its pointer. A dot at the end of an input is a level of the release.
RELEASE: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "date": {"date": "/date"},
        "buyer": {"buyer_id": "/buyer/id", "pe_id": "/tender/procuringEntity/id"},
        "planning": {"plan_line": "/planning", "plan_method": "/planning", "budget": "/planning/budget/amount"},
        "tender.awardCriteria": {"award_criteria": "/tender/awardCriteria"},
        "tender.awardPeriod.startDate": {"award_start_day": "/tender/awardPeriod/startDate"},
        "tender.bidOpening": {"opening": "/tender/bidOpening/date", "opening_day": "/tender/bidOpening/date"},
        "tender.clarificationMeetings": {"clarification": "/tender/clarificationMeetings"},
        "tender.eligibilityCriteria": {"eligibility": "/tender/eligibilityCriteria"},
        "tender.enquiries": {"has_enquiries": "/tender/hasEnquiries"},
        "tender.numberOfTenderers": {"n_tenderers": "/tender/numberOfTenderers", "n_bids_said": "/bids/statistics"},
        "tender.participationFees": {"fee": "/tender/participationFees", "fee_currency": "/tender/participationFees"},
        "tender.procurementMethod": {
            "method": "/tender/procurementMethod",
            "method_detail": "/tender/procurementMethodDetails",
        },
        "tender.procurementMethodRationale": {
            "method_rationale": "/tender/procurementMethodRationale",
            "legal_ground": "/tender/legalBasis",
            "exception_article": "/tender/procurementMethodRationale",
        },
        "tender.tenderPeriod.startDate": {"start_s": "/tender/tenderPeriod/startDate"},
        "tender.tenderPeriod.endDate": {"end_s": "/tender/tenderPeriod/endDate"},
        "tender.value": {"value": "/tender/value/amount", "currency": "/tender/value/currency"},
        "complaints": {"has_complaints": "/complaints"},
    }
)
# Input -> tables (and their section) that hold it. The longest beginning of an input decides.
TABLES: Mapping[str, tuple[tuple[str, str | None], ...]] = MappingProxyType(
    {
        "awards": (("award", None),),
        "awards.items": (("award_item", None),),
        "awards.suppliers": (("award_supplier", None),),
        "awards.subcontracting": (("award", None), ("subcontractor", None)),
        "bids.details": (("bid", None),),
        "awards.requirementResponses": (("criterion_result", None),),
        "bids.details.documents": (("document", "bid"), ("bid_likeness", None)),
        "bids.details.requirementResponses": (("criterion_result", None),),
        "bids.details.items": (("bid_line", None),),
        "bids.details.tenderers": (("bid_tenderer", None), ("tenderer", None)),
        "complaints": (("complaint", None),),
        "contracts": (("contract", None),),
        "contracts.amendments": (("contract", None), ("amendment", "contract"), ("amendment", "award")),
        "contracts.documents": (("document", "contract"),),
        "contracts.implementation.transactions": (("transaction", None),),
        "contracts.items": (("contract_item", None),),
        "contracts.milestones": (("milestone", "contract"), ("milestone", "implementation")),
        "items": (("tender_item", None), ("award_item", None)),
        "parties.beneficialOwners": (("owner", None),),
        "parties.shareholders": (("owner", None),),
        "lists.register": (("register", None),),
        "lists.sanction": (("sanction", None),),
        "lists.tax": (("tax_list", None),),
        "parties": (("org", None), ("bid_tenderer", None), ("tenderer", None), ("award_supplier", None)),
        "planning.documents": (("document", "planning"),),
        "reception records": (("reception", None),),
        "relatedProcesses": (("related_process", "release"), ("related_process", "contract")),
        "tender.criteria": (("criterion", None), ("criterion_result", None)),
        "tender.documents": (("document", "tender"),),
        "tender.eligibilityCriteria": (("criterion", None),),
        "tender.enquiries": (("enquiry", None),),
        "tender.items": (("tender_item", None),),
        "tender.participationFees": (("fee_change", None),),
        "tender.procurementMethodRationale": (("justification", None),),
        "tender.selectionCriteria": (("criterion", None), ("criterion_result", None)),
        "tender.tenderers": (("tenderer", None),),
    }
)


def of_release(path: str) -> Mapping[str, str]:
    """The columns of the release that an input is, with their pointers; none where it is a list."""
    found = _longest(path, RELEASE)
    return RELEASE[found] if found else {}


def of_tables(path: str) -> tuple[Kind, ...]:
    """The tables that hold an input; none where it is a plain field of the release."""
    found = _longest(path, TABLES)
    return tuple(KINDS[key] for key in TABLES[found]) if found else ()


def known(path: str) -> bool:
    """Whether an input is told somewhere."""
    return bool(of_release(path) or of_tables(path)) or path in PRIVATE


def _longest(path: str, names: Iterable[str]) -> str | None:
    fits = [name for name in names if path == name or path.startswith(f"{name}.")]
    return max(fits, key=len, default=None)


def pointer(kind: Kind, row: Mapping[str, Any]) -> str | None:
    """The JSON pointer of a row within its release (RFC 6901), null where the row is in none or its number is lost."""
    if kind.pointer is None:
        return None
    try:
        return kind.pointer.format_map({k: v for k, v in row.items() if v is not None})
    except KeyError:
        return None
