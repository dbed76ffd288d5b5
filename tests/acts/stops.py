# SPDX-License-Identifier: Apache-2.0
"""Where a purchase stands still for a while, between the stages: of interest to those who work on it, not to the record."""

from __future__ import annotations

from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.acts.stories import TWO_WINNERS
from tests.worlds.auction import BEGINS, SECOND, announce, begin, certify, hold, justify
from tests.worlds.awarding import reach_awarding
from tests.worlds.base import World, local, reach_planning
from tests.worlds.bidding import reach_bidding
from tests.worlds.clarifying import ask_and_answer
from tests.worlds.contracting import SIGNED, draft, reach_contracting
from tests.worlds.costs import BY_COST, UNREADABLE
from tests.worlds.delivery import arrive, reach_delivery
from tests.worlds.evaluation import DECLARED, SCORED, judge, reach_evaluation, verdicts
from tests.worlds.opening import KEYS, give_shares, hold_act, reach_opening
from tests.worlds.payment import approve, invoice
from tests.worlds.progress import report
from tests.worlds.research import record_sources
from tests.worlds.tendering import CLARIFICATION, OPENING, reach_tendering
from vitrina.cycle.auction import commands as auction
from vitrina.cycle.auction.folding import room_of
from vitrina.cycle.auction.queries import auctions_of
from vitrina.cycle.clarifying import commands as clarifying
from vitrina.cycle.contracting import commands as contracting
from vitrina.cycle.contracting.queries import contracts_of, digest_of_contract, without_contract
from vitrina.cycle.core.models import Process
from vitrina.cycle.delivery.queries import pending
from vitrina.cycle.evaluation import commands as evaluation
from vitrina.cycle.opening import commands as opening
from vitrina.parties.roles import Role


def prices_found(w: World) -> Process:
    process = reach_planning(w)
    record_sources(w, process)
    return process


def asked(w: World) -> Process:
    """Two questions of one company, and a hundred copies of the first of another."""
    process = reach_tendering(w)
    for text in ("¿Basta copia simple?", "¿Hay visita?"):
        clarifying.ask(w.suppliers[0], process.ocid, at=local(2020, 9, 28), topic="legal", text=text)
    rows = "\n".join(f"legal,Pregunta {n}: ¿basta copia simple?" for n in range(100))
    sheet = SimpleUploadedFile("preguntas.csv", f"tema,pregunta\n{rows}\n".encode())
    clarifying.ask_many(w.suppliers[1], process.ocid, at=local(2020, 9, 28, 1), file=sheet)
    return process


def act_begun(w: World) -> Process:
    process = reach_bidding(w)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    return process


def keys_given(w: World) -> Process:
    """One opener gave the first key: who bid is still locked."""
    process = act_begun(w)
    give_shares(w[Role.OIC], process, "custody", at=KEYS)
    return process


def bidders_revealed(w: World) -> Process:
    """Two gave the first key and one the second: it is known who bid, and not what."""
    process = keys_given(w)
    give_shares(w[Role.WITNESS], process, "custody", at=KEYS)
    give_shares(w[Role.OIC], process, "bids", at=KEYS)
    return process


def keys_in(w: World) -> Process:
    """All keys that are needed were given; nobody has opened yet."""
    process = bidders_revealed(w)
    give_shares(w[Role.WITNESS], process, "bids", at=KEYS)
    return process


def envelopes_opened(w: World) -> Process:
    return hold_act(w, reach_bidding(w), close=False)


def one_declared(w: World) -> Process:
    process = reach_opening(w)
    evaluation.declare(w.evaluators[0], process.ocid, at=DECLARED, has_conflict=False)
    return process


def costs_declared(w: World) -> Process:
    """By life-cycle cost: one of them cannot be read, and an evaluator is to judge them."""
    process = reach_opening(w, terms=BY_COST, costs=UNREADABLE)
    evaluation.declare(w.evaluators[0], process.ocid, at=DECLARED, has_conflict=False)
    return process


def one_judged(w: World) -> Process:
    process = one_declared(w)
    evaluation.score(w.evaluators[0], process.ocid, at=SCORED, verdicts=verdicts(w, process, 0, {}))
    return process


def all_judged(w: World) -> Process:
    process = reach_opening(w)
    judge(w, process)
    return process


def drafted(w: World) -> Process:
    process = reach_awarding(w)
    draft(w, process, without_contract(process)[0].key)
    return process


