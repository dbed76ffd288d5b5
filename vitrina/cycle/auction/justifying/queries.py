# SPDX-License-Identifier: Apache-2.0
"""What is told of low prices: to the bidder and the evaluators what waits, to everybody what was said."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from vitrina.cycle.auction.models import PriceRequest
from vitrina.cycle.auction.states import DECIDED, Justification
from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.tasks import Task
from vitrina.cycle.core.words import day_time
from vitrina.cycle.evaluation.queries import committee
from vitrina.cycle.tendering import limits
from vitrina.cycle.tendering.queries import tender_of
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role

from .bodies import KINDS

TERM, PUBLIC = "term.low_price_answer.max", "auction.low_price.answer_public"
AT_ONCE = "at_once"  # the other value: `decision`


def open_request(process: Process, lot: int | None = None) -> PriceRequest | None:
    """The price (of a lot) that was asked about and is not decided on."""
    rows = PriceRequest.objects.filter(auction__process=process).exclude(state__in=DECIDED).select_related("auction")
    return (rows if lot is None else rows.filter(auction__lot=lot)).first()


def has_rejected(process: Process, lot: int) -> bool:
    """Whether a price of a lot was rejected."""
    rows = PriceRequest.objects.filter(auction__process=process, auction__lot=lot)
    return rows.filter(state=Justification.REJECTED).exists()


def is_public_at_once(process: Process, at: datetime) -> bool:
    """Whether the rulebook publishes an answer when it is given, or with the decision on it."""
    return bool(limits.rule_of(process, PUBLIC, at).value == AT_ONCE)


def said_of(process: Process, lot: int) -> list[tuple[str, str]]:
    """(sentence, detail) of everything that was published about the prices of a lot, in order."""
    rows = Entry.objects.filter(stream=process.stream, kind__in=KINDS).order_by("seq")
    events = [row.event for row in rows if not row.is_erased]
    return [(event.sentence(), event.detail()) for event in events if event.lot == lot]


def tasks(process: Process, at: datetime) -> list[Task]:
    """The answer that a bidder owes; then what each evaluator holds of it."""
    found: list[Task] = []
    if process.stage != "auction":  # the inbox asks this of every purchase; a request holds the ruling up
        return found
    for row in (
        PriceRequest.objects.filter(auction__process=process).exclude(state__in=DECIDED).select_related("auction")
    ):
        key, lot = str(row.auction.lot), row.auction.lot
        if row.state == Justification.REQUESTED and at <= row.answer_by:
            found.append(
                Task(
                    "auction.justify_price",
                    Role.SUPPLIER,
                    _("Justify your price in lot %(lot)s") % {"lot": lot},
                    process.title,
                    due=row.answer_by,
                    rule=applied(limits.rule_of(process, TERM, row.requested_at)),
                    key=key,
                    supplier_key=row.supplier_key,
                )
            )
            continue
        done = set(row.opinions.values_list("person_id", flat=True))
        title = _("Decide on the price of %(name)s in lot %(lot)s") % {"name": row.supplier_name, "lot": lot}
        due = tender_of(process).award_by
        found += [
            Task(
                "auction.weigh_price",
                Role.EVALUATOR,
                title,
                process.title,
                due=due,
                key=key,
                person_id=member.person_id,
            )
            for member in committee(process)
            if member.person_id not in done
        ]
    return found


def waiting_words(row: PriceRequest, zone: str) -> str:
    """Why the ruling has to wait."""
    if row.state == Justification.REQUESTED:
        text = _("%(name)s has until %(when)s to justify its price. The ruling follows the decision on it.")
        return text % {"name": row.supplier_name, "when": day_time(row.answer_by, zone)}
    text = _("The evaluators have not decided yet on the price of %(name)s. The ruling follows their decision.")
    return text % {"name": row.supplier_name}
