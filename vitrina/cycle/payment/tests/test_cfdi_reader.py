# SPDX-License-Identifier: Apache-2.0
"""The CFDI reader takes a whole invoice and refuses every hostile or broken file with a reason, quickly."""

import time
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.payment import cfdi
from vitrina.cycle.payment.sample import Sample, SampleLine, sample_cfdi
from vitrina.kernel.money import Money

LINES = (
    SampleLine("1", "Reactivo VIH 1 y 2", Decimal(300), Money.parse("61.40")),
    SampleLine("2", "Control positivo", Decimal("2.5"), Money.parse("10.01")),
)
SAMPLE = Sample(
    ("DIA010203AB1", "Diagnósticos del Sur"),
    ("IBE430101XY2", "Instituto"),
    LINES,
    datetime(2020, 12, 1, 10, tzinfo=UTC),
)
GOOD = sample_cfdi(SAMPLE)


def codes(data: bytes) -> list[str]:
    with pytest.raises(Refused) as refused:
        cfdi.read(data)
    assert refused.value.refusals[0].field == "cfdi"
    return refused.value.codes


def test_reads_parties_amounts_lines_and_taxes_exactly():
    invoice = cfdi.read(GOOD)

    assert (invoice.issuer_rfc, invoice.receiver_rfc, invoice.kind) == ("DIA010203AB1", "IBE430101XY2", "I")
    assert (invoice.subtotal, invoice.transferred, invoice.total) == tuple(
        map(Decimal, ("18445.03", "2951.20", "21396.23"))
    )
    assert [(line.key, line.quantity, line.amount) for line in invoice.lines] == [
        ("1", Decimal(300), Decimal("18420.00")),
        ("2", Decimal("2.5"), Decimal("25.03")),
    ]
    assert invoice.lines[0].taxes[0].rate == Decimal("0.16")
    assert invoice.number == "DEMO-1"
    assert len(invoice.uuid) == 36


def test_a_byte_order_mark_and_blank_space_do_no_harm():
    assert cfdi.read(b"\xef\xbb\xbf" + GOOD + b"\n\n") == cfdi.read(GOOD)


def test_external_entity_is_refused_and_never_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("TOPSECRET")
    attack = b'<?xml version="1.0"?><!DOCTYPE c [<!ENTITY x SYSTEM "file://%s">]><c>&x;</c>' % str(secret).encode()

    assert codes(attack) == ["cfdi-dtd"]


def test_billion_laughs_in_an_attribute_is_refused_at_once():
    entities = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    attack = b'<!DOCTYPE c [<!ENTITY a0 "ha">' + entities + b']><c v="&a11;"/>'
    begun = time.perf_counter()

    assert codes(attack) == ["cfdi-dtd"]
    assert time.perf_counter() - begun < 1


def test_an_undeclared_entity_is_not_well_formed():
    assert codes(GOOD.replace(b"Diagn", b"&x;")) == ["cfdi-xml"]


def test_deep_nesting_and_many_elements_are_refused_before_they_cost_memory():
    assert codes(b"<a>" * 200_000) == ["cfdi-shape"]
    assert codes(b"<a>" + b"<b/>" * 100_000 + b"</a>") == ["cfdi-shape"]


def test_ten_megabytes_are_refused():
    assert codes(GOOD.replace(b"Reactivo VIH", b"x" * 10_000_000)) == ["cfdi-size"]
    assert codes(b"") == ["cfdi-size"]


def test_a_very_long_text_is_refused():
    assert codes(GOOD.replace(b"Reactivo VIH", b"x" * 5_000)) == ["cfdi-text"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-7"])
def test_other_encodings_cannot_smuggle_a_document_type(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE c [<!ENTITY x "y">]><c>&x;</c>'

    assert codes(text.encode(encoding))[0] in {"cfdi-encoding", "cfdi-dtd", "cfdi-xml"}


def test_a_file_that_declares_another_encoding_is_refused():
    assert codes(GOOD.replace(b"UTF-8", b"ISO-8859-1").replace(b"'", b'"')) == ["cfdi-encoding"]


def test_other_versions_and_other_files_are_named():
    assert codes(GOOD.replace(b"cfd/4", b"cfd/3")) == ["cfdi-version"]
    assert codes(GOOD.replace(b'Version="4.0"', b'Version="3.3"')) == ["cfdi-version"]
    assert codes(b"<html/>") == ["cfdi-kind"]
    assert codes(b"%PDF-1.7") == ["cfdi-xml"]


@pytest.mark.parametrize(
    "amount", ["1e309", "NaN", "-1", "١٢٣", "1,000.00", "0x10", "1" * 30, "1.1234567", "Infinity"]
)
def test_amounts_are_plain_digits(amount):
    assert codes(GOOD.replace(b'Cantidad="300"', f'Cantidad="{amount}"'.encode())) == ["cfdi-amount"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'Rfc="DIA010203AB1"', b'Rfc="nobody"', "cfdi-rfc"),
        (b'Rfc="DIA010203AB1"', b"", "cfdi-missing"),
        (b"2020-12-01T10:00:00", b"2020-13-01T10:00:00", "cfdi-date"),
        (b"TimbreFiscalDigital ", b"Otro ", "cfdi-stamp"),
        (b'Receptor Rfc="', b'Otro Rfc="', "cfdi-node"),
        (b'UUID="', b'UUID="Z', "cfdi-uuid"),
        (b"Reactivo", "\u202eReactivo".encode(), "cfdi-text"),
    ],
)
def test_each_missing_or_malformed_part_is_named(old, new, code):
    assert codes(GOOD.replace(old, new)) == [code]


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 40), st.binary(max_size=40))
def test_whatever_is_damaged_is_read_or_refused_and_nothing_else(at, cut, put):
    with suppress(Refused):
        assert cfdi.read(GOOD[:at] + put + GOOD[at + cut :]).lines
