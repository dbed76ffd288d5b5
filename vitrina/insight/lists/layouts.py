# SPDX-License-Identifier: Apache-2.0
"""The lists that are read, and how a row of each becomes a row of its table. Columns are found by their name in the
header, in any order; a header that no layout knows is refused. Layouts: reference on data, 3.6.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from vitrina.insight.ingest.orgs import norm

from . import values
from .pdn import COLUMNS as PLATFORM
from .values import BadCell, tidy

Fields = Mapping[str, str]
Made = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout: its name, what kind of list, its table, the columns of ours -> names in headers (folded; the first one
    of a name that ends with `*` begins with it), those that must be there, and how a row is made. `is_private`: what
    a bad row says is not kept. `days`: columns by whose latest day the list is dated where it does not tell its cut.
    """

    name: str
    kind: str
    table: str
    columns: Mapping[str, tuple[str, ...]]
    needs: tuple[str, ...]
    make: Callable[[Fields], Made]
    days: tuple[str, ...] = ()
    is_private: bool = False


def fold(header: str) -> str:
    """A header for comparison: lower case, without accents, outer blanks or tabs."""
    text = unicodedata.normalize("NFKD", tidy(header).lower())
    return text.encode("ascii", "ignore").decode().strip()


def places(layout: Layout, header: list[str]) -> dict[str, int] | None:
    """Column of ours -> place in the header; nothing where one that must be there is not."""
    names = [fold(cell) for cell in header]
    found = {}
    for column, known in layout.columns.items():
        at = next((n for want in known for n, name in enumerate(names) if _is(name, want)), None)
        if at is not None:
            found[column] = at
    return found if all(column in found for column in layout.needs) else None


def _is(name: str, want: str) -> bool:
    return name.startswith(want[:-1]) if want.endswith("*") else name == want


STAGES = {
    "definitivo": "definitive",
    "presunto": "presumed",
    "desvirtuado": "cleared",
    "sentencia favorable": "favourable",
}
STAGE_DAYS = {
    "presumed": ("publicacion dof presuntos",),
    "cleared": ("publicacion dof desvirtuados",),
    "definitive": ("publicacion dof definitivos",),
    "favourable": ("publicacion dof sentencia favorable",),
}


def _taxpayer(row: Fields) -> Made:
    found = values.rfc(row["rfc"])
    if found is None:
        raise BadCell("no_rfc", "rfc")
    stage = STAGES.get(fold(row["stage"]))
    if stage is None:
        raise BadCell("unknown_stage", "stage", row["stage"])
    name = tidy(row["name"])
    days = {column: values.last_day(row.get(column, ""), column) for column in STAGE_DAYS}
    return {"rfc": found, "name": name, "name_norm": norm(name), "stage": stage, **days}


def _sanction(row: Fields) -> Made:
    """Of a list that tells when the sanction begins and ends."""
    return _named(row) | {
        "law": tidy(row.get("law", "")) or None,
        "start": values.day(row["start"], "start"),
        "end": values.day(row["end"], "end"),
        "is_derived": False,
    }


def _resolution(row: Fields) -> Made:
    """Of an older list, which tells a term: it begins when the supplier was told (else on the day of the resolution)
    and its end is derived.
    """
    made = _named(row)
    start = values.day(row["told"], "told") or values.day(row["settled"], "settled")
    term = tidy(row["term"])
    if start is None and term:
        raise BadCell("no_date", "told")
    is_debarred = "inhabilitaci" in fold(row["kind"])
    end = values.after(start, term, "term") if start and term else None
    if is_debarred and end is None:
        raise BadCell("debarred_without_term", "term")
    return made | {"kind": tidy(row["kind"]) or None, "start": end and start, "end": end, "is_derived": True}


