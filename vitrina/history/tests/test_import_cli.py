# SPDX-License-Identifier: Apache-2.0
"""`vitrina import compranet`: what it prints, what it writes, how it exits."""

import csv
import json

import pytest
from typer.testing import CliRunner

from vitrina.compranet.tests.files import CONTRACT_21, csv_text
from vitrina.history.cli import app
from vitrina.portal.models import PurchaseCard

pytestmark = pytest.mark.django_db(transaction=True)


def files(tmp_path):
    good = tmp_path / "contratos.csv"
    rows = [CONTRACT_21, CONTRACT_21, CONTRACT_21 | {"Importe DRC": "=1+1"}, CONTRACT_21 | {"Importe DRC": "-5"}]
    good.write_text(csv_text("contracts_21", rows))
    bad = tmp_path / "otra.csv"
    bad.write_text("a,b\n1,2\n")
    return good, bad


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_a_file_is_summed_up_in_spanish_and_shown_by_the_portal(tmp_path):
    good, _ = files(tmp_path)
    result = run(good)
    assert result.exit_code == 0
    assert "4 filas leídas = 1 guardadas + 0 ya estaban + 1 repetidas + 2 rechazadas" in result.stdout
    assert "línea 5, Importe DRC: El importe «-5» es negativo." in result.stdout
    assert PurchaseCard.objects.get().title == "REACTIVOS PARA PRUEBAS"


def test_json_holds_the_same_and_rejected_rows_go_to_a_file_no_spreadsheet_runs(tmp_path):
    good, bad = files(tmp_path)
    result = run(good, bad, "--json", "--lang", "en", "--rejected-out", tmp_path / "rejected.csv")
    assert result.exit_code == 1  # one file could not be read
    one, other = json.loads(result.stdout)["files"]
    assert one["rows_in"] == one["kept"] + one["already_there"] + one["duplicates"] + one["rejected"] == 4
    assert [r["reason"] for r in one["rejections"]] == ["formula", "negative_amount"]
    assert (other["file"], other["error"]) == ("otra.csv", "unknown_layout")
    with (tmp_path / "rejected.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(r["file"], r["line"], r["field"]) for r in rows] == [
        ("contratos.csv", "4", "Importe DRC"),
        ("contratos.csv", "5", "Importe DRC"),
    ]
    assert [r["value"] for r in rows] == ["'=1+1", "'-5"]


def test_wrong_use_is_refused_before_anything_is_read(tmp_path):
    good, _ = files(tmp_path)
    assert run().exit_code == 2
    assert run(good, tmp_path / "absent.csv").exit_code == 2
    assert run(good, "--lang", "fr").exit_code == 2
    assert run(good, "--rejected-out", tmp_path / "no" / "folder.csv").exit_code == 2
    assert not PurchaseCard.objects.exists()
