# SPDX-License-Identifier: Apache-2.0
"""D01 to D24: what the whole collection looks like; each check is one expression over the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.types as ir

from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Answer, Book, Level, State

LEAST, MOST = 0.001, 0.99
REPEATED, ONE_CODE = 0.10, 0.95
SHOWN = 20
CHECKS = Book(Level.COLLECTION)
NOTHING = Text("nada publicado en ese campo", "nothing published in that field")


def distribution(table: ir.Table, *columns: str) -> list[dict[str, Any]]:
    """How often each value (or tuple of values) that is not null occurs, most often first."""
    known = table.filter([table[column].notnull() for column in columns])
    counts = known.group_by(list(columns)).aggregate(n=known.count())
    return counts.order_by([counts.n.desc(), *columns]).to_pyarrow().to_pylist()


def undefined(reason: str = NOTHING.en, **detail: Any) -> Answer:
    """Not told, because."""
    return Answer(State.UNDEFINED, detail, reason)


def answer(holds: bool, **detail: Any) -> Answer:
    """Pass or fail, with the numbers."""
    return Answer(State.PASS if holds else State.FAIL, detail)


def _codes(rows: list[dict[str, Any]], column: str, tested: tuple[str, ...]) -> Answer:
    """The codes tested each make up 0.1 to 99 %; without any tested the distribution is only shown."""
    total = sum(row["n"] for row in rows)
    if not total:
        return undefined()
    shares = {row[column]: row["n"] / total for row in rows}
    shown = dict(list(shares.items())[:SHOWN])
    if not tested:
        return undefined("shown, there is no rule", n=total, shares=shown)
    return answer(all(LEAST <= shares.get(code, 0.0) <= MOST for code in tested), n=total, shares=shown)


def _of_codes(
    code: str, title: Text, rows: Callable[[Tables], ir.Table], column: str, tested: tuple[str, ...] = ()
) -> None:
    """Write down a check of the distribution of a code."""
    names = ", ".join(tested)
    rule = (
        Text(f"{names}: cada uno entre 0.1 y 99 %.", f"{names}: each 0.1-99 %.")
        if tested
        else Text("Se muestra; no hay regla.", "Shown; there is no rule.")
    )
    why = NOTHING if tested else Text("se muestra, no hay regla", "shown, there is no rule")
    CHECKS(code, title, rule, why)(lambda t: _codes(distribution(rows(t), column), column, tested))


def _repeated(rows: Callable[[Tables], ir.Table]) -> Callable[[Tables], Answer]:
    def run(t: Tables) -> Answer:
        found = distribution(rows(t), "amount", "currency")
        total = sum(row["n"] for row in found)
        if not total:
            return undefined()
        top = [{**row, "share": row["n"] / total} for row in found[:3]]
        return answer(all(row["share"] < REPEATED for row in top), n=total, top=top)

    return run


def _top_heavy(rows: Callable[[Tables], ir.Table]) -> Callable[[Tables], Answer]:
    def run(t: Tables) -> Answer:
        currencies = distribution(rows(t), "currency")
        if not currencies or currencies[0]["n"] < 100:  # noqa: PLR2004
            return undefined("fewer than 100 values")
        main = currencies[0]["currency"]
        kept = rows(t).filter(lambda x: (x.currency == main) & x.amount.notnull() & (x.amount > 0))
        ranked = kept.mutate(k=ibis.row_number().over(ibis.window(order_by=kept.amount.desc())))
        n = int(kept.count().to_pyarrow().as_py())
        if n < 100:  # noqa: PLR2004
            return undefined("fewer than 100 values")
        head = ranked.filter(ranked.k < max(n // 100, 1)).amount.sum().to_pyarrow().as_py()
        rest = kept.amount.sum().to_pyarrow().as_py() - head
        return answer(head < rest, n=n, currency=main, top=head, rest=rest)

    return run


def _tender(t: Tables) -> ir.Table:
    return t.release.select("rid", "currency", amount=t.release.value)


def _buyers(t: Tables) -> list[dict[str, Any]]:
    r = t.release.select(buyer=ibis.coalesce(t.release.buyer_id, t.release.pe_id))
    return distribution(r, "buyer")


_of_codes(
    "D01", Text("Estado del procedimiento", "Tender status"), lambda t: t.release, "status", ("active", "complete")
)
for _code, _es, _en, _rows in (
    ("D02", "contratos", "contract", lambda t: t.contract),
    ("D03", "adjudicaciones", "award", lambda t: t.award),
    ("D04", "procedimientos", "tender", _tender),
):
    CHECKS(
        _code,
        Text(f"Importes repetidos: {_es}", f"Value repetition: {_en}"),
        Text("Los tres (importe, moneda) más frecuentes: cada uno < 10 %.", "Top 3 (amount, currency): each < 10 %."),
        NOTHING,
    )(_repeated(_rows))


@CHECKS(
    "D05",
    Text("Compradores que aparecen una vez", "Buyer distribution"),
    Text("Menos de la mitad de los compradores aparece una sola vez.", "Fewer than 50 % of buyers occur once."),
    Text("menos de 1,000 procedimientos", "fewer than 1,000 purchases"),
)
def _once(t: Tables) -> Answer:
    found = _buyers(t)
    if sum(row["n"] for row in found) < 1000:  # noqa: PLR2004
        return undefined("fewer than 1,000 purchases")
    once = sum(row["n"] == 1 for row in found)
    return answer(once / len(found) < 0.5, buyers=len(found), once=once)  # noqa: PLR2004


@CHECKS(
    "D06",
    Text("Comprador dominante", "Buyer repetition"),
    Text("El mayor comprador tiene de 1 a 50 %.", "The top buyer has 1-50 %."),
    Text("menos de 1,000 procedimientos", "fewer than 1,000 purchases"),
)
def _dominant(t: Tables) -> Answer:
    found = _buyers(t)
    total = sum(row["n"] for row in found)
    if total < 1000:  # noqa: PLR2004
        return undefined("fewer than 1,000 purchases")
    share = found[0]["n"] / total
    return answer(0.01 <= share <= 0.5, n=total, buyer=found[0]["buyer"], share=share)  # noqa: PLR2004


for _code, _es, _en, _rows in (
    ("D07", "procedimientos", "tender", _tender),
    ("D08", "adjudicaciones", "award", lambda t: t.award),
    ("D09", "contratos", "contract", lambda t: t.contract),
):
    CHECKS(
        _code,
        Text(f"Distribución de importes: {_es}", f"Value distribution: {_en}"),
        Text(
            "El 1 % mayor suma menos que el resto, en la moneda principal.",
            "The top 1 % adds up to less than the rest, in the main currency.",
        ),
        Text("menos de 100 importes", "fewer than 100 values"),
    )(_top_heavy(_rows))


@CHECKS(
    "D10",
    Text("Categoría principal", "Main category"),
    Text("Ninguna pasa de 95 %.", "No code exceeds 95 %."),
    NOTHING,
)
def _category(t: Tables) -> Answer:
    found = distribution(t.release, "category")
    total = sum(row["n"] for row in found)
    if not total:
        return undefined()
    shares = {row["category"]: row["n"] / total for row in found}
    return answer(max(shares.values()) <= ONE_CODE, n=total, shares=dict(list(shares.items())[:SHOWN]))


_of_codes("D11", Text("Método", "Procurement method"), lambda t: t.release, "method", ("open",))
_of_codes("D12", Text("Criterio de adjudicación", "Award criteria"), lambda t: t.release, "award_criteria")
_of_codes("D13", Text("Forma de presentar", "Submission method"), lambda t: t.release, "submission_method")
_of_codes("D14", Text("Estado de adjudicaciones", "Award status"), lambda t: t.award, "status", ("active",))
_of_codes(
    "D15",
    Text("Estado de contratos", "Contract status"),
    lambda t: t.contract.mutate(status=t.contract.status.replace("terminated", "active")),
    "status",
    ("active",),
)
_of_codes("D16", Text("Estado de hitos", "Milestone status"), lambda t: t.milestone, "status", ("met",))
_of_codes("D17", Text("Tipo de hitos", "Milestone type"), lambda t: t.milestone, "type")
_of_codes(
    "D18",
    Text("Moneda", "Currency"),
    lambda t: t.release.select("currency").union(t.award.select("currency")).union(t.contract.select("currency")),
    "currency",
)
_of_codes("D19", Text("Procesos relacionados", "Related process"), lambda t: t.related_process, "relationship")
_of_codes("D20", Text("Tipo de documento", "Document type"), lambda t: t.document, "type")


@CHECKS(
    "D21",
    Text("tender.id única", "tender.id unique"),
    Text("Cada tender.id es de un solo procedimiento.", "Each tender.id is of one purchase only."),
    NOTHING,
)
def _unique(t: Tables) -> Answer:
    r = t.release.filter(t.release.tender_id.notnull())
    n = int(r.count().to_pyarrow().as_py())
    if not n:
        return undefined()
    repeated = r.group_by("tender_id").aggregate(n=r.count()).filter(ibis._.n > 1)
    found = r.semi_join(repeated, "tender_id").order_by(["tender_id", "rid"])
    shown = t.rows(found.select("rid", "ocid").limit(SHOWN))
    bad = int(found.count().to_pyarrow().as_py())
    examples = tuple((row["rid"], row["ocid"], "tender.id") for row in shown)
    return Answer(State.FAIL if bad else State.PASS, {"n": n, "repeated": bad}, "", examples)


def _related(t: Tables) -> ir.Table:
    """Related processes told by ocid, with the title of their target (`found` where it is in the collection)."""
    p = t.related_process.filter(t.related_process.identifier.startswith("ocds-"))
    target = t.release.group_by(identifier=t.release.ocid).aggregate(
        target=t.release.title.max(), found=t.release.count()
    )
    joined = p.left_join(target, "identifier").drop("identifier_right")
    return joined.join(t.release.select("rid", "ocid"), "rid")


def _tested(t: Tables, rows: ir.Table, holds: ir.BooleanValue, path: str) -> Answer:
    n = int(rows.count().to_pyarrow().as_py())
    if not n:
        return undefined()
    bad = rows.filter(~holds)
    shown = t.rows(bad.order_by(["rid", "section", "pos"]).select("rid", "ocid").limit(SHOWN))
    failed = int(bad.count().to_pyarrow().as_py())
    examples = tuple((row["rid"], row["ocid"], path) for row in shown)
    return Answer(State.FAIL if failed else State.PASS, {"n": n, "failed": failed}, "", examples)


@CHECKS(
    "D23",
    Text("Título del proceso relacionado", "Related process title"),
    Text("relatedProcesses.title = tender.title de su ocid.", "relatedProcesses.title = tender.title of its ocid."),
    Text("ninguno con título y destino", "none with a title and a target"),
)
def _title(t: Tables) -> Answer:
    found = _related(t)
    both = found.filter(found.title.notnull() & found.target.notnull())
    return _tested(t, both, both.title == both.target, "relatedProcesses.title")


@CHECKS(
    "D24",
    Text("Proceso relacionado presente", "Related process reference"),
    Text("El ocid de relatedProcesses está en la colección.", "The ocid of relatedProcesses is in the collection."),
    Text("ninguno se identifica por ocid", "none is identified by an ocid"),
)
def _present(t: Tables) -> Answer:
    found = _related(t)
    return _tested(t, found, found.found.notnull(), "relatedProcesses.identifier")
