# SPDX-License-Identifier: Apache-2.0
"""What can be done in the awarding: issue the ruling."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vitrina.cycle.bidding.events import BidderRef
from vitrina.cycle.bidding.queries import OpenedBid, opened_bids
from vitrina.cycle.core.command import command, move, record
from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.evaluation.queries import committee
from vitrina.cycle.evaluation.texts import MAX_RULING, plain
from vitrina.cycle.opening import queries as opening
from vitrina.cycle.planning.queries import item_refs
from vitrina.cycle.tendering import limits
from vitrina.cycle.tendering.events import PanelRef
from vitrina.cycle.tendering.models import Lot
from vitrina.cycle.tendering.queries import lots_of, tender_of
from vitrina.cycle.tendering.states import LotState
from vitrina.kernel.states import NEW
from vitrina.ledger.kinds import Applied
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor
from vitrina.parties.models import Supplier

from .events import AwardedLine, LotRuling, RulingIssued, Standing
from .models import Award, Ruling
from .outcome import LotOutcome, unit_prices_at
from .queries import barred_bids, barred_rule, needs_extension, outcomes, term
from .states import AWARD, TABLE


@command("awarding.issue_ruling")
def issue_ruling(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    reasons: Mapping[tuple[int, str], str],
    lot_reasons: Mapping[int, str],
    extension_reason: str = "",
) -> Entry:
    """Award each lot to its first solvent bid, or declare it deserted; the reasons are the approving authority's.

    `reasons`: (lot, bid) -> what its bidder reads, for every bid; `lot_reasons`: lot -> why it ends so. Both start
    from `queries.proposed_reasons`. After the term (art. 35-III), or the date that the call announced, it needs
    `extension_reason`; after the extension it is refused.
    """
    found = outcomes(process, at)
    extension_reason = plain(extension_reason, limit=MAX_RULING, field="extension_reason")
    ruling = Ruling.objects.filter(process=process).first() or Ruling(process=process, state=NEW, issued_at=at)
    move(ruling, TABLE, "issue_ruling")
    used = _require_term(process, at, extension_reason)
    ruling.save(force_insert=True)
    bids = {b.bid_id: b for b in opened_bids(process)}
    refs = _bidders(bids)
    titles = {lot.number: lot.title for lot in lots_of(process)}
    lots = tuple(_rule(process, f, titles[f.lot], bids, _standings(f, refs, reasons), lot_reasons) for f in found)
    if not any(lot.winner for lot in lots):
        process.halt = "deserted"
    ties = [applied(limits.rule_of(process, "evaluation.tie_break", at))] if any(lot.tie for lot in lots) else []
    barred = barred_rule(process, at) if barred_bids(process, at) else None
    judges = tuple(PanelRef(role=m.role, name=m.name, position=m.position) for m in committee(process))
    event = RulingIssued(
        lots=lots,
        evaluators=judges if bids else (),
        seed_seq=opening.minutes(process).seq,
        award_by=tender_of(process).award_by,
        extension_reason=extension_reason,
        rules=(*used, *ties, *([applied(barred)] if barred else [])),
    )
    return record(actor, process, event, at=at)


def reason_field(lot: int, bid_id: str) -> str:
    """The name of the form field that holds a bidder's reason."""
    return f"reason-{lot}-{bid_id}"


def _require_term(process: Process, at: datetime, extension_reason: str) -> tuple[Applied, ...]:
    """The rule met; `Refused` past the last extension, and past the term without a reason."""
    found = term(process, at)
    if found.blocks or found.rule is None:
        sentence = found.sentence(get_language() or "es")
        article = found.rule.article if found.rule else ""
        message = _("%(sentence)s The ruling cannot be issued any more. The tender can be cancelled instead.")
        raise refuse("term", message % {"sentence": sentence}, article=article)
    if needs_extension(process, at) and not extension_reason:
        message = _("The ruling is later than announced. Write why its date was put off: it is published.")
        raise refuse("extension", message, field="extension_reason", article=found.rule.article)
    return (applied(found.rule, found.days),)


def _rule(
    process: Process,
    found: LotOutcome,
    title: str,
    bids: Mapping[str, OpenedBid],
    standings: tuple[Standing, ...],
    lot_reasons: Mapping[int, str],
) -> LotRuling:
    """Save the award of a lot and return it as the ruling says it."""
    reason = plain(lot_reasons.get(found.lot, ""), limit=MAX_RULING, field=f"lot-{found.lot}")
    if not reason:
        message = _("Write the reason for lot %(lot)s.") % {"lot": found.lot}
        raise refuse("lot-reason", message, field=f"lot-{found.lot}", article="37")
    winner = found.winner
    award = Award(process=process, lot=found.lot, state=NEW, reason=reason)
    move(award, AWARD, "award" if winner else "declare_deserted")
    lines: tuple[AwardedLine, ...] = ()
    if winner:
        award.supplier_id, award.bid_id, award.centavos = winner.supplier_key, winner.bid_id, winner.total.centavos
        items = [i for i in item_refs(process) if i.lot == found.lot]
        quantities = {i.number: Fraction(i.quantity) for i in items}
        prices = unit_prices_at(winner.total, bids[winner.bid_id].prices, quantities)
        lines = tuple(AwardedLine(item=i, unit_price=prices[i.number]) for i in items)
    award.save(force_insert=True)
    state = LotState.AWARDED if winner else LotState.DESERTED
    Lot.objects.filter(process=process, number=found.lot).update(state=state)
    return LotRuling(
        lot=found.lot,
        title=title,
        state=award.state,
        reason=reason,
        standings=standings,
        winner=award.bid_id,
        lines=lines,
        tie=found.tie,
    )


def _bidders(bids: Mapping[str, OpenedBid]) -> dict[str, BidderRef]:
    """Bid -> its bidder as the ledger names it."""
    rfcs = dict(Supplier.objects.filter(key__in=[b.supplier_key for b in bids.values()]).values_list("key", "rfc"))
    return {
        bid_id: BidderRef(key=b.supplier_key, name=b.supplier_name, rfc=rfcs[b.supplier_key], size=b.supplier_size)
        for bid_id, b in bids.items()
    }


def _standings(
    found: LotOutcome, bidders: Mapping[str, BidderRef], reasons: Mapping[tuple[int, str], str]
) -> tuple[Standing, ...]:
    standings = []
    for result in found.results:
        field = reason_field(found.lot, result.bid_id)
        reason = plain(reasons.get((found.lot, result.bid_id), ""), limit=MAX_RULING, field=field)
        if not reason:
            text = _("Write the reason for %(name)s in lot %(lot)s: every bidder is told why.")
            words = {"name": result.supplier_name, "lot": found.lot}
            raise refuse("reason", text % words, field=field, article="37")
        standings.append(
            Standing(
                bid=result.bid_id,
                bidder=bidders[result.bid_id],
                total=result.total,
                is_solvent=result.is_solvent,
                place=result.place,
                reason=reason,
                findings=result.findings,
                price_tests=result.price_tests,
                price_decision=result.price_decision,
                points=result.points,
                life_cycle=result.life_cycle,
                barred=result.barred,
            )
        )
    return tuple(standings)
