# SPDX-License-Identifier: Apache-2.0
"""The real files: how many rows stand, and why each of the others does not."""

from collections import Counter

import pytest

from vitrina.compranet.normalise import supplier_key
from vitrina.compranet.readers import read
from vitrina.compranet.records import Rejected

from .files import real

# file -> encoding, layout, rows in, kept, duplicates, reasons of the rejected
FILES = {
    "expedientes_2026": ("latin-1", "procedures_37", 2438, 2438, 0, {}),
    "imss_contratos_2026": ("utf-8-sig", "contracts_21", 3986, 3983, 3, {}),
    "imss_contratos_2023_layout45": ("utf-8-sig", "contracts_45", 3189, 3189, 0, {}),
    "imss_contratos_2023_layout21": ("utf-8-sig", "contracts_21", 3189, 3175, 14, {}),
    "compranet_sample_2010_2012": ("utf-8", "contracts_39", 399, 395, 1, {"missing": 3}),  # suppliers named "---"
    "compranet_sample_2013": ("utf-8", "contracts_39", 399, 399, 0, {}),
    "compranet_sample_2014": ("utf-8", "contracts_39", 399, 397, 2, {}),
    "compranet_sample_2015": ("utf-8", "contracts_39", 397, 396, 0, {"unknown_currency": 1}),  # currency "TEST"
    "compranet_2017_contracts": ("utf-8", "contracts_16", 5446, 5446, 0, {}),
    "sancionados_contratos_2010_2017": ("utf-8", "contracts_44", 1070, 1048, 22, {}),
}


@pytest.mark.parametrize("name", FILES)
def test_every_row_of_a_real_file_is_kept_or_explained(name):
    encoding, layout, rows_in, kept, duplicates, reasons = FILES[name]
    reading = read(real(name))
    items = list(reading)
    summary = reading.summary
    assert (summary.encoding, summary.layout) == (encoding, layout)
    assert (summary.rows_in, summary.kept, summary.duplicates, summary.reasons) == (rows_in, kept, duplicates, reasons)
    assert (summary.missing_columns, summary.unknown_columns) == ((), ())
    keys = [item.key for item in items if not isinstance(item, Rejected)]
    assert len(keys) == len(set(keys)) == kept


def test_the_procedures_of_2026_have_their_types_grounds_and_stages():
    items = list(read(real("expedientes_2026")))
    assert Counter(item.element for item in items) == {"procedure": 2113, "draft": 325}
    forms = Counter(item.number.form if item.number else None for item in items)
    assert forms == {"new": 2110, "draft": 325, None: 3}
    assert Counter(item.procedure for item in items) == {
        "licitacion_publica": 1703, "invitacion_tres_personas": 615, "adjudicacion_directa": 119,
        "contrato_especifico_acuerdo_marco": 1,
    }  # fmt: skip
    assert Counter(item.law for item in items) == {"LAASSP": 1682, "LOPSRM": 756}
    assert Counter(item.character for item in items) == {"N": 2045, "T": 241, "I": 152}
    stages = Counter(item.stage for item in items)
    assert (stages["awarded"], stages["deserted"], stages["consultation"], stages["bidding"]) == (817, 110, 62, 374)
    assert sum(item.clarification is not None for item in items) == 1823


def test_the_contracts_of_2026_have_their_grounds_and_amounts():
    items = list(read(real("imss_contratos_2026")))
    grounds = Counter(
        item.ground for item in items if item.procedure == "adjudicacion_directa" and item.law == "LAASSP"
    )
    assert (grounds["55-p1"], grounds["54-V"], grounds["54-I"], grounds["54-VII"], grounds["43"]) == (
        367,
        277,
        190,
        161,
        0,
    )
    assert sum(item.procedure == "entre_entes" for item in items) == 13
    assert max(item.amount.centavos for item in items) // 10**11 == 1  # 1.534 thousand million pesos
    assert len({item.supplier.rfc for item in items}) == 1678
    assert sum("signed_before_award" in item.notes for item in items) == 1


def test_the_same_contracts_in_two_layouts_are_the_same():
    with_codes = {item.match_key: item for item in read(real("imss_contratos_2023_layout45"))}
    converted = {item.match_key: item for item in read(real("imss_contratos_2023_layout21"))}
    # The converted file has no contract code: fourteen contracts look like exact duplicates there.
    assert (len(with_codes), len(converted)) == (3189, 3175)
    assert set(converted) < set(with_codes)
    for key, item in converted.items():
        twin = with_codes[key]
        assert (item.amount, item.ground, item.category) == (twin.amount, twin.ground, twin.category)
        assert (item.start.on, item.consolidated) == (twin.start.on, twin.consolidated)
        assert supplier_key(item.supplier.name) == supplier_key(twin.supplier.name)


def test_the_3189_amounts_of_2023_are_equal_row_by_row():
    import csv
    import gzip

    from vitrina.compranet.values import parse_amount

    def amounts(name):
        with gzip.open(real(name), "rt", encoding="utf-8-sig", newline="") as stream:
            return [parse_amount(row["Importe DRC"])[0] for row in csv.DictReader(stream)]

    old, new = amounts("imss_contratos_2023_layout45"), amounts("imss_contratos_2023_layout21")
    assert len(old) == 3189
    assert old == new
    kept = [item.amount for item in read(real("imss_contratos_2023_layout45"))]
    assert kept == old
