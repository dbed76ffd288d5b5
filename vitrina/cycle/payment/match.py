# SPDX-License-Identifier: Apache-2.0
"""The three-way match: what the contract prices, what was accepted, what the invoice says. Pure, to the centavo.

The only tolerance is one centavo per line between a line's own tax and base times rate, which the standard allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from vitrina.cycle.core.refusal import Refusal
from vitrina.cycle.core.words import day, money
from vitrina.kernel.money import Money

from .document import Cfdi, Line

CENTAVO = Decimal("0.01")
VAT = "002"
VAT_RATES = frozenset({Decimal(0), Decimal("0.08"), Decimal("0.16")})  # SAT catalogue c_TasaOCuota, fixed rates of VAT


@dataclass(frozen=True, slots=True)
class Accepted:
    """What may be invoiced of one contract item: quantity accepted in the receipts chosen, at the contract's price."""

    item_number: int
    cucop: str
    quantity: Decimal
    unit: Money

    @property
    def amount(self) -> Money:
        return self.unit.times(self.quantity)


@dataclass(frozen=True, slots=True)
class Order:
    """The contract's side of the match: `today` is the buyer's own day, `room` what is left to bill."""

    supplier_rfc: str
    buyer_rfc: str
    currency: str
    items: tuple[Accepted, ...]
    room: Money
    today: date


def match(cfdi: Cfdi, order: Order) -> list[Refusal]:
    """Every way in which the invoice differs from contract and receipts; empty when it agrees to the centavo."""
    return [*_parties(cfdi, order), *_items(cfdi, order), *_sums(cfdi), *_ceiling(cfdi, order)]


def centavos(amount: Decimal) -> Money:
    """An amount of the invoice rounded half up to the centavo."""
    return Money(int((amount / CENTAVO).quantize(Decimal(1), rounding=ROUND_HALF_UP)))


def _no(code: str, message: str) -> Refusal:
    return Refusal(code, message, "cfdi")


def _show(amount: Money | Decimal) -> str:
    """An amount to the centavo; one of the invoice with more decimals is shown whole, for they are the mistake."""
    if isinstance(amount, Money):
        return money(amount)
    rounded = centavos(amount)
    return money(rounded) if rounded.decimal == amount else f"${amount.normalize():,f}"


def _plain(quantity: Decimal) -> str:
    return f"{quantity.normalize():,f}"


def _parties(cfdi: Cfdi, order: Order) -> Iterator[Refusal]:
    if cfdi.issuer_rfc != order.supplier_rfc:
        message = _("The invoice was issued by %(found)s; the contract's supplier is %(due)s.")
        yield _no("issuer", message % {"found": cfdi.issuer_rfc, "due": order.supplier_rfc})
    if cfdi.receiver_rfc != order.buyer_rfc:
        message = _("The invoice is made out to %(found)s; it must be to the buyer, %(due)s.")
        yield _no("receiver", message % {"found": cfdi.receiver_rfc, "due": order.buyer_rfc})
    if cfdi.kind != "I":
        yield _no("kind", _("The invoice must be of income (TipoDeComprobante I)."))
    if cfdi.currency != order.currency:
        message = _("The invoice is in %(found)s; the contract is in %(due)s.")
        yield _no("currency", message % {"found": cfdi.currency[:3], "due": order.currency})
    if cfdi.issued_at.date() > order.today:
        yield _no("future", _("The invoice is dated after today: %(day)s.") % {"day": day(cfdi.issued_at.date())})


def _item_of(line: Line, order: Order) -> Accepted | None:
    """The contract item that a line's key names: the item's number, or its CUCoP key when only one item has it."""
    if line.key.isascii() and line.key.isdigit():
        named = [item for item in order.items if item.item_number == int(line.key[:9])]
    else:
        named = [item for item in order.items if item.cucop == line.key]
    return named[0] if len(named) == 1 else None


