# SPDX-License-Identifier: Apache-2.0
"""Record -> OCDS 1.1 release body, pure: without `ocid`, `id` and `date`, which the ledger gives.

EDCA-MX words are used where OCDS has none: `clarificationMeetings`, `consolidatedProcessMxCnet`, `contractDetails`.
What the source does not say is left out, never guessed.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from vitrina.kernel.ids import legal_personality
from vitrina.kernel.money import Money

from .build import process_of
from .normalise import MAIN_CATEGORY, supplier_key
from .records import Buyer, Imported, ImportedContract, ImportedProcedure, Supplier
from .values import When

Json = dict[str, Any]

METHODS: dict[str, tuple[str | None, str]] = {
    "licitacion_publica": ("open", "Licitación pública"),
    "invitacion_tres_personas": ("selective", "Invitación a cuando menos tres personas"),
    "adjudicacion_directa": ("direct", "Adjudicación directa"),
    "dialogo_competitivo": ("selective", "Diálogo competitivo"),
    "ad_estrategia_negociacion": ("direct", "Adjudicación directa con estrategia de negociación"),
    "contrato_especifico_acuerdo_marco": ("selective", "Contrato específico de acuerdo marco"),
    "orden_tienda_digital": ("direct", "Orden en tienda digital"),
    "entre_entes": ("direct", "Contratación entre entes públicos"),
    "otra_contratacion": (None, "Otra contratación"),
}
CHARACTERS = {"N": "Nacional", "T": "Internacional bajo la cobertura de tratados", "I": "Internacional abierta"}
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_KEY = 80
COG_DIGITS = 5


def process_key(record: Imported) -> str:
    """The part of the ocid after the prefix: equal for a procedure and all contracts of it, safe in an address.

    The procedure number; else `EXP-` and the code of the file (*expediente*); else the record's own key. A number of
    no known grammar (`S/N`, `1`) is a number of its buyer only, so the buyer's key follows it.
    """
    text = process_of(record.number, record.file_code) or record.key
    if record.number and record.number.form == "other":
        buyer = record.buyer
        text += f"-{buyer.unit_key or buyer.institution_key or _digest(supplier_key(buyer.institution or ''))}"
    key = _UNSAFE.sub("-", text).strip("-") or _digest(text)
    return key if len(key) <= _LONGEST_KEY else f"{key[:60]}-{_digest(key)}"


def release_fragment(record: Imported) -> Json:
    """The release body of a record: `tag`, `parties`, `buyer`, `tender` and, for a contract, `awards`, `contracts`."""
    unit = _reference(record)
    body: Json = {"initiationType": "tender", "language": "es", **_parties(record), "tender": _tender(record)}
    body["planning"] = {"contractingUnits": [unit] if unit else None}
    if record.file_code:
        body["relatedProcesses"] = [
            {"id": "expediente", "relationship": ["parent"], "scheme": "MX-EXPEDIENTE", "identifier": record.file_code}
        ]
    if isinstance(record, ImportedContract):
        award, contract = _award(record), _contract(record)
        body |= {"awards": [award], "contracts": [contract]}
    pruned: Json = _pruned({"tag": _tags(record), **body})
    return pruned


def _tags(record: Imported) -> list[str]:
    if isinstance(record, ImportedContract):
        return ["award", "contract"]
    return ["planning"] if isinstance(record, ImportedProcedure) and record.element == "draft" else ["tender"]


def method_details(record: Imported) -> str | None:
    """The procedure in Spanish, as validators of EDCA-MX expect it; a direct award names its ground: ` art.54-II`."""
    if not record.procedure:
        return record.procedure_label
    words = METHODS[record.procedure][1]
    if record.procedure != "adjudicacion_directa" or not record.ground:
        return words
    article, _, paragraph = record.ground.partition("-p")
    return f"{words} art.{article} párrafo {paragraph}" if paragraph else f"{words} art.{article}"


def institution_id(buyer: Buyer) -> str | None:
    """The party id of the institution, by its key, else by its name."""
    if buyer.institution_key:
        return f"MX-INST-{buyer.institution_key}"
    return f"MX-INST-{_digest(supplier_key(buyer.institution))}" if buyer.institution else None


def unit_id(buyer: Buyer) -> str | None:
    """The party id of the buying unit, by its nine-character key."""
    return f"MX-UC-{buyer.unit_key}" if buyer.unit_key else None


def supplier_id(supplier: Supplier) -> str:
    """The party id of the supplier: its RFC, else a digest of its name, which two namesakes share."""
    return f"MX-RFC-{supplier.rfc}" if supplier.rfc else f"MX-NAME-{_digest(supplier_key(supplier.name))}"


def owns_procedure(record: Imported) -> bool:
    """Whether the record's unit ran the procedure: in a consolidated purchase others sign under its number."""
    stated = record.number.unit if record.number and isinstance(record, ImportedContract) else None
    return stated is None or stated == record.buyer.unit_key


def _reference(record: Imported) -> Json | None:
    unit = unit_id(record.buyer)
    return {"id": unit, "name": record.buyer.unit_name or record.buyer.unit_key} if unit else None


