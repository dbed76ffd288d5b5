# SPDX-License-Identifier: Apache-2.0
"""A CFDI as values. Amounts are exact decimals as written (up to six places); instants are local, without zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax of a line: SAT code (`002` is the VAT), whether it is withheld, base, rate and amount."""

    tax: str
    is_withheld: bool
    factor: str
    base: Decimal
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """A `Concepto`: `number` is its place in the invoice, `key` the supplier's own (`NoIdentificacion`)."""

    number: int
    key: str
    product_key: str
    quantity: Decimal
    unit_key: str
    description: str
    unit_price: Decimal
    amount: Decimal
    discount: Decimal
    taxes: tuple[Tax, ...]

    @property
    def net(self) -> Decimal:
        """Amount less discount, before taxes."""
        return self.amount - self.discount


@dataclass(frozen=True, slots=True)
class Cfdi:
    """A stamped CFDI 4.0. `uuid` is its fiscal folio in capitals, `kind` I (income), E, T, N or P."""

    uuid: str
    series: str
    folio: str
    issued_at: datetime
    stamped_at: datetime
    kind: str
    issuer_rfc: str
    issuer_name: str
    receiver_rfc: str
    receiver_name: str
    use: str
    currency: str
    payment_method: str
    payment_form: str
    subtotal: Decimal
    discount: Decimal
    transferred: Decimal
    withheld: Decimal
    total: Decimal
    lines: tuple[Line, ...]

    @property
    def number(self) -> str:
        """The supplier's own number of the invoice: series and folio."""
        return "-".join(part for part in (self.series, self.folio) if part)
