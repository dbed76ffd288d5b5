# SPDX-License-Identifier: Apache-2.0
"""What can be done in the market research, all of it before the call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from vitrina.cycle.core import files
from vitrina.cycle.core.command import command, move, record
from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.planning.queries import item_refs
from vitrina.kernel import ids
from vitrina.kernel.money import Money
from vitrina.law import LawError, Rule, calendar, rule
from vitrina.ledger.append import append
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor

from .events import Commitment, QuotesRequested, ResearchConcluded, SourceRecorded
from .models import QuoteRequest, ReferencePrice, Research, Source
from .queries import basis_of, basis_of_item, is_concluded, research_of, usable_sources
from .reference import STATISTICS, commitment
from .states import TABLE

SOURCE_KINDS = {
    "quote": gettext_lazy("quotation"),
    "contract": gettext_lazy("earlier contract"),
    "platform": gettext_lazy("price on the platform"),
    "list": gettext_lazy("published price list"),
}
MAX_COMPANIES = 50


@command("research.request_quotes")
def request_quotes(
    actor: Actor, process: Process, *, at: datetime, companies: Sequence[str], due_at: datetime, text: str
) -> Entry:
    """Ask companies for quotations until `due_at`. The number of companies is public, their names are not yet."""
    names = list(dict.fromkeys(name.strip() for name in companies if name.strip()))
    if not 1 <= len(names) <= MAX_COMPANIES:
        message = _("Name between 1 and %(most)s companies.") % {"most": MAX_COMPANIES}
        raise refuse("companies", message, field="companies")
    if due_at <= at:
        raise refuse("past", _("The companies need time: write a later date."), field="due_at")
    _advance(process, "request_quotes")
    number = QuoteRequest.objects.filter(process=process).count() + 1
    QuoteRequest.objects.create(
        process=process, number=number, companies=names, text=text, requested_at=at, due_at=due_at
    )
    event = QuotesRequested(number=number, n_companies=len(names), due_at=due_at, text=text)
    return record(actor, process, event, at=at)


@command("research.record_source")
def record_source(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    kind: str,
    item_number: int,
    price: Money,
    origin: str,
    observed_on: date,
    evidence: UploadedFile | None = None,
) -> Entry:
    """Record a unit price without VAT that was found for an item; secret until the opening, evidence included."""
    if kind not in SOURCE_KINDS:
        raise refuse("kind", _("Choose where the price comes from."), field="kind")
    item = next((i for i in item_refs(process) if i.number == item_number), None)
    if item is None:
        raise refuse("item", _("Choose a line of this purchase."), field="item_number")
    today = calendar(process.unit.jurisdiction, zone=process.unit.zone).local_day(at)
    if observed_on > today:
        raise refuse("future", _("The price was observed today or earlier."), field="observed_on")
    if price.centavos <= 0:
        raise refuse("price", _("Write an amount above zero."), field="price")
    _advance(process, "record_source")
    file = files.store(evidence, public=False, field="evidence").sha256 if evidence else ""
    source = Source.objects.create(
        id=ids.ulid(at),
        process=process,
        kind=kind,
        item_number=item_number,
        centavos=price.centavos,
        origin=origin,
        observed_on=observed_on,
        file=file,
        recorded_at=at,
        basis=basis_of_item(item),
    )
    event = SourceRecorded(
        ocid=process.ocid,
        source_kind=kind,
        item_number=item_number,
        price=price,
        origin=origin,
        observed_on=observed_on,
    )
    return append(f"source:{source.id}", event, actor=actor.signer, at=at)


@command("research.conclude")
def conclude(actor: Actor, process: Process, *, at: datetime) -> Entry:
    """Compute and seal the reference price of every item; needs the sources that the law asks, from two origins on."""
    minimum, chosen = _rule(process, "research.sources.min", at), _rule(process, "price.reference_stat", at)
    if is_concluded(process):
        raise refuse("state", _("The market research is already concluded for these lines."))
    found = usable_sources(process)
    origins = {number: len({s.origin.casefold() for s in many}) for number, many in found.items()}
    for number, n_origins in origins.items():
        if n_origins < minimum.value:
            needed = int(minimum.value)
            text = ngettext(
                "Line %(line)s needs prices from %(n)s source at least.",
                "Line %(line)s needs prices from %(n)s different sources at least.",
                needed,
            )
            message = text % {"line": number, "n": needed}
            raise refuse("sources", message, article=minimum.article)
    research = _advance(process, "conclude")
    research.concluded_at, research.basis = at, basis_of(process)
    research.save()
    ReferencePrice.objects.filter(process=process).delete()
    prices = ReferencePrice.objects.bulk_create(
        _priced(process, n, [s.centavos for s in many], chosen.value) for n, many in found.items()
    )
    commitments = tuple(
        Commitment(
            item_number=p.item_number,
            n_sources=p.n_sources,
            sha256=commitment(process.ocid, p.item_number, p.price, p.salt),
        )
        for p in prices
    )
    n_used = sum(p.n_sources for p in prices)
    event = ResearchConcluded(
        statistic=chosen.value,
        commitments=commitments,
        n_sources=n_used,
        n_requests=QuoteRequest.objects.filter(process=process).count(),
        rules=(applied(minimum, min(origins.values())), applied(chosen)),
    )
    return record(actor, process, event, at=at)


def _priced(process: Process, number: int, centavos: list[int], statistic: str) -> ReferencePrice:
    price = STATISTICS[statistic](centavos)
    return ReferencePrice(
        process=process,
        item_number=number,
        centavos=price.centavos,
        statistic=statistic,
        n_sources=len(centavos),
        salt=ids.token(32),
    )


def _advance(process: Process, name: str) -> Research:
    """Move the research, which its first act begins; refuse after the call."""
    if process.stage not in {"planning", "research"}:
        raise refuse("after-call", _("The call is published; the market research is closed."))
    research = research_of(process) or Research(process=process, state="")
    move(research, TABLE, name)
    research.save()
    return research


def _rule(process: Process, key: str, at: datetime) -> Rule:
    """A rule of the law in force: the purchase pins its own only with the call."""
    try:
        return rule(
            key, at=at, jurisdiction=process.unit.jurisdiction, category=process.category, procedure=process.procedure
        )
    except LawError as error:
        raise refuse("law", error.say(get_language() or "es")) from error
