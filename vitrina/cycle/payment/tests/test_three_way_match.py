# SPDX-License-Identifier: Apache-2.0
"""Contract, accepted receipts and invoice agree to the centavo, or each difference is named."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from vitrina.cycle.payment import cfdi
from vitrina.cycle.payment.match import Accepted, Order, match
from vitrina.cycle.payment.sample import Sample, SampleLine, sample_cfdi
from vitrina.kernel.money import Money

UNIT = Money.parse("61.40")
LINE = SampleLine("1", "Reactivo", Decimal(300), UNIT)
SAMPLE = Sample(
    ("DIA010203AB1", "Diagnósticos"), ("IBE430101XY2", "Instituto"), (LINE,), datetime(2020, 12, 1, 10, tzinfo=UTC)
)
ORDER = Order(
    supplier_rfc="DIA010203AB1",
    buyer_rfc="IBE430101XY2",
    currency="MXN",
    today=date(2020, 12, 1),
    items=(Accepted(1, "25401-0012", Decimal(300), UNIT),),
    room=Money.parse("18420.00"),
)


def found(sample: Sample = SAMPLE, order: Order = ORDER, **swap: bytes) -> list[str]:
    data = sample_cfdi(sample)
    for old, new in swap.items():
        assert old.encode() in data
        data = data.replace(old.encode(), new)
    return sorted({r.code for r in match(cfdi.read(data), order)})


def test_an_invoice_equal_to_contract_and_receipts_matches():
    assert found() == []


def test_the_cucop_key_names_an_item_as_well():
    assert found(replace(SAMPLE, lines=(replace(LINE, key="25401-0012"),))) == []


def test_two_lines_of_one_item_add_up():
    halves = (replace(LINE, quantity=Decimal(100)), replace(LINE, quantity=Decimal(200)))

    assert found(replace(SAMPLE, lines=halves)) == []


@pytest.mark.parametrize("cents", [-1, 1])
def test_one_wrong_centavo_in_the_unit_price_is_refused(cents):
    wrong = replace(LINE, unit=Money(UNIT.centavos + cents))

    assert {"price", "amount"} <= set(found(replace(SAMPLE, lines=(wrong,))))


def test_one_wrong_centavo_in_the_total_is_refused():
    assert found(SAMPLE, **{'Total="21367.20"': b'Total="21367.21"'}) == ["sum"]


def test_one_wrong_centavo_in_the_amount_of_a_line_is_refused():
    assert "amount" in found(SAMPLE, **{'Importe="18420.00"': b'Importe="18420.01"'})


def test_a_discount_that_hides_a_higher_amount_is_refused():
    assert "amount" in found(SAMPLE, **{'ObjetoImp="02"': b'ObjetoImp="02" Descuento="0.01"'})


@pytest.mark.parametrize("quantity", ["299", "301", "300.0001"])
def test_quantity_must_be_what_was_accepted(quantity):
    assert "quantity" in found(replace(SAMPLE, lines=(replace(LINE, quantity=Decimal(quantity)),)))


def test_other_issuer_receiver_currency_kind_and_future_date_are_each_named():
    other = replace(SAMPLE, issuer=("OTR010203AB1", "Otro"), receiver=("OTR010203AB2", "Otro"))
    late = replace(ORDER, today=date(2020, 11, 30))

    assert found(other) == ["issuer", "receiver"]
    assert found(replace(SAMPLE, extra={"Moneda": "USD", "TipoDeComprobante": "E"})) == ["currency", "kind"]
    assert found(SAMPLE, late) == ["future"]


def test_an_item_outside_the_receipts_is_refused():
    assert found(replace(SAMPLE, lines=(LINE, replace(LINE, key="2", quantity=Decimal(1))))) == ["ceiling", "item"]


def test_an_invented_tax_rate_and_a_doubled_vat_are_refused():
    assert found(replace(SAMPLE, vat=Decimal("1.60"))) == ["tax"]
    twice = b'<cfdi:Traslado Base="18420.00" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.000000" Importe="0.00"/>'
    assert "tax" in found(SAMPLE, **{"</cfdi:Traslados>": twice + b"</cfdi:Traslados>"})


def test_tax_may_differ_by_one_centavo_a_line_and_no_more():
    one = {
        'Importe="2947.20"': b'Importe="2947.21"',
        'TotalImpuestosTrasladados="2947.20"': b'TotalImpuestosTrasladados="2947.21"',
    }

    assert found(SAMPLE, **one, **{'Total="21367.20"': b'Total="21367.21"'}) == []
    two = {old: new.replace(b"2947.21", b"2947.22") for old, new in one.items()}
    assert found(SAMPLE, **two, **{'Total="21367.20"': b'Total="21367.22"'}) == ["tax"]


def test_the_contract_cannot_be_billed_beyond_its_amount():
    assert found(SAMPLE, replace(ORDER, room=Money.parse("18419.99"))) == ["ceiling"]