def _items(cfdi: Cfdi, order: Order) -> Iterator[Refusal]:
    billed: dict[int, list[Line]] = {item.item_number: [] for item in order.items}
    for line in cfdi.lines:
        item = _item_of(line, order)
        if item is None:
            keys = ", ".join(f"{i.item_number} ({i.cucop})" for i in order.items) or "-"
            message = _("Line %(line)d: NoIdentificacion “%(key)s” is no item of these receipts. Use: %(keys)s.")
            yield _no("item", message % {"line": line.number, "key": line.key[:40], "keys": keys})
            continue
        billed[item.item_number].append(line)
        if line.unit_price != item.unit.decimal:
            message = _("Line %(line)d: the unit price is %(found)s; the contract says %(due)s.")
            found = f"${line.unit_price.normalize():,f}"
            yield _no("price", message % {"line": line.number, "found": found, "due": _show(item.unit)})
    for item in order.items:
        yield from _item(item, billed[item.item_number])


def _item(item: Accepted, lines: list[Line]) -> Iterator[Refusal]:
    quantity = sum((line.quantity for line in lines), Decimal(0))
    if quantity != item.quantity:
        message = _("Item %(item)d: the invoice says %(found)s; %(due)s were accepted.")
        values = {"item": item.item_number, "found": _plain(quantity), "due": _plain(item.quantity)}
        yield _no("quantity", message % values)
    net = centavos(sum((line.net for line in lines), Decimal(0)))
    if net != item.amount:
        message = _("Item %(item)d: the invoice charges %(found)s; accepted quantity times price is %(due)s.")
        values = {"item": item.item_number, "found": _show(net), "due": _show(item.amount)}
        yield _no("amount", message % values)


def _sums(cfdi: Cfdi) -> Iterator[Refusal]:
    """The invoice's own arithmetic: lines, taxes and total."""
    transferred = withheld = Decimal(0)
    for line in cfdi.lines:
        yield from _line_taxes(line)
        transferred += sum((t.amount for t in line.taxes if not t.is_withheld), Decimal(0))
        withheld += sum((t.amount for t in line.taxes if t.is_withheld), Decimal(0))
    slack = CENTAVO * len(cfdi.lines)
    lines = sum((line.amount for line in cfdi.lines), Decimal(0))
    discounts = sum((line.discount for line in cfdi.lines), Decimal(0))
    total = cfdi.subtotal - cfdi.discount + cfdi.transferred - cfdi.withheld
    pairs = (
        (_("SubTotal"), cfdi.subtotal, centavos(lines).decimal, Decimal(0)),
        (_("Descuento"), cfdi.discount, centavos(discounts).decimal, Decimal(0)),
        (_("transferred taxes"), cfdi.transferred, transferred, slack),
        (_("withheld taxes"), cfdi.withheld, withheld, slack),
        (_("Total"), cfdi.total, centavos(total).decimal, Decimal(0)),
    )
    for name, found, due, allowed in pairs:
        if abs(found - due) > allowed:
            message = _("%(name)s says %(found)s; its parts add up to %(due)s.")
            yield _no("sum", message % {"name": name, "found": _show(found), "due": _show(due)})


def _line_taxes(line: Line) -> Iterator[Refusal]:
    if len([t for t in line.taxes if not t.is_withheld and t.tax == VAT]) > 1:
        yield _no("tax", _("Line %(line)d charges the VAT twice.") % {"line": line.number})
    for tax in line.taxes:
        known = tax.tax == VAT and (tax.factor == "Exento" or (tax.factor == "Tasa" and tax.rate in VAT_RATES))
        if not tax.is_withheld and not known:
            message = _("Line %(line)d: the tax must be VAT (002) at 16 %%, 8 %%, 0 %% or exempt.")
            yield _no("tax", message % {"line": line.number})
        is_wrong = abs(tax.amount - tax.base * tax.rate) > CENTAVO or abs(tax.base - line.net) > CENTAVO
        if is_wrong:
            message = _("Line %(line)d: the tax is %(found)s; base times rate is %(due)s.")
            due = (line.net * tax.rate).quantize(CENTAVO, rounding=ROUND_HALF_UP)
            yield _no("tax", message % {"line": line.number, "found": _show(tax.amount), "due": _show(due)})


def _ceiling(cfdi: Cfdi, order: Order) -> Iterator[Refusal]:
    net = centavos(cfdi.subtotal - cfdi.discount)
    if net > order.room:
        message = _("The invoice charges %(found)s before taxes; the contract has %(due)s left to bill.")
        yield _no("ceiling", message % {"found": _show(net), "due": _show(order.room)})
