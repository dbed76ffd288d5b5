# SPDX-License-Identifier: Apache-2.0
"""One row's cleaned cells to one record. Every problem of the row is found, not only the first."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from vitrina.kernel.ids import GENERIC_RFCS, is_rfc, rfc_check_digit_holds
from vitrina.kernel.money import Money
from vitrina.kernel.text import fold

from . import normalise, values
from .procedure_number import ProcedureNumber, parse_number
from .records import Buyer, ImportedContract, ImportedProcedure, Problem, Repair, Source, Supplier
from .refusals import SHOWN, BadValueError
from .values import When

T = TypeVar("T")
SUPPRESSED_RFC = "XXXXXXXXXXXX"
LONG_AFTER_START_DAYS = 365
_NO_FRAMEWORK = ("0", "no", "no se utilizo")


class Cells:
    """The kept cells of a row by our field names, with the problems, repairs and notes found on the way."""

    def __init__(self, cells: dict[str, str], headers: dict[str, str]) -> None:
        self.cells, self.headers = cells, headers
        self.problems: list[Problem] = []
        self.repairs: list[Repair] = []
        self.notes: list[str] = []

    def text(self, field: str) -> str | None:
        """The cell, or nothing. All but the description stand on one line."""
        return self.cells.get(field) or None

    def must(self, field: str) -> str:
        """The cell; empty is a problem."""
        value = self.text(field)
        if not value:
            self.problem(field, "missing")
        return value or ""

    def read(self, field: str, parse: Callable[[str], T]) -> T | None:
        """The cell through a parser, nothing when empty; its `BadValueError` becomes a problem."""
        text = self.cells.get(field)
        if not text:
            return None
        try:
            return parse(text)
        except BadValueError as bad:
            self.problem(field, bad.code, bad.limit)
            return None

    def problem(self, field: str, code: str, limit: str = "") -> None:
        """Note why the row cannot be read whole."""
        value = self.cells.get(field, "")[:SHOWN]
        self.problems.append(Problem(field=self.headers.get(field, field), value=value, code=code, limit=limit))

    def repair(self, field: str, code: str, was: str | None = None) -> None:
        """Note that a cell was put right."""
        self.repairs.append(Repair(field, code, (self.cells.get(field, "") if was is None else was)[:SHOWN]))

    def when(self, field: str, *, midnight_is_date: bool = False) -> When | None:
        """A date or instant; a sentinel year is a repair to "unknown"."""
        before = len(self.problems)
        found = self.read(field, values.parse_day if midnight_is_date else values.parse_when)
        if found is None and self.cells.get(field) and len(self.problems) == before:
            self.repair(field, "sentinel_date")
        return found

    def money(self, field: str, currency: str) -> Money | None:
        """An amount; rounding to the centavo is a repair."""
        amount, rounded = self.read(field, lambda text: values.parse_amount(text, currency)) or (None, False)
        if rounded:
            self.repair(field, "rounded_to_centavo")
        return amount


def procedure_from(cells: Cells, source: Source) -> ImportedProcedure | None:
    """The procedure or draft of a row; nothing when `cells.problems` says why not."""
    element = normalise.element_code(cells.must("element"))
    label = cells.must("status")
    stage, tender_status = ("", "")
    try:
        stage, tender_status = normalise.status_codes(element, label)
    except BadValueError as bad:
        cells.problem("status", bad.code)
    shared = _shared(cells, source)
    opened = cells.when("file_opened")
    clarification = cells.when("clarification")
    if shared["number"] is None and not shared["file_code"]:
        cells.problem("number", "missing")
    if cells.problems:
        return None
    _note_order(cells, shared["published"], shared["opening"], "opening_before_publication")
    number = shared["number"].text if shared["number"] else ""
    identity = values.url_id(shared["url"]) or f"{shared['file_code']}:{number}"
    return ImportedProcedure(
        **shared,
        key=f"procedure:{identity}",
        element=element,
        state=cells.text("state"),
        reference=cells.text("reference"),
        file_opened=opened,
        clarification=clarification,
        status_raw=label,
        stage=stage,
        tender_status=tender_status,
        repairs=tuple(cells.repairs),
        notes=tuple(cells.notes),
    )


def contract_from(cells: Cells, source: Source) -> ImportedContract | None:
    """The contract of a row; nothing when `cells.problems` says why not."""
    currency = _currency(cells)
    amount, minimum, maximum = (cells.money(field, currency) for field in ("amount", "minimum", "maximum"))
    start, end = (cells.when(field, midnight_is_date=True) for field in ("start", "end"))
    signed = cells.when("signed", midnight_is_date=True)
    shared = _shared(cells, source)
    supplier = _supplier(cells)
    code = cells.text("code")
    if not (shared["number"] or shared["file_code"] or code):
        cells.problem("number", "missing")
    multiyear, amended = (cells.read(field, values.parse_flag) for field in ("multiyear", "amended"))
    if cells.problems:
        return None
    _note_amount(cells, amount)
    _note_order(cells, shared["award"], signed, "signed_before_award")
    _note_order(cells, start, end, "end_before_start")
    if start and signed and (signed.on - start.on).days > LONG_AFTER_START_DAYS:
        cells.notes.append("signed_long_after_start")
    process = process_of(shared["number"], shared["file_code"]) or f"contract-{code}"
    facts = (str(amount.centavos) if amount else "", start.on.isoformat() if start else "")
    match_key = _short(process, normalise.supplier_key(supplier.name), *facts)
    within = _short(supplier.rfc or supplier.name, shared["buyer"].unit_key or "", *facts, shared["description"] or "")
    key = f"contract:{code}" if code else f"announcement:{values.url_id(shared['url']) or process}:{within}"
    label = cells.text("contract_status")
    return ImportedContract(
        **shared,
        key=key,
        match_key=match_key,
        code=code,
        control_number=cells.text("control_number"),
        supplier=supplier,
        amount=amount,
        minimum=minimum,
        maximum=maximum,
        start=start,
        end=end,
        signed=signed,
        status_raw=label,
        contract_status=normalise.contract_status(label) if label else None,
        multiyear=multiyear,
        amended=amended,
        repairs=tuple(cells.repairs),
        notes=tuple(cells.notes),
    )


def process_of(number: ProcedureNumber | None, file_code: str | None) -> str | None:
    """What names the contracting process: the procedure number, else the code of its file (*expediente*)."""
    return number.text if number else (f"EXP-{file_code}" if file_code else None)


def _shared(cells: Cells, source: Source) -> dict[str, Any]:
    """The fields that procedures and contracts share, by name."""
    number = parse_number(cells.cells.get("number", ""))
    if number and number.form == "other":
        cells.notes.append("number_unparsed")
    label, template = cells.text("procedure"), cells.text("template")
    procedure = _procedure(cells, label, template, number)
    # In the old files the article stands in the template: "07. Adjudicación Directa Nacional Art. 42 LAASSP".
    ground = normalise.ground_code(cells.text("ground") or template or "")
    file_title, description = cells.text("file_title"), cells.cells.get("description") or None
    title = cells.text("title") or description or file_title or (number.text if number else "")
    return {
        "source": source,
        "number": number,
        "file_code": cells.text("file_code"),
        "file_title": file_title,
        "procedure": procedure,
        "procedure_label": label or template,
        "reverse_auction": any(normalise.is_reverse_auction(x) for x in (label, template) if x),
        "law": normalise.law_code(cells.text("law") or template or "") or (number.law if number else None),
        "ground": ground,
        "ground_description": (cells.text("ground_description") or "").rstrip(". ") or None,
        "character": _character(cells, template, number),
        "category": normalise.category_code(cells.text("category") or ""),
        "participation": normalise.participation_code(cells.text("participation") or ""),
        "buyer": _buyer(cells),
        "classifications": cells.read("classifications", values.parse_classifications) or (),
        "framework": _framework(cells.text("framework")),
        "consolidated": cells.read("consolidated", values.parse_flag),
        "title": normalise.one_line(title),
        "description": description,
        "published": cells.when("published"),
        "opening": cells.when("opening"),
        "award": cells.when("award", midnight_is_date=True),
        "url": cells.read("url", values.parse_url),
    }


def _procedure(cells: Cells, label: str | None, template: str | None, number: ProcedureNumber | None) -> str | None:
    by_number = number.procedure if number else None
    found = normalise.procedure_code(label or "") or normalise.procedure_code(template or "") or by_number
    if found and by_number and found != by_number:
        cells.notes.append("procedure_disagrees_with_number")
    return found


def _character(cells: Cells, template: str | None, number: ProcedureNumber | None) -> str | None:
    stated = normalise.character_code(cells.text("character") or "") or normalise.character_code(template or "")
    return stated or (number.character if number else None)


def _framework(text: str | None) -> str | None:
    if not text or fold(text).startswith(_NO_FRAMEWORK):
        return None
    return "Contrato marco" if text in ("1", "SI", "Sí", "SÍ") else text


def _buyer(cells: Cells) -> Buyer:
    unit_key = cells.read("unit_key", values.parse_unit_key)
    buyer = Buyer(
        institution=cells.text("institution"),
        siglas=cells.text("siglas"),
        # The first six characters of a unit's key are its institution's.
        institution_key=cells.text("institution_key") or (unit_key[:6] if unit_key else None),
        unit_key=unit_key,
        unit_name=cells.text("unit_name"),
        government=cells.text("government"),
    )
    if "unit_key" in cells.headers and not (unit_key or buyer.institution):
        cells.problem("unit_key", "missing")
    return buyer


def _supplier(cells: Cells) -> Supplier:
    name = cells.must("supplier")
    if name and not any(c.isalnum() for c in name):
        cells.problem("supplier", "missing")
    rfc: str | None = (cells.text("rfc") or "").upper().replace("-", "").replace(" ", "")
    if rfc in GENERIC_RFCS or rfc == SUPPRESSED_RFC or not rfc:
        rfc = None
    elif not is_rfc(rfc):
        cells.repair("rfc", "malformed_rfc")
        rfc = None
    elif not rfc_check_digit_holds(rfc):
        cells.notes.append("rfc_check_digit")
    return Supplier(
        name=name,
        rfc=rfc,
        size=normalise.size_code(cells.text("size") or ""),
        size_by_buyer=normalise.size_code(cells.text("size_by_buyer") or ""),
        country=cells.text("country"),
    )


def _currency(cells: Cells) -> str:
    if "currency" not in cells.headers:
        return "MXN"  # the layouts without a currency column hold peso amounts only
    if not cells.cells.get("currency"):
        cells.repair("currency", "currency_assumed")
        return "MXN"
    return cells.read("currency", values.parse_currency) or "MXN"


def _note_amount(cells: Cells, amount: Money | None) -> None:
    if amount is None:
        cells.notes.append("amount_missing")
    elif not amount.centavos:
        cells.notes.append("amount_zero")


def _note_order(cells: Cells, first: When | None, second: When | None, note: str) -> None:
    if first and second and second.on < first.on:
        cells.notes.append(note)


def _short(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
