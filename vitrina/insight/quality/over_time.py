# SPDX-License-Identifier: Apache-2.0
"""T01 to T03: a collection against an older one of the same publisher."""

from __future__ import annotations

import ibis.expr.types as ir

from vitrina.insight.store import Store, schema
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .collection import SHOWN, undefined
from .declare import Answer, Book, Level, State

CHECKS = Book(Level.TIME)
WITHOUT = Text("sin una colección anterior (--against)", "without an older collection (--against)")


class Older:
    """The tables of an older store on the engine of the newer one, under names of their own."""

    def __init__(self, t: Tables, store: Store) -> None:
        self._t, self._store = t, store

    def __getattr__(self, name: str) -> ir.Table:
        return self._t.engine.read(f"older_{name}", self._store.files(name), schema.SCHEMAS[name])


def _stages(t: Tables | Older) -> dict[str, int]:
    r = t.release
    planning = r.budget.notnull() | r.plan_line.notnull() | r.plan_rationale.notnull()
    counts = {"planning": r.filter(planning), "tender": r.filter(r.tender_id.notnull())}
    counts |= {"award": t.award, "contract": t.contract}
    return {name: int(table.count().to_pyarrow().as_py()) for name, table in counts.items()}


@CHECKS(
    "T01",
    Text("Etapas estables", "Stage stability"),
    Text(
        "No hay menos objetos de planeación, licitación, adjudicación y contrato que antes.",
        "Not fewer planning, tender, award and contract objects than before.",
    ),
    WITHOUT,
)
def _stable(t: Tables, older: Older | None) -> Answer:
    if older is None:
        return undefined(WITHOUT.en)
    now, before = _stages(t), _stages(older)
    lost = [name for name in now if now[name] < before[name]]
    return Answer(State.FAIL if lost else State.PASS, {"now": now, "before": before, "fewer": lost})


@CHECKS(
    "T02",
    Text("Procesos que permanecen", "ocid persistence"),
    Text("Todo ocid de antes sigue estando.", "Every ocid of before is still there."),
    WITHOUT,
)
def _persistent(t: Tables, older: Older | None) -> Answer:
    if older is None:
        return undefined(WITHOUT.en)
    before = older.release
    gone = before.anti_join(t.release, "ocid")
    return _answer(t, before, gone, "ocid")


def _plain(title: ir.StringValue) -> ir.StringValue:
    """Lower case, one space where there were several, none at the ends."""
    return title.lower().re_replace(r"\s+", " ").strip()


@CHECKS(
    "T03",
    Text("Título sin cambio", "Tender title unchanged"),
    Text(
        "El título de cada procedimiento es el de antes, sin mirar mayúsculas ni espacios.",
        "The title of each purchase is that of before, case and spaces apart.",
    ),
    Text("sin una colección anterior, o ningún título en ambas", "without an older collection, or no title in both"),
)
def _same_title(t: Tables, older: Older | None) -> Answer:
    if older is None:
        return undefined(WITHOUT.en)
    before = older.release.select("ocid", old=older.release.title)
    both = t.release.select("rid", "ocid", "title").join(before, "ocid")
    both = both.filter(both.title.notnull() & both.old.notnull())
    return _answer(t, both, both.filter(_plain(both.title) != _plain(both.old)), "tender.title")


def _answer(t: Tables, tested: ir.Table, failed: ir.Table, path: str) -> Answer:
    n, bad = (int(table.count().to_pyarrow().as_py()) for table in (tested, failed))
    if not n:
        return undefined()
    shown = t.rows(failed.order_by("ocid").select("rid", "ocid").limit(SHOWN))
    examples = tuple((row["rid"], row["ocid"], path) for row in shown)
    return Answer(State.FAIL if bad else State.PASS, {"n": n, "failed": bad}, "", examples)