def _of_the_platform(row: Fields) -> Made:
    """Of the national digital platform: days of debarment where it tells them, else its term from when it was told."""
    made = _named(row)
    told, term = values.day(row["told"], "told"), tidy(row["term"])
    start, end = (values.day(row[name][:10], name) for name in ("start", "end"))
    is_debarred = fold(row["kind"]) == "inhabilitacion"
    is_derived = is_debarred and end is None
    if is_debarred:
        start = start or told
        end = end or (values.after(start, term, "term") if start else None)
        if start is None or end is None:
            raise BadCell("debarred_without_term", "term")
    return made | {
        "law": tidy(row["law"]) or None,
        "kind": tidy(row["kind"]) or None,
        "start": start if is_debarred else None,
        "end": end if is_debarred else None,
        "is_derived": is_derived,
    }


def _named(row: Fields) -> Made:
    name = tidy(row["name"])
    if not norm(name):
        raise BadCell("no_name", "name")
    return {
        "rfc": values.rfc(row.get("rfc", "")),
        "name": name,
        "name_norm": norm(name),
        "authority": tidy(row["authority"]) or None,
        "file": tidy(row["file"]) or None,
        "fine_centavos": values.centavos(row["fine"], "fine"),
    }


def _official(row: Fields) -> Made:
    """The name of the official is not kept."""
    buyer, identifier = tidy(row.get("buyer", "")), tidy(row.get("buyer_id", ""))
    if not buyer and not identifier:
        raise BadCell("no_institution", "buyer")
    made: Made = {
        column: tidy(row.get(column, "")) or None for column in ("post", "phone", "email", "street", "postal_code")
    }
    if not any(made[column] for column in ("phone", "email", "street")):
        raise BadCell("nothing_to_match", "phone")
    return made | {
        "buyer_id": identifier or None,
        "buyer_norm": norm(buyer) or None,
        "since": values.day(row.get("since", ""), "since"),
        "until": values.day(row.get("until", ""), "until"),
    }


ACTIVE = {"": True} | dict.fromkeys(("activo", "activa", "active", "vigente", "localizado", "inscrito"), True)
ACTIVE |= dict.fromkeys(("cancelado", "cancelada", "suspendido", "suspendida", "baja", "inactivo", "inactive"), False)
ACTIVE |= dict.fromkeys(("no localizado", "disuelta", "liquidada", "dissolved"), False)


def _registered(row: Fields) -> Made:
    found = values.rfc(row["rfc"])
    if found is None:
        raise BadCell("no_rfc", "rfc")
    status = fold(row.get("status", ""))
    if status not in ACTIVE:
        raise BadCell("unknown_status", "status", status)
    return {
        "register": tidy(row.get("register", "")) or "tax",
        "rfc": found,
        "name_norm": norm(tidy(row.get("name", ""))) or None,
        "status": status or None,
        "is_active": ACTIVE[status],
        "since": values.day(row.get("since", ""), "since"),
        "until": values.day(row.get("until", ""), "until"),
    }


METHODS = {
    "licitacion publica": "open",
    "invitacion a cuando menos tres personas": "selective",
    "adjudicacion directa": "direct",
} | dict.fromkeys(("open", "selective", "limited", "direct"))


def _budget(row: Fields) -> Made:
    """The authorised budget of a buyer in a year."""
    return _of_year(row) | {"amount": _pesos(row), "currency": tidy(row.get("currency", "")) or "MXN"}


def _plan_line(row: Fields) -> Made:
    """A line of the annual programme of a buyer."""
    line, method = tidy(row["line"]), fold(row.get("method", ""))
    if not line:
        raise BadCell("no_line", "line")
    if method and method not in METHODS:
        raise BadCell("unknown_method", "method", method)
    return _of_year(row) | {
        "line": line,
        "method": METHODS.get(method) or method or None,
        "amount": _pesos(row) if tidy(row.get("amount", "")) else None,
        "class_id": tidy(row.get("class_id", "")) or None,
    }


def _of_year(row: Fields) -> Made:
    buyer, year = tidy(row["buyer_id"]), tidy(row["year"])
    if not buyer:
        raise BadCell("no_institution", "buyer_id")
    if not (year.isascii() and year.isdigit() and len(year) == len("2026")):
        raise BadCell("not_a_year", "year", year)
    return {"buyer_id": buyer, "year": int(year)}


def _pesos(row: Fields) -> float:
    found = values.centavos(row["amount"], "amount")
    if found is None:
        raise BadCell("not_an_amount", "amount")
    return found / 100


