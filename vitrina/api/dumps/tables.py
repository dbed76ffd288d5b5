# SPDX-License-Identifier: Apache-2.0
"""Compiled releases as flat tables. Every column of every table is named here once: files, descriptors and the
reference page are made from it. Pure: compiled release -> rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

Json = dict[str, Any]
Value = str | int | float | bool | Decimal | datetime | None
TYPES = {
    "text": "string",
    "integer": "integer",
    "number": "number",
    "amount": "number",  # exact, two decimals
    "instant": "datetime",  # UTC
    "boolean": "boolean",
}
_CENTAVO = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: where its value stands in the compiled release. Dots lead down; a list gives all its values.

    The path begins at the object that the row is about; with `^` at the list member above it, with `/` at the release.
    `@section` is the list that the row comes from, `@year` the fiscal year of the purchase.
    """

    name: str
    type: str
    path: str
    about: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: a row for each member of the lists at `lists`; `only` keeps those whose field has a value."""

    name: str
    title: Any
    lists: tuple[str, ...]
    columns: tuple[Column, ...]
    only: tuple[str, str] | None = None

    def rows(self, compiled: Json, year: int) -> Iterator[list[Value]]:
        """The rows of one purchase, in the order of its lists."""
        for section in self.lists:
            for trail in _walk([compiled], section.split(".") if section else []):
                if self.only is None or trail[-1].get(self.only[0]) == self.only[1]:
                    yield [_value(column, trail, section, year) for column in self.columns]


def _walk(trail: list[Json], steps: Sequence[str]) -> Iterator[list[Json]]:
    """Each object at the end of the steps, with the members of lists that lead to it, the release first."""
    here: Any = trail[-1]
    for n, step in enumerate(steps):
        here = here.get(step)
        if isinstance(here, list):
            for member in here:
                if isinstance(member, dict):
                    yield from _walk([*trail, member], steps[n + 1 :])
            return
        if not isinstance(here, dict):
            return
    yield trail


def _value(column: Column, trail: list[Json], section: str, year: int) -> Value:
    path = column.path
    if path == "@section":
        return section
    if path == "@year":
        return year
    if path[0] == "/":
        return _typed(column.type, _at(trail[0], path[1:].split(".")))
    if path[0] == "^":
        above = trail[-2] if len(trail) > 2 else {}  # noqa: PLR2004 - release and own object
        return _typed(column.type, _at(above, path[1:].split(".")))
    return _typed(column.type, _at(trail[-1], path.split(".")))


def _at(here: Any, steps: Sequence[str]) -> Any:
    for n, step in enumerate(steps):
        if isinstance(here, list):
            found = [_at(member, steps[n:]) for member in here]
            return [value for value in found if value is not None]
        here = here.get(step) if isinstance(here, dict) else None
    return here


def _typed(kind: str, value: Any) -> Value:
    """The value in the column's type; several texts in one, separated by semicolons."""
    if value is None or value == []:
        return None
    if kind == "text":
        return "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    if kind == "amount":
        return Decimal(str(value)).quantize(_CENTAVO)
    if kind == "instant":
        return datetime.fromisoformat(value).astimezone(UTC)
    return {"integer": int, "number": float, "boolean": bool}[kind](value)


def _columns(text: str) -> tuple[Column, ...]:
    """Columns from lines `name type path | about`."""
    found = []
    for line in filter(None, text.splitlines()):
        head, _bar, about = line.partition("|")
        name, kind, path = head.split()
        found.append(Column(name, kind, path, about.strip()))
    return tuple(found)


_OCID = "ocid text /ocid | the purchase\n"
_UNIT = """unit_name text unit.name | unit of measure
unit_price amount unit.value.amount | price of one unit, without VAT
currency text unit.value.currency | of the price
"""
_ITEM = f"""item_id text id | number of the item
description text description | what it is
scheme text classification.scheme | classification: CUCOP, COG
class_id text classification.id | class
quantity number quantity | how many
{_UNIT}lot text relatedLot | its lot
"""
_MILESTONE = """milestone_id text id | of the milestone
title text title | what it is
description text description | more about it
status text status | scheduled, met, partiallyMet, notMet
due_at instant dueDate | when it is due
met_at instant dateMet | when it was met
"""

