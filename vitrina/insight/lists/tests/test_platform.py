# SPDX-License-Identifier: Apache-2.0
"""Sanctions of the national digital platform, both versions of S3, as dated events of a store."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pyarrow.parquet as pq
import pytest

from tests.shared import shared
from vitrina.insight.lists.add import BadList, add
from vitrina.insight.store import Store

CUT = date(2026, 11, 1)
FIRST = {
    "id": "1", "fechaCaptura": "2026-01-21T17:32:28Z", "expediente": "SAN-1/2025",
    "institucionDependencia": {"nombre": "Instituto Inventado"}, "autoridadSancionadora": "OIC Inventado",
    "particularSancionado": {"nombreRazonSocial": "INVENTOS DEL NORTE, S.A. DE C.V.", "rfc": "INO010203AB1", "tipoPersona": "M"},
    "tipoFalta": "Colusión", "causaMotivoHechos": "Información falsa",
    "tipoSancion": [{"clave": "I", "valor": "INHABILITADO"}, {"clave": "M", "valor": "MULTADO"}],
    "resolucion": {"sentido": "Sancionatoria", "fechaNotificacion": "2026-01-15"},
    "multa": {"monto": 30000.19, "moneda": {"clave": "MXN", "valor": "Peso"}},
    "inhabilitacion": {"plazo": "2 años", "fechaInicial": "2026-01-16", "fechaFinal": "2028-01-15"},
}  # fmt: skip
SECOND = {
    "id": "7", "expediente": "PM-7", "datosGenerales": {"nombreRazonSocial": "SUMINISTROS DE PRUEBA", "rfc": "SPR990101XY9"},
    "entePublico": {"nombre": "Tribunal Inventado"},
    "resolucion": {"fechaResolucion": "2025-11-02", "fechaResolucionFirme": "2026-02-01", "autoridadResolutora": "Sala"},
    "faltaCometida": [{"clave": "1", "valor": "Soborno"}],
    "tipoSancion": [{"clave": "INHABILITACION", "inhabilitacion": {"plazoAnios": 1, "plazoMeses": 3}},
                    {"clave": "SANCION_ECONOMICA", "sancionEconomica": {"monto": 5000, "moneda": "MXN"}}],
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "store")


def read(store: Store, tmp_path: Path, told: Any) -> tuple[Any, list[dict[str, Any]]]:
    path = tmp_path / "s3.json"
    path.write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")
    done = add(store, "sanction", path, cut=CUT)
    return done, [row for file in store.files("sanction") for row in pq.read_table(file).to_pylist()]


def test_the_examples_are_what_the_specifications_describe() -> None:
    first = json.loads(shared("specs/pdn/s3/OAS_API_Particulares_Sancionados.json").read_text(encoding="utf-8"))
    schemas = first["components"]
    item = schemas["schemas"]["resParticularesSancionados"]["properties"]["results"]["items"]
    jsonschema_rs.validator_for({**item, "components": schemas}).validate(FIRST)
    second = json.loads(shared("specs/pdn/s3/s3-v2.json").read_text(encoding="utf-8"))["components"]
    item = second["schemas"]["ItemsFaltasGravesPersonasMorales"]
    jsonschema_rs.validator_for({**item, "components": second}).validate(SECOND)


def test_a_page_of_the_first_version_is_a_debarment_with_its_days_and_a_fine(store: Store, tmp_path: Path) -> None:
    page = {"pagination": {"pageSize": 10, "page": 1, "totalRows": 1, "hasNextPage": False}, "results": [FIRST]}
    done, (debarred, fined) = read(store, tmp_path, page)
    assert (done.layout, done.source.n_read, done.source.n_stored) == ("pdn_s3", 2, 2)
    assert (debarred["start"], debarred["end"], debarred["is_derived"]) == (
        date(2026, 1, 16),
        date(2028, 1, 15),
        False,
    )
    assert (debarred["rfc"], debarred["authority"], debarred["law"]) == ("INO010203AB1", "OIC Inventado", "Colusión")
    assert (fined["fine_centavos"], fined["start"], fined["end"]) == (3000019, None, None)


def test_the_second_version_counts_from_the_day_the_resolution_was_firm(store: Store, tmp_path: Path) -> None:
    not_firm = {**SECOND, "id": "8", "resolucion": {"fechaResolucion": "2026-01-01", "fechaResolucionFirme": None}}
    done, (debarred, fined) = read(store, tmp_path, {"data": [SECOND, not_firm], "meta": {"total_count": 2}})
    assert (debarred["start"], debarred["end"], debarred["is_derived"]) == (date(2026, 2, 1), date(2027, 5, 1), True)
    assert fined["fine_centavos"] == 500000
    assert done.reasons == {"not_firm": 1}


def test_lines_of_both_versions_are_read_and_what_is_no_sanction_of_a_supplier_is_told(
    store: Store, tmp_path: Path
) -> None:
    official = {"id": "2", "servidorPublicoSancionado": {"nombres": "X"}}
    endless = {**FIRST, "id": "3", "inhabilitacion": {}, "tipoSancion": [{"clave": "I", "valor": "I"}]}
    nameless = {**FIRST, "id": "4", "particularSancionado": {}, "tipoSancion": [{"clave": "M", "valor": "M"}]}
    lines = [FIRST, SECOND, official, endless, nameless, {"x": 1}, [1], "x", None]
    done, made = read(store, tmp_path, "\n".join(map(json.dumps, lines)) + "\n{broken\n")
    assert len(made) == 4
    assert done.reasons == {
        "an_official": 1,
        "debarred_without_term": 1,
        "no_name": 1,
        "not_json": 4,
        "unknown_shape": 1,
    }
    assert done.source.n_read == len(made) + sum(done.reasons.values())
    assert read(store, tmp_path, "\n".join(map(json.dumps, lines)) + "\n{broken\n")[0].was_there


def test_json_is_no_list_of_another_kind(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "s3.json"
    path.write_text(json.dumps([FIRST]), encoding="utf-8")
    with pytest.raises(BadList):
        add(store, "tax", path, cut=CUT)