def _parties(record: Imported) -> Json:
    buyer = record.buyer
    parties: list[Json] = []
    institution, unit = institution_id(buyer), unit_id(buyer)
    if institution:
        identifier = {"scheme": "MX-INST", "id": buyer.institution_key, "legalName": buyer.institution}
        parties.append(
            {
                "id": institution,
                "name": buyer.institution,
                "identifier": identifier if buyer.institution_key else None,
                "roles": ["buyer"],
                "details": {"govLevel": buyer.government, "initials": buyer.siglas},
            }
        )
    if unit:
        parties.append(
            {
                "id": unit,
                "name": buyer.unit_name or buyer.unit_key,
                "identifier": {"scheme": "MX-UC", "id": buyer.unit_key, "legalName": buyer.unit_name},
                "roles": ["procuringEntity", "contractingUnit"] if owns_procedure(record) else ["contractingUnit"],
                "memberOf": [{"id": institution, "name": buyer.institution}] if institution else None,
            }
        )
    if isinstance(record, ImportedContract):
        parties.append(_supplier_party(record.supplier))
    return {"parties": parties, "buyer": {"id": institution, "name": buyer.institution} if institution else None}


def _supplier_party(supplier: Supplier) -> Json:
    identifier = None
    if supplier.rfc:
        identifier = {"scheme": "MX-RFC", "id": supplier.rfc, "legalName": supplier.name}
        identifier["legalPersonality"] = legal_personality(supplier.rfc)
    return {
        "id": supplier_id(supplier),
        "name": supplier.name,
        "identifier": identifier,
        "roles": ["supplier"],
        "address": {"countryName": supplier.country},
        "details": {
            "scaleReportedByBuyerMxCnet": supplier.size_by_buyer,
            "scaleReportedBySupplierMxCnet": supplier.size,
        },
    }


def _tender(record: Imported) -> Json:
    method = METHODS[record.procedure][0] if record.procedure else None
    tender: Json = {
        "id": process_key(record),
        "title": record.title if isinstance(record, ImportedProcedure) else record.file_title,
        "status": "complete",
        "procuringEntity": _reference(record) if owns_procedure(record) else None,
        "procurementMethod": method,
        "procurementMethodDetails": method_details(record),
        "procurementMethodRationale": record.ground_description,
        "mainProcurementCategory": MAIN_CATEGORY.get(record.category or ""),
        "additionalProcurementCategories": [record.category] if record.category else None,
        "submissionMethod": _submission(record.participation),
        "tenderPeriod": {"startDate": _start(record.published), "endDate": _start(record.opening)},
        "awardPeriod": {"endDate": _start(record.award)},
        "items": [_item(code) for code in record.classifications],
        "documents": [_notice(record)] if record.url else None,
        "consolidatedProcessMxCnet": record.consolidated,
        "procurementMethodCharacterMxCnet": CHARACTERS.get(record.character or ""),
    }
    if isinstance(record, ImportedProcedure):
        tender |= {"description": record.description, "status": record.tender_status}
        if record.clarification:
            meeting = _start(record.clarification)
            tender["enquiryPeriod"] = {"endDate": meeting}
            tender["clarificationMeetings"] = [{"id": "1", "date": meeting}]
    return tender


def _award(record: ImportedContract) -> Json:
    return {
        "id": record.key,
        "title": record.title,
        "status": "active",
        "date": _start(record.award),
        "value": _value(record.amount),
        "suppliers": [{"id": supplier_id(record.supplier), "name": record.supplier.name}],
    }


def _contract(record: ImportedContract) -> Json:
    return {
        "id": record.code if record.code and "#" not in record.key else record.key,
        "awardID": record.key,
        "title": record.title,
        "description": record.description,
        "status": record.contract_status or ("active" if record.signed else None),
        "period": {"startDate": _start(record.start), "endDate": _end(record.end)},
        "value": _value(record.amount),
        "dateSigned": _start(record.signed),
        "statusMxCnet": record.status_raw,
        "multiyearContractMxCnet": record.multiyear,
        "hasAmendments": record.amended,
        "framework": record.framework,
        "contractDetails": {"minValue": _value(record.minimum), "maxValue": _value(record.maximum)},
    }


def _submission(code: str | None) -> list[str] | None:
    if not code:
        return None
    return ["electronicSubmission", "inPerson"] if code == "mixed" else [code]


def _item(code: str) -> Json:
    # Five digits are a budget line (COG); four were written in the CUCoP column of the older files.
    return {"id": code, "classification": {"scheme": "COG" if len(code) == COG_DIGITS else "CUCOP", "id": code}}


def _notice(record: Imported) -> Json:
    return {"id": "anuncio", "documentType": "tenderNotice", "title": "Anuncio", "url": record.url, "language": "es"}


def _value(amount: Money | None) -> Json | None:
    return {"amount": _number(amount.centavos), "currency": amount.currency} if amount else None


def _number(centavos: int) -> int | float:
    """Pesos as the JSON number that OCDS asks for: correctly rounded, so it prints as the exact decimal."""
    return centavos // 100 if centavos % 100 == 0 else centavos / 100


def _start(when: When | None) -> str | None:
    return when.start().isoformat() if when else None


def _end(when: When | None) -> str | None:
    return when.end().isoformat() if when else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _pruned(value: Any) -> Any:
    """Without empty objects, empty lists and nulls: in OCDS a null removes what an earlier release said."""
    if isinstance(value, dict):
        return {k: kept for k, v in value.items() if (kept := _pruned(v)) not in (None, {}, [])}
    if isinstance(value, list):
        return [kept for v in value if (kept := _pruned(v)) not in (None, {}, [])]
    return value
