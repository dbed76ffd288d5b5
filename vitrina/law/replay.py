# SPDX-License-Identifier: Apache-2.0
"""The rulebook run over real procedures: which limit applied to each, the days it had, whether it held.

Reads the 37-column ComprasMX procedures file (latin-1 or UTF-8, plain or gzip). Dates are the buyer's local dates as
printed; days are counted date to date. The same file gives the same answer, byte for byte.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from vitrina.law import names
from vitrina.law.checks import Outcome, check
from vitrina.law.errors import Ambiguous, BadQuestion, LawError, LawNotFound
from vitrina.law.query import law_at
from vitrina.law.sheet import Records, lacks, read

NUMBER, KIND, LAW = "Núm. Proc. Proyecto", "Tipo de elemento", "Ley"
PROCEDURE, CHARACTER, CATEGORY = "Tipo Procedimiento", "Caracter anuncio", "Tipo de contratación"
PUBLISHED, OPENING, MEETING, AWARD = (
    "Fecha de publicación",
    "Fecha apertura",
    "Fecha y hora junta de aclaraciones",
    "Fecha de fallo",
)
FILED, STATUS = "Fecha de expediente", "Estatus procedimiento"
COLUMNS = (NUMBER, KIND, LAW, PROCEDURE, CHARACTER, CATEGORY, PUBLISHED, OPENING, MEETING, AWARD, FILED, STATUS)
TERMS = {
    "licitacion_publica": (
        ("term.publication_to_opening", PUBLISHED, OPENING),
        ("term.clarification_to_opening", MEETING, OPENING),
        ("term.opening_to_award", OPENING, AWARD),
    ),
    "invitacion_tres_personas": (
        ("term.invitation_to_opening", PUBLISHED, OPENING),
        ("term.clarification_to_opening", MEETING, OPENING),
        ("term.opening_to_award", OPENING, AWARD),
    ),
}
CONTRACT_NUMBER, SIGNED = "Número de procedimiento", "Fecha de firma del contrato"
SIGNATURE_COLUMNS = (CONTRACT_NUMBER, LAW, CATEGORY, PUBLISHED, AWARD, SIGNED)
SIGNATURE = "term.award_to_signature"
STATES = ("holds", "reduced", "extended", "breach", "unknown", "not_applicable")


def date_of(cell: str) -> date | None:
    """The local date of a cell such as `2026-01-23 18:11:08`; None when empty; ValueError when it is no date."""
    return datetime.fromisoformat(cell).date() if cell else None


def rows(records: Records) -> Iterator[dict[str, Any]]:
    """One line per procedure and limit, in file order; a procedure without limits gives one line with the reason."""
    for line, record in records:
        head = {"line": line, "number": record[NUMBER], "law": None, "procedure": None, "character": None}
        try:
            question, reason = _question(record)
            head.update(question)
        except LawError as error:
            question, reason = {}, str(error)
        except ValueError as error:
            question, reason = {}, f"date cannot be read: {error}"
        if reason:
            yield {**head, "term": None, "state": "not_applicable", "reason": reason}
            continue
        for term, start, end in TERMS[question["procedure"]]:
            yield {**head, "term": term, **_judge(term, record, start, end, question)}


def _question(record: dict[str, str]) -> tuple[dict[str, Any], str | None]:
    """The words of the question for one record, or why no limit applies to it."""
    if record[KIND].startswith("PROYECTO"):
        return {}, "draft call: no term runs yet"
    if not record[PROCEDURE]:
        return {}, "the file does not say the type of procedure"
    published = date_of(record[PUBLISHED])
    if published is None:
        return {}, "no publication date"
    question = {
        "procedure": _procedure(record[PROCEDURE]),
        "character": names.word("character", record[CHARACTER]),
        "category": names.word("category", record[CATEGORY]),
    }
    law = law_at(published, category=question["category"])
    question["law"] = law.id
    if ("OBRAS" in record[LAW].upper()) != ("works" in law.categories):
        return question, f"the file says another law than {law.id} for this category"
    if question["procedure"] not in TERMS:
        return question, "direct award: no opening, so none of these terms"
    return question, None


def _procedure(label: str) -> str:
    """The procedure behind a label that also names its ground (`INVITACIÓN ... POR CASO FORTUITO ...`)."""
    first = names.fold(label).split("_")[0]
    return names.word("procedure", first)


def _judge(term: str, record: dict[str, str], start: str, end: str, question: dict[str, Any]) -> dict[str, Any]:
    try:
        first, last = date_of(record[start]), date_of(record[end])
        began = date_of(record[PUBLISHED])
    except ValueError as error:
        return {"state": "not_applicable", "reason": f"date cannot be read: {error}"}
    if first is None or last is None:
        return {"state": "not_applicable", "reason": f"no date: {start if first is None else end}"}
    days = (last - first).days
    try:
        outcome: Outcome = check(term, start=first, end=last, at=began, **question)
    except (LawNotFound, Ambiguous, BadQuestion):
        reason = f"{question['law']} has no such limit for this procedure"
        return {"days": days, "state": "not_applicable", "reason": reason}
    return _kept(outcome)


def _kept(outcome: Outcome) -> dict[str, Any]:
    seen = outcome.as_dict()
    kept = ("days", "limit", "edge", "unit", "article", "certainty", "state", "severity", "start", "end")
    return {name: seen[name] for name in kept}


def percentile(values: list[int], share: float) -> float:
    """The value at `share` of sorted `values`, linear between ranks, two decimals."""
    place = (len(values) - 1) * share
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return round(values[low] + (values[high] - values[low]) * (place - low), 2)


def _share(part: int, whole: int) -> float:
    return round(100 * part / whole, 1)


def totals(found: list[dict[str, Any]], cut: str) -> list[dict[str, Any]]:
    """By law, term, procedure and character: n, days (min p5 p50 p95 max), how many held, shares in percent.

    `planned` counts rows whose second act lies after `cut` (a day), the last in the file: dates fixed, not yet acts.
    """
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in found:
        if row["term"] and "days" in row:
            groups.setdefault((row["law"], row["term"], row["procedure"], row["character"]), []).append(row)
    result = []
    for (law, term, procedure, character), group in sorted(groups.items()):
        days, states = sorted(row["days"] for row in group), Counter(row["state"] for row in group)
        n, some = len(group), group[0]
        result.append(
            {
                "law": law,
                "term": term,
                "procedure": procedure,
                "character": character,
                "limit": some.get("limit"),
                "edge": some.get("edge"),
                "unit": some.get("unit"),
                "article": some.get("article"),
                "certainty": some.get("certainty"),
                "n": n,
                "min": days[0],
                "p5": percentile(days, 0.05),
                "p50": percentile(days, 0.5),
                "p95": percentile(days, 0.95),
                "max": days[-1],
                "states": {state: states[state] for state in STATES},
                "shares": {state: _share(states[state], n) for state in STATES},
                "planned": sum(1 for row in group if row.get("end", "") > cut),
                "histogram": {str(k): v for k, v in sorted(Counter(days).items())},
            }
        )
    return result


def replay(path: str | Path) -> dict[str, Any]:
    """JSON-able: `file`, `kind`, `procedures`, `cut`, `totals`, `breaches`, `reasons` (why no limit), `rows`.

    `kind` is `procedures` for the 37-column file and `contracts` for the 21-column one, whose only term is the
    signature. Errors: `BadFile`, `OSError`.
    """
    path = Path(path)
    header, records = read(path)
    if set(SIGNATURE_COLUMNS) <= set(header):
        found, seen = list(signature_rows(records)), (AWARD, SIGNED)
    elif lacking := tuple(name for name in COLUMNS if name not in header):
        raise lacks(path, ("el archivo de procedimientos de 37 columnas", "the 37-column procedures file"), lacking)
    else:
        found, seen = list(rows(records)), (PUBLISHED, FILED)
    cut = max((record[name] for _, record in records for name in seen if record[name]), default="")
    reasons = Counter(row["reason"] for row in found if row["state"] == "not_applicable")
    return {
        "file": path.name,
        "kind": "contracts" if SIGNED in seen else "procedures",
        "procedures": len(records),
        "cut": cut,
        "totals": totals(found, cut[:10]),
        "breaches": [row for row in found if row["state"] == "breach"],
        "reasons": dict(sorted(reasons.items())),
        "rows": found,
    }


def signature_rows(records: Records) -> Iterator[dict[str, Any]]:
    """One line per contract: award to signature, under the law of the procedure's publication."""
    for line, record in records:
        head = {"line": line, "number": record[CONTRACT_NUMBER], "law": None, "procedure": "*", "character": "*"}
        head["term"] = SIGNATURE
        try:
            published, award, signed = (date_of(record[name]) for name in (PUBLISHED, AWARD, SIGNED))
            category = names.word("category", record[CATEGORY])
        except (LawError, ValueError) as error:
            yield {**head, "term": None, "state": "not_applicable", "reason": f"cannot be read: {error}"}
            continue
        if award is None or signed is None:
            reason = f"no date: {AWARD if award is None else SIGNED}"
            yield {**head, "state": "not_applicable", "reason": reason}
            continue
        days = {"natural": (signed - award).days, "days": (signed - award).days}
        if published is None or record[LAW] not in ("LAASSP", "LOPSRM"):
            reason = "no publication date, so no law" if published is None else f"no rulebook for {record[LAW]}"
            yield {**head, "law": record[LAW] or "?", **days, "state": "not_applicable", "reason": reason}
            continue
        law = law_at(published, category=category).id
        outcome = check(SIGNATURE, start=award, end=signed, at=published, law=law, category=category)
        yield {**head, "law": law, **days, **_kept(outcome)}
