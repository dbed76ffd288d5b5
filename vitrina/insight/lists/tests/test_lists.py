# SPDX-License-Identifier: Apache-2.0
"""Outside lists into a store: each layout, bad rows in quarantine, the day of the list, nothing twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from vitrina.insight.cli import app
from vitrina.insight.lists.add import BadList, add
from vitrina.insight.store import Store

CUT = date(2026, 1, 31)
FULL = (
    "No.,RFC,Nombre del Contribuyente,Situación del contribuyente,Número y fecha de oficio global de presunción SAT,"
    "Publicación página SAT presuntos,Número y fecha de oficio global de presunción DOF,Publicación DOF presuntos,"
    "Número y fecha de oficio global de contribuyentes que desvirtuaron SAT,Publicación página SAT desvirtuados,"
    "Número y fecha de oficio global de contribuyentes que desvirtuaron DOF,Publicación DOF desvirtuados,"
    "Número y fecha de oficio global de definitivos SAT,Publicación página SAT definitivos,"
    "Número y fecha de oficio global de definitivos DOF,Publicación DOF definitivos,"
    "Número y fecha de oficio global de sentencia favorable SAT,Publicación página SAT sentencia favorable,"
    "Número y fecha de oficio global de sentencia favorable DOF,Publicación DOF sentencia favorable"
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "store")


def rows(store: Store, name: str) -> list[dict[str, Any]]:
    return [row for file in store.files(name) for row in pq.read_table(file).to_pylist()]


def written(tmp_path: Path, text: str, encoding: str = "utf-8", name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return path


def full(tmp_path: Path, *body: str) -> Path:
    legend = '"Información actualizada al 31 de enero de 2026; los listados, de carácter público",,,,,,,,,,,,,,,,,,,'
    title = "Listado completo de contribuyentes (Artículo 69-B del CFF),,,,,,,,,,,,,,,,,,,"
    return written(tmp_path, "\n".join([legend, title, FULL, *body, ""]), "latin-1")


def test_the_full_69b_list_is_read_with_its_stages_and_its_own_day(store: Store, tmp_path: Path) -> None:
    body = (
        '1,AAA010101AA1,"AVÍOS, S.A. DE C.V.",Definitivo,o,01/01/2017,o,19/01/2017,,,,,o,25/05/2018,o,28/06/2018,,,,'
    )
    done = add(store, "tax", full(tmp_path, body))
    assert (done.layout, done.cut, done.is_told) == ("69b_full", CUT, True)
    (row,) = rows(store, "tax_list")
    assert (row["rfc"], row["name_norm"], row["stage"]) == ("AAA010101AA1", "AVIOS S A DE C V", "definitive")
    assert (row["presumed"], row["definitive"], row["favourable"]) == (date(2017, 1, 19), date(2018, 6, 28), None)
    assert row["cut"] == CUT


def test_of_a_notice_that_was_published_again_the_last_day_counts(store: Store, tmp_path: Path) -> None:
    body = "1,AAA010101AA1,AVIOS,Definitivo,o,01/01/2017,o,42754,,,,,o,25/05/2018,o,28/06/2019 - 08/10/2018,,,,"
    add(store, "tax", full(tmp_path, body))
    (row,) = rows(store, "tax_list")
    assert (row["presumed"], row["definitive"]) == (date(2017, 1, 19), date(2019, 6, 28))


def test_bad_rows_go_to_the_quarantine_with_their_reason_and_nothing_is_lost(store: Store, tmp_path: Path) -> None:
    stages = ",o,01/01/2017,o,19/01/2017,,,,,,,,,,,,"
    body = (
        f"1,AAA010101AA1,BUENA,Presunto{stages}",
        f"1,AAA010101AA1,BUENA,Presunto{stages}",
        f"2,XXXXXXXXXXXX,Información suprimida,Definitivo{stages}",
        f"3,AAA01,CORTA,Definitivo{stages}",
        f"4,AAA020202AA2,OTRA,En revisión{stages}",
        "5,AAA030303AA3,MALA,Presunto,o,01/01/2017,o,31/02/2017,,,,,,,,,,,,",
        ",,,,,,,,,,,,,,,,,,,",
        "6,AAA040404AA4,ROTA",
    )
    done = add(store, "tax", full(tmp_path, *body))
    s = done.source
    assert (s.n_read, s.n_stored, s.n_duplicates, s.n_quarantined) == (7, 1, 1, 5)
    assert done.reasons == {"bad_rfc": 1, "not_a_date": 1, "suppressed": 1, "too_few_cells": 1, "unknown_stage": 1}
    told = {row["reason"]: row for row in rows(store, "quarantine")}
    assert (told["not_a_date"]["line"], told["not_a_date"]["path"]) == (9, "presumed")
    assert told["unknown_stage"]["excerpt"].startswith("4,AAA020202AA2,OTRA")


def test_a_file_that_is_there_already_changes_nothing(store: Store, tmp_path: Path) -> None:
    path = full(tmp_path, "1,AAA010101AA1,A,Presunto,o,01/01/2017,o,19/01/2017,,,,,,,,,,,,")
    add(store, "tax", path)
    before = (store.path / "manifest.json").read_bytes()
    assert add(Store(store.path), "tax", path).was_there
    assert (store.path / "manifest.json").read_bytes() == before


def test_three_columns_need_to_be_told_their_day(store: Store, tmp_path: Path) -> None:
    head = "RFC,Nombre del Contribuyente,Situación del contribuyente\n"
    path = written(tmp_path, head + "AAA010101AA1,A,Sentencia Favorable\n", "utf-8-sig")
    with pytest.raises(BadList, match="which day"):
        add(store, "tax", path)
    assert not Store(store.path).manifest.sources
    add(store, "tax", path, cut=CUT)
    assert rows(store, "tax_list")[0]["stage"] == "favourable"


def test_sanctions_with_begin_and_end_are_dated_by_the_latest_that_began(store: Store, tmp_path: Path) -> None:
    head = (
        "Proveedor y Contratista,OIC Responsable,Expediente,Procedimiento Administrativo,Ley infringida,"
        "Inicio de la sanción,Fin de la sanción,Monto de la Multa,Periodo de Inhabilitación\n"
    )
    body = (
        '"AVÍOS, S.A. DE C.V.\t",HOSPITAL,1/2024,PA-1,LAASSP,21-02-2025,21-05-2026,"   745,705.00","1 año, 3 meses"\n'
        'BEA ÑUÑEZ,HOSPITAL,2/2024,PA-2,LAASSP,,,"   1,000.50",\n'
    )
    done = add(store, "sanction", written(tmp_path, head + body))
    assert (done.layout, done.cut, done.is_told) == ("sanctioned_2026", date(2025, 2, 21), False)
    debarred, fined = rows(store, "sanction")
    assert (debarred["name"], debarred["start"], debarred["end"]) == (
        "AVÍOS, S.A. DE C.V.",
        date(2025, 2, 21),
        date(2026, 5, 21),
    )
    assert (fined["end"], fined["fine_centavos"], fined["is_derived"]) == (None, 100050, False)


def test_the_older_register_tells_terms_from_which_the_end_is_derived(store: Store, tmp_path: Path) -> None:
    head = (
        "PROVEEDOR O CONTRATISTA, \tDEPENDENCIA, \tNUMERO DE EXPEDIENTE, \tHECHOS DE LA IRREGULARIDAD, \tOBJETO SOCIAL,"
        " \tSENTIDO DE RESOLUCION, \tFECHA DE NOTIFICACION, \tFECHA DE RESOLUCION, \tPLAZO, \tMONTO,"
        " \tNOMBRE DEL RESPONSABLE DE LA INFORMACION, \tFECHA DE ACTUALIZACION \n"
    )
    end = ",\t,\t14/01/2021 08:01\n"
    body = (
        f"AVIOS SA DE CV,\tX,\t1,\tF,\tO,\tSANCIONATORIA CON MULTA E INHABILITACIÓN,\t31/08/2014,\t,\t1 AÑO 6 MESES,\t5.00{end}"
        f"BUENA SA,\tX,\t2,\tF,\tO,\tSANCIONATORIA CON MULTA,\t31/08/2014,\t06/08/2014,\t,\t5.00{end}"
        f"CORTA SA,\tX,\t3,\tF,\tO,\tSANCIONATORIA CON MULTA E INHABILITACIÓN,\t31/08/2014,\t,\t,\t5.00{end}"
    )
    done = add(store, "sanction", written(tmp_path, head + body, "latin-1"))
    assert (done.cut, done.reasons) == (date(2021, 1, 14), {"debarred_without_term": 1})
    debarred, fined = rows(store, "sanction")
    assert (debarred["start"], debarred["end"], debarred["is_derived"]) == (date(2014, 8, 31), date(2016, 2, 29), True)
    assert (fined["start"], fined["end"]) == (None, None)


def test_a_roster_is_kept_without_names_also_in_the_quarantine(store: Store, tmp_path: Path) -> None:
    head = "Institución,Nombre,Puesto,Teléfono,Correo,Domicilio,CP,Desde,Hasta\n"
    body = (
        "Hospital,Ana Inventada,Directora,55 1234 5678,ana@hospital.example,Calle 1,06000,2020-01-01,\n"
        "Hospital,Beto Inventado,Jefe,,,,,,\n"
    )
    done = add(store, "official", written(tmp_path, head + body), cut=CUT)
    assert done.reasons == {"nothing_to_match": 1}
    (row,) = rows(store, "official")
    assert (row["buyer_norm"], row["phone"], row["since"]) == ("HOSPITAL", "55 1234 5678", date(2020, 1, 1))
    held = b"".join(file.read_bytes() for file in store.path.rglob("*") if file.is_file())
    assert b"Inventad" not in held
    assert rows(store, "quarantine")[0]["excerpt"] is None


def test_a_register_tells_who_is_active(store: Store, tmp_path: Path) -> None:
    body = "RFC,Estatus,Hasta\nAAA010101AA1,Activo,\nAAA020202AA2,Cancelado,2020-05-01\nAAA030303AA3,Quizá,\n"
    done = add(store, "register", written(tmp_path, body), cut=CUT)
    assert done.reasons == {"unknown_status": 1}
    assert [(row["rfc"], row["is_active"], row["register"]) for row in rows(store, "register")] == [
        ("AAA010101AA1", True, "tax"),
        ("AAA020202AA2", False, "tax"),
    ]


def test_a_file_of_another_kind_is_refused_and_the_store_stays_as_it_was(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadList, match="No header"):
        add(store, "sanction", written(tmp_path, "RFC,Estatus\nAAA010101AA1,Activo\n"))
    assert not rows(Store(store.path), "quarantine")


def test_the_command_tells_what_became_of_the_rows(tmp_path: Path) -> None:
    path = written(tmp_path, "RFC,Estatus\nAAA010101AA1,Activo\nXXXXXXXXXXXX,Activo\n")
    call = ["lists", "add", "register", str(path), "--store", str(tmp_path / "s")]
    assert CliRunner().invoke(app, call).exit_code == 2
    done = CliRunner().invoke(app, [*call, "--cut", "2026-01-31"])
    assert (done.exit_code, "1 stored, 1 in quarantine" in done.output) == (0, True)
    assert "in the store already" in CliRunner().invoke(app, call).output
