# SPDX-License-Identifier: Apache-2.0
"""What a bid must hold to be received. Whether it is good is for the evaluation to say, not for the reception."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refusal, Refused, refuse
from vitrina.cycle.planning.models import Item
from vitrina.cycle.planning.queries import lots_of
from vitrina.cycle.tendering.queries import criteria_of
from vitrina.kernel.money import Money, total
from vitrina.kernel.text import has_unsafe_characters

from .contents import Content

MAX_RESPONSE = 4000
MAX_DOCUMENTS = 20
MAX_CENTAVOS = 2**53 - 1  # what canonical JSON holds exactly


def content_of(
    process: Process,
    prices: Mapping[int, Money],
    responses: Mapping[int, str],
    *,
    n_documents: int,
    has_statement: bool,
) -> Content:
    """The contents of a bid, still without its documents, or a refusal of everything missing or wrong in it."""
    lots = _priced_lots(process, prices)
    answers = {n: text.strip() for n, text in responses.items() if text.strip()}
    found = _response_problems(process, lots, answers)
    if n_documents > MAX_DOCUMENTS:
        found.append(Refusal("documents", _("Send at most %(n)d documents.") % {"n": MAX_DOCUMENTS}, "documents"))
    if not has_statement:
        message = _("State under oath that what you send is true; without that a bid cannot be received.")
        found.append(Refusal("statement", message, "statement"))
    if found:
        raise Refused(*found)
    return Content(
        prices={str(n): str(price) for n, price in sorted(prices.items())},
        lots=tuple(lots),
        responses={str(n): text for n, text in sorted(answers.items())},
        statement=_("The bidder states under oath that what this bid says is true and that it may contract."),
    )


def _priced_lots(process: Process, prices: Mapping[int, Money]) -> list[int]:
    """The lots whose items are all priced; refuses none, a lot priced in part, and prices that cannot be."""
    by_lot = lots_of(process)
    known = {item.number for items in by_lot.values() for item in items}
    if not prices:
        raise refuse("prices", _("Write the unit price of every item of at least one lot."))
    if unknown := sorted(set(prices) - known):
        raise refuse("item", _("This purchase has no item %(n)s.") % {"n": unknown[0]})
    for number, price in prices.items():
        if price.centavos <= 0 or price.currency != "MXN":
            raise refuse("price", _("Write an amount above zero."), field=f"price_{number}")
    lots = [lot for lot, items in sorted(by_lot.items()) if any(i.number in prices for i in items)]
    missing = [i for lot in lots for i in by_lot[lot] if i.number not in prices]
    if missing:
        raise Refused(*(_missing(item) for item in missing))
    amounts = [prices[i.number].times(i.quantity) for lot in lots for i in by_lot[lot]]
    if total(amounts).centavos > MAX_CENTAVOS:
        raise refuse("total", _("The total is too large to be right. Check the unit prices."))
    return lots


def _missing(item: Item) -> Refusal:
    message = _("A bid for lot %(lot)d needs the price of each of its items: item %(item)d has none.")
    return Refusal("part-of-lot", message % {"lot": item.lot, "item": item.number}, f"price_{item.number}")


def _response_problems(process: Process, lots: list[int], answers: Mapping[int, str]) -> list[Refusal]:
    wanted = {c.number: c for c in criteria_of(process) if c.lot in (None, 0, *lots)}
    known = {c.number for c in criteria_of(process)}
    found = []
    for number, criterion in wanted.items():
        if number not in answers:
            message = _("Write how your bid meets the requirement «%(title)s».") % {"title": criterion.title}
            found.append(Refusal("response", message, f"response_{number}"))
    for number, text in answers.items():
        if number not in known:
            found.append(Refusal("criterion", _("The call has no requirement %(n)s.") % {"n": number}))
        elif len(text) > MAX_RESPONSE or has_unsafe_characters(text):
            message = _("Write at most %(n)d characters of plain text.") % {"n": MAX_RESPONSE}
            found.append(Refusal("response-text", message, f"response_{number}"))
    return found
