# SPDX-License-Identifier: Apache-2.0
"""Makes CFDI 4.0 files that look stamped and are not. For the demo and the tests only; no part of a real payment."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lxml import etree

from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.delivery.queries import items_by_number
from vitrina.kernel.money import Money

from .queries import order_of, to_invoice

_CFD = "http://www.sat.gob.mx/cfd/4"
_TFD = "http://www.sat.gob.mx/TimbreFiscalDigital"
_CENTAVO = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class SampleLine:
    """What is billed: the contract item's key, a description, quantity and unit price without VAT."""

    key: str
    description: str
    quantity: Decimal
    unit: Money

    @property
    def amount(self) -> Decimal:
        return self.unit.times(self.quantity).decimal


@dataclass(frozen=True, slots=True)
class Sample:
    """The parties of an invoice, its lines and its local date; `vat` is the rate of the VAT."""

    issuer: tuple[str, str]
    receiver: tuple[str, str]
    lines: Sequence[SampleLine]
    issued_at: datetime
    folio: str = "1"
    vat: Decimal = Decimal("0.16")
    extra: dict[str, str] = field(default_factory=dict)


def sample_cfdi(sample: Sample) -> bytes:
    """The XML of a sample invoice, the same bytes for the same sample; `extra` overrides attributes of its root."""
    seed = hashlib.sha256(repr(sample).encode()).hexdigest().upper()
    uuid = f"{seed[:8]}-{seed[8:12]}-{seed[12:16]}-{seed[16:20]}-{seed[20:32]}"
    taxes = [(line.amount * sample.vat).quantize(_CENTAVO, rounding=ROUND_HALF_UP) for line in sample.lines]
    subtotal, vat = sum((line.amount for line in sample.lines), Decimal(0)), sum(taxes, Decimal(0))
    when = sample.issued_at.replace(tzinfo=None, microsecond=0).isoformat()
    root = etree.Element(f"{{{_CFD}}}Comprobante", nsmap={"cfdi": _CFD, "tfd": _TFD})
    attributes = {
        "Version": "4.0",
        "Serie": "DEMO",
        "Folio": sample.folio,
        "Fecha": when,
        "FormaPago": "99",
        "SubTotal": f"{subtotal:.2f}",
        "Moneda": "MXN",
        "Total": f"{subtotal + vat:.2f}",
        "TipoDeComprobante": "I",
        "Exportacion": "01",
        "MetodoPago": "PPD",
        "LugarExpedicion": "06600",
    }
    root.attrib.update(attributes | sample.extra)
    _add(root, "Emisor", Rfc=sample.issuer[0], Nombre=sample.issuer[1], RegimenFiscal="601")
    _add(
        root,
        "Receptor",
        Rfc=sample.receiver[0],
        Nombre=sample.receiver[1],
        DomicilioFiscalReceptor="06600",
        RegimenFiscalReceptor="603",
        UsoCFDI="G03",
    )
    concepts = _add(root, "Conceptos")
    for line, tax in zip(sample.lines, taxes, strict=True):
        _concept(concepts, line, tax, sample.vat)
    totals = _add(root, "Impuestos", TotalImpuestosTrasladados=f"{vat:.2f}")
    _add(
        _add(totals, "Traslados"),
        "Traslado",
        Base=f"{subtotal:.2f}",
        Impuesto="002",
        TipoFactor="Tasa",
        TasaOCuota=f"{sample.vat:.6f}",
        Importe=f"{vat:.2f}",
    )
    etree.SubElement(
        _add(root, "Complemento"),
        f"{{{_TFD}}}TimbreFiscalDigital",
        {
            "Version": "1.1",
            "UUID": uuid,
            "FechaTimbrado": when,
            "RfcProvCertif": "AAA010101AAA",
            "SelloCFD": "SIN VALOR",
            "NoCertificadoSAT": "00001000000000000000",
            "SelloSAT": "SIN VALOR",
        },
    )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_CFD}}}{name}", attributes)


def _concept(parent: etree._Element, line: SampleLine, tax: Decimal, rate: Decimal) -> None:
    concept = _add(
        parent,
        "Concepto",
        ClaveProdServ="41116100",
        NoIdentificacion=line.key,
        Cantidad=f"{line.quantity:f}",
        ClaveUnidad="H87",
        Descripcion=line.description[:1000],
        ValorUnitario=f"{line.unit.decimal:.2f}",
        Importe=f"{line.amount:.2f}",
        ObjetoImp="02",
    )
    group = _add(_add(concept, "Impuestos"), "Traslados")
    _add(
        group,
        "Traslado",
        Base=f"{line.amount:.2f}",
        Impuesto="002",
        TipoFactor="Tasa",
        TasaOCuota=f"{rate:.6f}",
        Importe=f"{tax:.2f}",
    )


def sample_for(contract: Contract, receipts: Sequence[str] | None = None, *, at: datetime, **changes: Any) -> bytes:
    """The sample invoice that bills a contract's accepted receipts (ids; all that wait by default), without error.

    `changes` replace fields of `Sample`.
    """
    chosen = [r for r in to_invoice(contract) if receipts is None or r.id in receipts]
    order, items = order_of(contract, chosen, at), items_by_number(contract.process)
    lines = [
        SampleLine(str(line.item_number), items[line.item_number].description, line.quantity, line.unit)
        for line in order.items
    ]
    sample = Sample(
        issuer=(order.supplier_rfc, contract.supplier.name),
        receiver=(order.buyer_rfc, contract.process.buyer.name),
        lines=lines,
        issued_at=at.astimezone(contract.process.zone),
        folio=str(contract.invoices.count() + 1),
        extra={"CondicionesDePago": contract.id},  # the same goods of two contracts are two invoices, two folios
    )
    return sample_cfdi(replace(sample, **changes))
