# SPDX-License-Identifier: Apache-2.0
"""Q01 to Q12: what Mexican files taught: quarantine, wrong types, zones, VAT, RFC, worst dates, missing ids.

Unless a check says otherwise it fails where more than 1 % of what it looked at is bad.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis
import ibis.expr.types as ir

from vitrina.insight import stats
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text
from vitrina.kernel.ids import rfc_check_digit_holds

from .collection import NOTHING, SHOWN, answer, undefined
from .declare import OURS, Answer, Book, Level, State

TOLERATED = 0.01
LATE_DAYS = 30
EXACT, ENOUGH = 0.20, 20
OLDEST, YEARS_AHEAD = dt.date(1990, 1, 1), 30
OFFSET = r"(Z|z|[+-][0-9][0-9]:?[0-9][0-9])$"
GENERIC = ("XAXX010101000", "XEXX010101000")  # the general public, foreigners: no taxpayer, so no check digit
CHECKS = Book(Level.COLLECTION, OURS)


def _share(n: int, bad: int, examples: list[dict[str, Any]] | None = None, path: str = "", **detail: Any) -> Answer:
    """Fails above 1 %; undefined of nothing."""
    if not n:
        return undefined()
    shown = tuple((row.get("rid"), row.get("ocid"), path) for row in examples or ())
    state = State.FAIL if bad / n > TOLERATED else State.PASS
    return Answer(state, {"n": n, "bad": bad, "share": bad / n, **detail}, "", shown)


def _counted(t: Tables, rows: ir.Table, bad: ir.BooleanValue, path: str) -> Answer:
    """The share of rows of which something is bad, with examples by `rid`."""
    found = rows.aggregate(n=rows.count(), bad=bad.fill_null(False).sum())
    (row,) = t.rows(found)
    shown = rows.filter(bad.fill_null(False)).select("rid").join(t.release.select("rid", "ocid"), "rid")
    examples = t.rows(shown.order_by("rid").limit(SHOWN)) if row["bad"] else []
    return _share(row["n"], row["bad"] or 0, examples, path)


@CHECKS(
    "Q01",
    Text("Cuarentena", "Quarantine"),
    Text("Parte de los registros en cuarentena, por razón.", "Share of records in quarantine, by reason."),
    Text("ningún registro leído", "no record was read"),
)
def _quarantine(t: Tables) -> Answer:
    read = sum(source.n_read for source in t.manifest.sources)
    q = t.quarantine
    reasons = t.rows(q.group_by("reason").aggregate(n=q.count()).order_by("reason"))
    return _share(read, sum(row["n"] for row in reasons), reasons={row["reason"]: row["n"] for row in reasons})


@CHECKS(
    "Q02",
    Text("Tipos equivocados", "Wrong types"),
    Text("Parte de los procedimientos con un valor mal tipado, por ruta.", "Share of purchases mended, by path."),
    NOTHING,
)
def _types(t: Tables) -> Answer:
    p = t.repair
    paths = t.rows(p.group_by(["path", "rule"]).aggregate(n=p.count()).order_by(["path", "rule"]))
    n = int(t.release.count().to_pyarrow().as_py())
    bad = int(p.rid.nunique().to_pyarrow().as_py())
    top = sorted(paths, key=lambda row: (-row["n"], row["path"], row["rule"]))[:SHOWN]
    return _share(n, bad, paths={f"{row['path']} {row['rule']}": row["n"] for row in top})


@CHECKS(
    "Q03",
    Text("Instantes sin zona", "Timestamps without offset"),
    Text("Fechas de publicación y de plazo sin desfase horario.", "Release and period dates without an offset."),
    NOTHING,
)
def _offset(t: Tables) -> Answer:
    r = t.release
    parts = [r.select("rid", said=r[name]) for name in ("date_s", "start_s", "end_s")]
    rows = parts[0].union(parts[1]).union(parts[2])
    rows = rows.filter(rows.said.notnull() & (rows.said != ""))
    return _counted(t, rows, ~rows.said.re_search(OFFSET), "date")


@CHECKS(
    "Q04",
    Text("Retraso de publicación", "Publication delay"),
    Text(
        "Mediana de días de la adjudicación a la publicación, a lo más 30.",
        "Median days from the award to the release, at most 30.",
    ),
    NOTHING,
)
def _delay(t: Tables) -> Answer:
    a = t.award.join(t.release.select("rid", published=t.release.date), "rid")
    days = a.published.date().delta(a.date_day, unit="day")
    late = a.select(days=days).filter(ibis._.days >= 0)
    found = t.rows(stats.r8(late, [], "days", {"median": 0.5, "p90": 0.9}))
    if not found:
        return undefined()
    return answer(found[0]["median"] <= LATE_DAYS, **found[0])


@CHECKS(
    "Q05",
    Text("Importe sin marca de IVA", "Amount without VAT mark"),
    Text("Importes estimados que no dicen si llevan IVA.", "Estimates that do not tell whether VAT is in."),
    NOTHING,
)
def _vat(t: Tables) -> Answer:
    r = t.release.filter(t.release.value.notnull())
    return _counted(t, r, r.vat_basis.isnull(), "tender.value")


@CHECKS(
    "Q06",
    Text("Dígito verificador del RFC", "RFC check digit"),
    Text("RFC distintos cuyo dígito no corresponde.", "Different RFCs whose check digit does not hold."),
    NOTHING,
)
def _rfc(t: Tables) -> Answer:
    o = t.org.filter(t.org.rfc.notnull() & (t.org.rfc != "") & t.org.rfc.notin(GENERIC))
    rfcs = [row["rfc"] for row in t.rows(o.select("rfc").distinct())]
    return _share(len(rfcs), sum(not rfc_check_digit_holds(rfc) for rfc in rfcs))


@CHECKS(
    "Q07",
    Text("Clave en el catálogo CUCoP", "Code in the CUCoP catalogue"),
    Text(
        "Claves de clase que no están en el catálogo (--catalogue).", "Class codes that the catalogue does not have."
    ),
    Text("sin catálogo, o sin claves", "without a catalogue, or no codes"),
)
def _catalogue(t: Tables, codes: frozenset[str] | None = None) -> Answer:
    if codes is None:
        return undefined("without a catalogue: --catalogue")
    r = t.release.filter(t.release.main_class.notnull() & (t.release.main_class != ""))
    found = t.rows(r.group_by("main_class").aggregate(n=r.count()))
    unknown = {row["main_class"]: row["n"] for row in found if row["main_class"] not in codes}
    top = dict(sorted(unknown.items(), key=lambda pair: (-pair[1], pair[0]))[:SHOWN])
    return _share(sum(row["n"] for row in found), sum(unknown.values()), unknown=top)


@CHECKS(
    "Q08",
    Text("Fechas imposibles", "Worst dates"),
    Text(
        "Días anteriores a 1990 (1900 y 1981 se han visto) o a más de 30 años de la publicación.",
        "Days before 1990 (1900 and 1981 were seen) or over 30 years after the release.",
    ),
    NOTHING,
)
def _worst(t: Tables) -> Answer:
    days = [
        t.release.select("rid", day=t.release.tender_start_day),
        t.release.select("rid", day=t.release.tender_end_day),
        t.award.select("rid", day=t.award.date_day),
        *(t.contract.select("rid", day=t.contract[c]) for c in ("date_signed_day", "start_day", "end_day")),
    ]
    rows = days[0]
    for each in days[1:]:
        rows = rows.union(each)
    newest = t.release.date.max().to_pyarrow().as_py()
    last = dt.date(newest.year + YEARS_AHEAD, 12, 31) if newest else dt.date.max
    known = rows.filter(rows.day.notnull())
    return _counted(t, known, (known.day < ibis.literal(OLDEST)) | (known.day > ibis.literal(last)), "date")


@CHECKS(
    "Q09",
    Text("Adjudicado igual al estimado", "Award equals estimate"),
    Text(
        "Ningún comprador con 20 compras o más adjudica exactamente su estimado en más de 20 %.",
        "No buyer of 20 purchases or more awards exactly its estimate in over 20 %.",
    ),
    Text("ningún comprador con 20 pares de importes", "no buyer with 20 pairs of amounts"),
)
def _exact(t: Tables) -> Answer:
    a = t.award.filter((t.award.status == "active") & t.award.centavos.notnull())
    sums = a.group_by(["rid", "currency"]).aggregate(awarded=a.centavos.sum().cast("int64"))
    r = t.release.filter(t.release.value_centavos.notnull())
    r = r.select("rid", "currency", "value_centavos", buyer=ibis.coalesce(r.buyer_id, r.pe_id))
    both = r.join(sums, ["rid", "currency"])
    by_buyer = both.group_by("buyer").aggregate(n=both.count(), same=(both.awarded == both.value_centavos).sum())
    enough = t.rows(by_buyer.filter(by_buyer.n >= ENOUGH).order_by("buyer"))
    if not enough:
        return undefined("no buyer with 20 pairs of amounts")
    bad = [row for row in enough if row["same"] / row["n"] > EXACT]
    top = sorted(bad, key=lambda row: (-row["same"] / row["n"], row["buyer"] or ""))[:SHOWN]
    return answer(not bad, buyers=len(enough), bad=len(bad), top=top)


@CHECKS(
    "Q10",
    Text("Proveedor sin clave", "Supplier id missing"),
    Text("Proveedores de adjudicaciones sin clave.", "Suppliers of awards without an id."),
    NOTHING,
)
def _no_id(t: Tables) -> Answer:
    s = t.award_supplier
    return _counted(t, s, s.id.isnull() | (s.id == ""), "awards.suppliers.id")


@CHECKS(
    "Q11",
    Text("Contrato sin fecha de firma", "Signature date missing"),
    Text("Contratos vigentes o terminados sin fecha de firma.", "Contracts in force or ended without dateSigned."),
    NOTHING,
)
def _unsigned(t: Tables) -> Answer:
    c = t.contract.filter(t.contract.status.isin(("active", "terminated")))
    return _counted(t, c, c.date_signed.isnull(), "contracts.dateSigned")
