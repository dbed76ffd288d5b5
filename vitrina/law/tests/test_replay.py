# SPDX-License-Identifier: Apache-2.0
"""The replay over the real files (where they are), over small invented ones, and through the command line."""

import gzip
import json
import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vitrina.law.cli import app
from vitrina.law.replay import COLUMNS, replay
from vitrina.law.replay_report import compare, report
from vitrina.law.sheet import BadFile

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("VITRINA_SHARED", ROOT.parent / "shared")) / "data" / "mexico"
PROCEDURES, CONTRACTS = DATA / "expedientes_2026.csv.gz", DATA / "imss_contratos_2026.csv.gz"
real = pytest.mark.skipif(not PROCEDURES.exists(), reason=f"the real procedures file is not at {PROCEDURES}")


@pytest.fixture(scope="module")
def result():
    return replay(PROCEDURES)


def write(path, *rows, encoding="latin-1"):
    head = dict.fromkeys(COLUMNS, "")
    lines = [",".join(COLUMNS), *(",".join(f'"{cell}"' for cell in {**head, **row}.values()) for row in rows)]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


TENDER = {
    "Núm. Proc. Proyecto": "LA-99-ZZZ-099ZZZ999-N-1-2026",
    "Tipo de elemento": "PROCEDIMIENTO DE CONTRATACIÓN",
    "Ley": "LEY DE ADQUISICIONES, ARRENDAMIENTOS Y SERVICIOS DEL SECTOR PÚBLICO",
    "Tipo Procedimiento": "LICITACIÓN PÚBLICA",
    "Caracter anuncio": "NACIONAL",
    "Tipo de contratación": "ADQUISICIONES",
    "Fecha de publicación": "2026-01-05 18:00:00",
    "Fecha apertura": "2026-01-15 10:00:00",
    "Fecha y hora junta de aclaraciones": "2026-01-08 10:02:00",
    "Fecha de fallo": "2026-02-10",
    "Fecha de expediente": "2026-01-04 09:00:00",
}


@real
def test_the_totals_agree_with_the_published_evidence(result):
    for line in compare(result):
        assert line["same"] or "explained" in line, (line["term"], line["stats"], line["ours"])
    assert [line["same"] for line in compare(result)].count(False) == 1
    assert result["procedures"] == 2438
    assert len({row["line"] for row in result["rows"]}) == 2438


@real
def test_the_true_breaches_are_reported(result):
    found = sorted(
        (row["term"], row["character"], row["days"]) for row in result["breaches"] if row["law"] != "LOPSRM"
    )
    assert ("term.publication_to_opening", "I", 6) in found
    assert found.count(("term.invitation_to_opening", "N", 4)) == 2
    assert len(result["breaches"]) == 8


@real
def test_every_row_says_which_limit_applied_or_why_none(result):
    for row in result["rows"]:
        assert row["state"] in {"holds", "reduced", "extended", "breach", "unknown"} or row["reason"]
    assert json.dumps(result, sort_keys=True) == json.dumps(replay(PROCEDURES), sort_keys=True)


@real
def test_signatures_of_the_real_contracts():
    contracts = replay(CONTRACTS)
    assert contracts["procedures"] == 3986
    assert sum("natural" in row for row in contracts["rows"]) == 2567
    assert min(row["natural"] for row in contracts["rows"] if "natural" in row) == -7
    assert {t["law"]: t["unit"] for t in contracts["totals"]}["LAASSP-2025"] == "working_days"


@real
def test_the_replay_page_is_current(result):
    page = (ROOT / "docs" / "law" / "replay.md").read_text("utf-8")
    assert page == report(result, replay(CONTRACTS)), "run: vitrina law docs docs/law --replay FILE --contracts FILE"


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-8-sig"])
def test_a_small_file_in_any_encoding(tmp_path, encoding):
    states = {
        row["term"]: row["state"] for row in replay(write(tmp_path / "a.csv", TENDER, encoding=encoding))["rows"]
    }
    assert states == {
        "term.publication_to_opening": "reduced",
        "term.clarification_to_opening": "holds",
        "term.opening_to_award": "extended",
    }


