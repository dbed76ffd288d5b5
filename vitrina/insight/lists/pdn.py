# SPDX-License-Identifier: Apache-2.0
"""Sanctions of the national digital platform (S3), first and second version, as rows of a list.

Read from what its services answer: one page (`results`, `data`), a list of items, or a line for each of either.
Only what a firm resolution orders becomes a sanction; the rest is told in the quarantine. Nothing is guessed: an item
without the day from which it holds is no dated event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from vitrina.compranet.source import Row, opened

from .values import BadCell

# What a row tells, in this order; the names are those of the layout's header.
COLUMNS = ("name", "rfc", "authority", "file", "law", "kind", "start", "end", "term", "told", "fine")
HEADER = [f"s3 {column}" for column in COLUMNS]
MOST_BYTES = 1 << 29  # of a file that is one document
V1_KINDS = {"I": "inhabilitación", "M": "multa", "S": "suspensión de actividades", "D": "disolución de la sociedad",
            "A": "amonestación", "IND": "indemnización", "SE": "sanción económica", "O": "otra"}  # fmt: skip
Item = Mapping[str, Any]


def is_json(path: Path) -> bool:
    """Whether a file holds JSON, by its first sign."""
    with opened(path) as stream:
        return stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}


def rows(path: Path) -> Iterator[Row]:
    """The header, then a row for each sanction of each item; `line` is the number of the item in the file."""
    yield Row(0, HEADER)
    for number, item in enumerate(_items(path), start=1):
        try:
            for told in _told(item):
                yield Row(number, [str(told.get(column) or "") for column in COLUMNS])
        except BadCell as error:
            yield Row(number, [], error.reason, "")


def _items(path: Path) -> Iterator[Any]:
    with opened(path) as stream:
        text = stream.read(MOST_BYTES).removeprefix(b"\xef\xbb\xbf")
    try:
        documents = [orjson.loads(text)]
    except orjson.JSONDecodeError:
        documents = [_line(line) for line in text.splitlines() if line.strip()]
    for document in documents:
        pages = document if isinstance(document, list) else [document]
        for page in pages:
            held = page.get("results", page.get("data", page)) if isinstance(page, dict) else page
            yield from held if isinstance(held, list) else [held]


def _line(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _told(item: Any) -> Iterator[Item]:
    if not isinstance(item, dict):
        raise BadCell("not_json")
    if "particularSancionado" in item:
        yield from _first_version(item)
    elif "servidorPublicoSancionado" in item or "empleoCargoComision" in item:
        raise BadCell("an_official")  # what bars suppliers is no list of officials
    elif "datosGenerales" in item:
        yield from _second_version(item)
    else:
        raise BadCell("unknown_shape")


def _first_version(item: Item) -> Iterator[Item]:
    """Version 1.1 tells one term for all kinds of sanction of an item; its list holds resolutions that stand."""
    who, held = _of(item, "particularSancionado"), _of(item, "inhabilitacion")
    shared = {
        "name": who.get("nombreRazonSocial"), "rfc": who.get("rfc"), "authority": item.get("autoridadSancionadora"),
        "file": item.get("expediente") or item.get("id"), "law": item.get("tipoFalta"),
        "told": str(_of(item, "resolucion").get("fechaNotificacion") or "")[:10],
    }  # fmt: skip
    for kind in _list(item, "tipoSancion"):
        code = str(kind.get("clave", ""))
        debarred = {"start": held.get("fechaInicial"), "end": held.get("fechaFinal"), "term": held.get("plazo")}
        yield {
            **shared,
            "kind": V1_KINDS.get(code) or kind.get("valor"),
            **(debarred if code == "I" else {}),
            "fine": _of(item, "multa").get("monto") if code in {"M", "SE", "IND"} else "",
        }


def _second_version(item: Item) -> Iterator[Item]:
    """Version 2 tells when the resolution became firm; one that is not bars nobody."""
    who, settled = _of(item, "datosGenerales"), _of(item, "resolucion")
    firm = str(settled.get("fechaResolucionFirme") or "")[:10]
    if not firm:
        raise BadCell("not_firm")
    names = (who.get(part) for part in ("nombre", "nombres", "primerApellido", "segundoApellido"))
    fault = next(iter(_list(item, "faltaCometida")), {})
    shared = {
        "name": who.get("nombreRazonSocial") or " ".join(str(name) for name in names if name), "rfc": who.get("rfc"),
        "authority": settled.get("autoridadResolutora") or _of(item, "entePublico").get("nombre"),
        "file": item.get("expediente") or item.get("id"), "law": fault.get("valor"), "told": firm,
    }  # fmt: skip
    for kind in _list(item, "tipoSancion"):
        held, money = _of(kind, "inhabilitacion"), _of(kind, "sancionEconomica") or _of(kind, "indemnizacion")
        parts = (("plazoAnios", "años"), ("plazoMeses", "meses"), ("plazoDias", "días"))
        yield {
            **shared,
            "kind": "inhabilitación" if held else kind.get("clave"),
            "start": str(held.get("fechaInicial") or "")[:10],
            "end": str(held.get("fechaFinal") or "")[:10],
            "term": ", ".join(f"{held[name]} {word}" for name, word in parts if held.get(name)),
            "fine": money.get("monto"),
        }


def _of(item: Item, name: str) -> Item:
    found = item.get(name)
    return found if isinstance(found, dict) else {}


def _list(item: Item, name: str) -> list[Item]:
    found = item.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