TABLES = (
    Table("purchases", _("Purchases"), ("",), _columns("""
ocid text ocid | the purchase
fiscal_year integer @year | whose budget pays it: the year of its files
number text tender.procedureNumber | procedure number
title text tender.title | what is bought
description text tender.description | more about it
status text tender.status | OCDS status of the tender
method text tender.procurementMethod | open, selective, direct
method_details text tender.procurementMethodDetails | procedure in Spanish
character text tender.procurementMethodCharacterMxCnet | national, under treaties, international
category text tender.mainProcurementCategory | goods, services, works
buyer_id text buyer.id | institution
buyer_name text buyer.name | its name
unit_id text tender.procuringEntity.id | buying unit
unit_name text tender.procuringEntity.name | its name
budget amount planning.budget.amount.amount | budget
budget_currency text planning.budget.amount.currency | of the budget
estimated amount tender.value.amount | estimated value, once it is revealed
estimated_currency text tender.value.currency | of the estimate
published_at instant tender.tenderPeriod.startDate | publication of the call
opening_at instant tender.tenderPeriod.endDate | end of reception, opening
award_by instant tender.awardPeriod.endDate | last instant of the ruling
n_tenderers integer tender.numberOfTenderers | bidders
award_criteria text tender.awardCriteria | how bids are judged
updated_at instant date | last release
""")),
    Table("parties", _("Who takes part"), ("parties",), _columns(_OCID + """
party_id text id | of the party in the purchase
name text name | its name
roles text roles | OCDS roles
scheme text identifier.scheme | register of the identifier
identifier text identifier.id | number there
legal_name text identifier.legalName | name there
size text details.scale | size of the company
member_of text memberOf.id | institution above it
""")),
    Table("budget", _("Budget lines"), ("planning.budget.budgetBreakdown",), _columns(_OCID + """
breakdown_id text id | of the part
description text description | what it pays
amount amount amount.amount | how much
currency text amount.currency | of the amount
starts_at instant period.startDate | first instant of its year
ends_at instant period.endDate | last instant of its year
keys text budgetLines.id | budget keys
components text budgetLines.components.code | line, programme, portfolio
""")),
    Table("items", _("Items asked for"), ("tender.items",), _columns(_OCID + _ITEM)),
    Table("lots", _("Lots"), ("tender.lots",), _columns(_OCID + """
lot_id text id | of the lot
title text title | what it is
status text status | OCDS status
""")),
    Table("enquiries", _("Questions and answers"), ("tender.enquiries",), _columns(_OCID + """
enquiry_id text id | number of the question
thread_id text threadID | of the question that it is about
title text title | who asks, as published
description text description | the question
answer text answer | the answer
asked_at instant date | when it was asked
answered_at instant dateAnswered | when it was answered
""")),
    Table("bids", _("Bids"), ("bids.details",), _columns(_OCID + """
bid_id text id | of the bid
status text status | pending, valid, disqualified, withdrawn
received_at instant date | when it was received
tenderer_id text tenderers.id | who bids
tenderer_name text tenderers.name | their names
amount amount value.amount | total, without VAT
currency text value.currency | of the total
lots text relatedLots | lots it bids for
""")),
    Table("bid_items", _("Prices of bids"), ("bids.details.items",), _columns(
        _OCID + "bid_id text ^id | its bid\n" + _ITEM)),
    Table("awards", _("Awards"), ("awards",), _columns(_OCID + """
award_id text id | of the award
title text title | what is awarded
status text status | active, unsuccessful, cancelled
awarded_at instant date | when
amount amount value.amount | for how much, without VAT
currency text value.currency | of the amount
supplier_id text suppliers.id | to whom
supplier_name text suppliers.name | their names
rationale text rationale | why
bid_id text relatedBid | the bid that won
lots text relatedLots | lots
""")),
    Table("award_items", _("Items awarded"), ("awards.items",), _columns(
        _OCID + "award_id text ^id | its award\n" + _ITEM)),
    Table("contracts", _("Contracts"), ("contracts",), _columns(_OCID + """
contract_id text id | of the contract
award_id text awardID | its award
title text title | what it is about
description text description | more about it
status text status | pending, active, terminated, cancelled
signed_at instant dateSigned | signature
starts_at instant period.startDate | beginning
ends_at instant period.endDate | end
amount amount value.amount | for how much, without VAT
currency text value.currency | of the amount
minimum amount contractDetails.minValue.amount | least, where it is open
maximum amount contractDetails.maxValue.amount | most, where it is open
implementation text implementation.status | planning, ongoing, concluded
""")),
    Table("contract_items", _("Items under contract"), ("contracts.items",), _columns(
        _OCID + "contract_id text ^id | its contract\n" + _ITEM)),
    Table("guarantees", _("Guarantees"), ("contracts.guarantees",), _columns(_OCID + """
contract_id text ^id | its contract
guarantee_id text id | of the guarantee
type text type | bond, insurance ...
obligations text obligations | what it secures
amount amount value.amount | for how much
currency text value.currency | of the amount
guarantor text guarantor.name | who guarantees
starts_at instant period.startDate | beginning
ends_at instant period.endDate | end
""")),
    Table("deliveries", _("Deliveries"), ("contracts.implementation.milestones",), _columns(
        _OCID + "contract_id text ^id | its contract\n" + _MILESTONE), only=("type", "delivery")),
    Table("invoices", _("Invoices"), ("contracts.implementation.milestones",), _columns(
        _OCID + "contract_id text ^id | its contract\n" + _MILESTONE), only=("type", "financing")),
    Table("payments", _("Payments"), ("contracts.implementation.transactions",), _columns(_OCID + """
contract_id text ^id | its contract
payment_id text id | of the payment
paid_at instant date | day
amount amount value.amount | how much, with VAT
currency text value.currency | of the amount
payer_id text payer.id | who pays
payer_name text payer.name | its name
payee_id text payee.id | who is paid
payee_name text payee.name | its name
invoice_id text relatedImplementationMilestone.id | the invoice that it pays
""")),
    Table("milestones", _("Milestones"), (
        "planning.milestones", "tender.milestones", "contracts.milestones"), _columns(_OCID + """
section text @section | of what
parent_id text ^id | its contract
type text type | OCDS type
""" + _MILESTONE)),
    Table("amendments", _("Changes"), ("tender.amendments", "contracts.amendments"), _columns(_OCID + """
section text @section | of what
parent_id text ^id | its contract
amendment_id text id | of the change
changed_at instant date | when
rationale text rationale | why
description text description | what changed
""")),
    Table("documents", _("Documents"), (
        "planning.documents", "tender.documents", "bids.details.documents", "awards.documents",
        "contracts.documents", "contracts.implementation.documents"), _columns(_OCID + """
section text @section | of what
parent_id text ^id | its bid, award or contract
document_id text id | of the document
type text documentType | OCDS type
title text title | its name
url text url | where it is; the last part is its SHA-256
format text format | media type
published_at instant datePublished | when
""")),
)  # fmt: skip
BY_NAME = {table.name: table for table in TABLES}