def test_a_procedure_of_the_former_law_is_judged_by_it(tmp_path):
    old = {**TENDER, "Fecha de publicación": "2025-04-16 23:00:00", "Fecha apertura": "2025-05-02 10:00:00"}
    row = replay(write(tmp_path / "a.csv", old))["rows"][0]
    assert (row["law"], row["state"], row["days"]) == ("LAASSP-2000", "holds", 16)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Tipo Procedimiento": ""}, "does not say the type"),
        ({"Tipo Procedimiento": "SUBASTA"}, "procedure='SUBASTA'|procedure='subasta'"),
        ({"Caracter anuncio": "LUNAR"}, "LUNAR"),
        ({"Fecha de publicación": "31/02/2026"}, "date cannot be read"),
        ({"Fecha de publicación": "1990-01-01"}, "No law for goods"),
        ({"Fecha apertura": "mañana"}, "date cannot be read"),
        ({"Fecha de fallo": ""}, "no date: Fecha de fallo"),
        ({"Ley": "LEY DE OBRAS PÚBLICAS"}, "another law"),
        ({"Tipo de elemento": "PROYECTO DE CONVOCATORIA"}, "draft call"),
        ({"Tipo Procedimiento": "ADJUDICACIÓN DIRECTA POR CASO FORTUITO"}, "direct award"),
    ],
)
def test_a_row_that_cannot_be_judged_says_why(tmp_path, change, reason):
    found = replay(write(tmp_path / "a.csv", {**TENDER, **change}, TENDER))
    assert any(re.search(reason, text) for text in found["reasons"]), found["reasons"]
    assert found["rows"][-1]["state"] == "extended"


@pytest.mark.parametrize(
    "content",
    [b"", b"a,b\n1,2\n", b"\x1f\x8b damaged", gzip.compress(b"a,b\n", mtime=0)[:-6], b"x" * 200_000],
    ids=["empty", "other", "not gzip", "cut gzip", "one long cell"],
)
def test_another_file_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(BadFile):
        replay(path)
    done = CliRunner().invoke(app, ["replay", str(path)])
    assert done.exit_code == 2
    assert "x.csv" in done.output
    assert len(done.output.strip().splitlines()) == 1


def test_replay_on_the_command_line(tmp_path):
    path = write(tmp_path / "a.csv", TENDER, {**TENDER, "Fecha apertura": "2026-01-14 10:00:00"})
    done = CliRunner().invoke(app, ["replay", str(path), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.output)["totals"][2]["states"]["breach"] == 1
    plain = CliRunner().invoke(app, ["replay", str(path)])
    assert "no cumple: LA-99-ZZZ-099ZZZ999-N-1-2026 term.publication_to_opening: 9 días naturales" in plain.output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["term.publication_to_opening.min", "--at", "2026-01-05"], 0, "40 días naturales"),
        (
            ["term.award_to_signature.max", "--at", "2025-06-02", "--rulebook", "mx/LAASSP-2000@2025-04-10"],
            0,
            "15 días na",
        ),
        (["uma.daily", "--at", "2026-01-05", "--lang", "en"], 0, "113.14 pesos"),
        (["nothing.at.all", "--at", "2026-01-05"], 1, "Ninguna regla"),
        (["witness.threshold", "--at", "2026-01-05"], 1, "nadie ha registrado"),
        (["term.protest.max", "--at", "2026-01-05", "--jurisdiction", "coah"], 1, "COAH-LAACSEC"),
        (["uma.daily", "--at", "05/01/2026"], 2, "AAAA-MM-DD"),
        (["uma.daily", "--at", "٢٠٢٦-٠١-٠٥"], 2, "AAAA-MM-DD"),
        (["uma.daily", "--at", "2026-01-05", "--law", "LEY"], 2, "LEY"),
        (["uma.daily"], 2, "--at"),
    ],
)
def test_explain_on_the_command_line(words, code, said):
    done = CliRunner().invoke(app, ["explain", *words])
    assert done.exit_code == code, done.output
    assert said in done.output


def test_explain_as_json():
    done = CliRunner().invoke(app, ["explain", "term.delivery_to_acceptance.max", "--at", "2026-01-05", "--json"])
    (found,) = json.loads(done.output)
    assert (found["value"], found["unit"], found["article"], found["certainty"]) == (10, "working_days", "72", "S")