def signed_by_supplier(w: World) -> Process:
    process = drafted(w)
    contract = contracts_of(process)[0]
    supplier = next(s for s in w.suppliers if s.supplier_key == contract.supplier_id)
    digest = digest_of_contract(contract)
    contracting.sign_supplier(supplier, process.ocid, at=SIGNED, contract_id=contract.id, digest=digest)
    return process


def not_guaranteed(w: World) -> Process:
    return reach_contracting(w, guaranteed=False)


def arrived(w: World) -> Process:
    process = reach_contracting(w)
    contract = contracts_of(process)[0]
    delivery_, left = pending(contract)[0]
    arrive(w, contract, {delivery_.number: left})
    return process


def progress_reported(w: World) -> Process:
    """A service that is half done, and was reported once."""
    process = reach_contracting(w, category="services")
    report(w, contracts_of(process)[0])
    return process


def invoiced(w: World) -> Process:
    process = reach_delivery(w)
    invoice(w, contracts_of(process)[0])
    return process


def verified(w: World) -> Process:
    process = reach_delivery(w)
    approve(w, invoice(w, contracts_of(process)[0]))
    return process


def to_be_auctioned(w: World) -> Process:
    return reach_evaluation(w, lots=2, offers=TWO_WINNERS, terms={"auction": "open_clock"})


def one_lot_auctioned(w: World) -> Process:
    """The auction of the first lot is over and waits for its certificate; that of the second is not announced."""
    process = to_be_auctioned(w)
    announce(w, process)
    begin(w, process)
    hold(w, process, offers=())
    return process


def auction_running(w: World) -> Process:
    """The auction of the first lot runs; that of the second is announced."""
    process = to_be_auctioned(w)
    announce(w, process)
    announce(w, process, 2)
    begin(w, process)
    return process


def auction_paused(w: World) -> Process:
    process = auction_running(w)
    auction.pause(w[Role.OFFICER], process.ocid, at=BEGINS + SECOND, lot=1, cause="force_majeure", reason="Sin luz.")
    return process


def offer_hidden(w: World) -> Process:
    """In the first turn of an auction in turns: its bidder has offered, and nobody else knows what."""
    process = reach_evaluation(w, terms={"auction": "turns"})
    announce(w, process)
    begin(w, process)
    row, at = auctions_of(process)[1], BEGINS
    while (room := room_of(row)).segment.part != "turn":
        at += 10 * SECOND
        auction.tend_lot(process.ocid, 1, at)
    alias = room.segment.aliases[0]
    key = row.entrants.get(alias=alias).supplier_key
    supplier = next(s for s in w.suppliers if s.supplier_key == key)
    centavos = room.bids[alias].amount * 98 // 100 // room.multiple * room.multiple
    auction.offer(supplier, process.ocid, at=at, lot=1, centavos=centavos)
    return process


def low_price_asked(w: World) -> Process:
    """The price of the first of an auction is so low that its bidder is asked to justify it."""
    process = reach_evaluation(w, terms={"auction": "open_clock"})
    announce(w, process)
    begin(w, process)
    hold(w, process, offers=((30, 1, 4000), (75, 0, 2500)))
    certify(w, process)
    return process


def low_price_justified(w: World) -> Process:
    process = low_price_asked(w)
    justify(w, process)
    return process


def answered(w: World) -> Process:
    """Every question is answered; the meeting is to come."""
    process = reach_tendering(w)
    ask_and_answer(w, process)
    return process


def answers_given(w: World) -> Process:
    """The answers were given in the meeting, and bidders may ask about them."""
    process = answered(w)
    clarifying.give_answers(w[Role.OFFICER], process.ocid, at=CLARIFICATION, hours=24)
    return process


STOPS: dict[str, Callable[[World], Process]] = {
    "one lot auctioned": one_lot_auctioned,
    "auction running": auction_running,
    "auction paused": auction_paused,
    "offer hidden": offer_hidden,
    "low price asked about": low_price_asked,
    "low price justified": low_price_justified,
    "prices found": prices_found,
    "asked": asked,
    "answered": answered,
    "answers given": answers_given,
    "act begun": act_begun,
    "keys given": keys_given,
    "bidders revealed": bidders_revealed,
    "keys in": keys_in,
    "envelopes opened": envelopes_opened,
    "one declared": one_declared,
    "costs declared": costs_declared,
    "one judged": one_judged,
    "all judged": all_judged,
    "drafted": drafted,
    "signed by the supplier": signed_by_supplier,
    "not guaranteed": not_guaranteed,
    "arrived": arrived,
    "progress reported": progress_reported,
    "invoiced": invoiced,
    "verified": verified,
}
