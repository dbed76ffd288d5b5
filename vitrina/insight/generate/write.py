# SPDX-License-Identifier: Apache-2.0
"""Writes a history into a folder: a store or JSON Lines, with its labels, its lists and what it says of itself.

DIR/tables/…, DIR/manifest.json     the store (--format store), or
DIR/releases.jsonl, package.json    OCDS (--format jsonl)
DIR/labels.csv                      what was planted, which no rule reads
DIR/lists/*.csv                     tax list, debarments, officials, register of firms, budgets
DIR/synthetic.json                  seed, number of contracts, version: this is no real data
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from vitrina.insight.ingest import same
from vitrina.insight.store import Store
from vitrina.insight.store.folder import Source

from . import labels, orgs, profile
from .frame import Frame
from .history import History
from .naming import PUBLISHER
from .render import Renderer

VERSION = 2
# Headers as the published lists have them, so that `vitrina insight lists` reads these too.
TAX = {
    "rfc": "RFC",
    "name": "Nombre del Contribuyente",
    "situation": "Situación del contribuyente",
    "presumed_on": "Publicación DOF presuntos",
    "disproved_on": "Publicación DOF desvirtuados",
    "definitive_on": "Publicación DOF definitivos",
    "cleared_on": "Publicación DOF sentencia favorable",
}
DEBARRED = {
    "name": "Proveedor y Contratista",
    "rfc": "RFC",
    "authority": "OIC Responsable",
    "file": "Expediente",
    "start": "Inicio de la sanción",
    "end": "Fin de la sanción",
    "fine": "Monto de la Multa",
}
OFFICIALS = {
    "name": "Nombre",
    "buyer_id": "Clave",
    "phone": "Teléfono",
    "email": "Correo",
    "street": "Domicilio",
}
REGISTER = {"rfc": "RFC", "name": "Razón social", "status": "Estatus", "until": "Hasta"}
Tell = Callable[[Frame, int], None]
EXTENSIONS = (
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_bid_extension/master/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/master/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_enquiry_extension/master/extension.json",
)


def store(history: History, folder: Path, tell: Tell | None = None) -> Store:
    """Write the history as a new store. A batch is written while the next one is made."""
    found = Store.create(folder)
    if found.manifest.parts:
        raise FileExistsError(folder)
    n = 0
    with ThreadPoolExecutor(1) as pool:
        pending: Future[None] | None = None
        for number, (frame, tables) in enumerate(history.batches()):
            if pending:
                pending.result()
            pending = pool.submit(found.write, tables, mark=f"{history.seed}-{number}")
            n += len(frame.procedures)
            if tell:
                tell(frame, tables["award"].num_rows)
        if pending:
            pending.result()
    names: set[str] = set()
    for number, table in enumerate(history.organisations()):
        found.write({"org": table}, mark=f"{history.seed}-{number}")
        names.update(name for name in table["name_norm"].to_pylist() if name)
    same.settle(found, names, mark=str(history.seed))
    found.write({"buyer_budget": history.budgets()}, mark=str(history.seed))
    manifest = found.manifest
    manifest.is_synthetic, manifest.place, manifest.next_rid = True, "mx", n
    manifest.next_oid = len(history.world.name) + len(history.world.unit_code) + 2 * len(history.suppliers)
    name = f"synthetic seed {history.seed}"
    manifest.sources.append(Source(0, name, "", 0, "synthetic", n_read=n, n_stored=n))
    found.save()
    beside(history, folder)
    return found


def lines(history: History, tell: Tell | None = None) -> Iterator[bytes]:
    """The releases of a history, one line of JSON each."""
    renderer = Renderer(_party(history))
    for frame, tables in history.batches():
        yield from renderer.lines(tables)
        if tell:
            tell(frame, tables["award"].num_rows)


def jsonl(history: History, folder: Path, tell: Tell | None = None) -> Path:
    """Write the history as JSON Lines; the file."""
    file = folder / "releases.jsonl"
    with _fresh(file) as out:
        for line in lines(history, tell):
            out.write(line)
    package = {
        "version": "1.1",
        "extensions": list(EXTENSIONS),
        "publisher": {"name": PUBLISHER},
        "isSynthetic": True,
        "seed": history.seed,
        "releases": "releases.jsonl",
    }
    (folder / "package.json").write_bytes(orjson.dumps(package, option=orjson.OPT_INDENT_2))
    beside(history, folder)
    return file


@contextmanager
def _fresh(file: Path) -> Iterator[Any]:
    """A new file, whole or not at all; refuses to write over one."""
    if file.exists():
        raise FileExistsError(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    with part.open("wb", buffering=1 << 20) as out:
        yield out
    part.rename(file)


def _party(history: History) -> Callable[[int], dict[str, Any]]:
    buyers = orgs.buyers(history.world)
    base = len(buyers)

    def party(oid: int) -> dict[str, Any]:
        if oid < base:
            return buyers[oid]
        number, with_rfc = divmod(oid - base, 2)
        return orgs.supplier(history.suppliers, number, base, with_rfc=bool(with_rfc))

    return party


def beside(history: History, folder: Path) -> None:
    """Labels, lists, and what the folder says of itself."""
    rows = [dict(zip(labels.HEADER, each, strict=True)) for each in history.labels]
    _csv(folder / "labels.csv", list(labels.HEADER), rows)
    lists = folder / "lists"
    lists.mkdir(exist_ok=True)
    _csv(lists / "tax_69b.csv", list(TAX.values()), _renamed(history.lists.tax, TAX))
    _csv(lists / "debarred.csv", list(DEBARRED.values()), _renamed(history.lists.debarred, DEBARRED))
    _csv(lists / "officials.csv", list(OFFICIALS.values()), _renamed(history.lists.officials, OFFICIALS))
    register = orgs.register(history.suppliers, history.lists)
    _csv(lists / "register.csv", list(REGISTER.values()), _renamed(register, REGISTER))
    budgets = history.budgets().select(["buyer_id", "year", "amount", "currency"]).to_pylist()
    _csv(lists / "budgets.csv", ["buyer_id", "year", "amount", "currency"], budgets)
    about = {
        "is_synthetic": True,
        "publisher": PUBLISHER,
        "seed": history.seed,
        "contracts": history.n_contracts,
        "cut": profile.CUT,
        "version": VERSION,
    }
    (folder / "synthetic.json").write_bytes(orjson.dumps(about, option=orjson.OPT_INDENT_2))


def _renamed(rows: Iterable[dict[str, Any]], names: dict[str, str]) -> Iterator[dict[str, Any]]:
    return ({names[key]: value for key, value in row.items()} for row in rows)


def _csv(file: Path, header: list[str], rows: Iterable[dict[str, Any]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def table_of(history: History) -> dict[str, pa.Table]:
    """The whole history as one table of each kind: for tests and small studies."""
    parts: dict[str, list[pa.Table]] = {}
    for _, tables in history.batches():
        for name, table in tables.items():
            parts.setdefault(name, []).append(table)
    parts["org"] = list(history.organisations())
    return {name: pa.concat_tables(found) for name, found in parts.items()}
