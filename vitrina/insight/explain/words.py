# SPDX-License-Identifier: Apache-2.0
"""An explanation as text to be read, in Spanish or English: plain at 80 columns, tables where they help."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

from rich.console import Console

from vitrina.insight.text import Text

from . import labels
from .card import Explanation
from .change import number
from .peers import Peers
from .rows import Row, Shown
from .statutes import Applied

STATES = {
    "flagged": Text("MARCADO", "FLAGGED"),
    "clear": Text("sin marca", "clear"),
    "not_computable": Text("no calculable", "not computable"),
}
ORIGIN = {"default": Text("de fábrica", "default"), "settings": Text("de sus ajustes", "from your settings")}
CELL = {
    "scheme": Text("clasificador", "scheme"),
    "class": Text("clase", "class"),
    "method": Text("método", "method"),
    "category": Text("categoría", "category"),
    "region": Text("lugar", "region"),
    "year": Text("año", "year"),
    "size": Text("licitantes", "bidders"),
    "currency": Text("moneda", "currency"),
}
VALUE = Text("Valor {value} · límite {limit}", "Value {value} · limit {limit}")
MEASURE = Text("valor", "value")
YES, NO = Text("sí", "yes"), Text("no", "no")
RULE = Text("La regla", "The rule")
PARAMETERS = Text("Parámetros", "Parameters")
LAW = Text("La ley", "The law")
ASKED = Text("Preguntada para el {day}: {about}.", "Asked for {day}: {about}.")
TOP = Text(
    "No se conoce el presupuesto del comprador: se toma el tramo más alto.",
    "The buyer's budget is not known: the top bracket is taken.",
)
ROWS = Text("Los datos que usó", "The data it used")
OF = Text("{n} en {processes} procesos; se muestran {shown}", "{n} in {processes} processes; {shown} shown")
PLACE = Text("{file}, línea {line}", "{file}, line {line}")
MERGED = Text(
    "{file}, línea {line}: la última de {n} publicaciones reunidas, cuya ruta se dice",
    "{file}, line {line}: the last of {n} records put together, of which the path is told",
)
OUTSIDE = Text("no viene de una publicación", "not from a release")
GATHERED = Text("reunido de todas las publicaciones", "gathered from all releases")
PEERS = Text("Con quién se comparó", "What it was compared with")
ALONE = Text("Esta regla no compara con otras unidades.", "This rule compares with no other units.")
RANK = Text("Está en el percentil {p}.", "It stands at percentile {p}.")
NEAREST = Text("Los más parecidos: {peers}", "The nearest: {peers}")
INNOCENT = Text("Lecturas inocentes", "Innocent readings")
MISSING = Text("Lo que falta", "What is missing")
KEEPS = Text("Impide juzgar: {path}", "Keeps it from being judged: {path}")
EMPTY = Text("La unidad no trae: {path}", "The unit does not tell: {path}")
CHANGES = Text("Qué cambiaría el cuadro", "What would change the picture")
SYNTHETIC = Text("DATOS SINTÉTICOS: nadie de aquí existe.", "SYNTHETIC DATA: nobody in here exists.")
VERSION = Text("Definición: {source}, versión {version}", "Definition: {source}, version {version}")


def write(found: Explanation, lang: str, out: Console) -> None:
    """Print an explanation."""
    _verdict(out, found, lang)
    _rule(out, found, lang)
    _law(out, found.law, lang)
    _head(out, ROWS.say(lang))
    for shown in found.rows:
        _rows(out, shown, found.n_processes, lang)
    _peers(out, found.peers, lang)
    _head(out, INNOCENT.say(lang))
    _list(out, found.innocent)
    if found.missing or found.empty:
        _head(out, MISSING.say(lang))
        _list(out, [KEEPS.say(lang).format(path=path) for path in found.missing])
        _list(out, [EMPTY.say(lang).format(path=path) for path in found.empty])
    _head(out, CHANGES.say(lang))
    _list(out, found.changes)
    out.print()
    _line(out, VERSION.say(lang).format(source=found.source, version=found.version))
    out.print(found.caution, style="bold")


def _verdict(out: Console, found: Explanation, lang: str) -> None:
    if found.synthetic:
        out.print(SYNTHETIC.say(lang), style="bold")
    out.print(f"{found.code} · {found.title}", style="bold", markup=False)
    _line(out, f"{labels.said(labels.UNITS, found.group, lang)}: {found.id}")
    _line(out, STATES[found.state].say(lang))
    if found.value is not None:
        _line(out, VALUE.say(lang).format(value=number(found.value), limit=number(found.threshold)))
    if found.because:
        said = "; ".join(found.because)
        _line(out, f"{said[0].upper()}{said[1:]}.")


def _rule(out: Console, found: Explanation, lang: str) -> None:
    _head(out, RULE.say(lang))
    _line(out, found.rule)
    _line(out, found.definition)
    if found.parameters:
        _line(out, f"{PARAMETERS.say(lang)}:")
        _list(
            out,
            [
                f"{p.name} = {_short(p.value, lang)} ({ORIGIN[p.origin].say(lang)}): {p.about}"
                for p in found.parameters
            ],
        )


def _head(out: Console, text: str) -> None:
    out.print()
    out.print(text, style="bold")


def _line(out: Console, text: str, indent: int = 2, more: int = 0) -> None:
    """A paragraph, indented; its further lines by `more`."""
    head, rest = " " * indent, " " * (indent + more)
    for line in textwrap.wrap(text, out.width, initial_indent=head, subsequent_indent=rest, break_on_hyphens=False):
        out.print(line, markup=False, soft_wrap=True)


def _list(out: Console, texts: Iterable[str]) -> None:
    for text in texts:
        _line(out, f"- {text}", more=2)


def _law(out: Console, law: Applied | None, lang: str) -> None:
    if law is None:
        return
    _head(out, LAW.say(lang))
    parts = (law.procedure, law.category, law.character)
    about = ", ".join(labels.said(labels.ASKED, part, lang) for part in parts if part)
    _line(out, ASKED.say(lang).format(day=law.day, about=about))
    _list(out, [f"{one.sentence} [{one.certainty}]" for one in law.statutes])
    if any(one.key.startswith("ceiling.") for one in law.statutes) and not law.budget_known:
        _line(out, TOP.say(lang))


def _rows(out: Console, shown: Shown, n_processes: int, lang: str) -> None:
    name = labels.said(labels.TABLES, shown.table, lang)
    if shown.section is not None:
        name += f" ({labels.said(labels.SECTIONS, shown.section, lang)})"
    told = OF.say(lang).format(n=shown.n, processes=n_processes, shown=len(shown.rows))
    _line(out, name if shown.n == len(shown.rows) and n_processes == 1 else f"{name}: {told}")
    place: tuple[str | None, str] | None = None
    for row in shown.rows:
        if (row.ocid, _place(row, lang)) != place:
            place = (row.ocid, _place(row, lang))
            _line(out, f"{row.ocid} · {_place(row, lang)}" if row.ocid else _place(row, lang), 4)
        if row.pointer is None and row.ocid is None:
            out.print()
        elif row.pointer != "":
            _line(out, row.pointer or OUTSIDE.say(lang), 6)
        names = [value.pointer or value.column for value in row.values]
        wide = max(map(len, names), default=0)
        for name, value in zip(names, row.values, strict=True):
            _line(out, f"{name:<{wide}} {_short(value.value, lang)}", 8, wide + 1)


def _place(row: Row, lang: str) -> str:
    if row.file is None:
        return GATHERED.say(lang)
    words = MERGED if row.records > 1 else PLACE
    return words.say(lang).format(file=row.file, line=row.line if row.line is not None else "—", n=row.records)


def _peers(out: Console, peers: Peers | None, lang: str) -> None:
    _head(out, PEERS.say(lang))
    if peers is None:
        _line(out, ALONE.say(lang))
        return
    measure = MEASURE.say(lang) if peers.measure == "value" else peers.measure
    _line(out, f"{peers.n:,} {peers.of} ({measure})")
    if peers.cell:
        _line(
            out,
            " · ".join(
                f"{CELL[name].say(lang) if name in CELL else name} {value}" for name, value in peers.cell.items()
            ),
        )
    five = (("min", peers.least), ("Q1", peers.q1), ("med", peers.median), ("Q3", peers.q3), ("max", peers.most))
    _line(out, " · ".join(f"{name} {number(value)}" for name, value in five))
    if peers.percentile is not None:
        _line(out, RANK.say(lang).format(p=number(round(peers.percentile * 100, 1))))
    near = ", ".join(f"{one.id} ({number(one.value)})" for one in peers.nearest)
    if near:
        _line(out, NEAREST.say(lang).format(peers=near))


def _short(value: Any, lang: str) -> str:
    """A value on one line, long texts cut."""
    if isinstance(value, bool):
        return (YES if value else NO).say(lang)
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(_short(one, lang) for one in value) or "—"
    text = " ".join(str(value).split()) if value is not None else ""
    text = text or "—"
    return text if len(text) <= 300 else f"{text[:299]}…"  # noqa: PLR2004 - four lines of a terminal
