# SPDX-License-Identifier: Apache-2.0
"""The statement of a flow: from plan to payment, line by line, so that each step adds up to the next.

A step less the lines under it is the next step, to the centavo; a line that is nothing is left out, and what only the
rounding of fractional quantities explains is a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from vitrina.cycle.core.words import money

from . import postings as p
from .queries import Funds, Owing


@dataclass(frozen=True, slots=True)
class Line:
    """A line: `key` names it in addresses, `accounts` are the postings behind it; `is_step` stands for a whole step.

    `centavos` has its sign: what a step gives up before the next is negative. `note` says what is late of it.
    """

    key: str
    words: str
    centavos: int
    accounts: tuple[str, ...] = ()
    note: str = ""
    is_step: bool = False
    is_late: bool = False


def statement(funds: Funds) -> list[Line]:
    """The lines of a flow, from the plan to the payment."""
    return [*_contracting(funds), *_delivering(funds), *_invoicing(funds), *_paying(funds)]


def _step(key: str, words: str, centavos: int, *accounts: str) -> Line:
    return Line(key, words, centavos, accounts or (key,), is_step=True)


def _less(
    key: str, words: str, centavos: int, accounts: tuple[str, ...], owing: Owing | None = None
) -> Iterator[Line]:
    """A line that the step before gives up; none when it is nothing."""
    if centavos:
        note = late_words(owing) if owing else ""
        yield Line(key, words, -centavos, accounts, note, is_late=bool(note))


def late_words(owing: Owing) -> str:
    """Such as "3 overdue, for $1,200.00"; nothing when nothing is."""
    if not owing.n_late:
        return ""
    text = ngettext("one overdue, for %(amount)s", "%(n)s overdue, for %(amount)s", owing.n_late)
    return text % {"n": f"{owing.n_late:,}", "amount": money(owing.late)}


def _contracting(funds: Funds) -> Iterator[Line]:
    yield _step(p.PLANNED, _("Planned, without VAT"), funds[p.PLANNED])
    spare = _("will not be spent: contracted for less, cancelled or deserted")
    words = spare if funds[p.RELEASED] > 0 else _("contracted above what was planned")
    yield from _less(p.RELEASED, words, funds[p.RELEASED], (p.RELEASED,))
    yield from _less(
        "to_sign", _("awarded, contract to be signed"), funds.to_sign, (p.AWARDED, p.AMENDED, p.COMMITTED)
    )
    rest = funds.to_contract - funds.to_sign
    behind = (p.PLANNED, p.AWARDED, p.AMENDED, p.RELEASED)
    yield from _less("to_contract", _("still to be bought"), rest, behind)
    yield _step(p.COMMITTED, _("Contracted, without VAT"), funds[p.COMMITTED])


def _delivering(funds: Funds) -> Iterator[Line]:
    yield from _less(p.ENDED, _("will not be delivered: the contract ended early"), funds[p.ENDED], (p.ENDED,))
    goods, decision = funds.owed(p.GOODS), funds.owed(p.DECISION)
    yield from _less(p.GOODS, _("still to be delivered"), goods.centavos, (p.COMMITTED, p.ARRIVED, p.ACCEPTED), goods)
    yield from _less(p.ARRIVED, _("arrived, to be accepted or rejected"), funds[p.ARRIVED], (p.ARRIVED,), decision)
    yield from _rounding("delivered_rounding", funds.to_deliver - goods.centavos, (p.COMMITTED, p.ACCEPTED))
    yield _step(p.ACCEPTED, _("Received and accepted, without VAT"), funds[p.ACCEPTED])


def _invoicing(funds: Funds) -> Iterator[Line]:
    yield from _less(p.UNBILLED, _("accepted, still to be invoiced"), funds[p.UNBILLED], (p.UNBILLED,))
    yield from _rounding("invoiced_rounding", funds.to_invoice - funds[p.UNBILLED], (p.ACCEPTED, p.INVOICED))
    yield _step(p.INVOICED, _("Invoiced, without VAT"), funds[p.INVOICED])
    if funds[p.VAT]:
        yield Line(p.VAT, _("value added tax"), funds[p.VAT], (p.VAT,))
    yield _step("invoiced_with_vat", _("Invoiced, with VAT"), funds.invoiced_with_vat, p.INVOICED, p.VAT)


def _paying(funds: Funds) -> Iterator[Line]:
    yield from _less(p.KEPT, _("penalties for delay, kept back"), funds[p.KEPT], (p.KEPT,))
    check, payment = funds.owed(p.CHECK), funds.owed(p.PAYMENT)
    waiting = funds.to_pay - funds[p.VERIFIED]
    yield from _less(p.CHECK, _("invoiced, to be verified"), waiting, (p.INVOICED, p.VAT, p.KEPT, p.VERIFIED), check)
    yield from _less(p.VERIFIED, _("verified, to be paid"), funds[p.VERIFIED], (p.VERIFIED,), payment)
    yield _step(p.PAID, _("Paid, with VAT"), funds[p.PAID])


def _rounding(key: str, centavos: int, accounts: tuple[str, ...]) -> Iterator[Line]:
    yield from _less(key, _("rounding of fractional quantities"), centavos, accounts)


def by_key(key: str, funds: Funds) -> Line | None:
    """The line that an address names, also when it is nothing."""
    return next((line for line in statement(funds) if line.key == key), None)


def bars(funds: Funds) -> list[dict[str, Any]]:
    """The five steps of the picture, without VAT so that they compare: key, name, centavos, what is overdue of them.

    What is overdue of the payments has VAT and is not drawn with these: the statement says it.
    """
    rows = (
        (p.PLANNED, pgettext("money", "Planned"), funds[p.PLANNED]),
        (p.COMMITTED, _("Contracted"), funds[p.COMMITTED]),
        (p.ACCEPTED, _("Received"), funds[p.ACCEPTED]),
        (p.INVOICED, _("Invoiced"), funds[p.INVOICED]),
        (p.PAID, _("Paid, without VAT"), funds[p.SETTLED]),
    )
    overdue = {p.ACCEPTED: funds.owed(p.GOODS).late}
    return [{"key": key, "name": name, "centavos": n, "overdue": overdue.get(key, 0)} for key, name, n in rows]