_YEAR = {"buyer_id": ("clave", "buyer_id"), "year": ("ejercicio", "ano", "year"), "amount": ("importe", "amount")}
_TAXPAYER = {"rfc": ("rfc",), "name": ("nombre del contribuyente",), "stage": ("situacion del contribuyente",)}
_RESOLUTION = {
    "name": ("proveedor o contratista", "proveedor"),
    "authority": ("dependencia",),
    "file": ("numero de expediente",),
    "kind": ("sentido de resolucion",),
    "told": ("fecha de notificacion",),
    "settled": ("fecha de resolucion", "fechaderesolucion"),
    "term": ("plazo*",),
    "fine": ("monto",),
    "updated": ("fecha de actualizacion",),
}
_SPAN = {"since": ("desde", "since", "fecha de alta"), "until": ("hasta", "until", "fecha de baja")}
LAYOUTS = (
    Layout(
        *("69b_full", "tax", "tax_list", {**_TAXPAYER, **STAGE_DAYS}, (*_TAXPAYER, *STAGE_DAYS), _taxpayer),
        days=tuple(STAGE_DAYS),
    ),
    Layout("69b_three_columns", "tax", "tax_list", _TAXPAYER, tuple(_TAXPAYER), _taxpayer),
    Layout(
        "sanctioned_2026",
        "sanction",
        "sanction",
        {
            "name": ("proveedor y contratista",),
            "rfc": ("rfc",),
            "authority": ("oic responsable",),
            "file": ("expediente",),
            "law": ("ley infringida",),
            "start": ("inicio de la sancion",),
            "end": ("fin de la sancion",),
            "fine": ("monto de la multa",),
        },
        ("name", "authority", "file", "start", "end", "fine"),
        _sanction,
        ("start",),
    ),
    Layout(
        *("sanctioned_terms", "sanction", "sanction", {**_RESOLUTION, "rfc": ("rfc",)}),
        *(tuple(name for name in _RESOLUTION if name != "updated"), _resolution, ("start",)),
    ),
    Layout(
        *("pdn_s3", "sanction", "sanction", {column: (f"s3 {column}",) for column in PLATFORM}),
        *(PLATFORM, _of_the_platform, ("start",)),
    ),
    Layout(
        "officials",
        "official",
        "official",
        {
            "buyer_id": ("clave", "buyer_id"),
            "buyer": ("institucion", "dependencia", "buyer"),
            "post": ("puesto", "cargo", "post"),
            "phone": ("telefono", "phone"),
            "email": ("correo", "correo electronico", "email"),
            "street": ("domicilio", "calle", "street"),
            "postal_code": ("cp", "codigo postal", "postal_code"),
            **_SPAN,
        },
        (),
        _official,
        is_private=True,
    ),
    Layout(
        "register",
        "register",
        "register",
        {
            "register": ("registro", "register"),
            "rfc": ("rfc",),
            "name": ("nombre", "razon social", "name"),
            "status": ("estatus", "situacion", "status"),
            **_SPAN,
        },
        ("rfc",),
        _registered,
    ),
    Layout(
        *("budget", "budget", "buyer_budget", {**_YEAR, "currency": ("moneda", "currency")}, tuple(_YEAR), _budget),
    ),
    Layout(
        "plan",
        "plan",
        "plan_line",
        {
            **_YEAR,
            "line": ("linea", "line"),
            "method": ("tipo de procedimiento", "method"),
            "class_id": ("partida", "class_id"),
        },
        ("buyer_id", "year", "line"),
        _plan_line,
    ),
)
KINDS = tuple(dict.fromkeys(layout.kind for layout in LAYOUTS))


def recognised(kind: str, header: list[str]) -> Iterator[tuple[Layout, dict[str, int]]]:
    """The layouts of a kind that a header fits, the most particular first."""
    for layout in LAYOUTS:
        if layout.kind == kind and (found := places(layout, header)):
            yield layout, found


def latest(made: list[Made], columns: tuple[str, ...]) -> date | None:
    """The latest day that any row tells in these columns."""
    return max((row[column] for row in made for column in columns if row.get(column)), default=None)
