# SPDX-License-Identifier: Apache-2.0
"""Each official layout is known by its header's names, in any order, and gives the right record."""

from datetime import date

import pytest

from vitrina.compranet.layouts import LAYOUTS, detect
from vitrina.compranet.records import ImportedContract, ImportedProcedure
from vitrina.compranet.refusals import UnreadableFileError
from vitrina.kernel.money import Money

from .files import (
    CONTRACT_16,
    CONTRACT_21,
    CONTRACT_39,
    CONTRACT_45,
    CONTRACT_73,
    PROCEDURE_37,
    UNIT,
    csv_text,
    header_of,
    one,
    read_text,
)

WIDTHS = {
    "procedures_37": 37,
    "contracts_21": 21,
    "contracts_45": 45,
    "contracts_39": 39,
    "contracts_44": 44,
    "contracts_16": 16,
    "contracts_73": 73,
}


def test_every_layout_has_its_official_number_of_columns():
    assert {layout.id: len(layout.columns) for layout in LAYOUTS} == WIDTHS


@pytest.mark.parametrize("layout_id", WIDTHS)
def test_a_layout_is_known_in_any_order_of_its_columns(layout_id):
    header = header_of(layout_id)
    assert detect(header).layout.id == layout_id
    assert detect([f"\ufeff{header[-1].upper()}\t", *header[:-1]]).layout.id == layout_id


def test_an_unknown_header_names_what_it_lacks():
    header = [name for name in header_of("contracts_21") if name != "Importe DRC"]
    with pytest.raises(UnreadableFileError) as refused:
        detect(header)
    assert refused.value.code == "unknown_layout"
    assert "Importe DRC" in refused.value.sentence("es")


def test_a_column_that_stands_twice_is_refused():
    with pytest.raises(UnreadableFileError, match="twice"):
        detect([*header_of("contracts_21"), "Importe DRC"])


def test_a_procedure(tmp_path):
    item = one(tmp_path, "procedures_37", PROCEDURE_37)
    assert isinstance(item, ImportedProcedure)
    assert (item.number.text, item.number.character, item.number.consecutive) == (
        f"LA-50-ZZZ-{UNIT}-T-12-2026",
        "T",
        12,
    )
    assert (item.procedure, item.law, item.character, item.category) == (
        "licitacion_publica", "LAASSP", "T", "goodsAcquisition",
    )  # fmt: skip
    assert (item.stage, item.tender_status) == ("bidding", "active")
    assert item.buyer.unit_key == UNIT
    assert item.buyer.institution_key == "050ZZZ"
    assert item.classifications == ("25301", "25401")
    assert item.opening.at.isoformat() == "2026-02-16T16:00:00+00:00"
    assert (item.award.kind, item.award.on) == ("date", date(2026, 2, 25))
    assert item.consolidated is False


def test_a_contract_of_21_columns(tmp_path):
    item = one(tmp_path, "contracts_21", CONTRACT_21)
    assert isinstance(item, ImportedContract)
    assert item.amount == Money(11354345)
    assert item.supplier.size == "micro"
    assert (item.award.kind, item.award.on, item.start.on) == ("date", date(2026, 1, 30), date(2026, 2, 1))
    assert item.signed.kind == "instant"
    assert item.key.startswith("announcement:0123456789abcdef0123456789abcdef:")


def test_a_contract_of_45_columns(tmp_path):
    item = one(tmp_path, "contracts_45", CONTRACT_45)
    assert (item.key, item.procedure, item.law) == ("contract:2784001", "licitacion_publica", "LAASSP")
    assert (item.amount, item.framework, item.amended, item.multiyear) == (Money(100856000), None, False, False)
    assert (item.number.form, item.number.unit, item.number.year) == ("old", UNIT, 2022)
    assert (item.supplier.rfc, item.contract_status, item.end.on) == (None, "active", date(2023, 12, 31))


def test_a_contract_of_39_columns(tmp_path):
    item = one(tmp_path, "contracts_39", CONTRACT_39)
    assert (item.procedure, item.law, item.ground, item.character) == ("adjudicacion_directa", "LAASSP", "42", "N")
    assert (item.supplier.size, item.supplier.size_by_buyer) == ("micro", "not_msme")
    assert (item.opening.kind, item.contract_status) == ("date", "terminated")


def test_a_contract_of_16_columns(tmp_path):
    item = one(tmp_path, "contracts_16", CONTRACT_16)
    assert (item.procedure, item.law, item.category) == ("invitacion_tres_personas", "LOPSRM", "works")
    assert (item.file_code, item.number, item.buyer.unit_key) == ("1243001", None, None)


def test_an_open_contract_of_73_columns(tmp_path):
    item = one(tmp_path, "contracts_73", CONTRACT_73)
    assert (item.amount, item.minimum, item.maximum) == (
        Money(100050, "USD"),
        Money(40000, "USD"),
        Money(100050, "USD"),
    )
    assert (item.ground, item.supplier.rfc, item.key) == ("54-II", None, "contract:C-2026-00000009")


def test_semicolons_and_gzip_and_latin_1_are_read_too(tmp_path):
    text = csv_text("contracts_21", [CONTRACT_21], separator=";")
    (item,), summary = read_text(tmp_path, text, encoding="latin-1", name="prueba.csv.gz")
    assert (item.buyer.unit_name, summary.encoding) == ("COORDINACIÓN DE ABASTO", "latin-1")
